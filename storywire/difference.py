"""What one state of the tables says differently from another: counts, and a few rows to look at. Pure."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

SAMPLES = 5
"""Rows shown of each kind of change."""

COMPARED = {
    "text": ("text",),
    "title": ("title",),
    "authors": ("authors",),
    "language": ("language",),
    "date": ("published_on", "published_at"),
    "credit": ("wire_agency",),
    "copy": ("duplicate_of", "duplicate_kind"),
    "event": ("event_id",),
    "story": ("story_id",),
}
"""Kinds of change an analyst would notice, and the columns that show them."""

NEEDED = sorted({"article_id", "title", *(name for names in COMPARED.values() for name in names)})
"""The columns of `articles` that are compared."""

VALUE_CHARACTERS = 60
"""Longest part of a value that is shown; a text is told by its length."""


class Change(BaseModel):
    """One article that changes: what of it, from what to what."""

    model_config = ConfigDict(frozen=True)

    article_id: str
    title: str | None
    kind: str
    before: str | None
    after: str | None


class Difference(BaseModel):
    """How many articles are new, gone or changed, by kind of change, with samples of each."""

    model_config = ConfigDict(frozen=True)

    articles_before: int
    articles_after: int
    stories_before: int
    stories_after: int
    changed: dict[str, int]
    samples: list[Change]

    @property
    def is_empty(self) -> bool:
        """Whether nothing an analyst would notice changes."""
        return not any(self.changed.values())


def between(before: pa.Table, after: pa.Table) -> Difference:
    """What the articles `after` say differently from those `before`; both have the columns of `NEEDED`."""
    old = {row["article_id"]: row for row in before.select(NEEDED).to_pylist()}
    new = {row["article_id"]: row for row in after.select(NEEDED).to_pylist()}
    found: dict[str, list[Change]] = {kind: [] for kind in ("added", "removed", *COMPARED)}
    for article in sorted(old.keys() | new.keys()):
        was, now = old.get(article), new.get(article)
        if was is None or now is None:
            kind = "added" if was is None else "removed"
            title = (was or now or {}).get("title")
            found[kind].append(Change(article_id=article, title=title, kind=kind, before=None, after=None))
            continue
        for kind, names in COMPARED.items():
            if any(was[name] != now[name] for name in names):
                changed = Change(
                    article_id=article,
                    title=now["title"],
                    kind=kind,
                    before=_told([was[name] for name in names]),
                    after=_told([now[name] for name in names]),
                )
                found[kind].append(changed)
    return Difference(
        articles_before=len(old),
        articles_after=len(new),
        stories_before=len({row["story_id"] for row in old.values()} - {None}),
        stories_after=len({row["story_id"] for row in new.values()} - {None}),
        changed={kind: len(changes) for kind, changes in found.items()},
        samples=[change for changes in found.values() for change in changes[:SAMPLES]],
    )


def _told(values: list[Any]) -> str | None:
    """Some values in a few words.

    >>> _told([None]), _told(["dpa"]), _told(["w" * 80])
    (None, 'dpa', '80 characters')
    """
    given = [", ".join(value) if isinstance(value, list) else str(value) for value in values if value is not None]
    return " / ".join(v if len(v) <= VALUE_CHARACTERS else f"{len(v):,} characters" for v in given) or None
