"""The term vectors of reports as they are kept: month by month, in volumes, so that a day more writes little anew.

What comes in makes a volume of its own, and takes in those before it that are less than `GROWTH` times as large: a
month has few volumes, and each report is written few times (a log-structured merge, O'Neil and others 1996).
Beside them stands the list of the month: which report is in which row of which volume.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count, pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sparse
from numpy.typing import NDArray

from storywire.columns import in_one
from storywire.components import Arrays, Kept, by_home, digest, distinct, ranges
from storywire.hashes import Hashes, of_strings, place_in
from storywire.stories import weekdays
from storywire.stories.given import Given
from storywire.stories.members import Cells, cell_name
from storywire.stories.similarity import NO_DAY
from storywire.stories.vectors import LEVEL, Read, Vectors

Ints = NDArray[np.int64]

GROWTH = 2
"""Times as large as the one written after it is a volume that is left as it is."""


def load(leads: Given, cell: Cells, read: Read, kept: Kept, *, kind: str = "terms") -> Vectors:
    """The vectors of the lead articles; `cell` is the month each is kept in.

    A month whose reports are what they were is opened when one of them is asked for. Those that are not kept are read
    then, under columns `terms` and `weights`. `kind` names what the vectors are of.
    """
    months = {number: _Month(leads, rows, read, kept, f"{kind}-{cell_name(number)}") for number, rows in by_home(cell)}
    found = Vectors.unopened(len(leads))

    def opened(rows: Ints) -> None:
        for number in np.unique(cell[rows]).tolist():
            months[number].add_to(found)

    for month in months.values():
        if month.has_changed:
            month.add_to(found)
    return replace(found, opened=opened)


class _Month:
    """The reports of a month (`rows`) and the list that says where each of them is."""

    def __init__(self, leads: Given, rows: Ints, read: Read, kept: Kept, name: str) -> None:
        self._leads, self._rows, self._read, self._kept, self._name = leads, rows, read, kept, name
        self.has_changed = False
        self._listed = kept.keep(name, digest(leads.identity[rows]), self._made)
        for place in range(self._listed["size"].size):
            kept.leave(_file(name, place))

    def _made(self) -> Arrays:
        self.has_changed = True
        return _listed(self._leads, self._rows, self._kept, self._name)

    def add_to(self, found: Vectors) -> None:
        """Add the volumes, which are made where they are not there."""
        listed, rows = self._listed, self._rows
        found.row[rows] = listed["row"]
        found.part[rows] = listed["volume"] + np.int16(len(found.parts))
        bounds = np.append(0, np.cumsum(listed["size"]))
        days = []
        for place, (begin, end) in enumerate(pairwise(bounds.tolist())):
            reports = listed["report"][begin:end]
            make = partial(_made, self._leads, rows, reports, self._read, self._kept, self._name, place)
            volume = self._kept.keep(_file(self._name, place), digest(reports), make)
            found.add(volume["term"], _names(volume), matrix(volume), volume["length"])
            days.append(volume["named"])
        found.named[rows] = np.concatenate(days)[bounds[listed["volume"]] + listed["row"]]


def matrix(found: Arrays) -> Any:
    """The vectors of a volume, mapped as they are kept."""
    bounds = np.append(0, np.cumsum(found["count"], dtype=np.int32)).astype(np.int32)
    return sparse.csr_matrix((found["weight"], found["code"], bounds), shape=(bounds.size - 1, found["term"].size))


def _file(name: str, place: int) -> str:
    return f"{name}-{place}"


def _listed(leads: Given, rows: Ints, kept: Kept, name: str) -> Arrays:
    """The reports of each volume of a month, how many these are, and where each of the month's reports is.

    What is no longer there is in no volume: one without it is another volume. What comes in is put in order of its
    days: reports that are compared stand side by side.
    """
    identity = leads.identity[rows]
    last = kept.last(name)
    before, sizes = last.get("report", identity[:0]), last.get("size", np.empty(0, np.int64))
    parts = np.split(before, np.cumsum(sizes)[:-1])
    volumes = [part for part in (part[place_in(identity, part) >= 0] for part in parts) if part.size]
    fresh = np.flatnonzero(place_in(before, identity) < 0)
    first, seen = leads.first[rows[fresh]], leads.seen[rows[fresh]]
    in_order = fresh[np.argsort(np.where(first == NO_DAY, seen, first), kind="stable")]
    latest = [identity[in_order]] if fresh.size else []
    while latest and volumes and volumes[-1].size < GROWTH * sum(part.size for part in latest):
        latest.insert(0, volumes.pop())
    volumes += [np.concatenate(latest)] if latest else []
    size = np.array([part.size for part in volumes], np.int64)
    report = np.concatenate(volumes)
    place = place_in(report, identity)
    volume = np.searchsorted(np.cumsum(size), place, side="right").astype(np.uint8)
    row = (place - (np.cumsum(size) - size)[volume]).astype(np.int32)
    return {"report": report, "size": size, "volume": volume, "row": row}


def _made(leads: Given, rows: Ints, reports: Hashes, read: Read, kept: Kept, name: str, place: int) -> Arrays:
    """One volume of a month, from those that were there from this place on; what they do not have is read.

    Raises:
        ValueError: The list of the month names reports that nobody has: it is damaged.
    """
    parts = list(_volumes(kept, name, place))
    there = np.concatenate([reports[:0], *(each["report"] for each in parts)])
    identity = leads.identity[rows]
    fresh = rows[(place_in(reports, identity) >= 0) & (place_in(there, identity) < 0)]
    if fresh.size:
        made = _hashed(read(leads.rows(fresh), ["terms", "weights", "language"]))
        parts.append({"report": leads.identity[fresh], **made})
        there = np.append(there, leads.identity[fresh])
    term = distinct(np.concatenate([each["term"] for each in parts]))
    columns = [np.searchsorted(term, each["term"]) for each in parts]
    code = np.concatenate([column[each["code"]] for column, each in zip(columns, parts, strict=True)])
    found = place_in(there, reports)
    if (found < 0).any():
        raise ValueError(f"what is kept as {name} names reports that are not there")
    told = {name: np.concatenate([each[name] for each in parts])[found] for name in ("count", "length", "named")}
    counts = np.concatenate([each["count"] for each in parts])
    inside = ranges((np.cumsum(counts) - counts)[found], told["count"])
    used = np.zeros(term.size, np.bool_)
    used[code[inside]] = True
    spelt = np.empty(term.size, np.int64)
    spelt[np.concatenate(columns)] = np.arange(sum(column.size for column in columns))
    names = pa.concat_arrays([each["name"] for each in parts]).take(pa.array(spelt[used]))
    _, ends, letters = names.buffers()
    return {
        "report": reports,
        **told,
        "code": (np.cumsum(used, dtype=np.int32) - np.int32(1))[code[inside]],
        "weight": np.concatenate([each["weight"] for each in parts])[inside],
        "term": term[used],
        "ends": np.frombuffer(ends, np.int32),
        "letters": np.frombuffer(letters or b"", np.uint8),
    }


def _volumes(kept: Kept, name: str, place: int) -> Iterator[dict[str, Any]]:
    """The volumes of a month from one place on, as they are kept."""
    for number in count(place):
        last = kept.last(_file(name, number))
        if not last:
            return
        yield last | {"name": _names(last)}


def _names(found: Arrays) -> pa.StringArray:
    """The terms of a volume as they are written."""
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
