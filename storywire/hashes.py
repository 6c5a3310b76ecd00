"""64-bit hashes that stay the same on every machine and in every run."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from storywire.columns import bounds, in_one, one_length

Hashes = npt.NDArray[np.uint64]

NULL = np.uint64(0x9E3779B97F4A7C15)
"""Stands for a value that is not there."""

_MANY = 50_000
"""Hashes from which on Arrow's table of them no longer fits what a processor has at hand."""

_SIEVE = 2
"""Bits beyond those that number what is asked for, so that a quarter at most of the others passes."""

_WORD = 8
_BLOCK = 1 << 14


def mixed(values: Hashes) -> Hashes:
    """Spreads every input bit over all 64 (the finaliser of SplitMix64), so any bits can sample."""
    return mix(values.copy())


def mix(values: Hashes) -> Hashes:
    """See `mixed`; in place, since memory that nobody touched before costs more than the mixing."""
    for start in range(0, values.size, _BLOCK):  # what a processor has at hand is mixed in half the time
        part = values[start : start + _BLOCK]
        part ^= part >> np.uint64(30)
        part *= np.uint64(0xBF58476D1CE4E5B9)
        part ^= part >> np.uint64(27)
        part *= np.uint64(0x94D049BB133111EB)
        part ^= part >> np.uint64(31)
    return values


def of_rows(*columns: pa.Array | pa.ChunkedArray) -> Hashes:
    """The hash of each row of some columns of strings, numbers, flags or dates; null is its own value.

    >>> import pyarrow as pa
    >>> one, other = of_rows(pa.array(["a", "ab"]), pa.array(["bc", "c"]))
    >>> bool(one == other)
    False
    """
    found = np.zeros(1, dtype=np.uint64)  # the same for all rows, until there is a column
    for column in columns:
        before, found = mix(found + np.uint64(1)), _of_values(column)
        found += before
    return mix(found)


def _of_values(column: pa.Array | pa.ChunkedArray) -> Hashes:
    """The hash of each value of a column."""
    values = in_one(column)
    if pa.types.is_string(values.type):
        found = of_strings(values)
    elif pa.types.is_null(values.type):
        return np.full(len(values), NULL)
    else:
        plain = values.cast(pa.int32()) if pa.types.is_date32(values.type) else values
        bits = values.view(pa.int64()) if pa.types.is_float64(values.type) else plain.cast(pa.int64())
        found = mixed(bits.fill_null(0).to_numpy().view(np.uint64))
    if values.null_count:
        found[values.is_null().to_numpy(zero_copy_only=False)] = NULL
    return found


def of_strings(strings: pa.Array) -> Hashes:
    """The hash of each string of an array, eight bytes of all of them at a time: a tenth of what one by one costs.

    >>> import pyarrow as pa
    >>> of_strings(pa.array(["ferry", None, "ferry strike", "ferry"])[1:]).tolist() == [
    ...     of_strings(pa.array([text]))[0] for text in ("", "ferry strike", "ferry")
    ... ]
    True
    """
    if (length := one_length(strings)) >= _WORD:
        return _of_ids(strings, length)
    words, begin, left = _words(strings)
    found = mix(left.astype(np.uint64))
    some = np.flatnonzero(left)
    while some.size:
        over = np.maximum(_WORD - left[some], 0).astype(np.uint64) * np.uint64(8)
        # What stands behind the end of a string is shifted out.
        found[some] = mix(found[some] ^ (words[begin[some]] << over))
        begin, left = begin + _WORD, left - _WORD
        some = some[left[some] > 0]
    return found


def _of_ids(strings: pa.Array, length: int) -> Hashes:
    """See `of_strings`, for strings of one length."""
    found: Hashes = np.empty(len(strings), np.uint64)
    for first in range(0, found.size, _BLOCK):  # few at a time, as in `mixed`
        part = found[first : first + _BLOCK]
        part[:] = mixed(np.array([length], np.uint64))
        for start in range(0, length, _WORD):
            # The last word begins before its place, so that it ends with the string.
            place = min(start, length - _WORD)
            before = np.uint64(8 * (start - place))
            word = _words_at(strings, length, place)[first : first + _BLOCK]
            part ^= word >> before << before
            mix(part)
    return found


def prefixes(strings: pa.Array) -> Hashes:
    """The first eight bytes of each string, as numbers in the order of the strings.

    >>> import pyarrow as pa
    >>> one, other, third = prefixes(pa.array(["ferries", "ferry", "ferry"]))
    >>> bool(one < other == third)
    True
    """
    if (length := one_length(strings)) >= _WORD:
        return _words_at(strings, length, 0).byteswap()
    words, begin, left = _words(strings)
    first = words[begin].byteswap(inplace=True)
    over = np.clip(_WORD - left, 0, _WORD).astype(np.uint64) * np.uint64(8)
    return np.where(left > 0, first >> np.minimum(over, np.uint64(63)) << np.minimum(over, np.uint64(63)), 0)


def _words_at(strings: pa.Array, length: int, place: int) -> Hashes:
    """The eight bytes from one place on of each of some strings of one length; not copied."""
    begin = int(bounds(strings)[0]) + place
    return np.ndarray(len(strings), "<u8", strings.buffers()[2], begin, (length,))


def _words(strings: pa.Array) -> tuple[Hashes, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The eight bytes from each byte on, where each string begins, and its length."""
    ends = bounds(strings).astype(np.int64)
    end = int(ends.max(initial=0))
    packed = np.frombuffer(strings.buffers()[2] or b"", np.uint8)
    if packed.size < end + _WORD:  # where there is room behind, no copy is needed
        packed = np.append(packed[:end], np.zeros(_WORD, np.uint8))
    words = np.ndarray(end + 1, "<u8", packed, strides=(1,))
    return words, ends[:-1], np.diff(ends)


def place_in(there: Hashes, asked: Hashes) -> npt.NDArray[np.int64]:
    """Where each asked hash is first, -1 where it is not.

    >>> place_in(np.array([7, 5], np.uint64), np.array([5, 6, 7], np.uint64)).tolist()
    [1, -1, 0]
    """
    if there.size <= _MANY:
        return _by_arrow(there, asked)
    some = _maybe_among(there, asked)
    found = _by_arrow(there[some], asked)
    return np.append(some, -1)[found]


def _maybe_among(there: Hashes, asked: Hashes) -> npt.NDArray[np.int64]:
    """The places of those that are asked for, and of some more: hashes are told apart by their first bits."""
    first = np.uint64(64 - asked.size.bit_length() - _SIEVE)
    bits = np.zeros(1 << (64 - int(first)), np.bool_)
    bits[asked >> first] = True
    return np.flatnonzero(bits[there >> first])


def _by_arrow(there: Hashes, asked: Hashes) -> npt.NDArray[np.int64]:
    found = pc.index_in(pa.array(asked), pa.array(there))
    places: npt.NDArray[np.int64] = found.fill_null(-1).to_numpy().astype(np.int64)
    return places


def found_in(ascending: Hashes, asked: Hashes) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Which of the asked hashes are among others that ascend, and the places of those that are; for few among many.

    >>> there, place = found_in(np.array([5, 7], np.uint64), np.array([7, 6, 8], np.uint64))
    >>> there.tolist(), place.tolist()
    ([True, False, False], [1])
    """
    place = np.searchsorted(ascending, asked)
    there = np.append(ascending, np.uint64(0))[place] == asked
    there &= place < ascending.size
    return there, place[there]


def of_sets(hashes: Hashes, sizes: npt.NDArray[np.int64]) -> Hashes:
    """The hash of each set, whatever the order of its members; they stand one set after the other, none is empty.

    >>> one, other = of_sets(np.array([7, 5, 5, 7], np.uint64), np.array([2, 2]))
    >>> bool(one == other)
    True
    """
    return of_sums(np.add.reduceat(mixed(hashes), np.cumsum(sizes) - sizes), sizes)


def of_sums(members: Hashes, sizes: npt.NDArray[np.int64]) -> Hashes:
    """The hash of each set, given the sum of the `mixed` hashes of its members: those of its parts may be added."""
    return mix(members + sizes.astype(np.uint64))
