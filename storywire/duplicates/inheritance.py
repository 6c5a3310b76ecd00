"""Dates and wire credits that pass from one member of a duplicate group to another.

Half of all agency copies carry no credit and many pages no date; their copies elsewhere do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from storywire.components import starts
from storywire.duplicates.sets import Ints

Flags = npt.NDArray[np.bool_]

RELIABLE = 0.8
"""Confidence from which a value is passed on, and never overwritten."""

UPDATE = "updated"
"""Source of a date its page calls an update. However often it is the day of publication, by its name it is that day or
a later one: it gives way to the date of a copy and is passed to none."""

PASSED_ON = 0.97
"""Factor on the confidence of an inherited value: a copy now and then runs a day late."""

_CLOCK_SLACK = timedelta(days=1)  # the publisher's day may be ahead of the capture's day in UTC


@dataclass(frozen=True, slots=True)
class Dated:
    """An article's publication date, own or inherited."""

    published_on: date | None = None
    published_at: datetime | None = None
    source: str | None = None
    confidence: float | None = None
    inherited_from: str | None = None

    @property
    def reliable(self) -> bool:
        """Whether the date can be passed on."""
        known = self.published_on is not None and self.source != UPDATE
        return known and (self.confidence or 0.0) >= RELIABLE


@dataclass(frozen=True, slots=True)
class Credited:
    """The agency an article's text came from, by its own credit or a copy's."""

    agency: str | None = None
    source: str | None = None
    confidence: float | None = None
    evidence: str | None = None
    inherited_from: str | None = None

    @property
    def reliable(self) -> bool:
        """Whether the credit can be passed on."""
        return self.agency is not None and (self.confidence or 0.0) >= RELIABLE


def dates(ids: Sequence[str], own: Sequence[Dated], captured: Sequence[datetime | None]) -> list[Dated]:
    """The dates of a group's members, each missing or doubtful one taken from the best-dated member.

    Best is the most confident, then the earliest, then the smallest id. A date after the day an
    article was captured cannot be its own: then the next best is taken.
    """
    donors = sorted(
        (-(value.confidence or 0.0), value.published_on, id_, value)
        for id_, value in zip(ids, own, strict=True)
        if value.reliable and value.published_on
    )
    return [
        value if value.reliable else _taken_date(value, donors, moment)
        for value, moment in zip(own, captured, strict=True)
    ]


def _taken_date(value: Dated, donors: list[tuple[float, date, str, Dated]], captured: datetime | None) -> Dated:
    for negative, day, id_, donor in donors:
        if captured is None or day <= captured.date() + _CLOCK_SLACK:
            return Dated(day, donor.published_at, donor.source, -negative * PASSED_ON, id_)
    return value


def credits(ids: Sequence[str], days: Sequence[date | None], own: Sequence[Credited]) -> list[Credited]:
    """The credits of a group's members, each missing or doubtful one taken from the best-credited member.

    Best is the most confident, then the earliest published, then the smallest id.
    """
    donors = [
        (-(value.confidence or 0.0), day or date.max, id_, value)
        for id_, day, value in zip(ids, days, own, strict=True)
        if value.reliable
    ]
    if not donors:
        return list(own)
    negative, _, id_, best = min(donors, key=lambda donor: donor[:3])
    taken = Credited(best.agency, best.source, -negative * PASSED_ON, best.evidence, id_)
    return [value if value.reliable else taken for value in own]


_READ = (
    *("article_id", "captured_at", "published_on", "published_at", "date_source", "date_confidence"),
    *("wire_agency", "wire_source", "wire_confidence", "wire_evidence"),
)


def donors(rows: pa.Table, lead: Ints) -> dict[str, npt.NDArray[np.int32]]:
    """Whom each article takes its date from (`date_from`) and its credit (`credit_from`), by row; -1 for nobody.

    `rows` are in order of their ids; `lead` tells the groups apart.
    """
    found = {name: np.full(lead.size, -1, dtype=np.int32) for name in ("date_from", "credit_from")}
    touched = np.flatnonzero(_can_pass(lead, has_date(rows)) | _can_pass(lead, has_credit(rows)))
    touched = touched[np.argsort(lead[touched], kind="stable")]
    told = rows.select(list(_READ)).take(pa.array(touched)).to_pylist()
    begins = starts(lead[touched])
    for begin, end in pairwise([*begins.tolist(), touched.size]):
        members = told[begin:end]
        place = {row["article_id"]: at for row, at in zip(members, touched[begin:end].tolist(), strict=True)}
        givers = {
            "date_from": [value.inherited_from for value in _dates(members)],
            "credit_from": [value.inherited_from for value in _credits(members)],
        }
        for name, ids in givers.items():
            for row, giver in zip(members, ids, strict=True):
                if giver is not None:
                    found[name][place[row["article_id"]]] = place[giver]
    return found


def has_date(rows: pa.Table) -> Flags:
    """Which rows have a date that can be passed on, as `Dated.reliable` says of one."""
    update: Flags = pc.equal(rows["date_source"], UPDATE).fill_null(False).to_numpy()
    return _is_sure(rows, "date_confidence", "published_on") & ~update


def has_credit(rows: pa.Table) -> Flags:
    """Which rows have a credit that can be passed on."""
    return _is_sure(rows, "wire_confidence", "wire_agency")


def _is_sure(rows: pa.Table, confidence: str, value: str) -> Flags:
    sure = pc.greater_equal(rows[confidence].fill_null(0.0), RELIABLE)
    flags: Flags = pc.and_(sure, pc.is_valid(rows[value])).to_numpy()
    return flags


def _can_pass(lead: Ints, reliable: Flags) -> Flags:
    """Which articles are in groups where some have a reliable value and some have none."""
    counts = np.bincount(lead[reliable], minlength=lead.size)
    flags: Flags = ((counts > 0) & (counts < np.bincount(lead, minlength=lead.size)))[lead]
    return flags


def _dates(members: list[dict[str, Any]]) -> list[Dated]:
    own = [
        Dated(row["published_on"], row["published_at"], row["date_source"], row["date_confidence"]) for row in members
    ]
    return dates([row["article_id"] for row in members], own, [row["captured_at"] for row in members])


def _credits(members: list[dict[str, Any]]) -> list[Credited]:
    own = [
        Credited(row["wire_agency"], row["wire_source"], row["wire_confidence"], row["wire_evidence"])
        for row in members
    ]
    ids, days = ([row[name] for row in members] for name in ("article_id", "published_on"))
    return credits(ids, days, own)
