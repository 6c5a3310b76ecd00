"""Dates told from the time of reading ("2 hours ago", "gestern"): they name a day only together with that time.

The phrases are CLDR's (through babel) for minutes, hours and days; the words for yesterday and today are ours. Weeks,
months and years are left out: they name no day.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal

from babel.dates import format_timedelta

from storywire.articles.dateroles import Candidate
from storywire.articles.datetext import PrintedDate
from storywire.articles.datewords import LOCALES, fold

Unit = Literal["minute", "hour", "day"]

UNITS: tuple[Unit, ...] = ("minute", "hour", "day")
COUNTS = (1, 2, 3, 5, 11, 21, 22)
"""Numbers that call for every plural form of CLDR's languages but the rarest."""

WIDTHS: tuple[Literal["long", "short"], ...] = ("long", "short")

LONGEST_PHRASE = 6
"""Words of the longest phrase, its number among them."""

MOST_WORDS = 24
"""Words of a line in which a phrase is looked for."""

MOST = 10_000
"""No page counts further; larger numbers are none."""

LONGEST_SPAN = timedelta(days=31)
"""Past a month pages round so much that the day is a guess."""

YESTERDAY: Mapping[str, str] = {
    **{"en": "yesterday", "af": "gister", "ar": "أمس", "bg": "вчера", "bn": "গতকাল", "ca": "ahir", "cs": "včera"},
    **{"cy": "ddoe", "da": "i går", "de": "gestern", "el": "χθες", "es": "ayer", "et": "eile", "fa": "دیروز"},
    **{"fi": "eilen", "fr": "hier", "gu": "ગઈકાલે", "he": "אתמול", "hr": "jučer", "hu": "tegnap", "id": "kemarin"},
    **{"it": "ieri", "ja": "昨日", "kn": "ನಿನ್ನೆ", "ko": "어제", "lt": "vakar", "lv": "vakar", "mk": "вчера"},
    **{"ml": "ഇന്നലെ", "mr": "काल", "nb": "i går", "ne": "हिजो", "nl": "gisteren", "nn": "i går", "pa": "ਕੱਲ੍ਹ"},
    **{"pl": "wczoraj", "pt": "ontem", "ro": "ieri", "ru": "вчера", "sk": "včera", "sl": "včeraj", "so": "shalay"},
    **{"sq": "dje", "sr": "јуче", "sv": "i går", "sw": "jana", "ta": "நேற்று", "te": "నిన్న", "th": "เมื่อวาน"},
    **{"fil": "kahapon", "tr": "dün", "uk": "вчора", "vi": "hôm qua", "zh": "昨天"},
}
"""Words for the day before; Hindi and Urdu have one word for it and for the day after."""
TODAY: Mapping[str, str] = {
    **{
        "en": "today",
        "ar": "اليوم",
        "bg": "днес",
        "cs": "dnes",
        "da": "i dag",
        "de": "heute",
        "es": "hoy",
        "fi": "tänään",
    },
    **{"fr": "aujourd'hui", "hr": "danas", "hu": "ma", "id": "hari ini", "it": "oggi", "ja": "今日", "ko": "오늘"},
    **{"nb": "i dag", "nl": "vandaag", "pl": "dzisiaj", "pt": "hoje", "ro": "astăzi", "ru": "сегодня"},
    **{"sk": "dnes", "sv": "i dag", "tr": "bugün", "uk": "сьогодні", "vi": "hôm nay", "zh": "今天"},
}
"""Words for the day itself, which count where a time of day stands beside them."""

WORD = re.compile(r"\d+|[^\s\d.,;:|()\[\]<>•·–—/'’-]+")
CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}\b")


def relative_dates(text: str, language: str | None = None) -> list[PrintedDate]:
    """The first relative date in a line, in its language or in English; its day waits for `resolved`.

    >>> [found.printed for found in relative_dates("Von Ann Roe, vor 3 Stunden", "de")]
    ['vor 3 Stunden']
    """
    found = _span(text, language)
    if found is None:
        return []
    start, end, _ = found
    return [PrintedDate(start, end, text[start:end], None, None, "relative")]


def resolved(each: Candidate, captured_at: datetime | None, language: str) -> Candidate:
    """The candidate with the day it named when the page was read; as it was where that is not known."""
    if each.precision != "relative" or captured_at is None:
        return each
    found = _span(each.printed, language)
    if found is None or found[2] > LONGEST_SPAN:
        return each
    try:
        moment = (captured_at - found[2]).astimezone(UTC)
    except OverflowError:  # a capture of the year 1
        return each
    return replace(each, day=moment.date(), instant=moment if found[2] % timedelta(days=1) else None)


def _span(text: str, language: str | None) -> tuple[int, int, timedelta] | None:
    """The first phrase of a line: where it begins and ends, and how long before the reading it is."""
    tokens = list(WORD.finditer(text))[:MOST_WORDS]
    words = ["#" if token[0].isdecimal() else fold(token[0]) for token in tokens]
    primaries = dict.fromkeys((_primary(language), "en"))
    tables = [_phrases(primary) for primary in primaries]
    begins = [_beginnings(primary) for primary in primaries]
    for first, word in enumerate(words):
        if not any(word in beginnings for beginnings in begins):
            continue
        for last in range(min(len(words), first + LONGEST_PHRASE) - 1, first - 1, -1):
            phrase = " ".join(words[first : last + 1])
            told = next((table[phrase] for table in tables if phrase in table), None)
            if told and (told[1] or CLOCK.search(text)):
                numbers = [int(token[0]) for token in tokens[first : last + 1] if token[0].isdecimal()]
                count = min(numbers[0], MOST) if numbers else told[1]
                return tokens[first].start(), tokens[last].end(), count * timedelta(**{f"{told[0]}s": 1})
    return None


def _primary(language: str | None) -> str:
    primary = (language or "en").replace("_", "-").split("-")[0].lower()
    known = {"no": "nb", "tl": "fil"}.get(primary, primary)
    return known if known in _PRIMARIES else "en"


_PRIMARIES = frozenset(locale.split("_")[0] for locale in LOCALES)


@cache
def _phrases(primary: str) -> Mapping[str, tuple[Unit, int]]:
    """Phrase with `#` for its number -> unit and the number it stands for where it shows none (a dual)."""
    locales = [locale for locale in LOCALES if locale.split("_")[0] == primary]
    table: dict[str, tuple[Unit, int]] = {}
    for locale, unit, count, width in itertools.product(locales, UNITS, COUNTS, WIDTHS):
        span = -timedelta(**{f"{unit}s": count})
        try:
            told = format_timedelta(span, unit, 10**9, add_direction=True, format=width, locale=locale)
        except KeyError:  # CLDR has no such phrase in the language
            continue
        table.setdefault(_folded(told), (unit, count))
    for words, days in ((YESTERDAY, 1), (TODAY, 0)):
        if primary in words:
            table[_folded(words[primary])] = ("day", days)
    return table


@cache
def _beginnings(primary: str) -> frozenset[str]:
    """The words that a phrase begins with: most words of a line begin none."""
    return frozenset(phrase.split(" ", 1)[0] for phrase in _phrases(primary))


def _folded(phrase: str) -> str:
    return " ".join("#" if word.isdecimal() else fold(word) for word in WORD.findall(phrase))
