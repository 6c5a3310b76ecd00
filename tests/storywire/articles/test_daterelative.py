"""Dates told from the time of reading: a day only with the time of capture, in every language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from babel.dates import format_timedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.articles.daterelative import TODAY, YESTERDAY, relative_dates, resolved
from storywire.articles.dateroles import Candidate
from storywire.articles.dates import candidates_in_lines, choose
from storywire.articles.datewords import LOCALES

READ_AT = datetime(2031, 3, 3, 12, tzinfo=UTC)


def day_of(line: str, language: str, captured_at: datetime | None = READ_AT) -> date | None:
    (found,) = candidates_in_lines(["Headline of the day", line, "The report begins here."], 0, 2, 2, language)
    return choose([found], text="", language=language, captured_at=captured_at).published_on


@pytest.mark.parametrize(
    ("line", "language", "day"),
    [
        ("2 hours ago", "en", date(2031, 3, 3)),
        ("Published 13 hours ago", "en", date(2031, 3, 2)),
        ("Von Ann Roe, vor 3 Tagen", "de", date(2031, 2, 28)),
        ("gestern", "de", date(2031, 3, 2)),
        ("Gestern, 14:05 Uhr", "de", date(2031, 3, 2)),
        ("il y a 3 jours", "fr", date(2031, 2, 28)),
        ("hace 40 minutos", "es", date(2031, 3, 3)),
        ("2 часа назад", "ru", date(2031, 3, 3)),
        ("قبل ساعتين", "ar", date(2031, 3, 3)),
        ("منذ ٣ أيام", "ar", None),
        ("3 घंटे पहले", "hi", date(2031, 3, 3)),
        ("5分前", "ja", date(2031, 3, 3)),
        ("3小时前", "zh-Hans", date(2031, 3, 3)),
        ("i går", "sv", date(2031, 3, 2)),
        ("hôm qua", "vi", date(2031, 3, 2)),
        ("3 hours ago", "de", date(2031, 3, 3)),
    ],
)
def test_a_relative_date_names_a_day_by_the_time_of_capture(line: str, language: str, day: date | None) -> None:
    if day is None:
        assert relative_dates(line, language) == []
    else:
        assert day_of(line, language) == day
        assert day_of(line, language, captured_at=None) is None


@pytest.mark.parametrize("line", ["2 weeks ago", "a year ago", "Ferries: 3 hours to Ella", "Heute im Hafen", "hier"])
def test_weeks_durations_and_words_of_other_languages_name_no_day(line: str) -> None:
    assert relative_dates(line, "de") == []


@pytest.mark.parametrize("locale", LOCALES)
def test_days_ago_are_read_in_every_language_that_has_a_phrase_for_them(locale: str) -> None:
    try:
        told = format_timedelta(-timedelta(days=3), "day", 10**9, add_direction=True, locale=locale)
    except KeyError:
        pytest.skip("CLDR has none")
    language = locale.replace("_", "-")
    (found,) = relative_dates(told, locale.split("_")[0])
    candidate = Candidate("headline", found.printed, None, None, found.precision, 0.7)
    assert resolved(candidate, READ_AT, language).day == date(2031, 2, 28)


@pytest.mark.parametrize("language", sorted(YESTERDAY))
def test_yesterday_is_the_day_before_the_capture(language: str) -> None:
    assert day_of(YESTERDAY[language], language) == date(2031, 3, 2)


@pytest.mark.parametrize("language", sorted(TODAY))
def test_today_counts_with_a_time_of_day_alone(language: str) -> None:
    assert relative_dates(TODAY[language], language) == []
    (found,) = relative_dates(f"{TODAY[language]} 14:05", language)
    assert found.precision == "relative"


def test_an_absolute_date_is_surer_than_a_relative_one_and_the_evidence_shows_both() -> None:
    page = ["Headline of the day", "3 March 2031", "By Ann Roe, 30 hours ago", "The report begins here."]
    found = candidates_in_lines(page, 0, 3, 3, "en")
    choice = choose(found, text="", language="en", captured_at=READ_AT)
    assert choice.published_on == date(2031, 3, 3)
    shown = {row.candidate.printed: row.candidate for row in choice.ranked}
    assert shown["30 hours ago"].day == date(2031, 3, 2)
    assert shown["30 hours ago"].precision == "relative"
    unread = choose(found, text="", language="en", captured_at=None)
    assert any("time of reading" in row.why for row in unread.ranked)


@given(st.text(max_size=300), st.sampled_from(["en", "de", "zh", "xx", "pt-BR"]))
@settings(deadline=None)
def test_any_line_is_read_without_error(text: str, language: str) -> None:
    for found in relative_dates(text, language):
        assert text[found.start : found.end] == found.printed
        resolved(Candidate("headline", found.printed, None, None, "relative", 0.5), READ_AT, language)


def test_a_count_past_all_reason_names_no_day() -> None:
    (found,) = relative_dates(f"{'9' * 40} days ago", "en")
    assert resolved(Candidate("headline", found.printed, None, None, "relative", 0.5), READ_AT, "en").day is None


def test_a_raised_number_is_no_count() -> None:
    """`²` is a digit to `str.isdigit` and no number to `int`."""
    assert relative_dates("Von Ann Roe, vor ² Stunden", "de") == []


@pytest.mark.parametrize("year", [1, 9999])
def test_a_clock_at_the_ends_of_time_loses_no_page(year: int) -> None:
    first_or_last = datetime(year, 1, 2, tzinfo=UTC) if year == 1 else datetime(year, 12, 31, 23, tzinfo=UTC)
    day_of("3 days ago", "en", first_or_last)
    assert day_of("3 days ago", "en") == date(2031, 2, 28)
