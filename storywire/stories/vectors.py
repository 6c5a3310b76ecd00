"""The term vectors of reports, month by month: read when a report comes in, kept as hashes and weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sparse
from numpy.typing import NDArray

from storywire.columns import in_one
from storywire.components import Arrays, Kept, by_home, digest, distinct
from storywire.hashes import Hashes, found_in, of_strings, place_in
from storywire.stories import weekdays
from storywire.stories.given import Given
from storywire.stories.members import Cells, cell_name
from storywire.stories.products import ERROR

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

Read = Callable[[pa.Table, list[str]], pa.Table]
"""Gives columns of some rows, in their order."""

LEVEL = 0.5
"""What weights are raised to where they are to count more alike: below 1, many shared terms count for more than a few
heavy ones."""

BLOCK = 2_048
"""Reports whose terms are looked through at a time, some 4 MB."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """The vector of report `i` is row `row[i]` of part `part[i]`, a CSR matrix of weights.

    A term is its 64-bit hash; each part has its `terms` once, ascending, one for each column, and `names` that are the
    terms as they are written. Weights are raised to `power`, 1 or `LEVEL`, when they are looked up, and brought to
    length 1 again: from `lengths` of each part, which they have at that level. `named` is the weekday each report
    names, as a bit.
    """

    terms: Sequence[Hashes]
    names: Sequence[pa.StringArray]
    parts: Sequence[Any]
    lengths: Sequence[NDArray[np.float64]]
    part: NDArray[np.int16]
    row: NDArray[np.int32]
    named: NDArray[np.uint8]
    power: float = 1.0

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
        found: list[Any] = [sparse.csr_matrix((0, known.size))]
        order = [np.empty(0, np.int64)]
        for part, mine in self._by_part(rows):
            column = self._columns(part, known)
            for start in range(0, mine.size, BLOCK):
                places = mine[start : start + BLOCK]
                found.append(self._sifted(part, rows[places], column, known.size))
                order.append(places)
        whole = sparse.vstack(found, format="csr")
        placed = np.concatenate(order)
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
            bounds = self._times(part, int(places.min()), int(places.max()) + 1, largest[self._columns(part, known)])
            found[mine] = bounds[places - places.min()] >= least - ERROR
        return found

    def _times(self, part: int, begin: int, end: int, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """The products of the vectors of some neighbouring rows of a part with one vector, which has all its terms."""
        matrix, found = self.parts[part], np.empty(end - begin)
        for start in range(begin, end, BLOCK):
            bounds = matrix.indptr[start : min(start + BLOCK, end) + 1]
            inside = slice(bounds[0], bounds[-1])  # a slice of the matrix would be a copy
            loads = matrix.data[inside].astype(np.float64) ** self.power
            some = (loads, matrix.indices[inside], bounds - bounds[0])
            rows = slice(start - begin, start - begin + bounds.size - 1)
            found[rows] = sparse.csr_matrix(some, (bounds.size - 1, weights.size)) @ weights
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

    def _sifted(self, part: int, rows: Ints, column: NDArray[np.int32], width: int) -> Any:
        """The vectors of some reports of one part, given the column of each of its terms, -1 for none."""
        some = self.parts[part][self.row[rows]]
        columns = column[some.indices]
        there = np.flatnonzero(columns >= 0)
        bounds = np.searchsorted(there, some.indptr).astype(np.int32)
        weights = some.data[there].astype(np.float64)
        if self.power != 1.0:
            weights **= self.power
            weights /= np.repeat(self.lengths[part][self.row[rows]], np.diff(bounds))
        return sparse.csr_matrix((weights, columns[there], bounds), shape=(rows.size, width))

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
        for part in np.unique(self.part[rows]).tolist():
            there, place = found_in(self.terms[part], terms)
            found[there] = self.names[part].take(pa.array(place)).to_pylist()
        names: list[str] = found.tolist()
        return names

    def _by_part(self, rows: Ints) -> Iterator[tuple[int, Ints]]:
        """The places of the rows of each part."""
        part = self.part[rows]
        for number in np.unique(part).tolist():
            yield number, np.flatnonzero(part == number)


def load(leads: Given, cell: Cells, read: Read, kept: Kept, *, kind: str = "terms") -> Vectors:
    """The vectors of the lead articles; `cell` is the month each is kept in.

    Those that are not kept are read, under columns `terms` and `weights`. `kind` names what the vectors are of.
    """
    identity = leads.identity
    part, row = np.zeros(identity.size, np.int16), np.zeros(identity.size, np.int32)
    terms: list[Hashes] = []
    names: list[pa.StringArray] = []
    parts: list[Any] = []
    lengths: list[NDArray[np.float64]] = []
    named = np.zeros(identity.size, np.uint8)
    for number, rows in by_home(cell):
        name = f"{kind}-{cell_name(number)}"
        found = kept.keep(name, digest(identity[rows]), partial(_renewed, leads, rows, read, kept, name))
        part[rows], row[rows], named[rows] = len(terms), found["place"], found["named"][found["place"]]
        terms.append(found["term"])
        names.append(_names(found))
        parts.append(_matrix(found))
        lengths.append(found["length"])
    return Vectors(terms, names, parts, lengths, part, row, named)


def _matrix(found: Arrays) -> Any:
    """The vectors of a month, mapped as they are kept."""
    bounds = np.append(0, np.cumsum(found["count"], dtype=np.int32)).astype(np.int32)
    return sparse.csr_matrix((found["weight"], found["code"], bounds), shape=(bounds.size - 1, found["term"].size))


def _renewed(leads: Given, rows: Ints, read: Read, kept: Kept, name: str) -> Arrays:
    """The vectors of one month as they came in: those kept of it and new ones. `place` is where each row's is."""
    identity = leads.identity[rows]
    last = kept.last(name)
    before = last.get("report", identity[:0])
    fresh = rows[place_in(before, identity) < 0]
    both: list[dict[str, Any]] = [last | {"name": _names(last)}] if last else []
    still = place_in(identity, before) >= 0
    if not still.all():
        flags = dict.fromkeys(("report", "count", "length", "named"), still)
        flags |= dict.fromkeys(("code", "weight"), np.repeat(still, last["count"]))
        kept_of = {name: last[name][flag] for name, flag in flags.items()}
        used, code = np.unique(kept_of["code"], return_inverse=True)
        both = [kept_of | {"code": code, "term": last["term"][used], "name": _names(last).take(used)}]
    if fresh.size:
        made = _hashed(read(leads.rows(fresh), ["terms", "weights", "language"]))
        both.append({"report": leads.identity[fresh], **made})
    term, first = np.unique(np.concatenate([each["term"] for each in both]), return_index=True)
    names = pa.concat_arrays([each["name"] for each in both]).take(pa.array(first))
    for each in both:
        each["code"] = np.searchsorted(term, each["term"]).astype(np.int32)[each["code"]]
    found = {name: np.concatenate([each[name] for each in both]) for name in _KEPT}
    _, ends, letters = names.buffers()
    found |= {"ends": np.frombuffer(ends, np.int32), "letters": np.frombuffer(letters or b"", np.uint8)}
    return found | {"term": term, "place": place_in(found["report"], identity).astype(np.int32)}


_KEPT = ("report", "count", "length", "named", "code", "weight")


def _names(found: Arrays) -> pa.StringArray:
    """The terms of a month as they are written."""
    return pa.StringArray.from_buffers(len(found["term"]), pa.py_buffer(found["ends"]), pa.py_buffer(found["letters"]))


def _hashed(told: pa.Table) -> dict[str, Any]:
    """Lists of terms and weights as hashes and weights, ascending by hash inside each list, and the weekdays named.

    `name` is how each term is written.
    """
    terms, weights = (in_one(told[name]) for name in ("terms", "weights"))
    counts = pc.fill_null(pc.list_value_length(terms), 0).to_numpy().astype(np.int64)
    coded = pc.list_flatten(terms).dictionary_encode()
    names = coded.dictionary.cast(pa.string())
    term, first, rank = np.unique(of_strings(names), return_index=True, return_inverse=True)
    codes = rank.astype(np.int32)[coded.indices.to_numpy()]
    loads = pc.list_flatten(weights).to_numpy().astype(np.float32)
    order = np.lexsort((codes, np.repeat(np.arange(counts.size), counts)))
    named = weekdays.named(coded, counts, told["language"].to_pylist())
    loads = loads[order]
    raised = loads.astype(np.float64) ** LEVEL
    owner = np.repeat(np.arange(counts.size), counts)
    length = np.sqrt(np.bincount(owner, weights=raised * raised, minlength=counts.size))
    return {
        "count": counts.astype(np.int32),
        "length": length,
        "named": named,
        "term": term,
        "name": names.take(pa.array(first)),
        "code": codes[order],
        "weight": loads,
    }
