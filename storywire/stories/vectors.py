"""The term vectors of reports, looked up where they are kept: hashes and weights, see `volumes`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse as sparse
from numpy.typing import NDArray

from storywire.components import distinct
from storywire.hashes import Hashes, found_in
from storywire.stories.products import ERROR

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

Read = Callable[[pa.Table, list[str]], pa.Table]
"""Gives columns of some rows, in their order."""

LEVEL = 0.5
"""What weights are raised to where they are to count more alike: below 1, many shared terms count for more than a few
heavy ones."""

BLOCK = 2_048
"""Reports whose terms are looked through at a time, some 4 MB."""

UNOPENED = -1
"""The part of a report that nobody asked for yet."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """The vector of report `i` is row `row[i]` of part `part[i]`, a CSR matrix of weights.

    A term is its 64-bit hash; each part has its `terms` once, ascending, one for each column, and `names` that are the
    terms as they are written. Weights are raised to `power`, 1 or `LEVEL`, when they are looked up, and brought to
    length 1 again: from `lengths` of each part, which they have at that level. `named` is the weekday each report
    names, as a bit.

    Reports whose part is `UNOPENED` are `opened` when they are asked for, which adds their parts and says where they
    are. Copies of these vectors share what is opened.
    """

    terms: list[Hashes]
    names: list[pa.StringArray]
    parts: list[Any]
    lengths: list[NDArray[np.float64]]
    part: NDArray[np.int16]
    row: NDArray[np.int32]
    named: NDArray[np.uint8]
    power: float = 1.0
    opened: Callable[[Ints], None] | None = None

    @classmethod
    def unopened(cls, count: int) -> Vectors:
        """So many reports that nothing is known of yet."""
        part = np.full(count, UNOPENED, np.int16)
        return cls([], [], [], [], part, np.zeros(count, np.int32), np.zeros(count, np.uint8))

    def add(self, terms: Hashes, names: pa.StringArray, part: Any, lengths: NDArray[np.float64]) -> None:
        """Add a part after the others."""
        self.terms.append(terms)
        self.names.append(names)
        self.parts.append(part)
        self.lengths.append(lengths)

    def by_part(self, rows: Ints) -> Ints:
        """The places of some reports, part by part: looked up in this order, they need not be put in another."""
        return np.argsort(self._parts_of(rows), kind="stable")

    def weekdays(self, rows: Ints) -> NDArray[np.uint8]:
        """The weekdays that some reports name, as bits."""
        self._parts_of(rows)
        return self.named[rows]

    def matrix(self, rows: Ints) -> Any:
        """The vectors of some reports as a CSR matrix, terms in columns in order of their hashes.

        Every pair is summed in the same order in any corpus.
        """
        return self.by_term(rows)[0]

    def by_term(self, rows: Ints) -> tuple[Any, Hashes]:
        """See `matrix`; and the term of each column."""
        terms = self._terms(rows)
        return self.under(rows, terms), terms

    def matrices(self, rows: Ints, columns: Ints) -> tuple[Any, Any]:
        """The vectors of two lists of reports under common columns; of the second, only terms of the first."""
        known = self._terms(rows)
        return self.under(rows, known), self.under(columns, known)

    def under(self, rows: Ints, known: Hashes) -> Any:
        """The vectors of some reports without the terms that are not `known`, which are its columns."""
        by_part = list(self._by_part(rows))
        most = sum(int(np.diff(self.parts[part].indptr)[self.row[rows[mine]]].sum()) for part, mine in by_part)
        weights, columns = np.empty(most), np.empty(most, np.int32)
        bounds = [np.zeros(1, np.int32)]
        end = 0
        for part, mine in by_part:
            column = self._columns(part, known)
            for start in range(0, mine.size, BLOCK):
                loads, terms, counts = self._sifted(part, rows[mine[start : start + BLOCK]], column)
                bounds.append(end + np.cumsum(counts, dtype=np.int32))
                weights[end : end + loads.size], columns[end : end + loads.size] = loads, terms
                end += loads.size
        indptr = np.concatenate(bounds)
        whole = sparse.csr_matrix((weights[:end], columns[:end], indptr), shape=(indptr.size - 1, known.size))
        placed = np.concatenate([np.empty(0, np.int64), *(mine for _, mine in by_part)])
        return whole if (np.diff(placed) > 0).all() else whole[np.argsort(placed)]

    def likely(self, rows: Ints, columns: Ints, least: float) -> Flags:
        """Which of the columns may have a product of `least` with one of a few rows.

        None is closer to one of them than to the largest weight that any of them has for each term.
        """
        few, known = self.by_term(rows)
        largest = np.append(few.max(axis=0).toarray().ravel(), 0.0)  # the last is that of unknown terms
        found = np.zeros(columns.size, np.bool_)
        for part, mine in self._by_part(columns):
            places = self.row[columns[mine]]
            bounds = self._most(part, int(places.min()), int(places.max()) + 1, largest[self._columns(part, known)])
            found[mine] = bounds[places - places.min()] >= least - ERROR
        return found

    def _most(self, part: int, begin: int, end: int, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the products of some neighbouring rows of a part with one vector, which has all its terms, are at most.

        In single precision, in which vectors are kept: nothing is copied, and it takes a third of the time. What that
        can take from a sum of so many parts is added (Higham 2002, section 4.2).
        """
        matrix, found = self.parts[part], np.empty(end - begin)
        single = weights.astype(np.float32)
        for start in range(begin, end, BLOCK):
            bounds = matrix.indptr[start : min(start + BLOCK, end) + 1]
            inside = slice(bounds[0], bounds[-1])  # a slice of the matrix would be a copy
            loads = matrix.data[inside] if self.power == 1.0 else matrix.data[inside] ** self.power
            some = sparse.csr_matrix(
                (loads, matrix.indices[inside], bounds - bounds[0]), (bounds.size - 1, single.size)
            )
            lost = (np.diff(bounds).max() + 4) * np.finfo(np.float32).eps
            found[start - begin : start - begin + bounds.size - 1] = (some @ single) * (1.0 + lost)
        if self.power == 1.0:
            return found
        lengths = self.lengths[part][begin:end]
        return np.divide(found, lengths, out=found, where=lengths > 0)  # a report without terms has none

    def _columns(self, part: int, known: Hashes) -> NDArray[np.int32]:
        """The place among the `known`, which ascend, of each term of a part; -1 for none."""
        column = np.full(self.terms[part].size, -1, np.int32)
        there, place = found_in(self.terms[part], known)
        column[place] = np.flatnonzero(there)
        return column

    def _sifted(self, part: int, rows: Ints, column: NDArray[np.int32]) -> tuple[Floats, NDArray[np.int32], Ints]:
        """The weights and columns of some reports of one part, and how many each has.

        `column` is that of each of the part's terms, -1 for none.
        """
        some = self.parts[part][self.row[rows]]
        columns = column[some.indices]
        there = np.flatnonzero(columns >= 0)
        counts = np.diff(np.searchsorted(there, some.indptr))
        weights = some.data[there].astype(np.float64)
        if self.power != 1.0:
            weights **= self.power
            weights /= np.repeat(self.lengths[part][self.row[rows]], counts)
        return weights, columns[there], counts

    def _terms(self, rows: Ints) -> Hashes:
        """The terms that some reports have between them, ascending."""
        found = [np.empty(0, np.uint64)]
        for part, mine in self._by_part(rows):
            used = np.zeros(self.terms[part].size, np.bool_)
            used[self.parts[part][self.row[rows[mine]]].indices] = True
            found.append(self.terms[part][used])
        return distinct(np.concatenate(found))

    def spelt(self, terms: Hashes, rows: Ints) -> list[str]:
        """How some terms are written; each is one of these reports'."""
        found = np.empty(terms.size, object)
        for part in np.unique(self._parts_of(rows)).tolist():
            there, place = found_in(self.terms[part], terms)
            found[there] = self.names[part].take(pa.array(place)).to_pylist()
        names: list[str] = found.tolist()
        return names

    def _by_part(self, rows: Ints) -> Iterator[tuple[int, Ints]]:
        """The places of the rows of each part."""
        part = self._parts_of(rows)
        for number in np.unique(part).tolist():
            yield number, np.flatnonzero(part == number)

    def _parts_of(self, rows: Ints) -> NDArray[np.int16]:
        """The part of each row, which is opened now."""
        part = self.part[rows]
        unopened = part == UNOPENED
        if self.opened is not None and unopened.any():
            self.opened(rows[unopened])
            part = self.part[rows]
        return part
