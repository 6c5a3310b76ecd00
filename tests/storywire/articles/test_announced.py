"""What announced a page fills its gaps and dates it as one witness; the page itself comes first."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from storywire import pages
from storywire.articles.announced import candidates, filled
from storywire.capture import Capture
from storywire.notice import Notice

SENTENCE = "<p>The ice closed the sound on its {}th day, and the ferries stayed in port with it.</p>"
BODY = "".join(map(SENTENCE.format, range(9)))
BARE = f"<html><body><article>{BODY}</article></body></html>"
FULL = f"""<html lang="sv"><head><title>Ice closes the sound</title>
<meta property="og:title" content="Ice closes the sound"><meta property="og:site_name" content="Norrby Post">
<meta property="article:section" content="Sea"><meta name="keywords" content="ice, ferries">
<meta name="author" content="Mara Lindqvist"><meta name="robots" content="noai">
<meta property="article:published_time" content="2031-03-03T10:15:00+01:00">
<meta property="article:modified_time" content="2031-03-03T12:00:00+01:00"></head>
<body><h1>Ice closes the sound</h1><article>{BODY}</article></body></html>"""
NOTICE = Notice(
    origin="feed",
    published_at="Tue, 04 Mar 2031 08:00:00 GMT",
    modified_at="2031-03-05T08:00:00Z",
    title="Sound closed by ice",
    authors=("by John Okoro", "Harbour News Desk"),
    section="News",
    tags=("weather",),
    site_name="The Norrby Post",
    language="en",
    opt_out=("tdm-reservation",),
)
CAPTURED = datetime(2031, 3, 6, tzinfo=UTC)


def cleaned(page: str, notice: Notice, url: str | None = "https://norrby.example/1") -> dict[str, Any]:
    return pages.clean(Capture(page.encode(), "html", "a.html", url, CAPTURED, notice=notice))


def test_a_page_that_says_nothing_of_itself_is_told_of_by_what_announced_it() -> None:
    row = cleaned(BARE, NOTICE)
    assert row["reason"] is None
    assert (row["title"], row["section"], row["tags"]) == ("Sound closed by ice", "News", ["weather"])
    assert (row["authors"], row["byline"]) == (["John Okoro"], ["John Okoro", "Harbour News Desk"])
    assert (row["site_name"], row["language_declared"]) == ("The Norrby Post", "en")
    assert (row["opt_out"], row["is_tls_verified"]) == (["tdm-reservation"], True)


def test_a_feed_that_lists_words_without_end_gives_as_many_as_a_page_may() -> None:
    row = cleaned(BARE, Notice(origin="feed", tags=tuple(map(str, range(10_000)))))
    assert row["tags"] == [str(number) for number in range(50)]


def test_what_a_page_says_of_itself_stands() -> None:
    row = cleaned(FULL, NOTICE)
    assert (row["title"], row["section"], row["tags"]) == ("Ice closes the sound", "Sea", ["ice", "ferries"])
    assert (row["authors"], row["site_name"]) == (["Mara Lindqvist"], "Norrby Post")
    assert row["language_declared"] == "sv"
    assert row["opt_out"] == ["noai", "tdm-reservation"]


def test_a_page_that_credits_a_desk_gets_no_author_from_the_feed() -> None:
    row = filled({"authors": [], "byline": ["Sports Desk"], "title": None}, NOTICE)
    assert (row["authors"], row["byline"]) == ([], ["Sports Desk"])


def test_a_page_without_notice_is_as_it_was() -> None:
    row = cleaned(BARE, Notice())
    assert (row["title"], row["authors"], row["opt_out"], row["is_tls_verified"]) == (None, [], [], None)
    assert row["date_candidates"] == []


@pytest.mark.parametrize(
    ("notice", "url", "verified"),
    [
        (Notice(origin="list"), "https://norrby.example/1", True),
        (Notice(origin="list", is_tls_verified=False), "https://norrby.example/1", False),
        (Notice(origin="list"), "http://norrby.example/1", None),
        (Notice(opt_out=("noai",)), "https://norrby.example/1", None),
    ],
)
def test_a_certificate_was_checked_where_storywire_asked_for_it(
    notice: Notice, url: str, verified: bool | None
) -> None:
    assert cleaned(BARE, notice, url)["is_tls_verified"] is verified


@pytest.mark.parametrize("origin", ["feed", "sitemap"])
def test_a_feed_or_sitemap_dates_a_page_that_has_no_date(origin: str) -> None:
    row = cleaned(BARE, Notice(origin=origin, published_at="Tue, 04 Mar 2031 22:30:00 -0500"))
    choice = pages.own_date(row, CAPTURED)
    assert (choice.published_on, choice.source) == (date(2031, 3, 4), origin)
    assert choice.published_at == datetime(2031, 3, 5, 3, 30, tzinfo=UTC)
    assert choice.confidence is not None
    assert 0.9 < choice.confidence < 0.95


def test_the_date_a_page_declares_beats_that_of_its_feed_and_both_are_kept() -> None:
    row = cleaned(FULL, NOTICE)
    choice = pages.own_date(row, CAPTURED)
    assert (choice.published_on, choice.source) == (date(2031, 3, 3), "meta")
    assert {ranked.candidate.role for ranked in choice.ranked} >= {"meta", "feed", "modified"}
    assert choice.modified_at == datetime(2031, 3, 3, 11, tzinfo=UTC)


def test_feed_and_page_that_agree_are_no_surer_than_the_page_for_they_are_one_software() -> None:
    alone, both = cleaned(FULL, Notice()), cleaned(FULL, Notice(origin="feed", published_at="2031-03-03T09:15:00Z"))
    assert pages.own_date(both, CAPTURED).confidence == pages.own_date(alone, CAPTURED).confidence


def test_the_stamp_of_a_sitemap_is_a_change_and_no_publication() -> None:
    row = cleaned(BARE, Notice(origin="sitemap", modified_at="2031-03-05T08:00:00Z"))
    choice = pages.own_date(row, CAPTURED)
    assert (choice.published_on, choice.modified_at) == (None, datetime(2031, 3, 5, 8, tzinfo=UTC))


@pytest.mark.parametrize("printed", ["", "soon", "2031-99-99", "\x00", "9" * 5000])
def test_what_is_no_date_dates_nothing(printed: str) -> None:
    assert candidates(Notice(origin="feed", published_at=printed, modified_at=printed), ()) == ()


def test_the_list_of_sources_dates_nothing() -> None:
    assert candidates(Notice(origin="list", published_at="2031-03-03"), ()) == ()
