"""What is clustered: reports, then events, as numbers; their vectors are looked up where they are needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from storywire.columns import coded
from storywire.components import ranges
from storywire.hashes import Hashes, mix, of_sets
from storywire.stories.similarity import NO_DAY, Items
from storywire.stories.words import primary

Ints = NDArray[np.int64]
Days = NDArray[np.int32]
Flags = NDArray[np.bool_]
Cells = NDArray[np.int16]

UNDATED = "undated"
"""How the names of cells without publication dates begin."""

_LAST_MONTH = (1 << 14) - 2
"""Months are counted from 1970; what is earlier or later than these is kept with the first or the last."""

_UNDATED_CELL = 1 << 14
"""Number from which cells of undated members count."""

_NEVER = np.iinfo(np.int32).max
"""A day after all others."""

_DAY = 24 * 3600 * 1_000_000
"""Microseconds of a day."""

_FIRST, _SEEN = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03)
"""Days are small numbers: factors without a pattern spread them over all bits."""

_NO_CELL = (1 << 15) - 1
"""The last that fits into 16 bits: numbers as short as these are sorted in no time."""


class Lookup(Protocol):
    """Where vectors are found."""

    def matrix(self, rows: Ints) -> Any:
        """The vectors of some members, as a CSR matrix."""

    def matrices(self, rows: Ints, columns: Ints) -> tuple[Any, Any]:
        """The vectors of two lists of members under common columns."""

    def likely(self, rows: Ints, columns: Ints, least: float) -> Flags:
        """Which of the columns may have a product of `least` with one of a few rows."""


class Groups(Lookup, Protocol):
    """Groups of reports: group `i` has `order[begin[i]]` up to `order[begin[i] + size[i]]`, ascending."""

    @property
    def order(self) -> Ints:
        """All reports, group by group."""

    @property
    def begin(self) -> Ints:
        """The place in `order` of the first report of each group."""

    @property
    def size(self) -> Ints:
        """How many reports each group has, one at least."""


@dataclass(frozen=True)
class Members:
    """Members by number, in order of their first articles; all arrays of one length.

    `content` is the hash of all that decides how a member compares. `first` and `last` are its days, `NO_DAY` where
    none is known; `seen_first` and `seen_last` the days on which it was captured, of dated events `NO_DAY` too. `cell`
    is the month each is kept in. `languages` are numbers, 0 where it is unknown; `keys` are looked up where members in
    several languages meet. Neither is there where languages do not matter.
    """

    content: Hashes
    first: Days
    last: Days
    seen_first: Days
    seen_last: Days
    cell: Cells
    vectors: Lookup
    languages: Ints | None = None
    keys: Lookup | None = None

    def items(self, rows: Ints) -> Items:
        """Some members to be compared with each other."""
        keys = self.keys.matrix(rows) if self.keys and self._several(rows) else None
        return self._items(rows, self.vectors.matrix(rows), keys)

    def pair(self, rows: Ints, columns: Ints) -> tuple[Items, Items]:
        """Some members to be compared with others."""
        one, other = self.vectors.matrices(rows, columns)
        several = self.keys and self._several(np.concatenate([rows, columns]))
        keys = self.keys.matrices(rows, columns) if self.keys and several else (None, None)
        return self._items(rows, one, keys[0]), self._items(columns, other, keys[1])

    def likely(self, rows: Ints, columns: Ints, least: float) -> Ints:
        """Those of the columns whose cosine with one of a few rows may be `least`, or that keys may tie to one."""
        if self.keys and self._several(np.concatenate([rows, columns])):
            return columns
        return columns[self.vectors.likely(rows, columns, least)]

    def _several(self, rows: Ints) -> bool:
        """Whether the members are in more than one language."""
        known = np.zeros(0, np.int64) if self.languages is None else self.languages[rows]
        return np.unique(known[known > 0]).size > 1

    def _items(self, rows: Ints, vectors: Any, keys: Any) -> Items:
        spoken = None if keys is None or self.languages is None else self.languages[rows]
        return Items(vectors, self.first[rows], self.last[rows], spoken, keys)


def cell_name(cell: int) -> str:
    """What a cell is called.

    >>> cell_name(648), cell_name((1 << 14) + 649), cell_name((1 << 15) - 1)
    ('2024-01', 'undated-2024-02', 'undated')
    """
    if cell == _NO_CELL:
        return UNDATED
    month = np.datetime64(cell % _UNDATED_CELL, "M")
    return f"{UNDATED}-{month}" if cell >= _UNDATED_CELL else str(month)


def is_undated(cell: int) -> bool:
    """Whether a cell is one of members without publication dates."""
    return cell >= _UNDATED_CELL


def _months(days: Days) -> Cells:
    """Months since 1970; `_NO_CELL` where no day is known."""
    is_known = days != NO_DAY
    known = np.where(is_known, days, 0)
    low, high = int(known.min(initial=0)), int(known.max(initial=0))
    # Looked up in a calendar: there are far fewer days than members.
    calendar = np.arange(low, high + 1).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    found: Cells = np.clip(calendar, 0, _LAST_MONTH).astype(np.int16)[known - low]
    found[~is_known] = _NO_CELL
    return found


def cells(first: Days, seen: Days) -> Cells:
    """The month each member is kept in: that of its first day, of undated ones that of their capture."""
    found = _months(first)
    undated = np.flatnonzero(found == _NO_CELL)
    captured = _months(seen[undated])
    found[undated] = np.where(captured == _NO_CELL, captured, captured + np.int16(_UNDATED_CELL))
    return found


def of_reports(identity: Hashes, first: Days, seen: Days, cell: Cells, vectors: Lookup) -> Members:
    """Reports as members; `identity` is the hash of what each is read from."""
    content = mix(identity + _FIRST * first.astype(np.uint64) + _SEEN * seen.astype(np.uint64))
    return Members(content, first, first, seen, seen, cell, vectors)


def of_events(reports: Members, groups: Groups, keys: Lookup | None = None) -> Members:
    """Events as members; `groups` are the reports of each, in order of their first reports.

    Reports have one day, are in order of it and undated ones last. An event is in the language of its first report.
    """
    order, begin, size = groups.order, groups.begin, groups.size
    first = reports.first[order[begin]]
    dated = np.add.reduceat(reports.first[order] != NO_DAY, begin, dtype=np.int32)
    last = reports.first[order[begin + np.maximum(dated, 1) - 1]]
    seen_first, seen_last = np.full(first.size, NO_DAY, np.int32), np.full(first.size, NO_DAY, np.int32)
    loose = np.flatnonzero(first == NO_DAY)
    if loose.size:
        inside = order[ranges(begin[loose], size[loose])]
        starts = np.cumsum(size[loose]) - size[loose]
        seen_first[loose], seen_last[loose] = spans(reports.seen_first[inside], reports.seen_last[inside], starts)
    spoken = None if reports.languages is None else reports.languages[order[begin]]
    content = of_sets(reports.content[order], size)
    return Members(content, first, last, seen_first, seen_last, cells(first, seen_first), groups, spoken, keys)


def spans(first: Days, last: Days, begin: Ints) -> tuple[Days, Days]:
    """The first and the last known day of each group, `NO_DAY` where none is known; a group begins at each `begin`."""
    earliest = np.minimum.reduceat(np.where(first == NO_DAY, np.int32(_NEVER), first), begin)
    latest = np.maximum.reduceat(last, begin)  # every day is later than none
    earliest[latest == NO_DAY] = NO_DAY
    return earliest, latest


def languages(column: pa.ChunkedArray) -> Ints:
    """A number for each language, whatever its script and region; 0 where it is unknown.

    >>> import pyarrow as pa
    >>> one, other, third = languages(pa.chunked_array([["zh-Hans", "zh-Hant", "und"]])).tolist()
    >>> one == other > third == 0
    True
    """
    known = coded(column)
    codes = [primary(code) for code in known.dictionary.to_pylist()]
    numbers = [0 if code == "und" else int.from_bytes(code.encode()[:7]) for code in codes]
    found: Ints = np.array([*numbers, 0], np.int64)[known.indices.fill_null(len(codes)).to_numpy()]
    return found


def days(column: pa.ChunkedArray) -> Days:
    """Days since 1970 of dates or instants, `NO_DAY` for null."""
    if pa.types.is_timestamp(column.type):
        instants = pc.fill_null(column.cast(pa.timestamp("us")).cast(pa.int64()), 0)
        known: Days = (instants.to_numpy() // _DAY).astype(np.int32)
        known[column.is_null().to_numpy()] = NO_DAY
    else:
        known = pc.fill_null(column.cast(pa.int32()), NO_DAY).to_numpy()
    return known
