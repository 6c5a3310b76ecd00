"""One page through the stages: what is kept of a page that is no article."""

from __future__ import annotations

from datetime import UTC, date, datetime

from storywire import pages
from storywire.capture import Capture

WALL = """<html lang='en'><head><title>Ferries stop as ice closes the sound</title>
<meta property='article:published_time' content='2031-03-03T10:15:00+01:00'></head>
<body><h1>Ferries stop as ice closes the sound</h1><p>Log in to read on.</p></body></html>"""


def test_a_page_without_an_article_keeps_its_title_and_its_date() -> None:
    cleaned = pages.clean(Capture(WALL.encode(), "html", "a.html", None, datetime(2031, 3, 4, tzinfo=UTC)))
    assert cleaned["reason"] == "no_article"
    assert cleaned["title"] == "Ferries stop as ice closes the sound"
    assert "2031-03-03" in cleaned["detail"]
    choice = pages.own_date(cleaned, None)
    assert (choice.published_on, choice.source) == (date(2031, 3, 3), "meta")


def test_a_page_without_article_and_date_says_so_and_no_more() -> None:
    cleaned = pages.clean(Capture(b"<html><body><p>Log in.</p></body></html>", "html", "a.html"))
    assert cleaned["reason"] == "no_article"
    assert "date" not in cleaned["detail"]
    assert pages.own_date(cleaned, None).published_on is None
