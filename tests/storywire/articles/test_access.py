"""Whether an article is for subscribers is what its page says; whether it is whole shows in the text."""

from __future__ import annotations

import json

import pytest

from storywire import pages
from storywire.articles.access import is_paywalled, is_stub
from storywire.articles.html import parse
from storywire.capture import Capture
from storywire.schema import ARTICLES, CLEANED

SENTENCE = "The council of Varnholm voted on Tuesday to build a second bridge near the old market. "


def said(*head: str, **article: object) -> bool | None:
    tree = parse(f"<html><head>{''.join(head)}</head><body><div class='paywall'>Subscribe</div></body></html>")
    assert tree is not None
    return is_paywalled(tree.iter("meta"), article or None)


@pytest.mark.parametrize("value", [False, "False", "false", "http://schema.org/False", 0, [None, "False"]])
def test_an_article_that_is_not_free_is_paywalled_however_it_is_spelt(value: object) -> None:
    assert said(isAccessibleForFree=value) is True


@pytest.mark.parametrize("value", [True, "True", "https://schema.org/True", 1])
def test_an_article_that_is_free_is_not(value: object) -> None:
    assert said(isAccessibleForFree=value) is False


@pytest.mark.parametrize(
    ("meta", "verdict"),
    [
        ('<meta property="article:content_tier" content="locked">', True),
        ('<meta name="article:content_tier" content="Metered">', True),
        ('<meta property="article:content_tier" content="free">', False),
        ('<meta itemprop="isAccessibleForFree" content="false">', True),
        ('<meta property="article:content_tier" content="gold">', None),
        ("", None),
    ],
)
def test_meta_tags_say_so_too_and_class_names_do_not(meta: str, verdict: bool | None) -> None:
    assert said(meta) is verdict


def test_json_ld_goes_before_meta_tags_and_an_empty_value_says_nothing() -> None:
    free = '<meta property="article:content_tier" content="free">'
    assert said(free, isAccessibleForFree="False") is True
    assert said(free, isAccessibleForFree="") is False


def test_lists_nested_without_end_say_nothing() -> None:
    value: object = False
    for _ in range(2_000):
        value = [value]
    assert said(isAccessibleForFree=value) is None


def test_a_short_or_broken_off_text_behind_a_paywall_is_a_stub() -> None:
    assert is_stub(SENTENCE * 3, True) is True
    assert is_stub(f"{SENTENCE * 20}And then the mayor …”", True) is True
    assert is_stub(SENTENCE * 20, True) is False


def test_a_short_article_that_is_free_is_no_stub_and_nothing_is_known_of_others() -> None:
    assert is_stub(f"{SENTENCE} ...", False) is False
    assert is_stub(f"{SENTENCE} ...", None) is None


@pytest.mark.parametrize(("free", "length", "expected"), [(False, 5, (True, True)), (True, 5, (False, False))])
def test_the_row_of_a_page_carries_both(free: bool, length: int, expected: tuple[bool, bool]) -> None:
    data = json.dumps({"@type": "NewsArticle", "headline": "Second bridge", "isAccessibleForFree": free})
    body = f"<article><h1>Second bridge</h1><p>{SENTENCE * length}</p><p>{SENTENCE}</p></article>"
    page = f'<html><head><script type="application/ld+json">{data}</script></head><body>{body}</body></html>'
    row = pages.clean(Capture(page.encode(), "html", "c1", "https://pier.example/bridge"))
    assert (row["is_paywalled"], row["is_stub"]) == expected
    assert {"is_paywalled", "is_stub"} <= set(CLEANED.names) & set(ARTICLES.names)
