"""Which pairs of texts are worth a comparison: an inverted index, linear in what is frequent.

Every shared hash proposes pairs of the texts that hold it. A hash in more texts than `FREQUENT` is a
stock phrase, or a report that ran everywhere: there each text is paired only with a few hubs and with the
texts 1, 2, 4, 8, ... places behind it in order of size. Ten thousand near copies then make some 20
pairs each, and `storywire.duplicates.groups` finds the lead within a few steps. Nothing is dropped for
being frequent alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from storywire.duplicates.frames import SHORT_BODY
from storywire.duplicates.index import OWNER_BITS, Index, Postings
from storywire.duplicates.sets import Ints, Sets

FREQUENT = 48
"""Texts that may share a hash and still be paired each with each: 1,128 pairs."""

HUBS = 4
"""Texts a frequent hash pairs with all others; several, as the largest may be a live blog."""

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
    keys = np.unique(rows[:, 0] * n + rows[:, 1])
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
    keys = np.unique(np.concatenate(found))
    return np.stack([keys // n, keys % n], axis=1)


def _enough_body(keys: Ints, counts: Ints, own: Ints, further: Ints) -> Ints:
    n = max(1, further.size)
    least = LEAST_BODY * np.minimum(own[keys // n], further[keys % n])
    return keys[(counts >= LEAST_SHARED) & (counts >= least)]


def _enough_opening(keys: Ints, counts: Ints, sets: Sets, others: Sets) -> Ints:
    n = max(1, len(others))
    one, other = keys // n, keys % n
    least = LEAST_OPENING * np.minimum(sets.opening[one], others.opening[other])
    return keys[(counts >= least) & (np.minimum(sets.body[one], others.body[other]) < SHORT_BODY)]


def _inside(postings: Postings, n: int) -> tuple[Ints, Ints]:
    """Pairs of one cell as `first * n + second`, and how many hashes proposed each."""
    begins, sizes = postings.runs()
    found = [np.empty(0, dtype=np.int64)]
    for size in np.unique(sizes[(sizes > 1) & (sizes <= FREQUENT)]).tolist():
        lists = postings.owners(begins[sizes == size][:, None] + np.arange(size))
        one, other = np.triu_indices(size, 1)
        found.append((lists[:, one] * n + lists[:, other]).ravel())
    for begin, size in zip(begins[sizes > FREQUENT].tolist(), sizes[sizes > FREQUENT].tolist(), strict=True):
        members = postings.owners(slice(begin, begin + size))
        one, other = _linear(size)
        found.append(members[one] * n + members[other])
    return _counted(found)


def _between(one: Postings, other: Postings, rank: Ints, after: Ints) -> tuple[Ints, Ints]:
    """Pairs of two collections as `text * len(after) + text`, and how many hashes proposed each."""
    if one.packed.size > other.packed.size:
        keys, counts = _between(other, one, after, rank)
        n = max(1, rank.size)
        turned: Ints = keys % n * after.size + keys // n
        return turned, counts
    begins, sizes = one.runs()
    low, counts = other.find(one.packed[begins] >> OWNER_BITS)
    there = counts > 0
    begins, sizes, low, counts = begins[there], sizes[there], low[there], counts[there]
    rare = sizes + counts <= FREQUENT
    found = [_products(one, other, begins[rare], sizes[rare], low[rare], counts[rare], after.size)]
    for begin, size, first, count in zip(
        *(column[~rare].tolist() for column in (begins, sizes, low, counts)), strict=True
    ):
        mine, theirs = one.owners(slice(begin, begin + size)), other.owners(slice(first, first + count))
        order = np.argsort(np.concatenate([rank[mine], after[theirs]]), kind="stable")
        ahead, behind = (order[places] for places in _linear(size + count))
        crossing = (ahead < size) != (behind < size)
        left, right = np.minimum(ahead, behind)[crossing], np.maximum(ahead, behind)[crossing] - size
        found.append(mine[left] * after.size + theirs[right])
    return _counted(found)


def _products(
    one: Postings, other: Postings, begins: Ints, sizes: Ints, low: Ints, counts: Ints, n: int
) -> npt.NDArray[np.int64]:
    """Every text at `begins` with every text at `low`, hash by hash."""
    products = sizes * counts
    of_hash = np.repeat(np.arange(products.size), products)
    place = np.arange(of_hash.size) - np.repeat(np.cumsum(products) - products, products)
    mine = one.owners(begins[of_hash] + place // counts[of_hash])
    return mine * n + other.owners(low[of_hash] + place % counts[of_hash])


def _linear(size: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """For lists too long for all pairs: each place with the hubs, and at doubling distances."""
    ahead, behind = [], []
    for hub in range(HUBS):
        ahead.append(np.full(size - hub - 1, hub))
        behind.append(np.arange(hub + 1, size))
    rest = np.arange(HUBS, size)
    for step in range((rest.size - 1).bit_length()):
        ahead.append(rest[: -(1 << step)])
        behind.append(rest[1 << step :])
    return np.concatenate(ahead), np.concatenate(behind)


def _counted(found: list[npt.NDArray[np.int64]]) -> tuple[Ints, Ints]:
    keys, counts = np.unique(np.concatenate(found), return_counts=True)
    return keys, counts
