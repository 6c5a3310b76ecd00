"""Where a page says who wrote it, outside of JSON-LD: `<meta>` fields, marked elements, and "By ..." lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml.html import HtmlElement

_NAME_CLASS = re.compile(
    r"(?:author|autor|auteur|autore|byline|writer)[\w-]{0,40}name|name[\w-]{0,40}(?:author|autor)", re.IGNORECASE
)
_BYLINE_CLASS = re.compile(r"byline|author|autor|auteur|autore|writer|reporter|redakteur", re.IGNORECASE)
_NOT_BYLINE = re.compile(
    r"bio|related|comment|avatar|image|img|photo|social|follow|box|list|more|bookmark|testimonial|card|teaser",
    re.IGNORECASE,
)
_BYLINE_TEXT = re.compile(
    r"(?:(?:written|reported|story|words)\s+)?(?:(?:by|von|par|por|автор)(?:\s|:|$)|作者[:：])", re.I
)
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|es|a|as)?|auteurs?|autor[ei]|redakteure?|profiles?|people|staff|journalists?|writers?|"
    r"contributors?|by|reporters?|columnists?)/",
    re.IGNORECASE,
)
_WRITTEN_BY = re.compile(
    r"written|verfasst|geschrieben|écrit|rédigé|escrito|scritto|author|autor|автор|skrevet|skriven", re.I
)
_AUTHOR_FIELDS = (
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "creator",
    "parsely-author",
    "sailthru.author",
    "byl",
)
_NO_TEXT = frozenset(
    {"html", "head", "body", "script", "style", "meta", "link", "title", "noscript", "svg", "img", "input"}
)
MAX_CHILDREN = 8
"""Children of an element that may be a byline; containers of half the page have more."""

MAX_BYLINE = 120
"""Characters of a byline with the names of several people."""


def declared(meta: dict[str, list[str]]) -> list[str]:
    """Who the `<meta>` elements credit."""
    values = [value for field in _AUTHOR_FIELDS for value in meta.get(field, [])]
    for number in "123":
        if _WRITTEN_BY.search(" ".join(meta.get(f"twitter:label{number}", []))):
            values += meta.get(f"twitter:data{number}", [])
    for field in sorted(meta):
        if field.startswith("twitter:misc:") and _WRITTEN_BY.search(field):
            values += meta[field]
    return values


def on_page(tree: HtmlElement) -> Iterator[tuple[list[str], int]]:
    """What the page marks or words as its byline, the surest first, with the words a name needs there."""
    related = (element for element in _having(tree, "rel") if "author" in (element.get("rel") or "").lower().split())
    yield _texts(related)[:4], 1
    yield _texts(element for element in _having(tree, "itemprop") if element.get("itemprop") == "author")[:4], 1
    classed = [(element, element.get("class") or "") for element in _having(tree, "class")]
    yield _texts(element for element, names in classed if _NAME_CLASS.search(names))[:1], 1
    marked = (element for element, names in classed if _BYLINE_CLASS.search(names) and not _NOT_BYLINE.search(names))
    yield _texts(marked)[:2], 2
    yield _texts(_worded(tree))[:1], 2
    yield _texts(link for link in _having(tree, "href") if _AUTHOR_PAGE.search(link.get("href") or ""))[:1], 2


def _having(tree: HtmlElement, attribute: str) -> list[HtmlElement]:
    """The elements of the page's body that have an attribute, in page order."""
    return [element for element in tree.iterfind(f".//*[@{attribute}]") if element.tag not in _NO_TEXT]


def _worded(tree: HtmlElement) -> Iterator[HtmlElement]:
    """The elements whose text begins with "By", or the parents of those with nothing else."""
    for element in tree.iter("p", "div", "span", "em", "i", "strong", "b", "address", "li", "small", "h4", "h5", "h6"):
        if _BYLINE_TEXT.match((element.text or "").strip()):
            parent = element.getparent()
            alone = not len(element) and len((element.text or "").split()) == 1
            yield parent if alone and parent is not None else element


def _texts(elements: Iterable[HtmlElement]) -> list[str]:
    """The texts of the elements that are short enough for a byline; a bar parts what stands in elements of its own."""
    found = []
    for element in elements:
        if len(element) < MAX_CHILDREN:
            pieces = (" ".join(piece.split()) for piece in islice(element.itertext(), 5 * MAX_CHILDREN))
            text = " | ".join(piece for piece in pieces if piece)
            if 0 < len(text) <= MAX_BYLINE:
                found.append(text)
    return found
