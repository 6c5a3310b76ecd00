"""What a feed, a sitemap or a list of addresses gives: pages to fetch, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from storywire.notice import Notice
from storywire.sources import moments

MOST_ENTRIES = 50_000
"""Entries of one document that are read at all: as many as the sitemap protocol allows."""

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """A page to fetch; `listed_at` is the later of the two dates that its notice prints, where one can be read."""

    url: str
    notice: Notice
    listed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What one fetched document names: pages, newest first, and further documents, newest first.

    `n_left_out` counts the entries that are in neither, as far as the document was read; `why` has a sentence for
    each reason. A document that is none of the kind asked for has no entries and says so in `why`.
    """

    entries: tuple[Entry, ...] = ()
    further: tuple[str, ...] = ()
    n_left_out: int = 0
    why: tuple[str, ...] = ()


def entry(url: str, notice: Notice) -> Entry:
    """An entry dated by what its notice prints."""
    dates = [moments.read(printed) for printed in (notice.published_at, notice.modified_at) if printed]
    return Entry(url, notice, max((moment for moment in dates if moment), default=None))


def document(
    found: Iterable[Entry],
    *,
    most: int,
    since: datetime | None = None,
    further: tuple[str, ...] = (),
    n_without_address: int = 0,
    why: tuple[str, ...] = (),
) -> Document:
    """The newest `most` entries, each address once; those listed before `since` are left out.

    Entries without a date keep their order, behind the dated ones: what has no date is not known to be old, and
    feeds put what is new on top.
    """
    every = list(found)
    recent = [one for one in every if since is None or one.listed_at is None or one.listed_at >= since]
    ordered = sorted(recent, key=lambda one: one.listed_at or _LONG_AGO, reverse=True)
    first: dict[str, Entry] = {}
    for one in ordered:
        first.setdefault(one.url, one)
    once = list(first.values())
    kept = tuple(once[:most])
    left_out = (
        (n_without_address, "without an address of a page that could be fetched"),
        (len(every) - len(recent), f"dated before {since:%Y-%m-%d %H:%M} UTC" if since else ""),
        (len(recent) - len(once), "named a second time"),
        (len(once) - len(kept), f"past the {most:,} newest"),
    )
    said = tuple(f"{n:,} {'entry' if n == 1 else 'entries'} {reason}" for n, reason in left_out if n)
    return Document(kept, further, n_without_address + len(every) - len(kept), why + said)
