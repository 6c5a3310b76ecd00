"""64-bit hashes that stay the same on every machine and in every run."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

Hashes = npt.NDArray[np.uint64]


def mixed(values: Hashes) -> Hashes:
    """Spreads every input bit over all 64 (the finaliser of SplitMix64), so any bits can sample."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def of_names(names: Iterable[str]) -> Hashes:
    """The hash of each string."""
    return np.fromiter((xxhash.xxh64_intdigest(name.encode()) for name in names), dtype=np.uint64)


def of_rows(*columns: pa.Array | pa.ChunkedArray) -> Hashes:
    """The hash of each row of some columns; null is a value of its own.

    >>> import pyarrow as pa
    >>> one, other = of_rows(pa.array(["a", "ab"]), pa.array(["bc", "c"]))
    >>> bool(one == other)
    False
    """
    found = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        coded = column.cast(pa.string()).fill_null("\0").dictionary_encode()
        coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
        names = of_names(coded.dictionary.to_pylist())
        found = mixed(found + np.uint64(1)) + names[coded.indices.to_numpy(zero_copy_only=False)]
    return mixed(found)


def of_sets(hashes: Hashes, owner: npt.NDArray[np.int64], count: int) -> Hashes:
    """The hash of each of `count` sets, whatever the order of their members; `owner` is the set of each hash."""
    found = np.zeros(count, dtype=np.uint64)
    np.add.at(found, owner, mixed(hashes))
    return mixed(found + np.bincount(owner, minlength=count).astype(np.uint64))
