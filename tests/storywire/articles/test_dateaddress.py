"""Dates in addresses: of the page, and of its copy in an archive."""

from __future__ import annotations

from datetime import date

import pytest

from storywire.articles.dateaddress import candidates_in_url, month_in_url

MONDAY = date(2031, 3, 3)


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/article/A2031030314320005196",
        "https://news.example/world/203103031044893040-harbour",
        "https://archive.example/web/20320101120000/https://news.example/2031/03/03/harbour",
        "https://archive.example/web/20320101120000id_/news.example/2031/03/03/harbour",
    ],
)
def test_the_day_may_open_a_number_or_stand_in_the_address_that_was_archived(url: str) -> None:
    assert [each.day for each in candidates_in_url(url)] == [MONDAY]


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/article/20310303999999",
        "https://news.example/article/120310303",
        "https://archive.example/web/20320101120000/https://news.example/harbour",
    ],
)
def test_other_long_numbers_and_the_day_of_archiving_are_no_dates(url: str) -> None:
    assert candidates_in_url(url) == ()


def test_a_month_alone_is_told_apart_from_a_day() -> None:
    (month,) = month_in_url("https://news.example/2031/03/harbour")
    assert (month.day, month.precision, month.printed) == (None, "month", "2031/03")
    assert month_in_url("https://news.example/2031/03/03/harbour") == ()
    assert month_in_url("https://news.example/2031/harbour") == ()
    assert month_in_url(None) == ()
