"""A gallery is an article where the page says so; an index is none whatever it says."""

from __future__ import annotations

import json

import pytest

from storywire.articles.html import body_text, parse

ENTRIES = [
    ("Ship", "Fold the paper three times, draw the portholes with a soft pencil and pull the corners out slowly."),
    ("Lantern", "Cut eight slits into the sheet, roll it up, and glue the handle to the inside of the upper rim."),
    ("Kite", "Two sticks make the cross, and the tail has a bow of cloth for every hand's breadth of string."),
    ("Crown", "Measure the head first, then cut the points, and hide the seam behind the tallest one of them."),
]


def gallery(headline: str | None, title: str) -> str | None:
    """What is read of a page of short entries, each under a link; `headline` is what JSON-LD calls the article."""
    cards = "".join(f"<div><h3><a href='/make/{n}'>How to make a {n}</a></h3><p>{t}</p></div>" for n, t in ENTRIES * 3)
    data = json.dumps({"@type": "Article", "headline": headline, "datePublished": "2024-02-03"})
    script = f'<script type="application/ld+json">{data}</script>' if headline else ""
    tree = parse(f"<html><head><title>{title}</title>{script}</head><body><main>{cards}</main></body></html>")
    return None if tree is None else body_text(tree, "https://pier.example/paper")


def test_a_gallery_named_like_the_page_is_an_article() -> None:
    text = gallery("Twelve things to make of paper", "Twelve things to make of paper | Pier News")
    assert text is not None
    assert ENTRIES[1][1] in text


@pytest.mark.parametrize(
    ("headline", "title"),
    [(None, "Pier News"), ("How to make a Ship", "Pier News"), ("", "Pier News")],
    ids=["no article", "an article of another page", "an article without a name"],
)
def test_an_index_that_does_not_say_so_is_no_article(headline: str | None, title: str) -> None:
    assert gallery(headline, title) is None


@pytest.mark.parametrize(
    "teaser",
    [
        "<h3><a href='/make/{0}'>How to make a fine {0}</a></h3><p>{1}</p>",
        "<p><a href='/make/{0}'>How to make a fine {0}</a><br>{1}</p>",
        "<a href='/make/{0}'><h3>How to make a {0}</h3><p>{1}</p></a>",
    ],
    ids=["a line under a linked heading", "a link in the line", "a line in a link"],
)
def test_an_index_without_boxes_is_no_article(teaser: str) -> None:
    """Its lines stand side by side, as the paragraphs of an article do."""
    cards = "".join(teaser.format(name, text) for name, text in ENTRIES * 4)
    tree = parse(f"<html><head><title>Pier News</title></head><body><main>{cards}</main></body></html>")
    assert tree is not None
    assert body_text(tree, "https://pier.example/") is None


def test_paragraphs_under_headings_are_an_article_whatever_the_menu_links_to() -> None:
    body = "".join(f"<h3>{name}</h3><p>{text} {ENTRIES[0][1]}</p>" for name, text in ENTRIES * 4)
    more = "".join(f"<li><a href='/make/{name}'>How to make a fine {name}</a></li>" for name, _ in ENTRIES)
    tree = parse(f"<html><body><main>{body}</main><ul>{more}</ul></body></html>")
    assert tree is not None
    assert ENTRIES[2][1] in (body_text(tree, "https://pier.example/paper") or "")
