"""What a page declares for machines, found in one walk: titles, credits, dates and paywalls are all read from it."""

from __future__ import annotations

from typing import Any, NamedTuple

from lxml.html import HtmlElement

from storywire.articles.jsonld import linked_data

MOST = 2_000
"""Elements of each kind that are read of one page; no article declares as much of itself."""


class Declared(NamedTuple):
    """The `<meta>`, `<link>` and `<h1>` elements of a page, in its order, and the JSON-LD objects of its scripts."""

    metas: list[HtmlElement]
    links: list[HtmlElement]
    headings: list[HtmlElement]
    linked: list[dict[str, Any]]


def declared(tree: HtmlElement) -> Declared:
    """What a parsed page declares."""
    found: dict[str, list[HtmlElement]] = {"meta": [], "link": [], "h1": [], "script": []}
    for element in tree.iter(*found):
        alike = found[element.tag]
        if len(alike) < MOST:
            alike.append(element)
    return Declared(found["meta"], found["link"], found["h1"], linked_data(found["script"]))
