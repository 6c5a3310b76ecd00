"""When a page was captured, as its origin wrote it down: timestamps and dates in paths."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_COMPACT = re.compile(r"\d{14}")

_IN_PATH = re.compile(
    r"(?<![^-_./])"  # starts a path part, or follows a delimiter
    r"(?P<year>(?:19|20)\d\d)(?P<sep>[-_./]?)(?P<month>\d\d)(?P=sep)(?P<day>\d\d)"
    r"(?:(?:T|(?<=\d{8})(?=\d{6}))(?P<hour>\d\d)[-:]?(?P<minute>\d\d)(?:[-:]?(?P<second>\d\d))?Z?)?"
    r"(?![^-_./])"  # ends a path part, or a delimiter follows
)
"""2026-02-03, 2026/02/03 and 20260203, alone or with a time: 20260203T0810, 2026-02-03T08-10-00Z, 20260203081000."""


def read(printed: str) -> datetime | None:
    """The instant a timestamp names, in UTC; None where it names none.

    ISO 8601, the 14 digits of web archives and the form of mail and HTTP headers are read. A
    timestamp without an offset is taken as UTC, a day alone as its midnight in UTC.

    >>> read("2026-02-03T08:10:00+02:00")
    datetime.datetime(2026, 2, 3, 6, 10, tzinfo=datetime.timezone.utc)
    >>> read("2026-02-03")
    datetime.datetime(2026, 2, 3, 0, 0, tzinfo=datetime.timezone.utc)
    >>> read("yesterday") is None
    True
    """
    printed = printed.strip()
    try:
        if _COMPACT.fullmatch(printed):
            moment = datetime.strptime(printed, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        else:
            moment = datetime.fromisoformat(printed)
    except ValueError:
        try:
            moment = parsedate_to_datetime(printed)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:  # an offset that leads out of the calendar
        return None


def in_path(path: str, folder_name: str = "") -> datetime | None:
    """The capture time a path gives: the deepest valid date in it, else the folder's own name.

    A crawler that files pages under a date means the day it fetched them. `folder_name` is the
    name of the folder the path starts from: it counts only where it is exactly a date.

    >>> in_path("herald/2026/02/03/bridge.html")
    datetime.datetime(2026, 2, 3, 0, 0, tzinfo=datetime.timezone.utc)
    >>> in_path("herald/20260203T0810.html")
    datetime.datetime(2026, 2, 3, 8, 10, tzinfo=datetime.timezone.utc)
    >>> in_path("herald/flight-20261399.html", folder_name="2026-02-04")
    datetime.datetime(2026, 2, 4, 0, 0, tzinfo=datetime.timezone.utc)
    """
    found: datetime | None = None
    position = 0
    while (match := _IN_PATH.search(path, position)) is not None:
        found = _instant(match) or found
        position = match.start() + 1  # a rejected match may hide one that begins inside it
    if found is None and (match := _IN_PATH.fullmatch(folder_name)) is not None:
        found = _instant(match)
    return found


def _instant(match: re.Match[str]) -> datetime | None:
    """The instant of one date in a path; None where the calendar has no such day or the clock no such time."""
    part = match.groupdict(default="0")
    try:
        day = datetime(int(part["year"]), int(part["month"]), int(part["day"]), tzinfo=UTC)
        return day.replace(hour=int(part["hour"]), minute=int(part["minute"]), second=int(part["second"]))
    except ValueError:
        return None
