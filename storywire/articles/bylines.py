"""Where a page says who wrote it, outside of JSON-LD: `<meta>` fields, marked elements, and "By ..." lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote

from lxml.html import HtmlElement

from storywire.articles.elements import text_of
from storywire.articles.prose import squashed

_NAME_CLASS = re.compile(
    r"(?:author|autor|auteur|autore|byline|writer)[\w-]{0,40}name|name[\w-]{0,40}(?:author|autor)", re.IGNORECASE
)
_BYLINE_CLASSES = ("byline", "author", "autor", "auteur", "writer", "reporter", "redakteur")
_NOT_BYLINE = re.compile(
    r"bio|related|comment|avatar|image|img|photo|social|follow|box|list|more|bookmark|testimonial|card|teaser|bild|foto|"
    r"caption|credit",
    re.IGNORECASE,
)
_BYLINE_TEXT = re.compile(
    r"(?:(?:this\s+\w+\s+(?:was\s+)?)?(?:written|reported|story|words)\s+)?"
    r"(?:(?:by|von|par|por|автор)(?:\s|:|$)|作者[:：]|"
    r"(?:authors?|autor[ae]?|auteure?|contributors?|reporter|автор)\s*[:：])",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"related|recommend|teaser|popular|trending|latest|most-?read|comments|card", re.IGNORECASE)
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
_WORDED = frozenset({"p", "div", "span", "em", "i", "strong", "b", "address", "li", "small", "h4", "h5", "h6"})
MAX_LEVELS = 100
"""Levels above an element that are looked at; pages have forty."""

MAX_CHILDREN = 8
"""Children of an element that may be a byline; containers of half the page have more."""

MAX_BYLINE = 120
"""Characters of a byline with the names of several people."""

MAX_TRIED = 500
"""Elements that are looked at in one place; what stands behind hundreds of others is no byline."""

MAX_WORDED = 3
"""Elements that begin with "By" that are tried; sentences and forms do so too."""

MAX_SIGNATURE = 5
"""Words of a "By ..." line that is nothing but a byline."""


@dataclass(frozen=True, slots=True)
class Place:
    """What one place of a page credits.

    `organisations` are known to be no people; `shortest` is the least number of words of a person's name there;
    `names_only` says that roles, dates and buttons do not stand there, `sure` that it is for the article's authors.
    """

    credits: list[str]
    organisations: tuple[str, ...] = ()
    shortest: int = 1
    names_only: bool = False
    sure: bool = True


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


def on_page(tree: HtmlElement) -> Iterator[Place]:
    """What the page marks or words as its byline, the surest first."""
    marks = _marks(tree)
    yield Place(_texts(marks.related, 4))
    yield Place(_texts(marks.owned, 4))
    yield Place(_texts((element for element, kind in marks.classed if "name" in kind), 1))
    yield Place(_texts((element for element, kind in marks.classed if "byline" in kind), 2), shortest=2, sure=False)
    for text in _texts(marks.worded, MAX_WORDED):
        signed = len(text.split()) <= MAX_SIGNATURE
        yield Place([text], names_only=signed, shortest=2, sure=False)
    yield Place(_texts(marks.links, 1), shortest=2, sure=False)
    yield Place(_texts((link for link in marks.links if _leads_to_its_text(link)), 1), sure=False)


@lru_cache(maxsize=8192)
def _class_kind(names: str) -> frozenset[str]:
    """Whether classes are those of an author's name and of a byline; sites repeat the same few thousand."""
    low = names.lower()
    for word in _BYLINE_CLASSES:  # nearly all have none; `any` takes four times as long to say so
        if word in low:
            break
    else:
        return frozenset()
    kinds = [("name", _NAME_CLASS.search(names)), ("byline", not _NOT_BYLINE.search(names))]
    return frozenset(kind for kind, is_so in kinds if is_so)


def in_lines(lines: Iterable[str]) -> Place:
    """What the lines between a headline and its article word as a byline, where there is no markup.

    >>> in_lines(["Share", "By Mara Lindqvist", "3 March"]).credits
    ['By Mara Lindqvist']
    """
    found = [text for line in lines if len(text := line.strip()) <= MAX_BYLINE and _BYLINE_TEXT.match(text)]
    return Place(found[:MAX_WORDED], names_only=all(len(text.split()) <= MAX_SIGNATURE for text in found), shortest=2)


class _Marks(NamedTuple):
    """The elements of a page's body, in page order, that mark or word an author, by how they do."""

    related: list[HtmlElement]
    owned: list[HtmlElement]
    classed: list[tuple[HtmlElement, frozenset[str]]]
    worded: list[HtmlElement]
    links: list[HtmlElement]


def _marks(tree: HtmlElement) -> _Marks:
    """What marks an author, gathered in one walk: to ask the tree for each kind by itself takes three times as long."""
    marks = _Marks([], [], [], [], [])
    for element in tree.iter():
        tag = element.tag
        if tag in _WORDED and (text := (element.text or "").strip()) and _BYLINE_TEXT.match(text):
            marks.worded.append(_worded(element, text))
        if tag in _NO_TEXT:
            continue
        for name, value in element.items():  # all at once, in the time that three single ones take
            if name == "class":
                if kind := _class_kind(value):
                    marks.classed.append((element, kind))
            elif name == "href":
                if _AUTHOR_PAGE.search(value):
                    marks.links.append(element)
            elif name == "rel":
                if "author" in value.lower().split():
                    marks.related.append(element)
            elif name == "itemprop" and value == "author":
                marks.owned.append(element)
    return marks


def _worded(element: HtmlElement, text: str) -> HtmlElement:
    """The element whose text begins with "By", or the parent of one with nothing else."""
    parent = element.getparent()
    alone = not len(element) and _BYLINE_TEXT.fullmatch(text) is not None
    return parent if alone and parent is not None else element


def _leads_to_its_text(link: HtmlElement) -> bool:
    """Whether an author's page is addressed by the very text of the link: then even one word is a name."""
    address = unquote(link.get("href") or "").rstrip("/").rsplit("/", 1)[-1]
    return squashed(address) == squashed(text_of(link)) != ""


def _is_beside(element: HtmlElement) -> bool:
    """Whether an element stands beside the article: in a margin, a list of other articles or a link to one."""
    for parent in islice(element.iterancestors(), MAX_LEVELS):
        if parent.tag in {"nav", "footer", "a", "figure"}:
            return True
        if parent.tag in {"article", "main", "body"}:
            return False
        if _BESIDE.search(parent.get("class") or ""):
            return True
    return False


def _texts(elements: Iterable[HtmlElement], most: int) -> list[str]:
    """The first texts that are short enough for a byline; a bar parts what stands in elements of its own."""
    found: list[str] = []
    for element in islice(elements, MAX_TRIED):
        if len(found) == most:
            break
        if len(element) < MAX_CHILDREN and not _is_beside(element):
            pieces = (" ".join(piece.split()) for piece in islice(element.itertext(), 5 * MAX_CHILDREN))
            text = " | ".join(piece for piece in pieces if piece)
            if 0 < len(text) <= MAX_BYLINE:
                found.append(text)
    return found
