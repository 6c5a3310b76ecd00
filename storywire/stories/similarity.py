"""How alike two reports are: the cosine of their terms, fading with the days between them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NO_DAY = np.iinfo(np.int32).min
"""Stands for an unknown publication day."""

DECIMALS = 6
"""Similarities are rounded before they are compared, so that no order of summation flips a decision."""

BLOCK_CELLS = 4_000_000
"""Pairs looked at in one go: a product of at most this many cells, some 50 MB."""

SHORT_WORDS, LONG_WORDS = 100, 450
"""Words between which the doubt about undated pairs grows; where labelled and real pages lie."""


@dataclass(frozen=True, slots=True)
class Items:
    """What is compared: reports, or events as the mean of their reports; one row each."""

    vectors: Any
    """CSR matrix, terms in columns, sorted by term: every pair is summed in the same order in any corpus."""
    first: Ints
    last: Ints
    words: Floats

    def take(self, rows: Ints) -> Items:
        """The items of these rows, in this order."""
        return Items(self.vectors[rows], self.first[rows], self.last[rows], self.words[rows])


@dataclass(frozen=True, slots=True)
class Scale:
    """What similarity means for events, or for stories.

    `sigma` (days): the cosine of dated items fades as a Gaussian of the days between them.
    `undated` (words): without two days the cosine is multiplied by `undated` over the length of the
    shorter text. Long texts share the background of a running story, and only days could tell it from
    the event; the longer both are, the more alike they must be.
    `threshold`: the least average similarity of two clusters that are joined.
    `cohesion`: see `linkage.average_linkage`.
    """

    sigma: float
    undated: float
    threshold: float
    cohesion: float

    @property
    def window(self) -> int:
        """Days from which on even equal texts stay below the threshold."""
        return math.floor(self.sigma * math.sqrt(2.0 * math.log(1.0 / self.threshold))) + 1


def fade(items: Items, rows: Ints, columns: Ints, scale: Scale) -> Floats:
    """Factor on the cosine of each pair (row, column), in (0, 1]."""
    first, last = items.first, items.last
    gap = np.maximum(np.maximum(first[rows] - last[columns], first[columns] - last[rows]), 0)
    dated = (first[rows] != NO_DAY) & (first[columns] != NO_DAY)
    shorter = np.clip(np.minimum(items.words[rows], items.words[columns]), SHORT_WORDS, LONG_WORDS)
    near = np.exp(-0.5 * np.square(np.where(dated, gap, 0) / scale.sigma))
    faded: Floats = np.where(dated, near, np.minimum(1.0, scale.undated / shorter))
    return faded


def dense(items: Items, scale: Scale) -> Floats:
    """All pairwise similarities of a few items, as a symmetric matrix."""
    count = len(items.words)
    cosine = (items.vectors @ items.vectors.T).toarray()
    every = np.arange(count)
    factor = fade(items, every[:, None], every[None, :], scale)
    rounded: Floats = np.round(np.clip(cosine * factor, 0.0, 1.0), DECIMALS)
    return rounded


def support(items: Items, group: Ints, scale: Scale) -> Floats:
    """For each pair of groups the share of pairs between them that reach half the threshold by themselves.

    `group` numbers the group of each item from 0.
    """
    count = int(group.max()) + 1
    left, right, _ = edges(items, replace(scale, threshold=0.5 * scale.threshold))
    alike = np.zeros((count, count))
    np.add.at(alike, (group[left], group[right]), 1.0)
    size = np.bincount(group, minlength=count)
    share: Floats = (alike + alike.T) / np.outer(size, size)
    return share


def edges(items: Items, scale: Scale) -> tuple[Ints, Ints, Floats]:
    """Every pair at or above the threshold, once: rows, columns and similarities.

    Dated items meet those inside the window only; undated ones meet all. Never more than
    `BLOCK_CELLS` pairs are held at a time.
    """
    found = [_block(items, rows, columns, turned, scale) for rows, columns, turned in _blocks(items, scale.window)]
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64)
    rows, columns, values = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.lexsort((columns, rows))
    return rows[order], columns[order], values[order]


def _blocks(items: Items, window: int) -> Iterator[tuple[Ints, Ints, Any]]:
    """Rows, the columns they must meet, and those turned; over all blocks every pair in reach meets.

    The rows of a block stand among its columns before all that earlier blocks have not met.
    """
    undated = np.flatnonzero(items.first == NO_DAY)
    dated = np.flatnonzero(items.first != NO_DAY)
    dated = dated[np.lexsort((dated, items.first[dated]))]
    first = items.first[dated]
    reach = np.maximum.accumulate(items.last[dated]) if len(dated) else items.last[dated]
    start = 0
    while start < len(dated):
        # Columns: items that begin no later than the window after the rows' end, and from the rows on.
        stop = start + 1
        end = int(np.searchsorted(first, reach[start] + window, side="right"))
        while stop < len(dated):
            wider = int(np.searchsorted(first, reach[stop] + window, side="right"))
            if (stop + 1 - start) * (wider - start) > BLOCK_CELLS:
                break
            stop, end = stop + 1, wider
        yield dated[start:stop], dated[start:end], items.vectors[dated[start:end]].T.tocsr()
        start = stop
    if not len(undated):
        return
    everyone = np.concatenate([undated, dated])
    turned = items.vectors[everyone].T.tocsr()
    height = max(1, BLOCK_CELLS // len(everyone))
    for start in range(0, len(undated), height):
        yield undated[start : start + height], everyone, turned


def _block(items: Items, rows: Ints, columns: Ints, turned: Any, scale: Scale) -> tuple[Ints, Ints, Floats]:
    """The pairs of one block at or above the threshold, smaller row first."""
    product = sparse.coo_matrix(items.vectors[rows] @ turned)
    likely = product.data >= scale.threshold - 10.0**-DECIMALS
    left, right, cosine = rows[product.row[likely]], columns[product.col[likely]], product.data[likely]
    value = np.round(np.clip(cosine * fade(items, left, right, scale), 0.0, 1.0), DECIMALS)
    # A pair of two rows comes twice; it is kept where the row stands before the column.
    place = np.full(len(items.words), -1, np.int64)
    place[columns] = np.arange(len(columns))
    keep = (value >= scale.threshold) & (place[left] < place[right])
    left, right = left[keep], right[keep]
    return np.minimum(left, right), np.maximum(left, right), value[keep]
