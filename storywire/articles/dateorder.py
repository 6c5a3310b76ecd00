"""Which of two numbers is the month in `5/6/2031`, where neither the page's language nor its country says so.

The other dates of the page tell. On English pages of no country a figure without its zero does: CLDR's short date is
`5/6/31` in the United States and `05/06/2031` in Britain. Both are asked only of pages that give no other date, so
neither ever speaks against evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from storywire.articles.datetext import UNDECIDED_LANGUAGES, YEAR_LAST

GUESSED = 0.9
"""Weight of a date whose order only its missing zero tells. It told right on the 4 labelled pages that have such a
date, and 14 of 16 others part their dates with slashes in that order too; but Australia also drops the zero."""

BARE = re.compile(r"(?<!\d)(?:[1-9]/\d{1,2}|\d{1,2}/[1-9])/\d{4}(?!\d)")
ANY = re.compile("")
COUNTRY_HOST = re.compile(r"[a-z]+://(?:[^/@]*@)?[^/:?#]*\.[a-z]{2}(?:[:/?#]|$)", re.IGNORECASE)


class Order(NamedTuple):
    """A language with a region that writes in an order, how far to trust it, and the dates that it is known of."""

    language: str
    weight: float
    known_of: re.Pattern[str]


def order_of_figures(texts: Iterable[str], language: str | None, url: str | None) -> Order | None:
    """The order in which a page writes day and month; None where nothing tells, or where language or region do.

    >>> order_of_figures(["03/25/2031", "04/05/2031"], None, None).language
    'und-US'
    """
    primary, _, region = (language or "und").lower().partition("-")
    if region or primary not in UNDECIDED_LANGUAGES:
        return None
    pairs = [(int(m[1]), int(m[3])) for text in texts for m in YEAR_LAST.finditer(text)]
    month_first = any(first <= 12 < second for first, second in pairs)
    day_first = any(second <= 12 < first for first, second in pairs)
    if month_first != day_first:
        return Order(f"{primary}-{'US' if month_first else 'GB'}", 1.0, ANY)
    if pairs and primary == "en" and not day_first and not COUNTRY_HOST.match(url or ""):
        return Order("en-US", GUESSED, BARE)
    return None
