"""The term vectors of reports, month by month: read when a report comes in, kept as hashes and weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sparse
from numpy.typing import NDArray

from storywire.components import Arrays, Kept, by_home, digest
from storywire.hashes import Hashes, of_names
from storywire.stories import weekdays
from storywire.stories.members import cell_name

Ints = NDArray[np.int64]

Read = Callable[[pa.Table, list[str]], pa.Table]
"""Gives columns of some rows, in their order."""

SIEVE_BITS = 22
"""Bits of a term's hash by which the terms that cannot be shared are left out: a flag for each of four million."""

BLOCK = 2_048
"""Reports whose terms are looked through at a time, some 4 MB."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """The vector of report `i` has the terms and weights `begin[i]` to `begin[i] + count[i]` of part `part[i]`.

    A term is its 64-bit hash; within a report terms ascend. Weights are raised to `power` and brought to length 1 again
    when they are looked up: below 1, many shared terms count for more than a few heavy ones. `named` is the weekday
    each report names, as a bit.
    """

    terms: Sequence[Hashes]
    weights: Sequence[NDArray[np.float32]]
    part: Ints
    begin: Ints
    count: Ints
    named: NDArray[np.uint8]
    power: float = 1.0

    def matrix(self, rows: Ints) -> Any:
        """The vectors of some reports as a CSR matrix, terms in columns in order of their hashes.

        Every pair is summed in the same order in any corpus.
        """
        terms, weights = self._told(rows)
        columns, place = np.unique(terms, return_inverse=True)
        return _csr(weights, place, self.count[rows], columns.size)

    def matrices(self, rows: Ints, columns: Ints) -> tuple[Any, Any]:
        """The vectors of two lists of reports under common columns; of the second, only terms of the first."""
        terms, weights = self._told(rows)
        known, place = np.unique(terms, return_inverse=True)
        mine = _csr(weights, place.reshape(-1), self.count[rows], known.size)
        return mine, self._sifted(columns, known)

    def _told(self, rows: Ints) -> tuple[Hashes, NDArray[np.float64]]:
        """Terms and weights of some reports, one after the other."""
        counts = self.count[rows]
        ends = np.cumsum(counts)
        terms, weights = np.empty(int(counts.sum()), np.uint64), np.empty(int(counts.sum()), np.float64)
        for part in np.unique(self.part[rows]).tolist():
            mine = np.flatnonzero(self.part[rows] == part)
            sizes = counts[mine]
            inside = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            source = np.repeat(self.begin[rows[mine]], sizes) + inside
            target = np.repeat(ends[mine] - sizes, sizes) + inside
            terms[target], weights[target] = self.terms[part][source], self.weights[part][source]
        if self.power != 1.0:
            weights **= self.power
            owner = np.repeat(np.arange(rows.size), counts)
            weights /= np.sqrt(np.bincount(owner, weights=weights * weights, minlength=rows.size))[owner]
        return terms, weights

    def _sifted(self, rows: Ints, known: Hashes) -> Any:
        """The vectors of some reports without the terms that are not `known`, which are its columns."""
        sieve = np.zeros(1 << SIEVE_BITS, dtype=np.bool_)
        mask = np.uint64((1 << SIEVE_BITS) - 1)
        sieve[known & mask] = True
        parts = [(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))]
        for start in range(0, rows.size if known.size else 0, BLOCK):
            block = rows[start : start + BLOCK]
            terms, weights = self._told(block)
            owner = np.repeat(np.arange(start, start + block.size), self.count[block])
            through = np.flatnonzero(sieve[terms & mask])
            place = np.minimum(np.searchsorted(known, terms[through]), known.size - 1)
            right = known[place] == terms[through]
            parts.append((weights[through[right]], place[right], owner[through[right]]))
        weights, place, owner = (np.concatenate(column) for column in zip(*parts, strict=True))
        return _csr(weights, place, np.bincount(owner, minlength=rows.size), known.size)


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
        return _sorted(mean @ self.vectors.matrix(reports))

    def matrices(self, rows: Ints, columns: Ints) -> tuple[Any, Any]:
        """The vectors of two lists of groups, see `Vectors.matrices`."""
        (mine, mean), (theirs, further) = self._members(rows), self._members(columns)
        one, other = self.vectors.matrices(mine, theirs)
        return _sorted(mean @ one), _sorted(further @ other)

    def members(self, row: int) -> Ints:
        """The reports of one group, ascending."""
        return self.order[self.begin[row] : self.begin[row] + self.size[row]]

    def _members(self, rows: Ints) -> tuple[Ints, Any]:
        """The reports of some groups, and the matrix that takes their mean."""
        sizes = self.size[rows]
        bounds = np.append(0, np.cumsum(sizes))
        places = np.arange(int(bounds[-1]))
        reports = self.order[np.repeat(self.begin[rows] - bounds[:-1], sizes) + places]
        shares = np.repeat(1.0 / sizes, sizes)
        return reports, sparse.csr_matrix((shares, places, bounds), shape=(rows.size, places.size))


def means(vectors: Vectors, group: Ints) -> Means:
    """The means of groups, one number a report."""
    size = np.bincount(group)
    return Means(vectors, np.argsort(group, kind="stable"), np.cumsum(size) - size, size)


def _sorted(matrix: Any) -> Any:
    matrix.sort_indices()
    return matrix


def _csr(values: NDArray[np.float64], columns: Ints, counts: Ints, width: int) -> Any:
    bounds = np.append(0, np.cumsum(counts))
    return sparse.csr_matrix((values, columns, bounds), shape=(counts.size, width))


def load(leads: pa.Table, identity: Hashes, cell: Ints, read: Read, kept: Kept, *, kind: str = "terms") -> Vectors:
    """The vectors of the lead articles, in the table's order.

    `identity` is the hash of what each is read from, `cell` the month it is kept in. Those that are not kept are read,
    under columns `terms` and `weights`. `kind` names what the vectors are of.
    """
    part, begin, count = (np.zeros(identity.size, np.int64) for _ in range(3))
    terms: list[Hashes] = []
    weights: list[NDArray[np.float32]] = []
    named = np.zeros(identity.size, np.uint8)
    for number, rows in by_home(cell):
        name = f"{kind}-{cell_name(number)}"
        make = partial(_renewed, leads, identity, rows, read, kept, name)
        found = kept.keep(name, digest(identity[rows]), make)
        part[rows], count[rows], named[rows] = len(terms), found["count"], found["named"]
        begin[rows] = np.cumsum(found["count"], dtype=np.int64) - found["count"]
        terms.append(found["term"])
        weights.append(found["weight"])
    return Vectors(terms, weights, part, begin, count, named)


def _renewed(leads: pa.Table, identity: Hashes, rows: Ints, read: Read, kept: Kept, name: str) -> Arrays:
    """The vectors of one month: what is kept of it, and what is new."""
    last = kept.last(name)
    before = last.get("report", np.empty(0, np.uint64))
    fresh = rows[~np.isin(identity[rows], before)]
    both = [last] if last else []
    if fresh.size:
        both.insert(0, _hashed(read(leads.take(pa.array(fresh)), ["terms", "weights", "language"])))
    terms, weights, counts, named = (
        np.concatenate([made[name] for made in both]) for name in ("term", "weight", "count", "named")
    )
    begins = np.cumsum(counts, dtype=np.int64) - counts
    held = np.concatenate([identity[fresh], before])
    order = np.argsort(held, kind="stable")
    source = order[np.searchsorted(held, identity[rows], sorter=order)]
    found = Vectors([terms], [weights], np.zeros(held.size, np.int64), begins, counts, named)
    packed, loads = found._told(source)
    return {
        "report": identity[rows],
        "count": counts[source].astype(np.int32),
        "named": named[source],
        "term": packed,
        "weight": loads.astype(np.float32),
    }


def _hashed(told: pa.Table) -> Arrays:
    """Lists of terms and weights as hashes and weights, ascending by hash inside each list, and the weekdays named."""
    terms, weights = (_plain(told[name]) for name in ("terms", "weights"))
    counts = pc.fill_null(pc.list_value_length(terms), 0).to_numpy().astype(np.int64)
    coded = pc.list_flatten(terms).dictionary_encode()
    hashes = of_names(coded.dictionary.to_pylist())[coded.indices.to_numpy()]
    loads = pc.list_flatten(weights).to_numpy().astype(np.float32)
    order = np.lexsort((hashes, np.repeat(np.arange(counts.size), counts)))
    named = weekdays.named(coded, counts, told["language"].to_pylist())
    return {"count": counts.astype(np.int32), "named": named, "term": hashes[order], "weight": loads[order]}


def _plain(column: pa.ChunkedArray) -> pa.Array:
    """The column in one piece."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
