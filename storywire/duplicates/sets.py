"""Many sets of hashes in one array, and how much two of them have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from storywire.duplicates.shingles import OPENING, Hashes, mixed

Ints = npt.NDArray[np.int64]

BLOCK = 4096
"""Sets looked at in one go: enough to keep numpy busy, about 30 MB of hashes."""


@dataclass(frozen=True, slots=True)
class Sets:
    """Set `i` is `values[starts[i] : starts[i] + body[i] + opening[i]]`, ascending, body before opening."""

    values: Hashes
    starts: Ints
    body: Ints
    opening: Ints

    def __len__(self) -> int:
        return self.starts.size

    def bodies(self, row: int) -> Hashes:
        """The body shingles of one text."""
        start = self.starts[row]
        return self.values[start : start + self.body[row]]

    def openings(self, row: int) -> Hashes:
        """The opening shingles of one text."""
        start = self.starts[row] + self.body[row]
        return self.values[start : start + self.opening[row]]

    def take(self, rows: Ints) -> Sets:
        """Some of the sets, in the order of `rows`; the hashes themselves stay where they are."""
        return Sets(self.values, self.starts[rows], self.body[rows], self.opening[rows])

    def blocks(self, starts: Ints, sizes: Ints) -> Iterator[tuple[Hashes, Ints]]:
        """The hashes at `starts`, each with the number of its set, a bounded number of sets at a time."""
        for first in range(0, len(self), BLOCK):
            part = slice(first, first + BLOCK)
            owners = np.repeat(np.arange(first, first + starts[part].size), sizes[part])
            within = np.arange(owners.size) - np.repeat(np.cumsum(sizes[part]) - sizes[part], sizes[part])
            yield self.values[starts[owners] + within], owners


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
    """Two 64-bit digests and a size for each set, equal where the sets are: shape (n, 3)."""
    found = np.zeros((len(sets), 3), dtype=np.uint64)
    sizes = sets.body + sets.opening
    found[:, 2] = sizes
    for hashes, owners in sets.blocks(sets.starts, sizes):
        if not owners.size:
            continue
        begins = np.flatnonzero(np.append(True, owners[1:] != owners[:-1]))
        rows = owners[begins]
        found[rows, 0] = np.add.reduceat(hashes, begins)
        found[rows, 1] = np.add.reduceat(mixed(hashes), begins)
    return found


def shared(sets: Sets, pairs: Ints) -> tuple[Ints, Ints]:
    """How many body and how many opening shingles each pair has in common, counted exactly.

    >>> import numpy as np, pyarrow as pa
    >>> sets = from_lists(pa.array([[1, 2, 3], [2, 3, 4, 5], None], pa.list_(pa.uint64())))
    >>> shared(sets, np.array([[0, 1], [0, 2]]))[0].tolist()
    [2, 0]
    """
    body = np.zeros(len(pairs), dtype=np.int64)
    opening = np.zeros(len(pairs), dtype=np.int64)
    for number, (one, other) in enumerate(pairs.tolist()):
        body[number] = _common(sets.bodies(one), sets.bodies(other))
        opening[number] = _common(sets.openings(one), sets.openings(other))
    return body, opening


def _common(one: Hashes, other: Hashes) -> int:
    """Size of the intersection of two ascending sets: the smaller is looked up in the larger."""
    if one.size > other.size:
        one, other = other, one
    if not one.size:
        return 0
    places = np.searchsorted(other, one)
    return int(np.count_nonzero(other[np.minimum(places, other.size - 1)] == one))
