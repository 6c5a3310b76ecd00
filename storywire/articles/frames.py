"""The element of a page that trafilatura takes the article from, found before the page is cleaned.

trafilatura cleans a copy of the whole page, converts it, and then looks for the frame of the article by the names of
the elements. Names do not change by cleaning: here the frame is looked for first, and only what is in it is copied and
cleaned, a seventh of the page. Where what stands outside has a say in the cleaning, there is no answer, and trafilatura
does it its own way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from functools import lru_cache

from lxml.etree import Element, SubElement
from lxml.html import HtmlElement
from trafilatura import xpaths
from trafilatura.htmlprocessing import convert_tags, tree_cleaning
from trafilatura.settings import MANUALLY_CLEANED, Extractor
from trafilatura.xml import delete_element

from storywire.articles.elements import text_of
from storywire.articles.pruning import is_pruned, prune

_FRAMES = ("article", "div", "main", "section")
_LATER_DIVS = ("details", "figure", "form", "table")
"""Elements that trafilatura may turn into a `div` before it looks for the frame."""

_LINK_CONTAINERS = frozenset({"div", "li", "p", "table"})
_CLEANED = frozenset(MANUALLY_CLEANED) - {"figure", "form"}
_NESTABLE = tuple(_CLEANED - {"script", "style", "link", "input", "iframe", "source", "head", "option"})

_BODY_CLASSES = frozenset({"post", "entry"})
_BODY_ID = re.compile("|".join(xpaths._ARTICLE_CONTENT_ID_TOKENS))
_BODY_CLASS = re.compile("|".join(xpaths._ARTICLE_CONTENT_CLASS_TOKENS))
_STORY_CLASSES = frozenset({"postarea", "art-postcontent", "text", "cell", "story"})
_STORY_ID = re.compile("|".join(xpaths._STORY_ID_TOKENS))
_STORY_CLASS = re.compile("|".join((*xpaths._STORY_CLASS_TOKENS, "(?i:fulltext)")))
_MAIN_ID = re.compile("|".join((*xpaths._MAIN_CONTENT_ID_TOKENS, "[mM]ain-[cC]ontent")))
_MAIN_CLASS = re.compile("|".join((*xpaths._MAIN_CONTENT_CLASS_TOKENS, "[mM]ain-[cC]ontent", "[pP]age-[cC]ontent")))

_NO_FRAME = 5
"""The rank of an element that is no frame; trafilatura has five expressions, of which the first that fits counts."""


def cleaned(tree: HtmlElement, options: Extractor) -> HtmlElement | None:
    """A copy of the frame, cleaned and converted as `convert_tags` leaves it; None where that is not all to be done."""
    left = _left_over(tree)
    found = _frame(tree, left)
    if found is None or (left and next(found.iterdescendants(*left), None) is not None):
        return None
    return of_element(found, options)


def in_turn(tree: HtmlElement) -> Iterator[HtmlElement]:
    """What each of trafilatura's expressions finds first in a page that has been cleaned, one after the other.

    What was found before may have been taken apart meanwhile.
    """
    named = [element for element in tree.iterdescendants(*_FRAMES) if _rank_of(element) < _NO_FRAME]
    for expression in range(_NO_FRAME):
        for element in named:
            here = element.tag in _FRAMES and element.getroottree().getroot() is tree
            if here and expression in _fitting(*_names(element)):
                yield element
                break


def of_element(found: HtmlElement, options: Extractor) -> HtmlElement | None:
    """A copy of an element of a page, cleaned and converted; None where it has nothing in it."""
    within = any(around.tag in _LINK_CONTAINERS for around in found.iterancestors())
    page, around = (found.makeelement(tag) for tag in ("html", "div" if within else "section"))
    page.append(around)
    frame = copy(found)
    frame.tail = None
    around.append(frame)
    prune(page)
    forms = list(frame.iterdescendants("form"))
    largest = max((len(text_of(form)) for form in forms), default=0)
    for form in forms:
        delete_element(form)
    convert_tags(tree_cleaning(page, options), options)
    if forms and largest > len(text_of(frame)):  # it may be most of the page, which trafilatura keeps
        return None
    return frame if len(frame) else None


def _left_over(tree: HtmlElement) -> set[str]:
    """Elements that the page has within their like: taking away the outer one, trafilatura leaves all that follow."""
    return {str(part.tag) for part in tree.iter(*_NESTABLE) if next(part.iterancestors(part.tag), None) is not None}


def _frame(tree: HtmlElement, left: set[str]) -> HtmlElement | None:
    """The element that the first fitting expression finds; None where the cleaning may take it away."""
    best, found = _NO_FRAME, None
    for element in tree.iter(*_FRAMES, *_LATER_DIVS):
        rank = _rank_of(element)
        if rank >= best:
            continue
        tag = element.tag
        if tag not in _FRAMES:
            if tag != "table" or element.get("role") in {"presentation", "none"}:
                return None
            continue
        around = [element, *element.iterancestors()]
        tags = {each.tag for each in around}
        if not tags.isdisjoint({"form", "figure"} | left):
            return None
        if tags & _CLEANED:
            continue
        if any(is_pruned(each) for each in around):
            continue
        best, found = rank, element
        if rank == 0:
            break
    return found


def _rank_of(element: HtmlElement) -> int:
    return _rank(*_names(element))


def _names(element: HtmlElement) -> tuple[str, str, str, str, str]:
    """What the expressions look at: the tag, and four attributes."""
    tag = str(element.tag)
    return (
        tag if tag in _FRAMES else "div",
        element.get("class") or "",
        element.get("id") or "",
        element.get("role") or "",
        element.get("itemprop") or "",
    )


@lru_cache(maxsize=1024)
def _fitting(tag: str, names: str, identity: str, role: str, item: str) -> frozenset[int]:
    """All of trafilatura's expressions for the frame that an element fits: asked of a lone one of these names."""
    around = Element("body")
    given = {"class": names, "id": identity, "role": role, "itemprop": item}
    SubElement(around, tag, {name: value for name, value in given.items() if value})
    return frozenset(number for number, expression in enumerate(xpaths.BODY_XPATH) if expression(around))


@lru_cache(maxsize=8192)
def _rank(tag: str, names: str, identity: str, role: str, item: str) -> int:
    """The first of trafilatura's expressions for the frame that an element fits."""
    return min(
        0 if item == "articleBody" else 1 if tag == "article" else 4 if tag == "main" else _NO_FRAME,
        2 if role == "article" else 4 if role.startswith("main") else _NO_FRAME,
        _rank_of_id(identity) if identity else _NO_FRAME,
        _rank_of_class(names) if names else _NO_FRAME,
    )


def _rank_of_id(identity: str) -> int:
    if identity == "articleContent" or _BODY_ID.search(identity):
        return 0
    if identity in {"article", "story"} or _STORY_ID.search(identity):
        return 2
    if identity == "content" or _MAIN_ID.search(identity):
        return 3
    return 4 if identity.startswith("main") else _NO_FRAME


def _may_name_frame(names: str) -> bool:
    """Whether classes have a part of some word of the expressions in them, which take ten times as long to say no."""
    return (
        ("ontent" in names or "post" in names or "rticle" in names or "entry" in names or "body" in names)
        or ("text" in names or "column" in names or "cell" in names or "story" in names)
        or "fulltext" in names.lower()
    )


def _rank_of_class(names: str) -> int:
    if not _may_name_frame(names):
        return 4 if names.startswith("main") else _NO_FRAME
    if names in _BODY_CLASSES or _BODY_CLASS.search(names):
        return 0
    if names in _STORY_CLASSES or _STORY_CLASS.search(names):
        return 2
    if names == "content" or _MAIN_CLASS.search(names):
        return 3
    return 4 if names.startswith("main") else _NO_FRAME
