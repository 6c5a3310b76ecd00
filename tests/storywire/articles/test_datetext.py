"""Dates in running text: every language, every order, nothing guessed."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.articles.datetext import FIRST_YEAR, printed_dates, stamp
from storywire.articles.datewords import LOCALES, label_in, month_number

THIRD_OF_NOVEMBER = date(2031, 11, 3)

PRINTED = [
    ("November 3, 2031", None),
    ("Nov. 3, 2031", None),
    ("3 November 2031", None),
    ("3rd November, 2031", None),
    ("3. November 2031", None),
    ("3 de noviembre de 2031", None),
    ("3 de novembro de 2031", None),
    ("3 novembre 2031", None),
    ("3 ноября 2031 г.", None),
    ("3 листопада 2031", "uk"),
    ("3 listopada 2031", "pl"),
    ("3. listopadu 2031", "cs"),
    ("3. studenoga 2031.", "hr"),
    ("2031. november 3.", "hu"),
    ("2031 m. lapkričio 3 d.", "lt"),
    ("2031. gada 3. novembris", "lv"),
    ("3. marraskuuta 2031", "fi"),
    ("3 Kasım 2031", "tr"),
    ("3 KASIM 2031", "tr"),
    ("3 Νοεμβρίου 2031", "el"),
    ("3 ΝΟΕΜΒΡΙΟΥ 2031", "el"),
    ("٣ نوفمبر ٢٠٣١", None),
    ("3 تشرين الثاني 2031", None),
    ("3 نوفمبر/تشرين الثاني 2031", None),
    ("3 בנובמבר 2031", None),
    ("3 नवंबर 2031", None),
    ("3 พฤศจิกายน 2574", None),
    ("3 tháng 11, 2031", None),
    ("2031年11月3日", None),
    ("2031년 11월 3일", None),
    ("2031-11-03", None),
    ("2031/11/03", None),
    ("03.11.2031", None),
    ("03/11/2031", "fr"),
    ("03/11/2031", "en-GB"),
    ("11/03/2031", "en-US"),
    ("03.11.31", "de"),
    ("Mon, 03 Nov 2031 10:15:00 +0100", None),
    ("Mon Nov 03 10:15:00 UTC 2031", None),
]


@pytest.mark.parametrize(("printed", "language"), PRINTED)
def test_a_date_is_read_as_its_readers_read_it(printed: str, language: str | None) -> None:
    assert [found.day for found in printed_dates(f"({printed})", language)] == [THIRD_OF_NOVEMBER]


@pytest.mark.parametrize("locale", [each for each in LOCALES if "_" not in each])
def test_the_long_form_of_every_month_in_every_language_is_read(locale: str) -> None:
    for month in range(1, 13):
        day = date(2031, month, 9 + month)
        text = format_date(day, "long", locale=locale)
        assert [found.day for found in printed_dates(text, locale)] == [day], text


@pytest.mark.parametrize(
    "text",
    [
        "05/06/2031",
        "05-06-2031",
        "31 February 2031",
        "2031-13-03",
        "3 listopada 2031",  # November in Poland, October in Croatia
        "November 2031",
        "3 November",
        "in 2031 300 people",
        "12 people in 2031",
        "3 November 1950",
        "version 10.11.12",
        "call 2031-1103-2200",
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    assert printed_dates(text) == []


def test_several_dates_of_one_line_are_found_in_order() -> None:
    found = printed_dates("Published 3 March 2031 | Updated March 5, 2031, 4:10 pm EST")
    assert [each.day for each in found] == [date(2031, 3, 3), date(2031, 3, 5)]
    assert found[1].instant == datetime(2031, 3, 5, 21, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("printed", "instant", "precision"),
    [
        ("2031-03-03T22:15:30-05:00", datetime(2031, 3, 4, 3, 15, 30, tzinfo=UTC), "second"),
        ("2031-03-03T22:15:30.123Z", datetime(2031, 3, 3, 22, 15, 30, tzinfo=UTC), "second"),
        ("2031-03-03 22:15 +0300", datetime(2031, 3, 3, 19, 15, tzinfo=UTC), "minute"),
        ("10:15 PM EST, Monday March 3, 2031", datetime(2031, 3, 4, 3, 15, tzinfo=UTC), "minute"),
        ("3. März 2031, 22:15 Uhr", None, "minute"),
        ("March 3, 2031 10:15 pm CST", None, "minute"),
        ("2031-03-03T00:00:00Z", None, "day"),
        ("March 3, 2031", None, "day"),
    ],
)
def test_an_instant_needs_a_time_and_an_unambiguous_offset(
    printed: str, instant: datetime | None, precision: str
) -> None:
    (found,) = printed_dates(printed)
    assert (found.day, found.instant, found.precision) == (date(2031, 3, 3), instant, precision)


@given(
    st.datetimes(datetime(FIRST_YEAR, 1, 1), datetime(2099, 12, 31)),  # noqa: DTZ001 - the offset is added below
    st.integers(-12 * 4, 14 * 4),
)
@settings(max_examples=30, deadline=None)
def test_any_offset_keeps_the_printed_day(moment: datetime, quarters: int) -> None:
    local = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=15 * quarters)))
    found = stamp(local.isoformat())
    assert found is not None
    assert found.day == local.date()
    assert found.instant == (local.astimezone(UTC) if local.time().isoformat() != "00:00:00" else None)


@given(st.dates(date(FIRST_YEAR, 1, 1), date(2099, 12, 31)))
@settings(max_examples=30, deadline=None)
def test_forms_of_one_day_agree(day: date) -> None:
    forms = [
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day:%d %B %Y}",
        f"{day:%B %d, %Y}",
        f"{day.year}年{day.month}月{day.day}日",
    ]
    assert {found.day for form in forms if (found := stamp(form))} == {day}


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text_is_read_without_error_and_dates_lie_inside_it(text: str) -> None:
    end = 0
    for found in printed_dates(text, "de"):
        assert end <= found.start < found.end <= len(text)
        end = found.start + 1


def test_a_field_with_two_days_has_none() -> None:
    assert stamp("3 March 2031 - 5 March 2031") is None
    assert stamp("1930219200") is not None
    assert stamp("soon") is None


@pytest.mark.parametrize("piece", ["3 March 2031, ", "20", "1 a ", "2031-", "Nov 3 ", "x", "10:15 ", "1.1."])
def test_a_hostile_line_costs_time_in_proportion(piece: str) -> None:
    def seconds(length: int) -> float:
        line = piece * (length // len(piece))
        start = time.process_time()
        printed_dates(line, "de")
        return time.process_time() - start

    seconds(1000)
    # Ten times the length may cost thirty times the time: no machine is quiet, and a square would be a hundred.
    assert seconds(30_000) < 30 * max(seconds(3_000), 0.01)


def test_ten_thousand_dates_are_all_found() -> None:
    assert len(printed_dates("3 March 2031; " * 10_000, "en")) == 10_000


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("Published on", "published"),
        ("Veröffentlicht am", "published"),
        ("Publié le", "published"),
        ("Опубликовано:", "published"),
        ("发布时间：", "published"),
        ("تاريخ النشر:", "published"),
        ("Last updated:", "modified"),
        ("Mis à jour le", "modified"),
        ("Обновлено", "modified"),
        ("最終更新", "modified"),
        ("Today:", "today"),
        ("今日", "today"),
        ("Weather", None),
    ],
)
def test_a_label_says_what_a_date_is(words: str, label: str | None) -> None:
    assert label_in(words) == label


def test_a_month_of_two_languages_needs_the_language() -> None:
    assert (month_number("listopad"), month_number("listopad", "hr"), month_number("listopad", "pl")) == (None, 10, 11)


def test_months_are_read_as_pages_spell_them_too() -> None:
    assert [found.day for found in printed_dates("১৬ ফেব্রুয়ারি ২০৩১", "bn")] == [date(2031, 2, 16)]


@pytest.mark.parametrize(
    ("text", "offset_minutes"),
    [
        ("3 March 2031, 10:15 +05:30", 330),
        ("2031-03-03T10:15:00-05:00", -300),
        ("2031-03-03T10:15:00Z", 0),
        ("3 March 2031, 10:15 GMT", 0),
        ("3 March 2031, 10:15", None),
        ("3 March 2031", None),
    ],
)
def test_the_offset_that_stands_with_a_time_is_kept(text: str, offset_minutes: int | None) -> None:
    (found,) = printed_dates(text, "en")
    assert found.offset_minutes == offset_minutes
    assert (found.instant is None) == (offset_minutes is None)
