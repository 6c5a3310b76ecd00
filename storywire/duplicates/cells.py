"""The texts of one publication month, with the index they are found by.

A text can be a copy only of texts published within some days of it, so articles are compared month by month: each
month with itself and with the months a window can reach. Articles without a reliable date lie in cells by the month of
their capture, and are looked up in each other and in all months up to it. What a cell holds is a function of its
articles alone, so it is kept from run to run, and a run computes the months whose articles changed.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from storywire.components import Arrays
from storywire.duplicates import index
from storywire.duplicates.bands import LEAST_SHORT
from storywire.duplicates.frames import FRAME_PAGES
from storywire.duplicates.index import Index
from storywire.duplicates.sets import Ints, Sets, digests
from storywire.duplicates.shingles import words

UNDATED = "undated"
"""How the names of cells without publication dates begin."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Distinct texts, packed and numbered by size, largest first.

    `text_of` is the text of each article and `best` the article that stands for each text; articles are
    counted in order of their ids.
    """

    sets: Sets
    text_of: Ints
    best: Ints
    index: Index

    def arrays(self) -> Arrays:
        """All of it as plain arrays, to be kept."""
        own = {"values": self.sets.values, "body": self.sets.body, "opening": self.sets.opening}
        return {**own, "text_of": self.text_of, "best": self.best, **self.index.arrays()}


def from_arrays(kept: Mapping[str, npt.NDArray[Any]]) -> Cell:
    """The cell out of what `Cell.arrays` gave."""
    sizes = kept["body"] + kept["opening"]
    sets = Sets(kept["values"], np.cumsum(sizes) - sizes, kept["body"], kept["opening"])
    return Cell(sets, kept["text_of"], kept["best"], index.from_arrays(kept))


def build(sets: Sets, titles: pa.Array, day: Ints, credit: Ints, site: Ints) -> Cell:
    """The cell of some articles in order of their ids; all arguments have one value an article.

    Articles with equal shingles and the same reliable day are one text, so ten thousand copies of
    a page cost no more than one. Texts too short to show anything are one only under one headline, as are those
    an outlet prints again and again, and empty ones never.
    """
    sets = sets.packed()
    n = len(sets)
    keys = np.column_stack([digests(sets), day.astype(np.uint64)])
    printed = _numbered_rows(np.column_stack([keys, site.astype(np.uint64)]))
    again = (np.bincount(printed, minlength=n)[printed] >= FRAME_PAGES) & (site >= 0)
    headlines: dict[tuple[bytes, ...], int] = {}
    told_apart = np.zeros(n, dtype=np.int64)
    for row in np.flatnonzero((sets.opening < LEAST_SHORT) | again).tolist():
        headline = tuple(words(titles[row].as_py() or ""))
        told_apart[row] = headlines.setdefault(headline, row) + 1 if headline and sets.body[row] else row + 1
    inverse = _numbered_rows(np.column_stack([keys, told_apart.astype(np.uint64)]))
    by_merit = np.lexsort((np.arange(n), credit))
    best = np.full(inverse.max(initial=-1) + 1, -1, dtype=np.int64)
    best[inverse[by_merit[::-1]]] = by_merit[::-1]  # of several writes to one place the last stays
    order = by_size(sets.body[best], day[best], best)
    number = np.empty(order.size, dtype=np.int64)
    number[order] = np.arange(order.size)
    chosen = best[order]
    texts = sets.take(chosen).packed()
    return Cell(texts, number[inverse], chosen, index.build(texts, site[chosen]))


def by_size(size: Ints, day: Ints, article: Ints) -> Ints:
    """Texts in the order they are numbered in: largest first, then the earliest, then the smallest id."""
    return np.asarray(np.lexsort((article, day, -size)), dtype=np.int64)


def _numbered_rows(keys: npt.NDArray[np.uint64]) -> Ints:
    """A number for each row, the same where rows are equal (`np.unique` with an axis takes ten times as long)."""
    order = np.lexsort(keys.T)
    ordered = keys[order]
    fresh = np.append(False, (ordered[1:] != ordered[:-1]).any(axis=1))[: order.size]
    number = np.empty(order.size, dtype=np.int64)
    number[order] = np.cumsum(fresh)
    return number


def can_touch(one: str, other: str, window_days: int) -> bool:
    """Whether texts of two cells can lie within the window of each other; cells come in order of their names.

    What was captured without a date was published before that, so it is looked up in the months up to its capture.

    >>> can_touch("2024-01", "2024-02", 14), can_touch("2024-01", "2024-03", 14)
    (True, False)
    >>> can_touch("2024-03", "undated-2024-09", 14), can_touch("2024-09", "undated-2024-03", 14)
    (True, False)
    """
    begin, end = (name.removeprefix(UNDATED).removeprefix("-") for name in (one, other))
    if one.startswith(UNDATED) or not begin or not end:
        return True
    if other.startswith(UNDATED):
        begin, end = end, begin
    (year, month), (other_year, other_month) = (map(int, name.split("-")) for name in (begin, end))
    last = date(year, month, monthrange(year, month)[1])
    return (date(other_year, other_month, 1) - last).days <= window_days
