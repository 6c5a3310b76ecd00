"""What trafilatura takes away from a page before anything else, and how much text it sees on the page.

Both are asked of every element by expressions that call Python through XPath, some 30 ms for a page. Names repeat:
here each pair of id and class is judged once, and the expressions themselves are asked of a lone element of that name.
"""

from __future__ import annotations

import re
from copy import copy
from functools import lru_cache

from lxml.etree import Element, SubElement
from lxml.html import HtmlElement
from trafilatura import settings, xpaths
from trafilatura.baseline import html2txt
from trafilatura.xml import delete_element

_PRUNING = (*xpaths.RAW_TREE_PRUNE_XPATH, *xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH)
_PRUNED = ("div", "section", "aside", "details", "ol", "ul", "list")
_PRUNED_NAMES = re.compile(
    r"^(?:[Cc]omment|comol|disqus_thread|dsq-comments)|(?:article|post)-comments|"
    "mvp-post-add|infinite-?scroll|elementor-share-buttons",
    re.MULTILINE,
)
"""Elements, and the ids and classes, that trafilatura may take away at first; its own expressions decide."""

_UNMEASURED = frozenset({"aside", "fencedframe", "footer", "script", "style", "svg", "template"})
_CONSENT = re.compile(settings._COOKIE_CONSENT_RE, re.IGNORECASE)


def prune(tree: HtmlElement) -> None:
    """Take away the comments and the other articles in what stands below an element."""
    for element in [each for each in tree.iterdescendants(*_PRUNED) if is_pruned(each)]:
        delete_element(element)


def is_pruned(element: HtmlElement) -> bool:
    """Whether an element is taken away at first, with all that is in it."""
    identity, names = element.get("id") or "", element.get("class") or ""
    if element.tag not in _PRUNED or not (identity or names) or not _may_be_pruned(identity, names):
        return False
    return _fits(str(element.tag), identity, names, next(element.iterdescendants("h1"), None) is not None)


def text_length(page: HtmlElement) -> int:
    """Letters of text that trafilatura sees on a page: without footers, asides and requests for consent."""
    own = copy(page)
    body = own.find(".//body")
    without_unmeasured(own if body is None else body)
    return len(html2txt(own, clean=False))


def without_unmeasured(tree: HtmlElement) -> None:
    """Take away what trafilatura never takes for text: scripts, footers, asides and requests for consent."""
    for element in [each for each in tree.iterdescendants() if _is_unmeasured(each)]:
        delete_element(element)


@lru_cache(maxsize=8192)
def _may_be_pruned(identity: str, names: str) -> bool:
    return _PRUNED_NAMES.search(f"{identity}\n{names}") is not None


@lru_cache(maxsize=1024)
def _fits(tag: str, identity: str, names: str, headed: bool) -> bool:
    """Whether an element fits one of the expressions, which look at its names and for a heading in it alone."""
    around = Element("body")
    twin = SubElement(around, tag, {"id": identity, "class": names})
    if headed:
        SubElement(twin, "h1")
    return any(expression(around) for expression in _PRUNING)


def _is_unmeasured(element: HtmlElement) -> bool:
    if element.tag in _UNMEASURED:
        return True
    keys = element.keys()
    if "class" not in keys and "id" not in keys:
        return False
    identity, names = element.get("id") or "", element.get("class") or ""
    if element.tag == "div":  # of the two, XPath looks at the one that the page writes first
        first = next(key for key in keys if key in {"id", "class"})
        if "footer" in (identity if first == "id" else names):
            return True
    return _asks_consent(identity, names)


@lru_cache(maxsize=8192)
def _asks_consent(identity: str, names: str) -> bool:
    return _CONSENT.search(identity) is not None or _CONSENT.search(names) is not None
