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
from storywire.hashes import Hashes
from storywire.stories.members import Members, cell_name
from storywire.stories.similarity import NO_DAY, Scale, between

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MICRO = 1_000_000
"""Similarities have six decimals and are kept as whole numbers."""

Further = Callable[[Ints, Ints], tuple[Floats, Floats]]
"""Gives two further figures of pairs of members, six decimals each."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of members at or above the threshold, each once: the smaller number, the larger, the similarity.

    `further` are the figures that were asked for beside it, zeros where none were.
    """

    left: Ints
    right: Ints
    alike: Floats
    further: tuple[Floats, Floats]

    def pick(self, places: Ints | NDArray[np.bool_]) -> Pairs:
        """Some of the pairs."""
        one, other = self.further
        return Pairs(self.left[places], self.right[places], self.alike[places], (one[places], other[places]))


def pairs(
    members: Members, scale: Scale, horizon_days: int, name: str, kept: Kept, further: Further | None = None
) -> Pairs:
    """Every pair at or above the threshold, ascending.

    A member without a date is compared with what was published, or captured undated, within `horizon_days` before its
    own capture: where that is unknown, with everything.
    """
    cell = members.cell
    parts = []
    for number, rows in by_home(cell):
        before = _near(members, rows, np.flatnonzero(cell < number), scale, horizon_days)
        columns = np.concatenate([before, rows])
        key = digest(repr(scale), horizon_days, members.content[rows], members.content[columns])
        file = f"{name}-{cell_name(number)}"
        cut = _Cut(members, scale, horizon_days, rows, columns)
        found = kept.keep(file, key, partial(_renewed, cut, further, kept, file))
        left, right = rows[found["row"]], columns[found["column"]]
        figures = [found[each] / MICRO for each in _FIGURES]
        parts.append((np.minimum(left, right), np.maximum(left, right), *figures))
    none = np.empty(0, np.int64), np.empty(0, np.int64), *(np.empty(0) for _ in _FIGURES)
    left, right, alike, one, other = (np.concatenate(column) for column in zip(none, *parts, strict=True))
    return Pairs(left, right, alike, (one, other)).pick(np.lexsort((right, left)))


@dataclass(frozen=True, slots=True)
class _Cut:
    """One cell's members (`rows`) and those they are compared with (`columns`): what they can touch, and themselves."""

    members: Members
    scale: Scale
    horizon_days: int
    rows: Ints
    columns: Ints

    @property
    def told(self) -> NDArray[np.uint8]:
        """What the pairs depend on beside the members."""
        return np.frombuffer(f"{self.scale!r} {self.horizon_days}".encode(), dtype=np.uint8)


def _near(members: Members, rows: Ints, columns: Ints, scale: Scale, horizon_days: int) -> Ints:
    """Those of the columns that can touch one of the rows by their days, and maybe some more."""
    if not (rows.size and columns.size):
        return columns[:0]
    dated, seen = members.first[rows] != NO_DAY, members.seen_first[rows] != NO_DAY
    if not (dated | seen).all():
        return columns
    begin = np.where(dated, members.first[rows] - scale.window, members.seen_first[rows] - horizon_days)
    end = np.where(dated, members.last[rows] + scale.window, members.seen_last[rows] + 1)
    # For every day from the first on, how many days up to it are in reach.
    low = int(begin.min())
    turns = np.zeros(int(end.max()) - low + 2, np.int64)
    np.add.at(turns, begin - low, 1)
    np.add.at(turns, end - low + 1, -1)
    reached = np.append(0, np.cumsum(np.cumsum(turns) > 0))
    first, last = (np.clip(side[columns] - low, -1, turns.size - 1) for side in (members.first, members.last))
    touched = reached[last + 1] > reached[np.maximum(first, 0)]
    near: Ints = columns[touched | (members.first[columns] == NO_DAY)]
    return near


def _compared(cut: _Cut, rows: Ints, columns: Ints) -> tuple[Ints, Ints, Floats]:
    """The pairs of a row and a column at or above the threshold, by their numbers among all members."""
    members = cut.members
    columns = _near(members, rows, columns, cut.scale, cut.horizon_days)
    rows = _near(members, columns, rows, cut.scale, cut.horizon_days)
    left, right, value = between(*members.pair(rows, columns), cut.scale)
    left, right = rows[left], columns[right]
    meet = (left != right) & _may_meet(members, left, right, cut.horizon_days)
    return left[meet], right[meet], value[meet]


def _renewed(cut: _Cut, further: Further | None, kept: Kept, file: str) -> Arrays:
    """The pairs of one cell: those kept of members that are still there, and those of new ones."""
    rows, columns = cut.rows, cut.columns
    mine, theirs = (cut.members.content[each] for each in (rows, columns))
    last = kept.last(file)
    if not last or last["told"].tobytes() != cut.told.tobytes():
        last = {name: np.empty(0, kind) for name, kind in _KINDS.items()}
    fresh = rows[~np.isin(mine, last["rows"])]
    parts = [_compared(cut, fresh, columns)]
    parts.append(_compared(cut, np.setdiff1d(rows, fresh), columns[~np.isin(theirs, last["columns"])]))
    left, right, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    figures = [value, *(further(left, right) if further else (np.zeros(value.size), np.zeros(value.size)))]
    one, other = _place(theirs, last["rows"])[last["row"]], _place(theirs, last["columns"])[last["column"]]
    still = (one >= 0) & (other >= 0)
    place = np.full(cut.members.content.size, -1)
    place[columns] = np.arange(columns.size)
    left, right = np.append(place[left], one[still]), np.append(place[right], other[still])
    # Rows stand last among the columns; a pair of two rows may come twice.
    low, high = np.minimum(left, right), np.maximum(left, right)
    once = np.unique(high * columns.size + low, return_index=True)[1]
    micro = {
        name: np.append(np.rint(values * MICRO).astype(np.int32), last[name][still])[once]
        for name, values in zip(_FIGURES, figures, strict=True)
    }
    return {
        "told": cut.told,
        "rows": mine,
        "columns": theirs,
        "row": (high[once] - (columns.size - rows.size)).astype(np.int32),
        "column": low[once].astype(np.int32),
        **micro,
    }


_FIGURES = ("alike", "one", "other")
_KINDS = {"rows": np.uint64, "columns": np.uint64, **dict.fromkeys(("row", "column", *_FIGURES), np.int32)}


def _place(there: Hashes, asked: Hashes) -> Ints:
    """Where each asked hash is, -1 where it is not."""
    order = np.argsort(there)
    place = np.minimum(np.searchsorted(there, asked, sorter=order), max(0, there.size - 1))
    if not there.size:
        return np.full(asked.size, -1)
    found: Ints = np.where(there[order[place]] == asked, order[place], -1)
    return found


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
