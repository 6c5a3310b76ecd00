"""The vectors of groups of reports: the means of those of their reports, made where they are needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from storywire.components import listed, ranges
from storywire.stories.products import in_order
from storywire.stories.vectors import Vectors

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Means:
    """The vector of group `i` is the mean of those of reports `order[begin[i]]` up to `order[begin[i] + size[i]]`.

    The product of two means is the mean of all products: the average similarity of two events' reports.
    """

    vectors: Vectors
    order: Ints
    begin: Ints
    size: Ints

    def matrix(self, rows: Ints) -> Any:
        """The vectors of some groups, see `Vectors.matrix`."""
        reports, mean = self._members(rows)
        return in_order(mean @ self.vectors.matrix(reports))

    def matrices(self, rows: Ints, columns: Ints) -> tuple[Any, Any]:
        """The vectors of two lists of groups, see `Vectors.matrices`; their terms are in no order."""
        (mine, mean), (theirs, further) = self._members(rows), self._members(columns)
        one, other = self.vectors.matrices(mine, theirs)
        return mean @ one, further @ other

    def likely(self, rows: Ints, columns: Ints, least: float) -> Flags:
        """See `Vectors.likely`; a mean of products is no more than the largest of them."""
        theirs, further = self._members(columns)
        flags = self.vectors.likely(self._members(rows)[0], theirs, least)[further.indices]
        found: Flags = np.logical_or.reduceat(flags, further.indptr[:-1]) if columns.size else flags
        return found

    def members(self, row: int) -> Ints:
        """The reports of one group, ascending."""
        return self.order[self.begin[row] : self.begin[row] + self.size[row]]

    def _members(self, rows: Ints) -> tuple[Ints, Any]:
        """The reports of some groups, part by part, and the matrix that takes their mean.

        It adds up the reports of a group in their own order, wherever they are kept.
        """
        sizes = self.size[rows]
        bounds = np.append(0, np.cumsum(sizes))
        reports = self.order[ranges(self.begin[rows], sizes)]
        order = self.vectors.by_part(reports)
        places = np.empty_like(order)
        places[order] = np.arange(order.size)
        mean = sparse.csr_matrix((np.repeat(1.0 / sizes, sizes), places, bounds), shape=(rows.size, places.size))
        return reports[order], mean


def single(vectors: Vectors, count: int) -> Means:
    """Each of so many reports as a group of its own."""
    order = np.arange(count)
    return Means(vectors, order, order, np.ones(count, np.int64))


def means(vectors: Vectors, group: Ints) -> Means:
    """The means of groups, one number a report."""
    order, bounds = listed(group, int(group.max(initial=-1)) + 1)
    return Means(vectors, order, bounds[:-1], np.diff(bounds))
