"""Which capture stands for an article, and what the earlier ones said."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from storywire.schema import REJECTED, REVISIONS

COMPARED = ("title", "text", "authors", "section", "tags", "image_url", "site_name", "published_on", "modified_at")
"""Columns in which a change of the page is a change of the article."""

READ = (*COMPARED, "n_words")
"""What is read of captures of articles that have several."""

Read = Callable[[pa.Table], pa.Table]
"""Gives the columns of `READ` of some captures, told by `capture_id` and `captured_at`, in their order."""


@dataclass(frozen=True, slots=True)
class Settled:
    """`current`: capture_id, article_id, capture_uri and revision of each article's row; and what is left out.

    What was `added` and `removed` between revisions is for `storywire.changes` to say; `newest` is the text of the row
    of every article that has some.
    """

    current: pa.Table
    revisions: pa.Table
    rejected: pa.Table
    newest: dict[str, str]


def settle(captures: pa.Table, cleaned: pa.Table, normalised: pa.Table, read: Read) -> Settled:
    """Choose the newest capture of every article; the others are revisions, refused ones rejected.

    `captures` has one row per capture and path; `cleaned` one per capture, with `article_id`, `reason` and `detail`,
    `normalised` one for each that was not refused before, with the latter two. "Newest" is by time of capture, then
    digest, never by order of arrival; the same capture under a second path is a repeat. What captures say is read of
    articles that have several, the fewest.
    """
    pages = {row["capture_id"]: row | {"stage": "clean"} for row in cleaned.to_pylist()}
    for row in normalised.to_pylist():
        pages[row["capture_id"]] |= {name: row[name] for name in ("reason", "detail")} | {"stage": "normalise"}
    rejected: list[dict[str, Any]] = []
    of_article: dict[str, list[dict[str, Any]]] = {}
    seen: dict[str, str] = {}
    for capture in sorted(captures.to_pylist(), key=lambda row: (row["capture_uri"], row["capture_id"])):
        page = pages[capture["capture_id"]]
        first = seen.setdefault(capture["capture_id"], capture["capture_uri"])
        if first != capture["capture_uri"]:
            rejected.append(_left_out(capture, "ingest", "repeat", f"the same capture is already here as {first}"))
        elif page["reason"] is not None:
            rejected.append(_left_out(capture, page["stage"], page["reason"], page["detail"]))
        else:
            of_article.setdefault(page["article_id"], []).append(capture)

    told = _told([row for rows in of_article.values() if len(rows) > 1 for row in rows], read)
    current, revisions = [], []
    newest_texts: dict[str, str] = {}
    for article, captured in sorted(of_article.items()):
        captured.sort(key=_age)
        newest = captured[-1]
        current.append(
            {
                "capture_id": newest["capture_id"],
                "article_id": article,
                "capture_uri": newest["capture_uri"],
                "revision": len(captured),
            }
        )
        rows = [told[row["capture_id"]] | row for row in captured] if len(captured) > 1 else []
        if rows:
            newest_texts[article] = rows[-1]["text"]
        for number, (row, after) in enumerate(itertools.pairwise(rows), start=1):
            revisions.append(
                {
                    **{
                        name: row[name]
                        for name in ("captured_at", "capture_uri", "capture_digest", "title", "n_words", "text")
                    },
                    "article_id": article,
                    "revision": number,
                    "superseded_by": after["capture_digest"],
                    "changed": [name for name in COMPARED if row[name] != after[name]],
                }
            )
    return Settled(
        current=pa.Table.from_pylist(current, schema=_CURRENT),
        revisions=pa.Table.from_pylist(revisions, schema=REVISIONS.arrow),
        rejected=pa.Table.from_pylist(rejected, schema=REJECTED.arrow),
        newest=newest_texts,
    )


def _told(captures: list[dict[str, Any]], read: Read) -> dict[str, dict[str, Any]]:
    """What some captures say, by their ids."""
    if not captures:
        return {}
    known = pa.Table.from_pylist([{name: capture[name] for name in _KNOWN.names} for capture in captures], _KNOWN)
    return dict(zip(known["capture_id"].to_pylist(), read(known).to_pylist(), strict=True))


_KNOWN = pa.schema([("capture_id", pa.string()), ("captured_at", pa.timestamp("us", "UTC"))])


_CURRENT = pa.schema(
    [
        pa.field("capture_id", pa.string()),
        pa.field("article_id", pa.string()),
        pa.field("capture_uri", pa.string()),
        pa.field("revision", pa.int32()),
    ]
)


def _age(row: dict[str, Any]) -> tuple[Any, ...]:
    """Older first: captures of unknown time count as the oldest."""
    moment = row["captured_at"]
    return (moment is not None, moment.timestamp() if moment else 0.0, row["capture_digest"], row["capture_id"])


def _left_out(capture: dict[str, Any], stage: str, reason: str, detail: str) -> dict[str, Any]:
    return {
        "capture_uri": capture["capture_uri"],
        "capture_digest": capture["capture_digest"],
        "url": capture["url"],
        "captured_at": capture["captured_at"],
        "stage": stage,
        "reason": reason,
        "detail": detail,
    }
