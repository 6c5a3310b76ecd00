"""The date in the address of a page, or the month.

That of its picture is no evidence: on labelled pages it is the day before as often as it decides anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from storywire.articles.dateroles import Candidate, candidate
from storywire.articles.datetext import PrintedDate, stamp

SLASHED = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2}|[a-z]{3,9})[/-](\d{1,2})(?![\d])", re.IGNORECASE)
DASHED = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.](\d\d)[-_.](\d\d)(?!\d)")
COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?:(?:[01]\d|2[0-3])[0-5]\d\d{0,9})?(?!\d)")
"""The day alone, or with the time of day and a number behind it."""
MONTH = re.compile(r"/((?:19|20)\d\d)/(0?[1-9]|1[0-2])(?=/|$)")
ARCHIVED = re.compile(r"/\d{14}(?:[a-z]{2}_)?/(?=https?:|[\w-]+\.[\w.-]+/)", re.IGNORECASE)
"""Where web archives name the moment of their copy and go on with the address that was copied."""
BEFORE_PATH = re.compile(r"^(?:[a-z][a-z0-9+.-]*:/{1,2})?[^/]*", re.IGNORECASE)
LONGEST_PATH = 2000


def candidates_in_url(url: str | None) -> tuple[Candidate, ...]:
    """The date in the path of an address; a query is about the reader, a host about nothing.

    >>> candidates_in_url("https://news.example/2031/mar/03/harbour")[0].day
    datetime.date(2031, 3, 3)
    """
    path = _path(url)
    for role, pattern in (("url", SLASHED), ("url", DASHED), ("url_compact", COMPACT)):
        found = {shown.day: candidate(role, shown) for shown in _dates(path, pattern)}
        if found:
            # Two dates in one address (an archive of an archive, an event's date in the slug) halve the trust.
            return (
                tuple(found.values())
                if len(found) == 1
                else tuple(replace(each, confidence=round(each.confidence / 2, 4)) for each in found.values())
            )
    return ()


def month_in_url(url: str | None) -> tuple[Candidate, ...]:
    """The month in the path of an address that names no day: no date, but it bears out or belies those there are.

    >>> month_in_url("https://news.example/2031/03/harbour")[0].printed
    '2031/03'
    """
    path = _path(url)
    month = MONTH.search(path)
    if month is None or candidates_in_url(url):
        return ()
    return (candidate("url_month", PrintedDate(0, 0, month[0].strip("/"), None, None, "month")),)


def _path(url: str | None) -> str:
    """The path of an address without its host; of an archived copy, that of the address that was copied."""
    whole = (url or "")[:LONGEST_PATH].split("?")[0].split("#")[0]
    return BEFORE_PATH.sub("", ARCHIVED.split(whole)[-1], count=1)


def _dates(path: str, pattern: re.Pattern[str]) -> Iterator[PrintedDate]:
    for match in pattern.finditer(path):
        year, month, day = match.groups()
        words = f"{year}-{month}-{day}" if month.isdigit() else f"{day} {month} {year}"
        if (printed := stamp(words, "en")) is not None and isinstance(printed.day, date):
            yield PrintedDate(0, 0, match[0].strip("/"), printed.day)
