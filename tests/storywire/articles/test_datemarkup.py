"""Dates of a page with markup: data for machines, and what readers see, by place."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest
from lxml.html import HtmlElement, document_fromstring

from storywire.articles.dateroles import ROLES
from storywire.articles.dates import Candidate, Choice, candidates_in_html, choose
from storywire.articles.declared import declared

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
    return candidates_in_html(tree, declared(tree), url, HEADLINE, BODY)


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
        ("<meta property='news_pictures:uploaded' content='2031-03-03T04:36:36-05:00'>", "meta_date"),
        ('<script>window.state = {"publishedAt": "2031-03-03T09:15:00Z"}</script>', "script"),
        ("<link data-page='{&quot;datePublished&quot;: &quot;2031-03-03T09:15:00Z&quot;}'>", "script"),
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
        ("<p>3 March 2031 - Updated 5 March 2031</p>", "labelled"),
        ("<p>5 March 2031</p><p>This report was first published on 3 March 2031.</p>", "first"),
        ("<p>3 | 3 | 2031</p>", "headline"),
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


TEASERS = "<div class='related'><p>Mayor resigns</p><p>{}</p></div>"


@pytest.mark.parametrize(
    ("lang", "url", "printed", "day"),
    [
        ("en", None, "2/25/2031", date(2031, 4, 3)),
        ("en", None, "25/2/2031", date(2031, 3, 4)),
        ("", None, "2/25/2031", date(2031, 4, 3)),
        ("", "https://ella.example.fr/a", "25/2/2031", date(2031, 3, 4)),
        ("en", None, "25/2/2031 and 2/26/2031", None),
    ],
)
def test_the_page_s_other_dates_tell_the_order_where_language_and_country_do_not(
    lang: str, url: str | None, printed: str, day: date | None
) -> None:
    tree = page(between="<p>04/03/2031</p>", below=TEASERS.format(printed), lang=lang)
    assert chosen(tree, url).published_on == day


@pytest.mark.parametrize(
    ("lang", "url", "printed", "day"),
    [
        ("en", "https://ella.example/a", "3/4/2031", date(2031, 3, 4)),
        ("en-US", "https://ella.example/a", "11/8/2031", date(2031, 11, 8)),
        ("en", "https://ella.example/a", "03/04/2031", None),
        ("en", "https://ella.example/a", "11/12/2031", None),
        ("en", "https://ella.example/a", "3-4-2031", None),
        ("en", "https://ella.example/a", "3.4.2031", None),
        ("en", "https://ella.example.fr/a", "3/4/2031", None),
        ("", "https://ella.example/a", "3/4/2031", None),
    ],
)
def test_a_figure_without_its_zero_tells_the_order_of_english_pages_of_no_country(
    lang: str, url: str, printed: str, day: date | None
) -> None:
    assert chosen(page(between=f"<p>{printed}</p>", lang=lang), url).published_on == day


def test_a_usual_order_is_trusted_less_than_one_that_the_page_tells() -> None:
    guessed = chosen(page(between="<p>3/4/2031</p>")).confidence
    told = chosen(page(between="<p>3/4/2031</p>", below=TEASERS.format("2/25/2031"))).confidence
    assert guessed is not None
    assert told is not None
    assert guessed < told


@pytest.mark.parametrize("beside", ["below", "address", "data"])
def test_words_beside_a_date_lower_it_only_where_another_day_might_be_meant(beside: str) -> None:
    wordy = "<p>Harbour of Ostermere closes on 3 March 2031 until Easter</p>"
    alone = chosen(page(between=wordy))
    rivals = {
        "below": chosen(page(between=wordy + "<p>4 March 2031</p>")),
        "address": chosen(page(between=wordy), "https://ella.example/2031/03/04/a"),
        "data": chosen(page("<meta property='article:published_time' content='2031-03-04'>", between=wordy)),
    }
    assert (alone.published_on, alone.source, alone.confidence) == (MONDAY, "headline", ROLES["headline"].confidence)
    assert rivals[beside].published_on == date(2031, 3, 4)


def test_a_usual_order_never_speaks_against_a_declared_date() -> None:
    declared = "<meta property='article:published_time' content='2031-04-03'>"
    choice = chosen(page(declared, between="<p>3/4/2031</p>"))
    assert {row.candidate.day for row in choice.ranked} == {choice.published_on} == {date(2031, 4, 3)}


def test_counts_and_signs_above_the_headline_take_up_no_room() -> None:
    cells = ("3 March 2031", "Islands", "Ana Ruiz", "0", "|", "337", "+")
    masthead = "<p>The Ella Courier</p><p>9 May 2029</p><p>Ferries</p><p>Ice</p>"
    choice = chosen(page(above=masthead + "".join(f"<p>{cell}</p>" for cell in cells)))
    assert (choice.published_on, choice.source) == (MONDAY, "kicker")


def test_dates_of_related_cards_in_attributes_keep_their_distance() -> None:
    card = "<div><time datetime='2031-03-04'></time><a href='/x'>Ice closes the northern pier</a></div>"
    choice = chosen(page("<meta name='date' content='2031-03-03T21:08:14Z'>", below=card * 6))
    assert (choice.published_on, choice.source) == (MONDAY, "meta_date")


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
    assert {each.day for each in candidates_in_html(tree, declared(tree), None, None, None)} == {MONDAY}


def test_comments_date_themselves_not_the_article() -> None:
    comments = "".join(
        f"<div class='comment'><span property='dateCreated' content='2031-03-0{day}'>x</span></div>" for day in (4, 5)
    )
    assert chosen(page(between="<p>3 March 2031</p>", below=comments)).published_on == MONDAY


def test_a_quotation_has_a_date_of_its_own() -> None:
    quotation = "<blockquote><p>Ice is coming.</p><p>Ann Roe, 1 March 2031</p></blockquote>"
    assert chosen(page(between=f"<p>3 March 2031</p>{quotation}")).published_on == MONDAY


def test_a_headline_inside_what_was_taken_for_the_text_is_found_again() -> None:
    menu = ["Sign up for our letters and hear of every ferry first", "Read all about the harbour and its people"]
    above = "".join(f"<p>{line}</p>" for line in (*menu, "Ice on the outer islands since the first of the month"))
    tree = page(above=above + "<p>1 March 2031</p>" + "<p>Note</p>" * 8, between="<p>3 March 2031</p>")
    body = "\n".join([*menu, "Ice on the outer islands since the first of the month", HEADLINE, BODY])
    candidates = candidates_in_html(tree, declared(tree), None, HEADLINE, body)
    assert choose(candidates, text=body, language="en", captured_at=None).published_on == MONDAY


def test_the_main_heading_is_the_headline_where_the_title_is_another() -> None:
    notes = "".join(f"<p>Note {number}</p>" for number in range(8))
    tree = page(above="<p>1 March 2031</p>" + notes, between="<p>3 March 2031</p>" + notes)
    candidates = candidates_in_html(tree, declared(tree), None, "Ice (via the harbour office)", BODY)
    assert {each.role for each in candidates if each.day == MONDAY} == {"headline"}


def test_a_button_that_was_never_closed_does_not_hide_the_page() -> None:
    tree = document_fromstring(
        f"<html><body><header><button>Menu<main><h1>{HEADLINE}</h1><p>3 March 2031</p><p>{BODY}</p></main>"
    )
    assert chosen(tree).published_on == MONDAY


def test_a_list_of_other_articles_does_not_date_this_one() -> None:
    teasers = "".join(
        f"<div><h2>Other news {day}</h2><span itemprop='datePublished' content='2031-02-{day}'>x</span></div>"
        for day in range(10, 16)
    )
    choice = chosen(page("<meta name='date' content='2031-03-03'>", below=teasers))
    assert choice.published_on == MONDAY


def test_the_day_until_which_something_is_available_is_no_publication_date() -> None:
    assert chosen(page(below="<div><p>Available until:</p><p>9 June 2031</p></div>")).published_on is None
    assert chosen(page(between="<p>3 March 2031</p><p>Expires on 9 June 2031</p>")).published_on == MONDAY


@pytest.mark.parametrize("label", ["Valid since:", "(Unverändert gültig seit:", "En vigueur depuis le"])
def test_the_day_from_which_a_notice_holds_is_no_publication_date(label: str) -> None:
    choice = chosen(page(between=f"<p>{label} 1.2.2031)</p><p>Last updated: 3 March 2031</p>", lang="de"))
    assert (choice.published_on, choice.source) == (MONDAY, "updated")


def test_a_date_apart_from_the_article_does_not_rival_declared_ones() -> None:
    lone = "<div class='sidebar'><p>9 June 2031</p></div>"
    alone, beside = (chosen(page("<meta name='pubdate' content='2031-03-03'>", below=below)) for below in ("", lone))
    assert (beside.published_on, beside.confidence) == (MONDAY, alone.confidence)


def test_an_update_that_data_declares_too_is_surer() -> None:
    note = "<p>Last updated: 5 March 2031</p>"
    declared = "<meta property='article:modified_time' content='2031-03-05T10:00:00Z'>"
    assert (chosen(page(declared, below=note)).confidence or 0) > (chosen(page(below=note)).confidence or 1)


def test_what_is_called_an_update_wherever_it_stands_counts_where_there_is_nothing_else() -> None:
    note = "<div><p>Last updated: 5 March 2031</p></div>"
    assert chosen(page(below=note)).published_on == date(2031, 3, 5)
    assert chosen(page("<meta name='pubdate' content='2031-03-03'>", below=note)).published_on == MONDAY
    assert chosen(page(below=f"<footer>{note}</footer>")).published_on is None


def test_the_month_in_the_address_tips_the_scales() -> None:
    two_days = "<p>3 March 2031</p><p>9 June 2031</p>"
    assert chosen(page(between=two_days)).published_on is None
    assert chosen(page(between=two_days), "https://news.example/2031/03/harbour").published_on == MONDAY


def test_ten_thousand_dates_are_read_in_a_second() -> None:
    times = "".join(
        f"<p><time datetime='2031-02-{1 + n % 28:02}'>{1 + n % 28} February 2031</time></p>" for n in range(5_000)
    )
    lines = "".join(f"<li>{1 + n % 28} February 2031, {n} boats</li>" for n in range(5_000))
    tree = page(between="<p>3 March 2031</p>", below=f"<div>{times}</div><ul>{lines}</ul>")
    began = time.process_time()
    candidates = found(tree)
    assert time.process_time() - began < 1
    assert len(candidates) <= 40
    assert choose(candidates, text=BODY, language="en", captured_at=None).published_on == MONDAY
