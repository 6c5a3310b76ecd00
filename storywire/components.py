"""What depends on what: items tied to each other, in batches that can be computed, and kept, one by one. Pure.

Copies, events and stories are all decided inside connected components. A component lies in the batch of the part its
first item is in (parts are months or days, and items are numbered part by part). A batch's result is kept under a
digest of all that is in it, so a run computes the batches that the day touched and none else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import xxhash

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

Arrays = dict[str, npt.NDArray[Any]]
"""Results as they are kept: one-dimensional arrays by name."""

Part = TypeVar("Part", bound=np.integer[Any])
Number = TypeVar("Number", bound=np.integer[Any])


class Kept(Protocol):
    """Where results stay from run to run."""

    def keep(self, name: str, key: str, make: Callable[[], Arrays]) -> Arrays:
        """What is kept under a name if it was made for this key; else it is made and kept."""

    def last(self, name: str) -> Arrays:
        """What is kept under a name, whatever it was made for; nothing where nothing is."""

    def leave(self, name: str) -> None:
        """Let what is kept under a name stay, though nobody asks for it."""


class InMemory:
    """Keeps everything for as long as it is there itself."""

    def __init__(self) -> None:
        self._made: dict[str, Arrays] = {}

    def last(self, _name: str) -> Arrays:
        """Nothing: each name is made once."""
        return {}

    def leave(self, _name: str) -> None:
        """Everything stays."""

    def keep(self, name: str, _key: str, make: Callable[[], Arrays]) -> Arrays:
        """What was made under this name before, or is now."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]


def components(n: int, left: npt.NDArray[Any], right: npt.NDArray[Any]) -> Ints:
    """The number of the connected component of each of `n` items, by their first items; `left`, `right` are pairs.

    Each item is hung on a smaller one it is tied to. The few pairs that this leaves in different trees join these.

    >>> components(5, np.array([4, 3, 2]), np.array([2, 1, 4])).tolist()
    [0, 1, 2, 1, 2]
    """
    # A quarter of a second, which a run that compares nothing is spared.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    one, other = np.minimum(left, right), np.maximum(left, right)
    root = np.arange(n, dtype=np.int32)  # half the memory to go through
    root[other] = one
    while not np.array_equal(root, above := root[root]):
        root = above
    tree = np.cumsum(root == np.arange(n), dtype=np.int32) - np.int32(1)
    tree = tree[root]
    apart = np.flatnonzero(tree[one] != tree[other])
    ends = tree[one[apart]], tree[other[apart]]
    count = int(tree.max(initial=-1)) + 1
    graph = coo_array((np.ones(apart.size, dtype=np.int8), ends), shape=(count, count))
    found: Ints = np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)[tree]
    return found


def homes(component: Ints, part: npt.NDArray[Part], alone: Flags) -> npt.NDArray[Part]:
    """The part whose batch each item is in: that of the first item of its component, -1 for items of none.

    Items `alone` need no computing while nothing is tied to them.

    >>> homes(np.array([0, 1, 0, 2]), np.array([0, 0, 1, 1]), np.array([True, True, True, False])).tolist()
    [0, -1, 0, 1]
    """
    first = np.full(component.max(initial=-1) + 1, component.size, dtype=np.int64)
    np.minimum.at(first, component, np.arange(component.size))
    idle = alone & (np.bincount(component, minlength=first.size)[component] == 1)
    return np.where(idle, -1, part[first[component]])


def by_home(home: npt.NDArray[np.integer[Any]]) -> Iterator[tuple[int, Ints]]:
    """The places of each home, ascending; those at none are left out.

    >>> [(number, places.tolist()) for number, places in by_home(np.array([2, 2, 3, 5, -1, 4, 5]))]
    [(2, [0, 1]), (3, [2]), (4, [5]), (5, [3, 6])]
    """
    order = np.flatnonzero(home >= 0)
    ordered = home[order]
    # Homes mostly ascend: what follows the first that does not is sorted, and what is not before all of that.
    descent = int(np.argmax(np.append(ordered[1:] < ordered[:-1], True))) + 1
    if descent < ordered.size:
        begin = int(np.searchsorted(ordered[:descent], ordered[descent:].min()))
        order[begin:] = order[begin:][np.argsort(ordered[begin:], kind="stable")]
        ordered = home[order]
    for begin, end in pairwise([*starts(ordered).tolist(), ordered.size]):
        yield int(ordered[begin]), order[begin:end]


def listed(number: npt.NDArray[np.integer[Any]], count: int) -> tuple[Ints, Ints]:
    """The places of each of `count` numbers, ascending, one list after the other, and the bounds of these lists.

    Counted out, a tenth of what sorting costs.

    >>> [part.tolist() for part in listed(np.array([2, 0, 2]), 3)]
    [[1, 0, 2], [0, 1, 1, 3]]
    """
    from scipy.sparse import csr_array  # as above

    ones, rows = np.ones(number.size, np.int8), np.arange(number.size + 1, dtype=np.int32)
    table = csr_array((ones, number.astype(np.int32), rows), shape=(number.size, count)).tocsc()
    return table.indices.astype(np.int64), table.indptr.astype(np.int64)


def distinct(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Each value once, ascending: `np.unique`, which since NumPy 2.3 takes ten times as long and more.

    >>> distinct(np.array([7, 2, 7])).tolist()
    [2, 7]
    """
    ordered = np.sort(values)
    found: npt.NDArray[Number] = ordered[_differs(ordered)]
    return found


def starts(values: npt.NDArray[Any]) -> Ints:
    """The places at which a value differs from the one before it; the first is one.

    >>> starts(np.array([7, 7, 2, 7])).tolist()
    [0, 2, 3]
    """
    return np.flatnonzero(_differs(values))


def _differs(values: npt.NDArray[Any]) -> Flags:
    return np.append(True, values[1:] != values[:-1])[: values.size]


def ranges(begin: Ints, count: npt.NDArray[np.integer[Any]]) -> Ints:
    """The numbers `begin[i]` up to `begin[i] + count[i]`, one range after the other.

    >>> ranges(np.array([7, 2]), np.array([2, 3])).tolist()
    [7, 8, 2, 3, 4]
    """
    ends = np.cumsum(count)
    return np.repeat(begin - (ends - count), count) + np.arange(int(count.sum()))


def in_batches(parts: list[Ints], at_once: int) -> Iterator[list[Ints]]:
    """Parts, as many at a time as have at most `at_once` items between them, and a larger one by itself.

    >>> [len(batch) for batch in in_batches([np.arange(2), np.arange(2), np.arange(9), np.arange(1)], 4)]
    [2, 1, 1]
    """
    some: list[Ints] = []
    size = 0
    for part in parts:
        if some and size + part.size > at_once:
            yield some
            some, size = [], 0
        some.append(part)
        size += part.size
    if some:
        yield some


def digest(*parts: npt.NDArray[Any] | list[str] | object) -> str:
    """A key of arrays, lists of names and plain values: another wherever one of them is another."""
    told = xxhash.xxh3_128()
    for part in parts:
        data = (
            np.ascontiguousarray(part).reshape(-1).view(np.uint8).data if isinstance(part, np.ndarray) else _line(part)
        )
        told.update(f"{len(data)}:".encode())
        told.update(data)
    return told.hexdigest()


def _line(part: object) -> bytes:
    return ("\n".join(part) if isinstance(part, list) else repr(part)).encode()
