"""Days on which nothing came, and outlets and sources from which nothing comes any more."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Literal

from pydantic import BaseModel, ConfigDict

FEWEST_DAYS = 3
"""Capture days from which on one can say how often an outlet usually appears: two gaps."""

USUAL_PAUSES = 3.0
"""Times its usual gap an outlet may pause: a weekly that skips an issue, or comes late after it, is not silent."""

GONE_DAYS = 92
"""Days after which who fell silent is taken to be gone: a quarter. A list of all that ever ended hides the news."""

Kind = Literal["outlet", "source"]


class Silence(BaseModel):
    """An outlet or a source that used to deliver: its last capture day, and the days since then.

    `usual_days` is the median gap between its capture days.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    name: str
    last: date
    days: int
    usual_days: float


class Gap(BaseModel):
    """Days in a row, the first and the last included, of which nothing is known."""

    model_config = ConfigDict(frozen=True)

    first: date
    last: date
    days: int


def silences(kind: Kind, delivered: Mapping[str, Collection[date]], newest: date, silent_days: int) -> list[Silence]:
    """Who has fallen silent by the newest capture day, the longest silence first.

    The pause must be long for everybody (`silent_days`) and long for this one, so that a weekly
    does not cry wolf; who appeared on fewer than three days has no habit to break.

    >>> daily = [date(2026, 2, day) for day in range(1, 8)]
    >>> [silence.name for silence in silences("outlet", {"courier.example": daily}, date(2026, 2, 20), 3)]
    ['courier.example']
    """
    found = []
    for name, on in delivered.items():
        days = sorted(set(on))
        if len(days) < FEWEST_DAYS:
            continue
        usual = median((later - earlier).days for earlier, later in pairwise(days))
        pause = (newest - days[-1]).days
        if silent_days <= pause <= GONE_DAYS and pause > USUAL_PAUSES * usual:
            found.append(Silence(kind=kind, name=name, last=days[-1], days=pause, usual_days=usual))
    return sorted(found, key=lambda one: (-one.days, one.name))


def gaps(known: Collection[date]) -> Iterator[Gap]:
    """The gaps between the first and the last day anything is known of, in order.

    >>> [gap.days for gap in gaps([date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 4)])]
    [3]
    """
    for earlier, later in pairwise(sorted(set(known))):
        if missing := (later - earlier).days - 1:
            day = timedelta(days=1)
            yield Gap(first=earlier + day, last=later - day, days=missing)
