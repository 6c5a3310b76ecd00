"""The parts of an article's frame that trafilatura leaves out for their names or their links, found in one walk.

trafilatura asks six expressions of every element, in most of them Python through XPath, and measures every block six
times over. Here each pair of id and class is looked at once, and only blocks with links are measured: the same parts
go, for a third of the time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from lxml.etree import strip_tags
from lxml.html import HtmlElement
from trafilatura import xpaths
from trafilatura.htmlprocessing import link_density_test, link_density_test_tables
from trafilatura.utils import LINK_FARM_RATIO, trim
from trafilatura.xml import delete_element

from storywire.articles.elements import text_of

_BLOCKS = frozenset({"div", "item", "list", "p", "section", "span"})
_ID = re.compile("|".join(xpaths._OVERALL_DISCARD_BOTH_TOKENS + xpaths._OVERALL_DISCARD_ID_TOKENS))
_CLASS = re.compile("|".join(xpaths._OVERALL_DISCARD_BOTH_TOKENS + xpaths._OVERALL_DISCARD_CLASS_TOKENS))
_CONSENT = re.compile("|".join(xpaths._CONSENT_ID_CLASS_TOKENS))
_ANY_ID = re.compile("reader-comments|akismet")
_ANY_CLASS = re.compile(
    "^hide-|comments-title|nocomments|-reply-|message|akismet|suggest-links|-hide-|hide-print| hidden| hide|noprint|"
    "notloaded"
)
_TEASER = re.compile("[tT]easer")

KEPT_SHARE = 7
"""The unwanted parts stay where without them less than one part in so many of the text would be left."""

FEW_CHILDREN = 3
FEW_LETTERS = 100
"""A short block of links goes with at least so many children and fewer letters."""

LONG_PARAGRAPH = 60
LONG_BLOCK = 300
"""Letters from which trafilatura takes a paragraph, and any block, for no short one."""

PASSES = 2


_TELLING = frozenset({"aria-hidden", "data-component", "data-lp-replacement-content", "id", "role", "style"})
"""Attributes that may say more of an element than its class does."""


class _Verdict(NamedTuple):
    """What an id and a class say of an element."""

    block: bool
    """A block of this name is unwanted."""
    whatever: bool
    """An element of this name is unwanted whatever its tag."""
    beside: bool
    """A block of this name is a teaser or a caption."""


def without_unwanted(frame: HtmlElement) -> None:
    """Take away what trafilatura discards of the frame of an article that has been cleaned."""
    beside = _without_names(frame)
    for element in beside:
        delete_element(element)
    if next(frame.iter("ref"), None) is not None:
        _without_links(frame)
    strip_tags(frame, "span", "ref")


def _without_names(frame: HtmlElement) -> list[HtmlElement]:
    """Take away the blocks of unwanted names; returns those that are unwanted whatever share of the text they are."""
    unwanted: dict[HtmlElement, None] = {}
    beside = []
    for element in frame.iterdescendants():
        attributes = element.items()
        if not attributes:
            continue
        given = dict(attributes)
        is_block = element.tag in _BLOCKS
        identity, names = given.get("id"), given.get("class")
        if identity is not None or names is not None:
            verdict = _verdict(identity or "", names or "", _first(given, "id", "class"))
            if is_block and verdict.beside:
                beside.append(element)
            if verdict.whatever or (is_block and verdict.block):
                unwanted[element] = None
                continue
        if _TELLING.isdisjoint(given):
            continue
        if _is_hidden(given) or (is_block and _is_marked(given)):
            unwanted[element] = None
    if unwanted:
        outer = [each for each in unwanted if not any(around in unwanted for around in each.iterancestors())]
        whole = len(text_of(frame))
        if whole - sum(len(text_of(each)) for each in outer) > whole / KEPT_SHARE:
            for each in outer:
                delete_element(each)
    return beside


def _is_hidden(given: Mapping[str, str]) -> bool:
    """Whether an element's style says that it is not shown, or its label that it is not to be read."""
    if given.get("aria-hidden") == "true":
        return True
    style = given.get("style", "")
    if "display:none" in style or "display: none" in style:
        return True
    return "hidden" in _first(given, "id", "style")


def _first(given: Mapping[str, str], *attributes: str) -> str:
    """The value of the attribute that the page writes first: XPath makes no more of a set of them."""
    return next((value for name, value in given.items() if name in attributes), "")


def _is_marked(given: Mapping[str, str]) -> bool:
    """Whether a block says in another attribute that it is a menu or not the article's."""
    return (
        "data-lp-replacement-content" in given
        or "nav" in given.get("role", "").replace("N", "n")
        or "MostPopularStories" in given.get("data-component", "")
    )


@lru_cache(maxsize=8192)
def _verdict(identity: str, names: str, first: str) -> _Verdict:
    """What an id and a class say; `first` is the one that the page writes first, all that some expressions look at."""
    return _Verdict(
        block=_CONSENT.search(first) is not None
        or _ID.search(identity) is not None
        or _CLASS.search(names) is not None,
        whatever=first.startswith("reply-")
        or _ANY_ID.search(identity) is not None
        or _ANY_CLASS.search(names) is not None,
        beside=any("caption" in name or _TEASER.search(name) for name in (identity, names)),
    )


def _without_links(frame: HtmlElement) -> None:
    """Take away blocks, lists, paragraphs and tables that are all links."""
    for _ in range(PASSES):
        gone = [element for tag in ("div", "list", "p") for element in _removed(frame, tag)]
        if not gone:
            break
    for table in [table for table in frame.iter("table") if link_density_test_tables(table)]:
        delete_element(table, keep_tail=False)


def _removed(frame: HtmlElement, tag: str) -> list[HtmlElement]:
    """Take away the elements of a tag that are all links; returns them."""
    outside = set(frame.iterancestors())
    around = dict.fromkeys(element for link in frame.iter("ref") for element in link.iterancestors(tag))
    farms = [element for element in around if element not in outside and _is_farm(element)]
    for element in farms:
        delete_element(element)
    return farms


def _is_farm(element: HtmlElement) -> bool:
    """Whether a block is all links; a paragraph that is all a list item or a cell holds is judged with these."""
    if _is_long_text(element):
        return False
    farm, is_short = link_density_test(element)
    if element.tag == "p":
        parent = element.getparent()
        return farm and (parent is None or parent.tag not in {"item", "td", "th"})
    if farm or element.tag == "list":
        return farm
    return is_short and len(element) >= FEW_CHILDREN and len(trim(text_of(element))) < FEW_LETTERS


def _is_long_text(element: HtmlElement) -> bool:
    """Whether a block is long and not nearly all links: most are, and trafilatura's test, which says no, takes longer.

    The letters of links are counted with the space around them, so that no block passes that the test would take.
    """
    linked = sum(len(text_of(link)) for link in element.iterdescendants("ref"))
    least = max(LONG_PARAGRAPH if element.tag == "p" else LONG_BLOCK, linked / LINK_FARM_RATIO)
    text = text_of(element)
    # Mostly the beginning has enough, and is counted sooner than a text of thousands of words.
    return any(len(" ".join(part.split())) >= least for part in (text[: 3 * int(least)], text))
