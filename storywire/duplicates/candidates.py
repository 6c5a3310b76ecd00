"""Which pairs of texts are worth a comparison: an inverted index, linear in what is frequent.

Every shared hash proposes pairs of the texts that hold it. A hash in more texts than `FREQUENT` is a
stock phrase, or a report that ran everywhere: there each text is paired only with a few hubs and with the
texts 1, 2, 4, 8, ... places behind it in order of size. Ten thousand near copies then make some 20
pairs each, and `storywire.duplicates.groups` finds the lead within a few steps. Nothing is dropped for
being frequent alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from storywire.components import distinct
from storywire.duplicates.frames import SHORT_BODY
from storywire.duplicates.index import Index, Postings
from storywire.duplicates.sets import Ints, Sets

FREQUENT = 48
"""Texts that may share a hash and still be paired each with each: 1,128 pairs."""

HUBS = 4
"""Texts a frequent hash pairs with all others; several, as the largest may be a live blog."""

AT_ONCE = 1 << 16
"""Members of frequent hashes' lists that are paired in one go: a few tens of MB."""

LEAST_SHARED = 3
"""Sketch hashes a pair must share; the smallest overlap that counts, 30 shingles, has about four. Pairs with two are
stock phrases: comparing them as well takes two fifths more time and finds one copy more in three thousand."""

LEAST_BODY = 0.06
"""Share of the smaller sketch that must be shared: half of what makes an edge, for sampling noise."""

LEAST_OPENING = 0.2
"""Share of the smaller opening: well below a copy's, as pairs of frequent 3-grams are not all counted."""


def within(sets: Sets, index: Index) -> Ints:
    """Pairs (smaller number first, ascending) of one cell's texts that may share text; largest text first."""
    n = len(sets)
    order = np.arange(n)
    body = _enough_body(*_inside(index.body, n), index.own, index.own)
    short = _inside(index.short, n)
    mixed = _between(index.short, index.long, order, order)
    opening = [_enough_opening(keys, counts, sets, sets) for keys, counts in (short, mixed)]
    keys = np.concatenate([body, *opening])
    rows = np.sort(np.stack([keys // max(1, n), keys % max(1, n)], axis=1), axis=1)
    keys = distinct(rows[:, 0] * n + rows[:, 1])
    return np.stack([keys // max(1, n), keys % max(1, n)], axis=1)


def across(one: tuple[Sets, Index, Ints], other: tuple[Sets, Index, Ints]) -> Ints:
    """Pairs (a text of `one`, a text of `other`) of two cells that may share text.

    Each cell comes with its sets, its index and the places of its texts in the common order of size.
    """
    (sets, index, rank), (others, further, after) = one, other
    n = max(1, len(others))
    found = [_enough_body(*_between(index.body, further.body, rank, after), index.own, further.own)]
    # A short text is looked for among all openings, of the short and of the long ones.
    for mine, theirs in ((index.short, further.short), (index.short, further.long), (index.long, further.short)):
        found.append(_enough_opening(*_between(mine, theirs, rank, after), sets, others))
    keys = distinct(np.concatenate(found))
    return np.stack([keys // n, keys % n], axis=1)


def _enough_body(keys: Ints, counts: Ints, own: Ints, further: Ints) -> Ints:
    n = max(1, further.size)
    several = counts >= LEAST_SHARED
    keys, counts = keys[several], counts[several]
    least = LEAST_BODY * np.minimum(own[keys // n], further[keys % n])
    return keys[counts >= least]


def _enough_opening(keys: Ints, counts: Ints, sets: Sets, others: Sets) -> Ints:
    n = max(1, len(others))
    one, other = keys // n, keys % n
    least = LEAST_OPENING * np.minimum(sets.opening[one], others.opening[other])
    return keys[(counts >= least) & (np.minimum(sets.body[one], others.body[other]) < SHORT_BODY)]


def _inside(postings: Postings, n: int) -> tuple[Ints, Ints]:
    """Pairs of one cell as `first * n + second`, and how many hashes proposed each."""
    _, begins, sizes = postings.runs
    found = [np.empty(0, dtype=np.int64)]
    for size in np.unique(sizes[(sizes > 1) & (sizes <= FREQUENT)]).tolist():
        lists = postings.owners(begins[sizes == size][:, None] + np.arange(size))
        one, other = np.triu_indices(size, 1)
        found.append((lists[:, one] * n + lists[:, other]).ravel())
    frequent = sizes > FREQUENT
    begins, sizes = begins[frequent], sizes[frequent]
    for part in _at_once(sizes):
        members = postings.owners(_spread(begins[part], sizes[part]))
        one, other = _linear(sizes[part])
        found.append(members[one] * n + members[other])
    return _counted(found)


def _between(one: Postings, other: Postings, rank: Ints, after: Ints) -> tuple[Ints, Ints]:
    """Pairs of two collections as `text * len(after) + text`, and how many hashes proposed each."""
    turned = one.packed.size > other.packed.size
    if turned:
        one, other, rank, after = other, one, after, rank
    weight, further = (1, rank.size) if turned else (after.size, 1)
    hashes, begins, sizes = one.runs
    there, low, counts = other.find(hashes)
    begins, sizes = begins[there], sizes[there]
    rare = sizes + counts <= FREQUENT
    first, second = _products(one, other, begins[rare], sizes[rare], low[rare], counts[rare])
    found = [first * weight + second * further]
    begins, sizes, low, counts = begins[~rare], sizes[~rare], low[~rare], counts[~rare]
    for part in _at_once(sizes + counts):
        mine = one.owners(_spread(begins[part], sizes[part]))
        theirs = other.owners(_spread(low[part], counts[part]))
        both = sizes[part] + counts[part]
        of_hash = np.concatenate([np.repeat(np.arange(both.size), each[part]) for each in (sizes, counts)])
        place = np.concatenate([rank[mine], after[theirs]])
        order = np.argsort(of_hash * (rank.size + after.size) + place, kind="stable")
        ahead, behind = (order[places] for places in _linear(both))
        crossing = (ahead < mine.size) != (behind < mine.size)
        ahead, behind = ahead[crossing], behind[crossing]
        left, right = np.minimum(ahead, behind), np.maximum(ahead, behind) - mine.size
        found.append(mine[left] * weight + theirs[right] * further)
    return _counted(found)


def _products(one: Postings, other: Postings, begins: Ints, sizes: Ints, low: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Every text at `begins` with every text at `low`, hash by hash."""
    low, counts = np.repeat(low, sizes), np.repeat(counts, sizes)
    return np.repeat(one.owners(_spread(begins, sizes)), counts), other.owners(_spread(low, counts))


def _spread(begins: Ints, sizes: Ints) -> Ints:
    """All places of some runs, one run after the other."""
    ends = np.cumsum(sizes)
    return np.repeat(begins - ends + sizes, sizes) + np.arange(ends[-1] if ends.size else 0)


def _at_once(sizes: Ints) -> Iterator[slice]:
    """Lists of these sizes, a bounded number of members at a time."""
    bounds = np.flatnonzero(np.diff(np.cumsum(sizes) // AT_ONCE)) + 1
    yield from (slice(begin, end) for begin, end in pairwise([0, *bounds.tolist(), sizes.size]) if begin < end)


def _linear(sizes: Ints) -> tuple[Ints, Ints]:
    """For lists too long for all pairs: each place with the hubs, and at doubling distances.

    The lists lie one after the other; places are counted through all of them.
    """
    ends = np.cumsum(sizes)
    inside = np.arange(ends[-1]) - np.repeat(ends - sizes, sizes)
    to_come = np.repeat(sizes, sizes) - inside
    ahead, behind = [], []
    for hub in range(HUBS):
        further = np.flatnonzero(inside > hub)
        ahead.append(further - inside[further] + hub)
        behind.append(further)
    step = 1
    while (nearer := np.flatnonzero((inside >= HUBS) & (to_come > step))).size:
        ahead.append(nearer)
        behind.append(nearer + step)
        step *= 2
    return np.concatenate(ahead), np.concatenate(behind)


def _counted(found: list[npt.NDArray[np.int64]]) -> tuple[Ints, Ints]:
    keys, counts = np.unique(np.concatenate(found), return_counts=True)
    return keys, counts
