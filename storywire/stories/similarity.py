"""How alike two reports are: the cosine of their terms, fading with the days between them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from storywire.stories.products import in_order, products

Ints = NDArray[np.int64]
Days = NDArray[np.int32]
Floats = NDArray[np.float64]

NO_DAY = np.iinfo(np.int32).min
"""Stands for an unknown publication day."""

DECIMALS = 6
"""Similarities are rounded before they are compared, so that no order of summation flips a decision."""

BLOCK_CELLS = 4_000_000
"""Pairs looked at in one go: a product of at most this many cells, some 50 MB."""


@dataclass(frozen=True, slots=True)
class Items:
    """What is compared: reports, or events as the mean of their reports; one row each.

    `vectors` is a CSR matrix with terms in columns in a fixed order, so that every pair is summed alike in any corpus.
    `keys` is another one, of what no language has for itself (see `bridge`); it is looked at for pairs in different
    `languages`, numbers of which 0 is that of none. Where there is one language alone, neither is there.
    """

    vectors: Any
    first: Days
    last: Days
    languages: Ints | None = None
    keys: Any = None

    def take(self, rows: Ints) -> Items:
        """The items of these rows, in this order."""
        languages = None if self.languages is None else self.languages[rows]
        keys = None if self.keys is None else self.keys[rows]
        return Items(self.vectors[rows], self.first[rows], self.last[rows], languages, keys)


@dataclass(frozen=True, slots=True)
class Scale:
    """What similarity means for events, or for stories.

    `sigma` (days): the cosine of dated items fades as a Gaussian of the days between them.
    `undated`: without two days the cosine is multiplied by this.
    `threshold`: the least average similarity of two clusters that are joined.
    `cohesion`, `apart`: see `linkage.average_linkage`.
    `power`: what the weights of terms are raised to, see `vectors.Vectors`.
    `across`, `sure`: what the product of the keys of two items in different languages is multiplied by, where that is
    more than the cosine of their terms; it counts from so many times the threshold on.
    """

    sigma: float
    undated: float
    threshold: float
    cohesion: float
    apart: float = 0.0
    power: float = 1.0
    across: float = 0.0
    sure: float = 1.0

    @property
    def window(self) -> int:
        """The most days between two items at which equal texts may reach the threshold."""
        return math.floor(self.sigma * math.sqrt(-2.0 * math.log(self.least())))

    def least(self, *, undated: bool = False) -> float:
        """The cosine from which on two items may reach the threshold; `undated` where one of them has no day."""
        return (self.threshold - 10.0**-DECIMALS) / (self.undated if undated else 1.0)


def fade(one: Items, other: Items, rows: Ints, columns: Ints, scale: Scale) -> Floats:
    """Factor on the cosine of each pair (row of one, row of the other), in (0, 1]."""
    gap = np.maximum(np.maximum(one.first[rows] - other.last[columns], other.first[columns] - one.last[rows]), 0)
    dated = (one.first[rows] != NO_DAY) & (other.first[columns] != NO_DAY)
    near = np.exp(-0.5 * np.square(np.where(dated, gap, 0) / scale.sigma))
    faded: Floats = np.where(dated, near, scale.undated)
    return faded


def dense(items: Items, scale: Scale) -> Floats:
    """All pairwise similarities of a few items, as a symmetric matrix."""
    count = len(items.first)
    every = np.arange(count)
    cosine = _across(items.vectors @ items.vectors.T, items, items, every, every, scale).toarray()
    factor = fade(items, items, every[:, None], every[None, :], scale)
    rounded: Floats = np.round(np.clip(cosine * factor, 0.0, 1.0), DECIMALS)
    return rounded


def support(items: Items, group: Ints, scale: Scale) -> Floats:
    """For each pair of groups the share of pairs between them that reach half the threshold by themselves.

    `group` numbers the group of each item from 0.
    """
    count = int(group.max()) + 1
    left, right, _ = between(items, items, replace(scale, threshold=0.5 * scale.threshold))
    alike = np.zeros((count, count))
    np.add.at(alike, (group[left], group[right]), 1.0)
    size = np.bincount(group, minlength=count)
    share: Floats = alike / np.outer(size, size)
    return share


def between(one: Items, other: Items, scale: Scale) -> tuple[Ints, Ints, Floats]:
    """Every pair of an item of `one` and an item of `other` at or above the threshold: rows of either, similarities.

    Dated items meet those inside the window only; undated ones meet all. Never more than
    `BLOCK_CELLS` pairs are held at a time.
    """
    found = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))]
    found += [_block(one, other, rows, columns, scale) for rows, columns in _blocks(one, other, scale.window)]
    left, right, value = (np.concatenate(part) for part in zip(*found, strict=True))
    return left, right, value


def _blocks(one: Items, other: Items, window: int) -> Iterator[tuple[Ints, Ints]]:
    """Rows of either that must meet; over all blocks every pair in reach meets once."""
    dated, further = _by_day(one), _by_day(other)
    undated, loose = (np.flatnonzero(items.first == NO_DAY) for items in (one, other))
    # Items that begin at most the window after the rows' end, and end at most the window before.
    reach, ends = (np.maximum.accumulate(items.last[rows]) for items, rows in ((one, dated), (other, further)))
    begin = np.searchsorted(ends, one.first[dated] - window)
    end = np.searchsorted(other.first[further], reach + window, side="right")
    start = 0
    while start < len(dated):
        size = np.arange(1, len(dated) - start + 1) * (end[start:] - begin[start])
        stop = start + max(1, int(np.searchsorted(size, BLOCK_CELLS, side="right")))
        yield dated[start:stop], further[begin[start] : end[stop - 1]]
        start = stop
    yield from _all(dated, loose)
    yield from _all(undated, np.concatenate([loose, further]))


def _by_day(items: Items) -> Ints:
    """The dated items in order of their first days."""
    dated = np.flatnonzero(items.first != NO_DAY)
    order: Ints = dated[np.lexsort((dated, items.first[dated]))]
    return order


def _all(rows: Ints, columns: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Every row with every column, in blocks."""
    height = max(1, BLOCK_CELLS // max(1, columns.size))
    for start in range(0, rows.size if columns.size else 0, height):
        yield rows[start : start + height], columns


def _block(one: Items, other: Items, rows: Ints, columns: Ints, scale: Scale) -> tuple[Ints, Ints, Floats]:
    """The pairs of one block at or above the threshold."""
    least = scale.least()
    cosines = products(one.vectors[rows], other.vectors[columns], least)
    product = sparse.coo_matrix(_across(cosines, one, other, rows, columns, scale))
    likely = product.data >= least
    left, right, cosine = rows[product.row[likely]], columns[product.col[likely]], product.data[likely]
    value = np.round(np.clip(cosine * fade(one, other, left, right, scale), 0.0, 1.0), DECIMALS)
    keep = value >= scale.threshold
    return left[keep], right[keep], value[keep]


def _across(cosines: Any, one: Items, other: Items, rows: Ints, columns: Ints, scale: Scale) -> Any:
    """The cosines of rows and columns, in different languages what their keys say, if that is more."""
    if scale.across == 0.0 or one.languages is None or other.languages is None:
        return cosines
    left, right = one.languages[rows], other.languages[columns]
    found = []
    for language in np.unique(left[left > 0]).tolist():
        mine, theirs = np.flatnonzero(left == language), np.flatnonzero((right > 0) & (right != language))
        part = sparse.coo_matrix(in_order(one.keys[rows[mine]]) @ other.keys[columns[theirs]].T.tocsr())
        value = np.round(scale.across * part.data, DECIMALS)
        sure = value >= round(scale.sure * scale.threshold, DECIMALS)
        found.append((mine[part.row[sure]], theirs[part.col[sure]], value[sure]))
    if not found:
        return cosines
    places = [np.concatenate(place) for place in zip(*found, strict=True)]
    return cosines.maximum(sparse.csr_matrix((places[2], (places[0], places[1])), shape=cosines.shape))
