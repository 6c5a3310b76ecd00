"""Of a page with markup the article's own words are left, and of a page without an article nothing."""

from __future__ import annotations

import random
import unicodedata

import pytest
from lxml.html import tostring

from storywire.articles import html, runs
from storywire.articles.html import body_text, parse
from storywire.articles.prose import prose_words
from storywire.articles.teasers import teaser_share

SENTENCES = [
    "The council of Varnholm voted on Tuesday to build a second bridge near the old market.",
    "Passengers will take the bus until the end of March, said Mara Lindqvist of the ferry company.",
    "Snow fell through the night, and the ploughs could not keep up with the drifts along the coast road.",
    "Some four thousand people use the line on a working day, most of them on the way to the yards.",
]
HEADLINES = [
    "Council approves new bridge",
    "Ferry line to close for winter",
    "Schools open late after snow",
    "Yards hire again after years",
]


def article(*paragraphs: str, head: str = "", around: str = "") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!DOCTYPE html><html><head><title>Bridge</title>{head}</head><body><nav><a href='/'>Home</a> "
        f"<a href='/s'>Sport</a></nav><article><h1>Council approves new bridge</h1>{body}</article>{around}"
        "<footer>Contact us</footer></body></html>"
    )


def text_of(markup: str) -> str | None:
    tree = parse(markup)
    return None if tree is None else body_text(tree, "https://pier.example/news/bridge")


def test_the_articles_words_are_kept_and_the_frame_is_not() -> None:
    text = text_of(article(*SENTENCES))
    assert text is not None
    assert [line for line in text.split("\n") if line in SENTENCES] == SENTENCES
    assert "Contact us" not in text
    assert "Sport" not in text


def test_a_short_real_teaser_survives() -> None:
    assert text_of(article(" ".join(SENTENCES))) is not None


@pytest.mark.parametrize(
    "card",
    [
        "<article><h3><a href='/{0}'>{1}</a></h3><p>{2}</p></article>",
        "<div><a href='/{0}'>{1}</a><p>{2}</p></div>",
        "<li><h2>{1}</h2><p>{2}</p><a href='/{0}'>Read more</a></li>",
        "<h2><a href='/{0}'>{1}</a></h2><p>{2}</p>",
    ],
)
def test_an_index_of_headlines_with_a_line_each_is_no_article(card: str) -> None:
    cards = "".join(
        card.format(number, f"{HEADLINES[number % 4]} {number}", SENTENCES[number % 4]) for number in range(40)
    )
    assert text_of(f"<html><head><title>News</title></head><body><h1>News</h1><div>{cards}</div></body></html>") is None


def test_teasers_under_an_article_do_not_make_it_an_index() -> None:
    cards = "".join(
        f"<div><h3><a href='/{number}'>{HEADLINES[number % 4]} {number}</a></h3></div>" for number in range(40)
    )
    text = text_of(article(*SENTENCES, *SENTENCES, around=f"<section>{cards}</section>"))
    assert text is not None
    assert SENTENCES[0] in text


@pytest.mark.parametrize(
    "notice",
    [
        "Please log in to continue reading.",
        "Sorry, the page you are looking for could not be found. It may have been moved. Try the search.",
        "Subscribe to read this article. Already a subscriber? Sign in. One euro in the first month.",
    ],
)
def test_a_wall_or_an_error_page_is_no_article(notice: str) -> None:
    assert text_of(f"<html><head><title>Pier</title></head><body><h1>Pier</h1><p>{notice}</p></body></html>") is None


def test_a_flash_is_an_article_where_json_ld_says_so() -> None:
    flash = "A ferry has run aground off Varnholm. All passengers are safe, the harbour master said."
    said = (
        '{"@type": "NewsArticle", "headline": "Ferry runs aground off Varnholm", "description": "All passengers safe"}'
    )
    assert text_of(article(flash)) is None
    assert text_of(article(flash, head=f'<script type="application/ld+json">{said}</script>')) is not None


def test_chinese_and_arabic_articles_are_articles_too() -> None:
    chinese = "市议会星期二批准了横跨河流的新桥建设计划，工程将于明年春天开始，居民们等待了四年。"
    arabic = "وافق المجلس البلدي يوم الثلاثاء على بناء جسر جديد فوق النهر، وانتظر السكان هذا القرار أربع سنوات."
    for sentence in (chinese, arabic):
        text = text_of(article(*[sentence + str(number) + "。" for number in range(6)]))
        assert text is not None
        assert sentence in text


def test_a_menu_is_not_prose_and_a_sentence_is() -> None:
    assert prose_words("Home\nSport\nWeather and traffic in your town") == 0
    assert prose_words(SENTENCES[0]) == 16


def test_reading_a_page_leaves_its_tree_as_it_is() -> None:
    tree = parse(article(*SENTENCES))
    assert tree is not None
    before = tostring(tree)
    body_text(tree, None)
    teaser_share(tree, "text", ())
    assert tostring(tree) == before


def test_text_is_in_normal_form_and_nothing_in_it_is_invisible() -> None:
    paragraph = SENTENCES[0].replace("council", "cafe\u0301\u202e \u200bcoun\u00adcil\u0007")
    text = text_of(article(paragraph, *SENTENCES[1:]))
    assert text is not None
    assert unicodedata.is_normalized("NFC", text)
    assert "café council" in text
    assert not any(unicodedata.category(character) in {"Cc", "Cf"} for character in text if character != "\n")


def test_an_old_numeric_reference_is_the_quote_it_stood_for() -> None:
    text = text_of(article("&#147;We waited four years,&#148; said the mayor. " + SENTENCES[0], *SENTENCES[1:]))
    assert text is not None
    assert "“We waited four years,”" in text


def test_a_declared_encoding_in_decoded_text_is_no_error() -> None:
    text = text_of('<?xml version="1.0" encoding="iso-8859-1"?>' + article("Ümlaut. " + SENTENCES[0], *SENTENCES[1:]))
    assert text is not None
    assert "Ümlaut" in text


@pytest.mark.parametrize("markup", ["", " \n", "<!-- only a comment -->", "\x00", "<?xml version='1.0'?>"])
def test_nothing_gives_no_tree(markup: str) -> None:
    assert text_of(markup) is None


def test_a_page_nested_300_deep_is_read_to_its_end() -> None:
    deep = "<div>" * 300 + "".join(f"<p>{sentence}</p>" for sentence in SENTENCES) + "</div>" * 300
    text = text_of(f"<html><head><title>Deep</title></head><body>{deep}</body></html>")
    assert text is not None
    assert SENTENCES[3] in text


def test_a_page_nested_without_bounds_is_no_crash() -> None:
    text_of("<html><body>" + "<div><b>" * 600 + SENTENCES[0])
    text_of("<table><tr><td>" * 200 + SENTENCES[0])


def test_damaged_markup_is_never_an_error() -> None:
    chance = random.Random(11)  # noqa: S311 - damage for a test, no secret
    whole = article(*SENTENCES, around="<section><a href='/1'>Ferry line to close early</a></section>")
    for _ in range(40):
        cut = list(whole)
        for _ in range(12):
            place = chance.randrange(len(cut))
            cut[place : place + chance.randrange(6)] = chance.choice(
                ["<", ">", "&#x", '"', "</p>", "\ud800", "<p", "\x00", "<![CDATA["]
            )
        text = text_of("".join(cut))
        assert text is None or text.encode()


def test_a_text_of_labels_that_holds_the_running_text_is_not_doubted() -> None:
    """A page of tables and lists around a few paragraphs: no other way would find more of these."""
    tree = parse(article(*SENTENCES, *SENTENCES))
    assert tree is not None
    found = runs.runs(tree)
    paragraphs = [paragraph for run in found for paragraph in run.paragraphs]
    labels = "\n".join(f"Berth {number}" for number in range(120))
    doubts = [html._Doubt(text, paragraphs, paragraphs) for text in (f"{runs.lines(paragraphs)}\n{labels}", labels)]
    assert [doubt.menu for doubt in doubts] == [False, True]
    assert [doubt.none for doubt in doubts] == [True, False]
    assert runs.count(paragraphs) >= html.MISSED
