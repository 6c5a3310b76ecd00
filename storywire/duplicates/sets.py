"""Many sets of hashes in one array, and how much two of them have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from storywire.components import distinct, ranges, starts
from storywire.duplicates.shingles import OPENING, Hashes
from storywire.hashes import mixed

Ints = npt.NDArray[np.int64]

BLOCK = 4096
"""Sets looked at in one go: enough to keep numpy busy, about 30 MB of hashes."""


class Shingled(Protocol):
    """Texts by number: the shingles of each, and how many it has (`body` and `opening`, one count a text)."""

    @property
    def body(self) -> Ints:
        """Body shingles of each text."""

    @property
    def opening(self) -> Ints:
        """Opening shingles of each text."""

    def hashes(self, row: int) -> Hashes:
        """All shingles of one text, ascending: body before opening."""


@dataclass(frozen=True, slots=True)
class Sets:
    """Set `i` is `values[starts[i] : starts[i] + body[i] + opening[i]]`, ascending, body before opening."""

    values: Hashes
    starts: Ints
    body: Ints
    opening: Ints

    def __len__(self) -> int:
        return self.starts.size

    def hashes(self, row: int) -> Hashes:
        """All shingles of one text."""
        start = self.starts[row]
        return self.values[start : start + self.body[row] + self.opening[row]]

    def take(self, rows: Ints) -> Sets:
        """Some of the sets, in the order of `rows`; the hashes themselves stay where they are."""
        return Sets(self.values, self.starts[rows], self.body[rows], self.opening[rows])

    def packed(self) -> Sets:
        """The same sets with their hashes side by side in the order of the sets, and no others."""
        sizes = self.body + self.opening
        starts = np.cumsum(sizes) - sizes
        if self.values.size == sizes.sum() and bool((self.starts == starts).all()):
            return self
        parts = []
        for first in range(0, len(self), BLOCK):
            part = slice(first, first + BLOCK)
            places = starts[first] + np.arange(int(sizes[part].sum()))
            parts.append(self.values[places + np.repeat(self.starts[part] - starts[part], sizes[part])])
        return Sets(np.concatenate([self.values[:0], *parts]), starts, self.body, self.opening)

    def blocks(self) -> Iterator[tuple[Hashes, Ints]]:
        """The hashes of packed sets, each with the number of its set, a bounded number of sets at a time."""
        sizes = self.body + self.opening
        for first in range(0, len(self), BLOCK):
            part = sizes[first : first + BLOCK]
            begin = int(self.starts[first])
            yield self.values[begin : begin + int(part.sum())], np.repeat(np.arange(first, first + part.size), part)


@dataclass(frozen=True, slots=True)
class Joined:
    """The sets of several collections under one numbering: number `i` is set `row[i]` of `parts[part[i]]`."""

    parts: Sequence[Sets]
    part: Ints
    row: Ints
    body: Ints
    opening: Ints

    def hashes(self, row: int) -> Hashes:
        """All shingles of one text."""
        return self.parts[int(self.part[row])].hashes(int(self.row[row]))

    def take(self, rows: Ints) -> Joined:
        """Some of the sets, in the order of `rows`; the hashes themselves stay where they are."""
        return Joined(self.parts, self.part[rows], self.row[rows], self.body[rows], self.opening[rows])

    def packed(self) -> Sets:
        """The same sets as one collection, their hashes side by side; few at a time are looked up."""
        sizes = self.body + self.opening
        starts = np.cumsum(sizes) - sizes
        values = np.empty(int(sizes.sum()), np.uint64)
        for number, sets in enumerate(self.parts):
            mine = np.flatnonzero(self.part == number)
            for first in range(0, mine.size, BLOCK):
                some = mine[first : first + BLOCK]
                source = ranges(sets.starts[self.row[some]], sizes[some])
                values[ranges(starts[some], sizes[some])] = sets.values[source]
        return Sets(values, starts, self.body, self.opening)


def side_by_side(parts: Sequence[Sets]) -> Joined:
    """Several collections, numbered one after the other."""
    sizes = [len(sets) for sets in parts]
    none = np.empty(0, np.int64)
    return Joined(
        parts,
        np.repeat(np.arange(len(parts)), sizes),
        np.concatenate([none, *(np.arange(size) for size in sizes)]),
        np.concatenate([none, *(sets.body for sets in parts)]),
        np.concatenate([none, *(sets.opening for sets in parts)]),
    )


def from_lists(lists: pa.Array) -> Sets:
    """The sets of an Arrow list column, in its order; a null is an empty set."""
    values = np.asarray(lists.flatten().to_numpy(zero_copy_only=False), dtype=np.uint64)
    sizes = np.asarray(lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False), dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    opening = np.zeros(sizes.size, dtype=np.int64)
    filled = sizes > 0
    if filled.any():
        opening[filled] = np.add.reduceat(values >= OPENING, starts[filled], dtype=np.int64)
    return Sets(values, starts, sizes - opening, opening)


def digests(sets: Sets) -> npt.NDArray[np.uint64]:
    """Two 64-bit digests and a size for each of packed sets, equal where the sets are: shape (n, 3)."""
    found = np.zeros((len(sets), 3), dtype=np.uint64)
    found[:, 2] = sets.body + sets.opening
    for hashes, owners in sets.blocks():
        if owners.size:
            begins = starts(owners)
            rows = owners[begins]
            found[rows, 0] = np.add.reduceat(hashes, begins)
            found[rows, 1] = np.add.reduceat(mixed(hashes), begins)
    return found


def shared(sets: Shingled, pairs: Ints) -> tuple[Ints, Ints]:
    """How many body and how many opening shingles each pair has in common, counted exactly.

    >>> import numpy as np, pyarrow as pa
    >>> sets = from_lists(pa.array([[1, 2, 3], [2, 3, 4, 5], None], pa.list_(pa.uint64())))
    >>> shared(sets, np.array([[0, 1], [0, 2]]))[0].tolist()
    [2, 0]
    """
    body = np.zeros(len(pairs), dtype=np.int64)
    opening = np.zeros(len(pairs), dtype=np.int64)
    views = {text: sets.hashes(text) for text in distinct(pairs.reshape(-1)).tolist()}
    bodies = (sets.body[pairs[:, 0]] + sets.body[pairs[:, 1]]).tolist()
    for number, ((one, other), middle) in enumerate(zip(pairs.tolist(), bodies, strict=True)):
        # Two ascending runs are what this sort merges in one pass; faster than looking one up in the other.
        merged = np.concatenate((views[one], views[other]))
        merged.sort(kind="stable")
        twice = merged[1:] == merged[:-1]
        body[number] = np.count_nonzero(twice[:middle])
        opening[number] = np.count_nonzero(twice[middle:])
    return body, opening


def in_common(one: Hashes, other: Hashes) -> int:
    """Size of the intersection of two ascending sets."""
    merged = np.concatenate((one, other))
    merged.sort(kind="stable")
    return int(np.count_nonzero(merged[1:] == merged[:-1]))
