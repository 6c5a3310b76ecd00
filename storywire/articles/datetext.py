"""Dates in a line of text or an attribute: what was printed, the day it names, the instant where one is given.

Nothing is guessed: a date needs a day, a month and a year of four digits (two only as in `22.11.23`, in languages
that write so), and `05/06/2031` is a date only where language or region say which number is the month. Every pattern
is bounded, so a hostile line costs time in proportion to its length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from storywire.articles.datewords import ZONES, listed, month_number

Precision = Literal["month", "day", "minute", "second", "relative"]

FIRST_YEAR = 1990
"""Pages older than the web are digitised archives; a year before this on a page is its subject, not its date."""

LAST_YEAR = 2100
"""Past this a number is not a year at all; the capture time bounds dates far more tightly, in `dates.choose`."""

BUDDHIST_ERA = 543
"""Years that the Thai calendar is ahead."""


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date where it stands in a string: `start` and `end` count characters.

    `day` is None where only a month is named, or a time before the reading ("2 hours ago"); `offset_minutes` ahead of
    UTC are what stands with a time of day.
    """

    start: int
    end: int
    printed: str
    day: date | None
    instant: datetime | None = None
    precision: Precision = "day"
    offset_minutes: int | None = None


class Moment(NamedTuple):
    """A time of day: its instant in UTC where an offset stands with it, in minutes ahead of UTC."""

    instant: datetime | None
    precision: Precision
    offset_minutes: int | None = None


YEAR_OR_SO = re.compile(r"\d(?:\d{3}|\.\d{2})")
"""Begins with a digit whatever follows: `re` looks for a first character it knows at a quarter of the cost."""
ISO = re.compile(r"(?<!\d)(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)")
YEAR_FIRST = re.compile(r"(?<!\d)(?P<y>\d{4})\s?([./])\s?(?P<m>\d{1,2})\s?\2\s?(?P<d>\d{1,2})(?!\d)")
CJK = re.compile(r"(?<!\d)(?P<y>\d{4})\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日号號일]")
VIETNAMESE = re.compile(
    r"(?<!\d)(?P<d>\d{1,2})\s(?:tháng|thg)\s(?P<m>\d{1,2}),?\s(?:năm\s)?(?P<y>\d{4})(?!\d)"
    r"|\b(?:tháng|thg)\s(?P<m2>\d{1,2})\s(?P<d2>\d{1,2}),\s(?P<y2>\d{4})(?!\d)",
    re.IGNORECASE,
)
YEAR_LAST = re.compile(r"(?<![\d.,/:-])(\d{1,2})\s?([./|-])\s?(\d{1,2})\s?\2\s?(\d{4})(?![\d]|[./-]\d)")
SHORT_YEAR = re.compile(r"(?<![\d.,/:-])(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{2})(?![\d]|[.,:/-]\d)")
DAY_MONTH_YEAR = re.compile(r"(?<![\d.,])(\d{1,2})([^\d\n]{2,40})(\d{4})(?!\d)")
MONTH_DAY_YEAR = re.compile(
    r"(?<![^\d\s,;:()|<>/•·–—-])([^\d\s,;:()|<>/•·–—-]{2,24})[\s-]{1,3}(\d{1,2})(?:st|nd|rd|th)?[,،.-]?\s{0,3}(?<=[\s,،.-])(\d{4})(?!\d)",
    re.IGNORECASE,
)
YEAR_DAY_MONTH = re.compile(r"(?<!\d)(\d{4})(?:\.\sgada|\sж\.)\s(\d{1,2})\.?\s([^\d\s.,;:()|<>]{2,24})", re.IGNORECASE)
YEAR_MONTH_DAY = re.compile(r"(?<!\d)(\d{4})([^\d\n]{2,24})(\d{1,2})(?![\d:]|[,.]?\s{1,3}\d{4}(?!\d))")
CLOCK_BEFORE_YEAR = re.compile(
    r"([^\d\s,;:()|<>/]{3,12})\s{1,2}(\d{1,2})\s(\d{2}:\d{2}:\d{2})\s(?:([A-Z]{1,5}|[+-]\d{4})\s)?(\d{4})(?!\d)"
)
COMPACT = re.compile(
    r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?:[T ]?(?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)?(?P<z>Z|[+-]\d\d:?\d\d)?)?"
)
EPOCH = re.compile(r"(\d{10})(\d{3})?")

CLOCK = re.compile(
    r"(?P<H>\d{1,2})(?:[:.h]|\s?[時时시点點]\s?)(?P<M>\d{2})(?!\d)(?:[:.](?P<S>\d{2})(?!\d)(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?P<half>[AaPp])\.?\s?[Mm]\b\.?)?(?:\s?(?:Uhr|hrs?|[hч])\b)?"
    r"(?:\s?\(?(?P<zone>[A-ZМСК]{1,5})?\b\)?)?(?:\s{0,2}(?P<offset>[+−-]\d{1,2}(?::?\d{2})?))?(?!\d)"
)
CLOCK_AFTER = re.compile(rf"(?P<gap>T|[^\d\n]{{1,16}}?){CLOCK.pattern}")
CLOCK_BEFORE = re.compile(rf"(?<!\d){CLOCK.pattern}[^\d\n]{{0,24}}$")
BEFORE = 48
"""Characters before a date in which its clock time may stand ("10:15 PM EST, Wednesday, 3 March 2031")."""

AFTERNOON = re.compile("下午|午後|晚上|오후")

FILLERS = frozenset(
    listed("de del d l of di do dos the da e el a г год року gada m р st nd rd th er ος º ª go го е ا den i ngày พ ค ศ")
)
"""Words that may stand between day, month and year."""

MONTH_FIRST_REGIONS = frozenset({"US", "PH", "PR", "GU"})
DAY_FIRST_REGIONS = frozenset(listed("GB UK IE AU NZ IN ZA NG KE GH PK BD SG MY MT JM TT HK LK UG ZW"))
UNDECIDED_LANGUAGES = frozenset({"en", "fil", "tl", "und", "mul"})
"""Languages written in both orders; a region decides."""
SHORT_YEAR_LANGUAGES = frozenset(listed("de da fi nb nn no pl cs sk sl hr ro bg lv et tr ru uk mk"))
"""Languages whose everyday date is `22.11.23`."""


@cache
def _plain_digits() -> dict[int, str]:
    """Digits of every script to ASCII, odd blanks and direction marks to a blank; lengths stay the same."""
    table = {
        code: str(unicodedata.digit(chr(code)))
        for code in range(128, 0x10000)
        if unicodedata.category(chr(code)) == "Nd"
    }
    blanks = "\u00a0\u2007\u2009\u200a\u202f\u200b\u200e\u200f\u061c\u3000\u2002\u2003"
    return (
        table | {ord(blank): " " for blank in blanks} | {ord("／"): "/", ord("："): ":", ord("．"): ".", ord("－"): "-"}
    )


def _day(year: str | int, month: str | int | None, day: str | int) -> date | None:
    number = int(year)
    if FIRST_YEAR + BUDDHIST_ERA <= number <= LAST_YEAR + BUDDHIST_ERA:
        number -= BUDDHIST_ERA
    if month is None or not FIRST_YEAR <= number <= LAST_YEAR:
        return None
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


def _day_first(language: str | None, separator: str) -> bool | None:
    """Whether `05/06/2031` begins with the day; None where nobody can tell."""
    primary, *rest = (language or "und").split("-")
    region = next((part.upper() for part in rest if len(part) == 2), None)
    if region in MONTH_FIRST_REGIONS and primary.lower() in UNDECIDED_LANGUAGES:
        return False
    if region in DAY_FIRST_REGIONS or primary.lower() not in UNDECIDED_LANGUAGES:
        return True
    return True if separator == "." and primary.lower() in {"und", "mul"} else None


def _month_between(words: str, language: str | None) -> int | None:
    """The one month among the words between two numbers, if all the others are fillers."""
    months = set()
    for alternative in words.split("/"):
        kept = [word for word in re.split(r"[\s.,،’'()\-–]+", alternative) if word]
        kept = [word for word in kept if word.lower() not in FILLERS or month_number(word, language)]
        if kept:
            months.add(month_number(" ".join(kept), language))
    return months.pop() if len(months) == 1 else None


def _found(text: str, language: str | None) -> Iterator[tuple[int, int, date]]:
    """Every reading of every pattern; overlaps are sorted out by the caller."""
    for pattern in (ISO, YEAR_FIRST, CJK):
        for m in pattern.finditer(text):
            if day := _day(m["y"], m["m"], m["d"]):
                yield m.start(), m.end(), day
    for m in VIETNAMESE.finditer(text):
        if day := _day(m["y"] or m["y2"], m["m"] or m["m2"], m["d"] or m["d2"]):
            yield m.start(), m.end(), day
    for m in YEAR_LAST.finditer(text):
        first, separator, second, year = m.groups()
        if int(first) <= 12 and int(second) <= 12 and first != second:
            day_first = _day_first(language, separator)
        else:
            day_first = int(second) <= 12
        if day_first is not None and (day := _day(year, *((second, first) if day_first else (first, second)))):
            yield m.start(), m.end(), day
    if (language or "").split("-")[0].lower() in SHORT_YEAR_LANGUAGES:
        for m in SHORT_YEAR.finditer(text):
            if day := _day(f"20{m['y']}", m["m"], m["d"]):
                yield m.start(), m.end(), day
    for m in DAY_MONTH_YEAR.finditer(text):
        if day := _day(m[3], _month_between(m[2], language), m[1]):
            yield m.start(), m.end(), day
    for m in MONTH_DAY_YEAR.finditer(text):
        if day := _day(m[3], month_number(m[1], language), m[2]):
            yield m.start(), m.end(), day
    for m in YEAR_MONTH_DAY.finditer(text):
        if day := _day(m[1], _month_between(m[2], language), m[3]):
            yield m.start(), m.end(), day
    for m in YEAR_DAY_MONTH.finditer(text):
        if day := _day(m[1], month_number(m[3], language), m[2]):
            yield m.start(), m.end(), day
    if text.count(":") < 2:  # few lines have a clock with seconds, and this expression is slow to say no
        return
    for m in CLOCK_BEFORE_YEAR.finditer(text):
        if day := _day(m[5], month_number(m[1], language), m[2]):
            yield m.start(), m.end(), day


def _offset(clock: re.Match[str]) -> timezone | None:
    """The zone a clock time was printed with."""
    minutes = ZONES.get((clock["zone"] or "").lower())
    if clock["offset"]:
        digits = clock["offset"][1:].replace(":", "")
        hours, rest = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
        minutes = (int(hours) * 60 + int(rest)) * (1 if clock["offset"][0] == "+" else -1)
    if minutes is None or abs(minutes) > 14 * 60:
        return None
    return timezone(timedelta(minutes=minutes))


def _moment(day: date, clock: re.Match[str], afternoon: bool = False) -> Moment | None:
    """The instant, its precision and offset; None where the figures are no time of day.

    Midnight sharp is how software stores a day without a time, so it stays a day.
    """
    hour, minute, second = int(clock["H"]), int(clock["M"]), int(clock["S"] or 0)
    half = (clock.groupdict().get("half") or "").lower()
    if half or afternoon:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if afternoon or half == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    if hour == minute == second == 0:
        return Moment(None, "day")
    precision: Precision = "second" if clock["S"] else "minute"
    zone = _offset(clock)
    if zone is None:
        return Moment(None, precision)
    local = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
    return Moment(local.astimezone(UTC), precision, int(zone.utcoffset(None).total_seconds()) // 60)


def _with_clock(text: str, plain: str, start: int, end: int, day: date) -> PrintedDate:
    """The date with the time of day printed beside it."""
    clock = CLOCK_BEFORE_YEAR.match(plain, start)
    if clock and clock.end() == end:
        again = CLOCK.match(f"{clock[3]} {clock[4] if (clock[4] or '').isalpha() else 'UTC' + (clock[4] or '')}")
        moment = _moment(day, again) if again and clock[4] else None
        return PrintedDate(start, end, text[start:end], day, *(moment or ()))
    after = CLOCK_AFTER.match(plain, end)
    if after and (moment := _moment(day, after, bool(AFTERNOON.search(after["gap"])))):
        return PrintedDate(start, after.end(), text[start : after.end()].strip(), day, *moment)
    floor = max(0, start - BEFORE)
    before = CLOCK_BEFORE.search(plain[floor:start])
    if before and (moment := _moment(day, before)):
        begin = floor + before.start()
        return PrintedDate(begin, end, text[begin:end], day, *moment)
    return PrintedDate(start, end, text[start:end], day)


def printed_dates(text: str, language: str | None = None) -> list[PrintedDate]:
    """The dates in a line of text, in order, none overlapping; `language` is BCP 47, its region decides `05/06/2031`.

    >>> [str(found.day) for found in printed_dates("Опубликовано 3 марта 2031 г., обновлено 05.03.2031", "ru")]
    ['2031-03-03', '2031-03-05']
    >>> printed_dates("05/06/2031"), printed_dates("31 February 2031")
    ([], [])
    >>> printed_dates("2031-03-01T01:30:00+03:00")[0].instant.isoformat()
    '2031-02-28T22:30:00+00:00'
    """
    if not YEAR_OR_SO.search(text):  # most lines of a page; digits of every script count
        return []
    plain = text if text.isascii() else text.translate(_plain_digits())
    readings = sorted(set(_found(plain, language)), key=lambda found: (found[0], -found[1], found[2]))
    dates: list[PrintedDate] = []
    end = 0
    for start, stop, day in readings:
        if start >= end:
            found = _with_clock(text, plain, start, stop, day)
            dates.append(found if found.start >= end else PrintedDate(start, stop, text[start:stop], day))
            end = stop
    return dates


LONGEST_STAMP = 200
"""Characters of an attribute or field that are read for a date."""


def stamp(value: str, language: str | None = None) -> PrintedDate | None:
    """The one date an attribute or field holds, `20310303` and seconds since 1970 included; None for none or several.

    >>> stamp("20310303T101500Z").day, stamp("3 March 2031 - 5 March 2031")
    (datetime.date(2031, 3, 3), None)
    """
    return _stamp(value.strip()[:LONGEST_STAMP], language)


@lru_cache(maxsize=4096)
def _stamp(trimmed: str, language: str | None) -> PrintedDate | None:
    """The date in a trimmed value; pages repeat the same few."""
    plain = trimmed.translate(_plain_digits())
    if compact := COMPACT.fullmatch(plain):
        day = _day(compact["y"], compact["m"], compact["d"])
        if day and not compact["H"]:
            return PrintedDate(0, len(trimmed), trimmed, day)
        if day:
            clock = CLOCK.match(
                f"{compact['H']}:{compact['M']}:{compact['S'] or '00'} {(compact['z'] or '').replace('Z', 'UTC')}"
            )
            moment = _moment(day, clock) if clock else None
            return PrintedDate(0, len(trimmed), trimmed, day, *moment) if moment else None
    if epoch := EPOCH.fullmatch(plain):
        instant = datetime.fromtimestamp(int(epoch[1]), UTC)
        day = _day(instant.year, instant.month, instant.day)
        return PrintedDate(0, len(trimmed), trimmed, day, instant, "second") if day else None
    found = printed_dates(trimmed, language)
    return found[0] if len({each.day for each in found}) == 1 else None
