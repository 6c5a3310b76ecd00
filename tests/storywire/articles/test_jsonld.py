"""JSON-LD is read whatever small mistakes a page makes in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import HtmlElement, document_fromstring

from storywire.articles import jsonld
from storywire.articles.jsonld import article_object, linked_data


def scripts(*texts: str) -> list[HtmlElement]:
    marked = "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)
    tree = document_fromstring(f"<html><head>{marked}</head><body><p>Text</p></body></html>")
    return list(tree.iter("script"))


ARTICLE = {"@type": "NewsArticle", "headline": "Ferry sinks", "datePublished": "2031-05-02"}


@pytest.mark.parametrize(
    "script",
    [
        json.dumps(ARTICLE),
        f"<!-- {json.dumps(ARTICLE)} -->",
        f"//<![CDATA[\n{json.dumps(ARTICLE)}\n//]]>",
        f"/*<![CDATA[*/{json.dumps(ARTICLE)}/*]]>*/",
        json.dumps(ARTICLE) + ";",
        json.dumps(ARTICLE).replace("}", ",}"),
        json.dumps(ARTICLE).replace("Ferry sinks", "Ferry sinks\t").replace("\\t", "\t"),
        json.dumps(ARTICLE).replace('"', "&quot;"),
        json.dumps([ARTICLE, {"@type": "Person"}]),
        json.dumps({"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, ARTICLE]}),
        json.dumps({"@type": "WebPage", "mainEntity": ARTICLE}),
        json.dumps({"@type": "WebPage", "mainEntityOfPage": ARTICLE}),
        '{"@type": "Person"} ' + json.dumps(ARTICLE),
    ],
)
def test_an_article_is_found_however_its_json_is_wrapped(script: str) -> None:
    found = article_object(linked_data(scripts(script)))
    assert found is not None
    assert found["headline"].strip() == "Ferry sinks"


def test_bad_json_costs_only_itself() -> None:
    assert linked_data(scripts('{"@type": "NewsArticle", "headline": ', json.dumps(ARTICLE), "")) == [ARTICLE]


def test_a_comma_within_a_headline_is_no_trailing_comma() -> None:
    script = '{"@type": "Article", "headline": "Rain, ] and, } wind",}'
    assert linked_data(scripts(script))[0]["headline"] == "Rain, ] and, } wind"


def test_half_a_character_in_an_escape_does_not_reach_the_tables() -> None:
    found = linked_data(scripts('{"@type": "Article", "headline": "Bridge \\ud83d opens"}'))
    found[0]["headline"].encode("utf-8")


def test_the_pages_own_article_stands_before_the_related_ones() -> None:
    related = {"@type": "NewsArticle", "headline": "Another day", "url": "https://pier.example/2"}
    assert article_object(linked_data(scripts(json.dumps(related), json.dumps(ARTICLE)))) == ARTICLE
    assert article_object([{"@type": "Person"}]) is None


def test_the_first_of_equal_articles_is_taken() -> None:
    second = ARTICLE | {"headline": "Second"}
    assert article_object([ARTICLE, second]) == ARTICLE
    assert article_object([second, ARTICLE]) == second


def test_a_hostile_page_cannot_ask_for_unbounded_work() -> None:
    assert linked_data(scripts("[" * 100_000)) == []
    assert linked_data(scripts('{"@graph":' * 5_000 + "1" + "}" * 5_000)) == []
    assert len(linked_data(scripts(json.dumps([{"@type": "Article"}] * 5_000)))) == jsonld.MAX_OBJECTS
    assert linked_data(scripts('{"a":' + "9" * 10_000 + "}")) == []


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["@type", "@graph", "mainEntity", "headline"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(values)
def test_any_json_gives_objects_and_never_an_error(value: Any) -> None:
    script = json.dumps(value).replace("<", "\\u003c")
    found = linked_data(scripts(script))
    assert all(isinstance(data, dict) for data in found)
    article_object(found)
