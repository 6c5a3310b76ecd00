"""Dates and wire credits that pass from one member of a duplicate group to another.

Half of all agency copies carry no credit and many pages no date; their copies elsewhere do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

RELIABLE = 0.8
"""Confidence from which a value is passed on, and never overwritten."""

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
        return self.published_on is not None and (self.confidence or 0.0) >= RELIABLE


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
