"""The pairs worth joining, month by month: each is compared once, and kept for as long as both are what they were.

Every pair's similarity rests on the two alone. So the pairs of a month are kept with a list of who was compared, and a
run compares what is new with the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from storywire.components import Arrays, Kept, by_home, digest
from storywire.hashes import place_in
from storywire.stories.members import Members, cell_name
from storywire.stories.similarity import NO_DAY, Scale, between

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Days = NDArray[np.int32]

MICRO = 1_000_000
"""Similarities have six decimals and are kept as whole numbers."""

AT_ONCE = 4_096
"""Members, unless there are more on the other side, whose vectors are in memory at a time: some 10 MB."""

FEW = 64
"""Members that have so few terms between them that many more can be compared with them at a time."""

MANY = 2 * AT_ONCE
"""Members of which most are unlike all of a few; beyond, the others are told first, without looking up the vectors."""

_EVER = 1 << 28
"""Days from 1970 within which everything is."""

Numbers = NDArray[np.int32]

Further = Callable[[Ints, Ints], tuple[Floats, Floats]]
"""Gives two further figures of pairs of members, six decimals each."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of members at or above the threshold, each once, and their similarity.

    `further` are the figures that were asked for beside it, in millionths, of the pairs `told`; of others they are 0.
    """

    left: Numbers
    right: Numbers
    alike: Floats
    told: Numbers
    further: tuple[Numbers, Numbers]

    def edges(self, alone: NDArray[np.bool_]) -> tuple[Numbers, Numbers, Floats]:
        """The two sides, and how much they are alike, of the pairs in which nobody is `alone`."""
        apart = alone[self.left] | alone[self.right]
        if not apart.any():
            return self.left, self.right, self.alike
        return self.left[~apart], self.right[~apart], self.alike[~apart]


def pairs(
    members: Members, scale: Scale, horizon_days: int, name: str, kept: Kept, further: Further | None = None
) -> Pairs:
    """Every pair at or above the threshold, in no order.

    A member without a date is compared with what was published, or captured undated, within `horizon_days` before its
    own capture: where that is unknown, with everything.
    """
    reach = _Reach(members, scale.window, horizon_days)
    earlier: list[_Month] = []
    none = np.empty(0, np.int32)
    parts = [(none,) * 6]
    size = 0
    for number, rows in by_home(members.cell):
        month = _Month(rows, *reach.there(rows))
        further_days = 0 if reach.are_undated(rows) else scale.window
        begin, end = month.begin - further_days, month.end + further_days
        columns = np.concatenate([*(other.within(begin, end) for other in earlier if other.meets(begin, end)), rows])
        earlier.append(month)
        key = digest(repr(scale), horizon_days, members.content[rows], members.content[columns])
        file = f"{name}-{cell_name(number)}"
        cut = _Cut(members, scale, horizon_days, reach, rows, columns)
        found = kept.keep(file, key, partial(_renewed, cut, further, kept, file))
        short = columns.astype(np.int32)
        left, right = short[found["row"]], short[found["column"]]
        parts.append((left, right, found["alike"], found["told"] + np.int32(size), found["one"], found["other"]))
        size += left.size
    left, right, alike, told, one, other = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Pairs(left, right, alike / MICRO, told, (one, other))


class _Month:
    """The members of one cell, and the first and the last day on which each is there."""

    def __init__(self, rows: Ints, first: Days, last: Days) -> None:
        self.rows, self.first, self.last = rows, first, last
        self.begin, self.end = int(first.min()), int(last.max())

    def meets(self, begin: int, end: int) -> bool:
        """Whether members may be there on one of some days."""
        return self.end >= begin and self.begin <= end

    def within(self, begin: int, end: int) -> Ints:
        """Those that are there on one of some days."""
        return self.rows[(self.first <= end) & (self.last >= begin)]


@dataclass(frozen=True, slots=True)
class _Reach:
    """The days members can touch, and those on which they are there to be touched.

    Without a date the days are those of its horizon; where its capture is unknown too, all.
    """

    members: Members
    window: int
    horizon_days: int

    def there(self, rows: Ints) -> tuple[Days, Days]:
        """The first and the last day on which some members are there."""
        return self._days(rows, 0)

    def touched(self, rows: Ints) -> tuple[Days, Days]:
        """The first and the last day that some members can touch."""
        return self._days(rows, self.window)

    def are_undated(self, rows: Ints) -> bool:
        """Whether none of some members has a date."""
        return not (self.members.first[rows] != NO_DAY).any()

    def _days(self, rows: Ints, further: int) -> tuple[Days, Days]:
        members = self.members
        first, last = members.first[rows], members.last[rows]
        is_dated = first != NO_DAY
        if is_dated.all():
            return (first - further).astype(np.int32), (last + further).astype(np.int32)
        seen, until = members.seen_first[rows], members.seen_last[rows]
        is_seen = seen != NO_DAY
        begin, end = np.where(is_seen, seen - self.horizon_days, -_EVER), np.where(is_seen, until + 1, _EVER)
        begin, end = np.where(is_dated, first - further, begin), np.where(is_dated, last + further, end)
        return begin.astype(np.int32), end.astype(np.int32)

    def near(self, rows: Ints, columns: Ints) -> Ints:
        """Those of the columns that can touch one of the rows by their days, and maybe some more."""
        if not (rows.size and columns.size):
            return columns[:0]
        (begin, end), (first, last) = self.touched(rows), self.there(columns)
        low, high = int(begin.min()), int(end.max())
        if low == -_EVER:
            return columns
        # For every day from the first on, how many days up to it are in reach.
        length = high - low + 2
        turns = np.bincount(begin - low, minlength=length) - np.bincount(end - low + 1, minlength=length)
        reached = np.append(0, np.cumsum(np.cumsum(turns) > 0))
        first, last = (np.clip(side - low, -1, turns.size - 1) for side in (first, last))
        near: Ints = columns[reached[last + 1] > reached[np.maximum(first, 0)]]
        return near


@dataclass(frozen=True, slots=True)
class _Cut:
    """One cell's members (`rows`), and those of all cells that they can touch, and of their own (`columns`)."""

    members: Members
    scale: Scale
    horizon_days: int
    reach: _Reach
    rows: Ints
    columns: Ints

    @property
    def rule(self) -> NDArray[np.uint8]:
        """What the pairs depend on beside the members."""
        return np.frombuffer(f"{self.scale!r} {self.horizon_days}".encode(), dtype=np.uint8)


def _compared(cut: _Cut, rows: Ints, columns: Ints) -> tuple[Ints, Ints, Floats]:
    """The pairs of a row and a column at or above the threshold, by their numbers among all members."""
    columns = cut.reach.near(rows, columns)
    rows = cut.reach.near(columns, rows)
    if columns.size < rows.size:  # one new event of the month before, held against all of this month
        rows, columns = columns, rows
    if rows.size <= FEW and columns.size > MANY:
        columns = cut.members.likely(rows, columns, cut.scale.least(undated=cut.reach.are_undated(rows)))
    found = [(rows[:0], rows[:0], np.empty(0))]
    step = max(MANY if rows.size <= FEW else AT_ONCE, rows.size)
    for start in range(0, columns.size, step):
        some = columns[start : start + step]
        near = cut.reach.near(some, rows)
        left, right, value = between(*cut.members.pair(near, some), cut.scale)
        left, right = near[left], some[right]
        meet = (left != right) & _may_meet(cut.members, left, right, cut.horizon_days)
        found.append((left[meet], right[meet], value[meet]))
    left, right, value = (np.concatenate(part) for part in zip(*found, strict=True))
    return left, right, value


def _renewed(cut: _Cut, further: Further | None, kept: Kept, file: str) -> Arrays:
    """The pairs of one cell: those kept of members that are still there, and those of new ones."""
    rows, columns = cut.rows, cut.columns
    content = cut.members.content[columns]
    last = kept.last(file)
    if not last or last["rule"].tobytes() != cut.rule.tobytes():
        last = {name: np.empty(0, kind) for name, kind in _KINDS.items()}
    before = place_in(last["columns"], content)
    others = columns.size - rows.size
    is_new = before[others:] < 0
    parts = [_compared(cut, rows[is_new], columns)]
    # What is new here has met all by now; what is left is new in other cells.
    parts.append(_compared(cut, rows[~is_new], columns[:others][before[:others] < 0]))
    left, right, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    nothing = np.zeros(value.size), np.zeros(value.size)
    fresh = value, *(further(left, right) if further else nothing)
    after = np.full(last["columns"].size, -1)
    known = np.flatnonzero(before >= 0)
    after[before[known]] = known
    one, other = after[last["row"]], after[last["column"]]
    still = (one >= 0) & (other >= 0)
    place = np.empty(cut.members.content.size, np.int32)  # of others nobody asks
    place[columns] = np.arange(columns.size)
    left, right = np.append(place[left], one[still]), np.append(place[right], other[still])
    # Rows stand last among the columns; a pair of two rows may come twice.
    low, high = np.minimum(left, right), np.maximum(left, right)
    once = np.unique(high * columns.size + low, return_index=True)[1]
    held = {"alike": last["alike"], "one": _spread(last, "one"), "other": _spread(last, "other")}
    figures = {
        name: np.append(np.rint(values * MICRO).astype(np.int32), held[name][still])[once]
        for name, values in zip(held, fresh, strict=True)
    }
    row, column = (side[once].astype(np.int32) for side in (high, low))
    told = np.flatnonzero(figures["one"] | figures["other"]).astype(np.int32)
    figures |= {"told": told, "one": figures["one"][told], "other": figures["other"][told]}
    return {"rule": cut.rule, "columns": content, "row": row, "column": column, **figures}


def _spread(last: Arrays, name: str) -> Numbers:
    """A further figure of all pairs that are kept."""
    found = np.zeros(last["row"].size, np.int32)
    found[last["told"]] = last[name]
    return found


_KINDS = {"columns": np.uint64, **dict.fromkeys(("row", "column", "alike", "told", "one", "other"), np.int32)}


def _may_meet(members: Members, one: Ints, other: Ints, horizon_days: int) -> NDArray[np.bool_]:
    """Whether the horizon of undated members lets pairs meet; dated ones have their window."""
    flags = np.ones(one.size, dtype=np.bool_)
    for mine, theirs in ((one, other), (other, one)):
        undated = (members.first[mine] == NO_DAY) & (members.seen_first[mine] != NO_DAY)
        begin, end = members.seen_first[mine] - horizon_days, members.seen_last[mine] + 1
        dated = members.first[theirs] != NO_DAY
        seen = members.seen_first[theirs] != NO_DAY
        printed = (members.first[theirs] <= end) & (members.last[theirs] >= begin)
        captured = ~seen | (members.seen_last[theirs] >= begin)
        flags &= ~undated | np.where(dated, printed, captured)
    return flags
