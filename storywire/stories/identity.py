"""What events and stories are called, and what a story id that is no longer in use leads to.

A cluster is named after its founder, the earliest report and among those the one with the smallest id: a
function of the set of articles, whatever the order they came in. A late page may be a new founder, two stories
may grow together: then an id goes out of use, and the aliases keep where its articles went.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storywire.schema import STORY_ALIASES, UNDATED

HASH_DIGITS = 8
"""Hex digits of a name: two of a thousand events of one day collide once in some 8,000 days."""


def names(prefix: str, founders: Sequence[tuple[date | None, str]]) -> list[str]:
    """The ids of clusters founded by these reports (day and article id), in their order.

    Where two founders of one day share their hash, both take twice the digits.

    >>> names("e", [(date(2031, 5, 4), "a1"), (None, "a2")])
    ['e20310504-f55ff16f', 'eundated-2c3a4249']
    """
    days = pa.array([day for day, _ in founders], pa.date32())
    marks = pa.array([mark(article_id) for _, article_id in founders], pa.string())
    told: list[str] = of_marks(prefix, days, marks).to_pylist()
    return told


def mark(article_id: str) -> str:
    """What a founder puts into the name of its cluster: some hex digits."""
    return hashlib.sha256(article_id.encode()).hexdigest()[: 2 * HASH_DIGITS]


def of_marks(prefix: str, founded: pa.Array, marks: pa.Array) -> pa.StringArray:
    """The ids of clusters whose founders have these days and marks, see `names`."""
    days = founded.dictionary_encode(null_encoding="encode")
    when = [f"{prefix}{day:%Y%m%d}" if day else f"{prefix}{UNDATED}" for day in days.dictionary.to_pylist()]
    when = pa.array(when, pa.string()).take(days.indices)
    short, rest = (pc.utf8_slice_codeunits(marks, *span) for span in ((0, HASH_DIGITS), (HASH_DIGITS, None)))
    short = pc.binary_join_element_wise(when, short, "-")
    names = short.dictionary_encode()
    if len(names.dictionary) == len(short):
        return short
    once = np.bincount(names.indices.to_numpy()) == 1
    return pc.if_else(once[names.indices.to_numpy()], short, pc.binary_join_element_wise(short, rest, ""))


def retire(before: pa.Table, after: pa.Table, aliases: pa.Table) -> pa.Table:
    """The aliases once the stories `before` have become the stories `after`.

    Both name each article's story (`article_id`, `story_id`, null for none). Every id of `before` that is gone
    leads to the story with most of its articles, of equals the smallest id; earlier aliases are led on, so that
    an alias always names a live story, or none. An id that is in use again is no alias.

    `why` is split where the articles went to several places, merged where the new story holds articles of another
    one too, renamed where neither is so, and dissolved where none of them has a story. `caused_by` is the article that
    brought it about, see `_cause`.
    """
    was: dict[str, str | None] = dict(_rows(before, "article_id", "story_id"))
    new: dict[str, str | None] = dict(_rows(after, "article_id", "story_id"))
    live = {story for story in new.values() if story is not None}
    members: defaultdict[str, list[str]] = defaultdict(list)
    origins: defaultdict[str, set[str]] = defaultdict(set)
    for article, story in was.items():
        if story is None:
            continue
        members[story].append(article)
        if (now := new.get(article)) is not None:
            origins[now].add(story)
    holds: defaultdict[str, list[str]] = defaultdict(list)
    for article, now in new.items():
        if now is not None and len(origins[now] - live):
            holds[now].append(article)
    moved: dict[str, tuple[str | None, str, str | None]] = {}
    for story in sorted(members.keys() - live):
        places = Counter(new[article] for article in members[story] if article in new)
        stories = {place: count for place, count in places.items() if place is not None}
        if not stories:
            moved[story] = (None, "dissolved", _cause(members[story], [], None, was, new))
            continue
        target = min(stories, key=lambda place: (-stories[place], place))
        why = "split" if len(places) > 1 else "merged" if len(origins[target]) > 1 else "renamed"
        moved[story] = (target, why, _cause(members[story], holds[target], target, was, new))
    known = "caused_by" in aliases.column_names
    columns = ("retired_id", "story_id", "why", "caused_by") if known else ("retired_id", "story_id", "why")
    earlier = {row[0]: (row[1], row[2], row[3] if known else None) for row in _rows(aliases, *columns)}
    for retired, told in earlier.items():
        # An id that was retired before leads on, whatever an older state of the tables knows of it.
        if retired not in live and (retired not in moved or moved[retired][0] is None):
            moved[retired] = told
    final = {retired: (_lead_on(retired, moved, live), *told[1:]) for retired, told in moved.items()}
    return pa.Table.from_pylist(
        [
            {"retired_id": retired, "story_id": story, "why": why if story else "dissolved", "caused_by": cause}
            for retired, (story, why, cause) in sorted(final.items())
        ],
        schema=STORY_ALIASES.arrow,
    )


def _cause(
    left: list[str], held: list[str], target: str | None, was: dict[str, str | None], new: dict[str, str | None]
) -> str | None:
    """The article that retired a story with the articles `left`, whose place one with `held` takes.

    One that came in with the run; else one that was taken away; else one that went elsewhere, or came from there,
    as articles do whose date or text is another. Of several the smallest id; none where the rules alone changed.
    """
    story = was[left[0]]
    for suspects in (
        [article for article in held if article not in was],
        [article for article in left if article not in new],
        [article for article in left if new.get(article) != target],
        [article for article in held if was.get(article) != story],
    ):
        if suspects:
            return min(suspects)
    return None


def resolve(story_id: str, aliases: pa.Table) -> str | None:
    """The story an id stands for now: itself while it is in use, none where the story dissolved."""
    targets: dict[str, str | None] = dict(_rows(aliases, "retired_id", "story_id"))
    return targets.get(story_id, story_id)


def _lead_on(retired: str, moved: dict[str, tuple[str | None, str, str | None]], live: set[str]) -> str | None:
    """The live story at the end of a chain of aliases; none where it ends nowhere."""
    seen = {retired}
    story = moved[retired][0]
    while story is not None and story not in live:
        if story in seen or story not in moved:
            return None
        seen.add(story)
        story = moved[story][0]
    return story


def _rows(table: pa.Table, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of a table as tuples of these columns."""
    return list(zip(*(table[column].to_pylist() for column in columns), strict=True))
