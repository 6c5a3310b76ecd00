"""What the dates of a page bear witness for: the odds of each day.

Each family of roles (data for machines, what the reader sees, the address) bears witness once for a day, with the odds
of its strongest candidate; the weekday in the lead and the month in the address raise or lower them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from storywire.articles.dateroles import ROLES, Candidate
from storywire.articles.datewords import fold, weekday_names

GOOD = 0.93
"""Confidence from which a candidate is good evidence by itself."""

SOUND = 0.9
"""Confidence from which a shown day tells on which day an instant in UTC fell: a date below the article, or the only
one on the page, may be another article's and must not move a declared day by one."""

MOST = 0.99
"""No page is surer of its date than this: publishers reprint, and templates lie."""

WEEKDAY_FACTOR = 2.0
"""What a weekday in the lead does to the odds of a day: a report names the day it tells of, and runs on it or
up to two days later (9 in 10 reports, by 3 in 7 days for chance alone)."""

MONTH_FACTOR = 4.0
"""What a month in the address does to the odds of a day in it: right on 24 of 24 labelled pages that name one."""

RIVALRY = 3.0
"""The power of their odds by which several days share the probability that one of them is right. Rivals are seldom as
independent as odds take them for: shared by the odds themselves (1.0), days stated at .83 on average were right on 51
of 57 labelled pages (.89), and those below .8, .66 on average, on 21 of 23. All powers from 1 to 4 explain
the 57 pages about as well (log likelihood -21.7 to -23.3)."""

REPEATED_FACTOR = 2.0
"""What a declared change does to the odds of an update that is shown for the same day."""

LEAD_LENGTH = 500
"""Characters of the text, about three sentences, in which a weekday tells when the news happened."""


def witnesses_for_days(ordered: Sequence[Candidate], able: Sequence[Candidate]) -> dict[Candidate, date]:
    """The candidates that count, among those that are `able` to be the date, with the day each counts for."""
    return _localised(_best_kind(ordered, able))


def odds_of_days(
    ordered: Sequence[Candidate], counted: Mapping[Candidate, date], weekdays: frozenset[int]
) -> dict[date, float]:
    """The odds of every day that a candidate counts for; `weekdays` are those that the lead names."""
    months = _months_named(ordered)
    repeated = _repeated(ordered, counted)
    return {day: _odds(day, counted, weekdays, months, repeated) for day in sorted(set(counted.values()))}


def shares_of_days(odds: Mapping[date, float]) -> dict[date, float]:
    """The probability of every day, from the odds of all: rivals lower each other, and the best of them the least.

    >>> shares_of_days({date(2031, 3, 3): 9.0})
    {datetime.date(2031, 3, 3): 0.9}
    """
    together = sum(odds.values())
    gained = {day: value**RIVALRY for day, value in odds.items()}
    known = together / (1 + together)
    return {day: min(MOST, known * value / sum(gained.values())) for day, value in gained.items()}


def _best_kind(ordered: Sequence[Candidate], able: Sequence[Candidate]) -> Sequence[Candidate]:
    """The candidates that count: an update only where there is nothing else.

    Data that repeats the day of a declared change is that change, if a reader is shown an earlier day, and not this
    one: many templates fill every field with it.
    """
    changed = {each.day for each in ordered if each.role == "modified"}
    declared = min((each.day for each in able if each.day and each.role in ("jsonld", "meta")), default=date.max)
    shown = {each.day for each in able if each.day and ROLES[each.role].family == "shown" and each.confidence >= GOOD}
    earliest = min(shown - changed, default=date.max)
    stated = frozenset(changed)
    changed -= shown
    last = [
        each
        for each in able
        if ROLES[each.role].family == "last"
        or (each.day in changed and (each.role == "meta_date" or _is_later_data(each, earliest)))
        or (each.role == "time" and each.day in stated and each.day and each.day > declared)
    ]
    return [each for each in able if each not in last] or last


def _is_later_data(each: Candidate, day: date) -> bool:
    return ROLES[each.role].family == "data" and each.day is not None and each.day > day


def _repeated(ordered: Sequence[Candidate], counted: Mapping[Candidate, date]) -> frozenset[date | None]:
    """Days of updates shown to readers that data declares too."""
    if not all(ROLES[each.role].family == "last" for each in counted):
        return frozenset()
    return frozenset(each.day for each in ordered if each.role == "modified")


def _months_named(ordered: Sequence[Candidate]) -> frozenset[tuple[int, int]]:
    """The months that the address names, as (year, month)."""
    named = (each.printed.split("/") for each in ordered if each.precision == "month")
    return frozenset((int(year), int(month)) for year, month in named)


UTC_PRINTED = re.compile(r"(?:Z|[+-]00:?00|GMT|UTC)\s*$|^\d{10,13}$")


def _localised(able: Sequence[Candidate]) -> dict[Candidate, date]:
    """The day each candidate counts for: a machine's date in UTC, on the day the page shows for that instant.

    Software stores 8 p.m. in Chicago as the next morning in UTC; the publisher printed the day before.
    """
    local = [each for each in able if each.day and each.role != "dateline" and not UTC_PRINTED.search(each.printed)]
    sound = [each for each in local if each.confidence >= SOUND and ROLES[each.role].family in ("shown", "address")]
    shown = {each.day for each in sound if each.day}
    told = {each.instant: each.day for each in local if each.day and each.instant}
    counted = {}
    for each in able:
        if each.day is None:
            continue
        counted[each] = each.day
        if each.instant and each.day not in shown and UTC_PRINTED.search(each.printed):
            near = [day for day in shown if _is_local_day(each.instant, day)]
            if each.instant in told:  # the same instant, with the publisher's offset
                near = [told[each.instant]]
            if len(near) == 1:
                counted[each] = near[0]
    return counted


def _is_local_day(instant: datetime, day: date) -> bool:
    """Whether somewhere on Earth it was that day at that instant."""
    return (instant - timedelta(hours=12)).date() <= day <= (instant + timedelta(hours=14)).date()


def _odds(
    day: date,
    counted: Mapping[Candidate, date],
    weekdays: frozenset[int],
    months: frozenset[tuple[int, int]],
    repeated: frozenset[date | None],
) -> float:
    """The odds that the article was published on a day, from one witness of each family."""
    strongest: dict[str, float] = {}
    for each, named in counted.items():
        if named == day:
            family = ROLES[each.role].family
            strongest[family] = max(strongest.get(family, 0.0), each.confidence)
    odds = 1.0
    for _, confidence in sorted(strongest.items()):
        odds *= confidence / (1 - min(confidence, MOST))
    if weekdays:
        odds *= WEEKDAY_FACTOR if agrees(day, weekdays) else 1 / WEEKDAY_FACTOR
    if months:
        odds *= MONTH_FACTOR if (day.year, day.month) in months else 1 / MONTH_FACTOR
    if day in repeated:
        odds *= REPEATED_FACTOR
    return odds


def agrees(day: date, weekdays: frozenset[int]) -> bool:
    """Whether a report of one of the weekdays may have run on the day."""
    return any((day.weekday() - back) % 7 in weekdays for back in range(3))


def weekdays_in_lead(text: str, language: str) -> frozenset[int]:
    """The weekdays named at the start of the text, as numbers from 0 for Monday."""
    names = weekday_names(language)
    lead = fold(text[:LEAD_LENGTH])
    if language.split("-")[0] in ("zh", "ja", "th"):
        return frozenset(number for name, number in names.items() if name in lead)
    return frozenset(names[word] for word in re.findall(r"[^\W\d_][\w-]*", lead) if word in names)
