"""What a page declares of its article comes out once, without the outlet's own name around it."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from lxml.html import HtmlElement

from storywire.articles import html
from storywire.articles.authors import people
from storywire.articles.declared import declared
from storywire.articles.metadata import Metadata, from_tree
from storywire.articles.titles import Sources, reconciled

URL = "https://www.harbour-post.example/local/2031/ferry-sinks"


def parsed(markup: str) -> HtmlElement:
    tree = html.parse(markup)
    assert tree is not None
    return tree


def metadata(head: str = "", body: str = "", linked: Any = None, url: str | None = URL) -> Metadata:
    script = f'<script type="application/ld+json">{json.dumps(linked)}</script>' if linked else ""
    tree = parsed(f"<html lang='en-GB'><head>{head}{script}</head><body>{body}<p>Text.</p></body></html>")
    return from_tree(tree, declared(tree), url)


@pytest.mark.parametrize(
    "sources",
    [
        Sources(
            ["Ferry sinks off Varnholm"], page="Ferry sinks off Varnholm | Local | Harbour Post", names=["Harbour Post"]
        ),
        Sources([], opengraph="Ferry sinks off Varnholm - Harbour Post", names=["Harbour Post"]),
        Sources([], page="Harbour Post: news | Ferry sinks off Varnholm", jsonld="Ferry sinks off Varnholm"),
        Sources(["Harbour Post", "Ferry sinks off Varnholm"], page="Ferry sinks off Varnholm", names=["Harbour Post"]),
        Sources(
            ["Ferry sinks off Varnholm"], opengraph="You will not believe this ferry", jsonld="Ferry sinks off Varnholm"
        ),
        Sources([], page="Ferry sinks off Varnholm – harbour-post.example"),
        Sources(
            [],
            opengraph="Ferry sinks off Varnholm-Local",
            page="Ferry sinks off Varnholm-Local",
            jsonld="Ferry sinks off Varnholm",
        ),
        Sources(
            ["Ferry sinks off Varnholm"],
            opengraph="Varnholm ferry sinks: what we know",
            page="Varnholm ferry sinks: what we know",
            card="Varnholm ferry sinks: what we know",
        ),
        Sources([], page="Ferry sinks off Varnholm | Local", sections=["local"]),
        Sources(
            [],
            opengraph="Ferry sinks off Varnholm-Local",
            page="Ferry sinks off Varnholm-Local",
            meta="Ferry sinks off Varnholm",
        ),
        Sources(["Ferry &amp;#32;sinks off Varnholm".replace("&amp;#32;", "")]),
    ],
)
def test_the_headline_is_what_the_page_agrees_on(sources: Sources) -> None:
    assert reconciled(sources) == "Ferry sinks off Varnholm"


def test_a_dash_within_a_headline_stays() -> None:
    title = "Ferry sinks – and nobody knows why"
    assert (
        reconciled(Sources([title], opengraph=title, page=f"{title} | Harbour Post", names=["Harbour Post"])) == title
    )


def test_a_place_that_says_nothing_but_a_dash_takes_no_headline_apart() -> None:
    assert reconciled(Sources(["| Ferry sinks off Varnholm"], card="-")) == "Ferry sinks off Varnholm"
    assert reconciled(Sources(["- Ferry sinks off Varnholm"], card="...")) == "- Ferry sinks off Varnholm"


def test_a_page_without_a_headline_has_no_title() -> None:
    assert reconciled(Sources()) is None
    assert reconciled(Sources(["Harbour Post"], page="Harbour Post", names=["Harbour Post"])) is None


@pytest.mark.parametrize(
    ("credit", "names"),
    [
        ("By Mara Lindqvist", ("Mara Lindqvist",)),
        ("Von Jörg Amsel und Ute Weber", ("Jörg Amsel", "Ute Weber")),
        ("Par Hélène Morin, Luc d'Arcy", ("Hélène Morin", "Luc d'Arcy")),
        ("MARA LINDQVIST", ("Mara Lindqvist",)),
        ("Mara Lindqvist, MD", ("Mara Lindqvist",)),
        ("Mara Lindqvist (Varnholm)", ("Mara Lindqvist",)),
        ("Ursula van der Berg", ("Ursula van der Berg",)),
        ("Иван Петров", ("Иван Петров",)),
        ("王小明", ("王小明",)),
        ("Harbour Post Staff", ()),
        ("Harbour Post", ()),
        ("Reuters", ()),
        ("12 May 2031", ()),
        ("desk@harbour-post.example", ()),
        ("https://harbour-post.example/author/mara-lindqvist", ()),
        ("harbour-post.example", ()),
        ("Nachrichtenredaktion / News Desk", ("Nachrichtenredaktion",)[:0]),
    ],
)
def test_only_people_are_authors(credit: str, names: tuple[str, ...]) -> None:
    found = people([credit], ["Harbour Post"])
    assert tuple(name for name in found if name != "Nachrichtenredaktion") == names


def test_authors_keep_their_order_and_come_once() -> None:
    assert people(["Ute Weber", "Jörg Amsel", "UTE WEBER"]) == ("Ute Weber", "Jörg Amsel")


@pytest.mark.parametrize(
    ("head", "body", "linked"),
    [
        ("", "", {"@type": "NewsArticle", "author": {"@type": "Person", "name": "Mara Lindqvist"}}),
        (
            "",
            "",
            {"@type": "NewsArticle", "author": ["Mara Lindqvist", {"@type": "Organization", "name": "Pier Agency"}]},
        ),
        ("", "", {"@type": "Article", "author": {"@type": "Person", "givenName": "Mara", "familyName": "Lindqvist"}}),
        (
            "",
            "",
            {
                "@graph": [
                    {"@type": "Article", "author": {"@id": "#mara"}},
                    {"@type": "Person", "@id": "#mara", "name": "Mara Lindqvist"},
                ]
            },
        ),
        ('<meta name="author" content="Mara Lindqvist">', "", None),
        (
            '<meta name="twitter:label1" content="Verfasst von"><meta name="twitter:data1" content="Mara Lindqvist">',
            "",
            None,
        ),
        ("", '<a rel="author" href="/team/7">Mara Lindqvist</a>', None),
        ("", '<span class="article-byline"><b>By</b> <a>Mara Lindqvist</a> <i>Senior Reporter</i></span>', None),
        ("", "<p><em>By Mara Lindqvist</em></p>", None),
        ("", '<a href="/author/mara-lindqvist">Mara Lindqvist</a>', None),
    ],
)
def test_the_author_is_found_wherever_the_page_names_her(head: str, body: str, linked: Any) -> None:
    assert metadata(head, body, linked).authors == ("Mara Lindqvist",)


def test_an_agency_is_an_origin_and_a_byline_but_no_author() -> None:
    linked = {"@type": "NewsArticle", "author": {"@type": "Organization", "name": "Nordwire"}}
    found = metadata(linked=linked)
    assert found.authors == ()
    assert found.byline == ("Nordwire",)
    assert found.origins == ("author=Nordwire",)


def test_origins_name_other_sources_alone() -> None:
    head = (
        '<link rel="canonical" href="https://nordwire.example/ferry"><meta name="syndication-source" content="https://nordwire.example/1">'
        '<meta name="original-source" content="https://m.harbour-post.example/1">'
    )
    linked = {
        "@type": "NewsArticle",
        "isBasedOn": "https://nordwire.example/2",
        "sourceOrganization": {"name": "Harbour Post"},
        "publisher": {"name": "Harbour Post"},
        "creditText": "Nordwire",
    }
    assert metadata(head, linked=linked).origins == (
        "canonical=https://nordwire.example/ferry",
        "creditText=Nordwire",
        "isBasedOn=https://nordwire.example/2",
        "syndication-source=https://nordwire.example/1",
    )


def test_a_publisher_that_the_site_does_not_go_by_is_an_origin() -> None:
    linked = {"@type": "NewsArticle", "publisher": {"name": "Nordwire"}, "provider": {"name": "Ostwire"}}
    named = '<meta property="og:site_name" content="Harbour Post">'
    assert metadata(named, linked=linked).origins == ("provider=Ostwire", "publisher=Nordwire")
    assert metadata(named, linked={**linked, "publisher": {"name": "Harbour-Post"}}).origins == ("provider=Ostwire",)
    assert metadata(linked=linked).origins == ("provider=Ostwire",)


def test_a_canonical_link_to_the_own_site_is_no_origin() -> None:
    found = metadata('<link rel="canonical" href="/local/2031/ferry-sinks">')
    assert found.canonical_url == URL
    assert found.origins == ()


def test_the_rest_is_taken_as_declared() -> None:
    head = (
        '<meta property="og:site_name" content="Harbour Post"><meta property="article:section" content="Local">'
        '<meta property="article:tag" content="ferries"><meta property="article:tag" content="Varnholm">'
        '<meta property="og:image" content="/ferry.jpg"><meta property="og:locale" content="en_GB">'
    )
    found = metadata(head)
    assert (found.site_name, found.section, found.tags) == ("Harbour Post", "Local", ("ferries", "Varnholm"))
    assert found.image_url == "https://www.harbour-post.example/ferry.jpg"
    assert found.language_declared == "en-GB"


def test_keywords_in_one_string_are_tags_each() -> None:
    assert metadata(linked={"@type": "Article", "keywords": "ferries, Varnholm; ferries"}).tags == (
        "ferries",
        "Varnholm",
    )


def test_a_page_that_declares_nothing_gives_nothing() -> None:
    found = metadata(url=None)
    assert found == Metadata(None, (), (), None, None, (), None, None, None, "en-GB", ())


def test_a_page_of_unknown_address_names_its_outlet_where_all_it_declares_agrees() -> None:
    canonical = '<link rel="canonical" href="https://www.harbour-post.example/a">'
    assert metadata(canonical, url=None).site == "harbour-post.example"
    own = '<meta property="og:url" content="https://valley-echo.example/a">'
    assert metadata(canonical + own, url=None).site is None


def test_damaged_metadata_is_never_an_error() -> None:
    chance = random.Random(5)  # noqa: S311 - damage for a test, no secret
    odd: list[Any] = [
        None,
        7,
        "",
        [],
        {},
        [None],
        {"name": ["a", {"b": 1}]},
        [["x"]],
        "\ud800",
        "x" * 9_999,
        {"@type": 3},
    ]
    fields = [
        "headline",
        "author",
        "publisher",
        "image",
        "keywords",
        "articleSection",
        "isBasedOn",
        "inLanguage",
        "name",
        "@id",
    ]
    for _ in range(150):
        data = {field: chance.choice(odd) for field in chance.sample(fields, 5)} | {"@type": ["NewsArticle"]}
        tree = parsed(
            "<html><head><link rel='canonical' href='http://['><title>|</title></head><body><h1> - </h1></body></html>"
        )
        found = from_tree(tree, declared(tree)._replace(linked=[data]), chance.choice([None, "", "http://[", URL]))
        assert isinstance(found, Metadata)
