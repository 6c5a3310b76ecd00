"""Dates of a page with markup: data for machines, and what readers see, by place."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from lxml.html import HtmlElement, document_fromstring

from storywire.articles.dates import Candidate, Choice, candidates_in_html, choose
from storywire.articles.jsonld import linked_data

MONDAY = date(2031, 3, 3)
HEADLINE = "Ferries stop as ice closes the sound"
BODY = (
    "Ferries to the outer islands stopped running after ice closed the sound.\n"
    "The harbour master said that boats would sail again when the wind turned to the west."
)


def page(head: str = "", above: str = "", between: str = "", below: str = "", lang: str = "en") -> HtmlElement:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in BODY.splitlines())
    return document_fromstring(
        f"<html lang='{lang}'><head><title>x</title>{head}</head><body>{above}<article><h1>{HEADLINE}</h1>{between}"
        f"<div class='story'>{paragraphs}</div></article>{below}</body></html>"
    )


def found(tree: HtmlElement, url: str | None = None) -> tuple[Candidate, ...]:
    return candidates_in_html(tree, linked_data(tree), url, HEADLINE, BODY)


def chosen(tree: HtmlElement, url: str | None = None) -> Choice:
    return choose(found(tree, url), text=BODY, language="en", captured_at=None)


def json_ld(text: str) -> str:
    return f"<script type='application/ld+json'>{text}</script>"


@pytest.mark.parametrize(
    ("head", "role"),
    [
        (json_ld('{"@type": "NewsArticle", "headline": "x", "datePublished": "2031-03-03T10:15:00+01:00"}'), "jsonld"),
        (json_ld('{"@type": "WebPage", "datePublished": "2031-03-03"}'), "jsonld_page"),
        ("<meta property='article:published_time' content='2031-03-03T10:15:00+01:00'>", "meta"),
        ("<meta name='DC.date.issued' content='2031-03-03'>", "meta"),
        ("<meta name='parsely-pub-date' content='2031-03-03T09:15:00Z'>", "meta"),
        ("<meta name='sailthru.date' content='Mon, 03 Mar 2031 09:15:00 +0000'>", "meta"),
        ("<meta name='citation_publication_date' content='2031/03/03'>", "meta"),
        ("<meta itemprop='datePublished' content='2031-03-03'>", "meta"),
        ("<meta name='date' content='2031-03-03'>", "meta_date"),
        ('<script>window.state = {"publishedAt": "2031-03-03T09:15:00Z"}</script>', "script"),
    ],
)
def test_data_for_machines_gives_the_date(head: str, role: str) -> None:
    choice = chosen(page(head))
    assert (choice.published_on, choice.source) == (MONDAY, role)


@pytest.mark.parametrize(
    ("between", "role"),
    [
        ("<time datetime='2031-03-03T10:15:00+01:00'>2 hours ago</time>", "time"),
        ("<p class='entry-date'>3 March 2031</p>", "headline"),
        ("<span itemprop='datePublished' content='2031-03-03'>Monday</span>", "microdata"),
        ("<abbr class='published' title='2031-03-03'>Monday</abbr>", "time"),
        ("<div>Published <b>3 March 2031</b></div>", "labelled"),
        ("<dl><dt>Published</dt><dd>3 March 2031</dd></dl>", "labelled"),
    ],
)
def test_what_stands_between_headline_and_body_gives_the_date(between: str, role: str) -> None:
    teasers = "<aside><time datetime='2031-06-09'>9 June</time><p>8 June 2031</p></aside>"
    choice = chosen(page(between=between, above=teasers, below=teasers))
    assert (choice.published_on, choice.source) == (MONDAY, role)


def test_a_wrapper_named_like_an_aside_is_none_if_it_holds_the_article() -> None:
    article = page(between="<p>3 March 2031</p>")
    wrapper = document_fromstring(b"<html><body><div class='widget sidebar-right'></div></body></html>")
    wrapper.body[0].extend(list(article.body))
    assert chosen(wrapper).published_on == MONDAY


@pytest.mark.parametrize(
    "frame",
    [
        {"above": "<header><p>Today: 9 June 2031</p></header>"},
        {"above": "<header><p>Monday, 9 June 2031</p></header>"},
        {"below": "<aside><p>8 June 2031</p><p>9 June 2031</p></aside>"},
        {"below": "<div class='related'><time datetime='2031-06-09'></time><time datetime='2031-06-08'></time></div>"},
        {"below": "<footer>© 2031 The Ella Courier</footer>"},
        {"head": "<meta property='article:modified_time' content='2031-06-09T10:00:00Z'>"},
        {"head": json_ld('{"@type": "NewsArticle", "dateModified": "2031-06-09"}')},
        {"head": "<meta name='date' content='05/06/2031'>"},
        {"head": "<meta name='date' content='31 February 2031'>"},
    ],
)
def test_frames_teasers_and_changes_give_no_date(frame: dict[str, str]) -> None:
    assert chosen(page(**frame)).published_on is None


def test_the_only_date_of_a_page_may_be_trusted_wherever_it_stands() -> None:
    choice = chosen(page(below="<div class='sidebar'><p>3 March 2031</p></div>"))
    assert (choice.published_on, choice.source) == (MONDAY, "lone")


def test_the_page_s_language_decides_the_order_of_day_and_month() -> None:
    assert chosen(page(between="<p>03/04/2031</p>", lang="fr")).published_on == date(2031, 4, 3)
    british = chosen(page(between="<p>03/04/2031</p>"), "https://news.example.co.uk/a")
    assert british.published_on == date(2031, 4, 3)
    assert chosen(page(between="<p>03/04/2031</p>"), "https://news.example/a").published_on is None


def test_published_and_modified_are_kept_apart() -> None:
    head = json_ld(
        '{"@type": "NewsArticle", "headline": "x", "datePublished": "2031-03-03T10:00:00Z",'
        ' "dateModified": "2031-03-05T11:00:00Z"}'
    )
    choice = chosen(page(head, between="<time class='updated' datetime='2031-03-05'>5 March</time>"))
    assert choice.published_on == MONDAY
    assert choice.published_at == datetime(2031, 3, 3, 10, tzinfo=UTC)
    assert choice.modified_at == datetime(2031, 3, 5, 11, tzinfo=UTC)


def test_data_and_address_that_agree_are_surer_than_data_alone() -> None:
    head = "<meta property='article:published_time' content='2031-03-03'>"
    alone, together = chosen(page(head)), chosen(page(head), "https://news.example/2031/03/03/a")
    assert (together.confidence or 0) > (alone.confidence or 0)


def test_a_page_without_headline_or_body_is_read_all_the_same() -> None:
    tree = document_fromstring("<html><body><p>Published 3 March 2031</p><p>Words.</p></body></html>")
    assert {each.day for each in candidates_in_html(tree, [], None, None, None)} == {MONDAY}


def test_comments_date_themselves_not_the_article() -> None:
    comments = "".join(
        f"<div class='comment'><span property='dateCreated' content='2031-03-0{day}'>x</span></div>" for day in (4, 5)
    )
    assert chosen(page(between="<p>3 March 2031</p>", below=comments)).published_on == MONDAY
