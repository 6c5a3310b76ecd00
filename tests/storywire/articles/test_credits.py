"""Who a page credits: people first, else the newsroom or agency that signs, and nobody from beside the article."""

from __future__ import annotations

import json
from typing import Any

import pytest

from storywire.articles import html
from storywire.articles.credits import read_lines
from storywire.articles.declared import declared
from storywire.articles.metadata import Metadata, from_tree

URL = "https://www.harbour-post.example/local/2031/ferry-sinks"
HARBOUR_POST = {"@type": "NewsArticle", "author": {"@type": "Organization", "name": "Harbour Post"}}


def read(body: str = "", linked: Any = None, head: str = "") -> Metadata:
    script = f'<script type="application/ld+json">{json.dumps(linked)}</script>' if linked else ""
    name = '<meta property="og:site_name" content="Harbour Post">'
    tree = html.parse(f"<html><head>{name}{head}{script}</head><body>{body}<p>Text.</p></body></html>")
    assert tree is not None
    return from_tree(tree, declared(tree), URL)


@pytest.mark.parametrize(
    ("linked", "byline"),
    [
        ({"@type": "Article", "author": "Harbour Newsroom"}, ("Harbour Newsroom",)),
        ({"@type": "Article", "author": {"@type": "Person", "name": "harbour_admin"}}, ("harbour_admin",)),
        ({"@type": "Article", "author": {"@type": "Organization", "name": "Nordwire"}}, ("Nordwire",)),
        ({"@type": "Article", "author": {"@type": "Organization", "name": "THE PIER"}}, ("THE PIER",)),
    ],
)
def test_what_signs_in_place_of_a_person_is_a_byline(linked: Any, byline: tuple[str, ...]) -> None:
    found = read(linked=linked)
    assert (found.authors, found.byline) == ((), byline)


def test_an_agency_beside_people_is_credited_behind_them() -> None:
    found = read(linked={"@type": "Article", "author": "Mara Lindqvist und Ada Moor, dpa"})
    assert found.authors == ("Mara Lindqvist", "Ada Moor")
    assert found.byline == ("Mara Lindqvist", "Ada Moor", "dpa")


def test_an_organisation_that_signs_is_not_replaced_by_a_name_found_on_the_page() -> None:
    nordwire = {"@type": "NewsArticle", "author": {"@type": "Organization", "name": "Nordwire"}}
    assert read("<p>By Mara Lindqvist</p>", nordwire).authors == ()
    assert read('<a rel="author">Mara Lindqvist</a>', nordwire).authors == ("Mara Lindqvist",)


def test_the_outlet_as_author_is_a_default_that_a_byline_on_the_page_replaces() -> None:
    assert read("<p>By Mara Lindqvist</p>", HARBOUR_POST).authors == ("Mara Lindqvist",)


@pytest.mark.parametrize(
    "body",
    [
        '<div class="author">Reviewed by <a>Mara Lindqvist</a></div>',
        '<div class="byline">Photo by Mara Lindqvist</div>',
        '<div class="bildautor">Mara Lindqvist</div>',
        "<figure><p>By Mara Lindqvist</p></figure>",
        '<div class="related-stories"><div><p>By Mara Lindqvist</p></div></div>',
        '<a href="/other"><h3>Other story</h3><span>By Mara Lindqvist</span></a>',
        "<footer><p>By Mara Lindqvist</p></footer>",
        '<figure><meta itemprop="author" content="Mara Lindqvist"></figure>',
        '<p itemscope itemtype="https://schema.org/ImageObject"><meta itemprop="author" content="Mara Lindqvist"></p>',
    ],
)
def test_who_stands_beside_the_article_did_not_write_it(body: str) -> None:
    found = read(body)
    assert "Mara Lindqvist" not in (*found.authors, *found.byline)


@pytest.mark.parametrize(
    ("body", "authors"),
    [
        ("<div><p>Written by</p><p>Mara Lindqvist</p></div>", ("Mara Lindqvist",)),
        ("<p><em>This story was written by <a>Mara Lindqvist</a></em></p>", ("Mara Lindqvist",)),
        ("<div><strong>Contributors:</strong> Mara Lindqvist, Ada Moor</div>", ("Mara Lindqvist", "Ada Moor")),
        ("<p>By submitting this form you agree.</p><p>By Mara Lindqvist</p>", ("Mara Lindqvist",)),
        ('<div class="author"><a href="/author/mara/">Mara</a> 3/4/2031</div>', ("Mara",)),
        ('<span class="author">Mara Lindqvist, Shipping</span>', ("Mara Lindqvist",)),
    ],
)
def test_a_byline_on_the_page_names_its_people(body: str, authors: tuple[str, ...]) -> None:
    assert read(body).authors == authors


def test_a_line_that_is_nothing_but_a_byline_credits_whoever_it_names() -> None:
    found = read("<p>By 3rd Pier Collective</p>")
    assert (found.authors, found.byline) == ((), ("3rd Pier Collective",))


def test_an_address_is_not_a_list_of_people() -> None:
    head = '<meta name="author" content="harbour-post.example, Varnholm, Norrland">'
    assert read(head=head).authors == ()


@pytest.mark.parametrize(
    ("line", "authors", "byline"),
    [
        ("By Mara Lindqvist and Ada Moor", ("Mara Lindqvist", "Ada Moor"), ("Mara Lindqvist", "Ada Moor")),
        ("By The Associated Press", (), ("The Associated Press",)),
        ("Von Jörg Amsel, dpa", ("Jörg Amsel",), ("Jörg Amsel", "dpa")),
        ("By subscribing you agree to our terms and conditions.", (), ()),
        ("Ferries in winter", (), ()),
    ],
)
def test_a_byline_is_read_without_markup_too(line: str, authors: tuple[str, ...], byline: tuple[str, ...]) -> None:
    found = read_lines(["Share", line, "3 March 2031"])
    assert (found.people, found.byline) == (authors, byline)
