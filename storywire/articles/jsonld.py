"""What a page says of itself in JSON-LD, read whatever its small mistakes."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml.html import HtmlElement

MAX_SCRIPT = 2_000_000
"""Characters of one script. The longest of 585 labelled pages has 30,000; live blogs list every post."""

MAX_OBJECTS = 500
"""Objects taken from one page; the labelled pages have 45 at most."""

MAX_DEPTH = 12
"""Levels of lists, graphs and main entities that are opened; real pages use three."""

ARTICLE_TYPES = frozenset(
    {
        "AdvertiserContentArticle",
        "AnalysisNewsArticle",
        "Article",
        "AskPublicNewsArticle",
        "BackgroundNewsArticle",
        "BlogPosting",
        "CriticReview",
        "LiveBlogPosting",
        "NewsArticle",
        "OpinionNewsArticle",
        "Report",
        "ReportageNewsArticle",
        "Review",
        "ReviewNewsArticle",
        "SatiricalArticle",
        "ScholarlyArticle",
        "SocialMediaPosting",
        "TechArticle",
    }
)
"""The types of schema.org that stand for one piece of writing."""

_OPENING = re.compile(r"(?://|/\*)?\s{0,9}(?:<!--|<!\[CDATA\[)\s{0,9}(?:\*/)?")
_CLOSING = re.compile(r"(?://|/\*)?\s{0,9}(?:-->|\]\]>)\s{0,9}(?:\*/)?$")
_CLOSING_LENGTH = 30
# A string without an end goes on to the last character: looked for anew at every quote it would take minutes.
_STRING_OR_TRAILING_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+"?|,(?=\s*[}\]])', re.DOTALL)
_DECODER = json.JSONDecoder(strict=False, parse_constant=lambda _: None)


def linked_data(scripts: Iterable[HtmlElement]) -> list[dict[str, Any]]:
    """Every JSON-LD object of a page's scripts in page order, with lists and graphs opened; bad JSON is skipped.

    The main entity of a page object follows the object that names it.

    >>> from lxml.html import fromstring
    >>> page = '<script type="application/ld+json">[{"@graph": [{"@type": "Person"}, {"@type": "Article"}]},]</script>'
    >>> [data["@type"] for data in linked_data(fromstring(f"<html>{page}</html>").iter("script"))]
    ['Person', 'Article']
    """
    objects: list[dict[str, Any]] = []
    for script in scripts:
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        for value in _values(script.text or ""):
            for found in _flat(value, 0):
                if len(objects) == MAX_OBJECTS:
                    return objects
                objects.append(found)
    return objects


def article_object(objects: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The object that describes the page's article: of an article type, and the fullest of them.

    Lists of related articles give them a headline and an address; the page's own has a date, a body
    or an author too. Among equals the first on the page is taken.
    """
    articles = [data for data in objects if types(data) & ARTICLE_TYPES]
    return max(articles, key=_fullness, default=None)


def types(data: dict[str, Any]) -> frozenset[str]:
    """The types of an object, without the address of their vocabulary.

    >>> sorted(types({"@type": ["http://schema.org/NewsArticle", "Report"]}))
    ['NewsArticle', 'Report']
    """
    given = data.get("@type")
    names = given if isinstance(given, list) else [given]
    return frozenset(name.rsplit("/", 1)[-1].removeprefix("schema:") for name in names if isinstance(name, str))


def _fullness(data: dict[str, Any]) -> int:
    """How much of what only the page's own article is described with is there."""
    fields = ("headline", "datePublished", "articleBody", "author", "mainEntityOfPage", "publisher")
    return sum(bool(data.get(field)) for field in fields)


def _values(script: str) -> Iterator[Any]:
    """The JSON values of one script; most pages put one, some put several one after the other."""
    if len(script) > MAX_SCRIPT:
        return
    text = _unwrapped(_unwrapped(script))
    if text.startswith(("{&quot;", "[{&quot;", "{ &quot;")):
        text = html.unescape(text)
    for attempt in (text, _STRING_OR_TRAILING_COMMA.sub(lambda match: match[0].lstrip(","), text)):
        try:
            values = list(_decoded(attempt))
        except (ValueError, RecursionError):
            continue
        yield from values
        return


def _unwrapped(script: str) -> str:
    """The script without an HTML comment or a CDATA section around it."""
    text = script.strip()
    if opening := _OPENING.match(text):
        text = text[opening.end() :].lstrip()
    if closing := _CLOSING.search(text, max(0, len(text) - _CLOSING_LENGTH)):
        text = text[: closing.start()].rstrip()
    return text


def _decoded(text: str) -> Iterator[Any]:
    """One JSON value after the other, up to something that is none; raises where the first is none."""
    position = 0
    first = True
    while position < len(text):
        try:
            value, end = _DECODER.raw_decode(text, position)
        except ValueError:
            if first:
                raise
            return
        yield _without_lone_surrogates(value, text)
        first = False
        position = end
        while position < len(text) and (text[position].isspace() or text[position] in ";,"):
            position += 1


def _without_lone_surrogates(value: Any, text: str) -> Any:
    """The value, fit to be written as UTF-8: escapes may name half a character."""
    if "\\ud" not in text and "\\uD" not in text:
        return value
    written = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.loads(written)


def _flat(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """The objects in a value: lists and graphs opened, main entities after the page that has them."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _flat(item, depth + 1)
    elif isinstance(value, dict):
        graph = value.get("@graph")
        if graph is None or "@type" in value:
            yield value
        for nested in (graph, value.get("mainEntity"), _page_article(value)):
            if isinstance(nested, list | dict):
                yield from _flat(nested, depth + 1)


def _page_article(value: dict[str, Any]) -> Any:
    """`mainEntityOfPage` where it holds the article; most pages put the page's address there."""
    nested = value.get("mainEntityOfPage")
    return nested if isinstance(nested, dict) and types(nested) & ARTICLE_TYPES else None
