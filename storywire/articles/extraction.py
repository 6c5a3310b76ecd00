"""What trafilatura takes for a page's article, by a shorter way that leads to the very same text.

`bare_extraction` prepares for all that a page may hold: it copies and cleans the page four times, looks for comments
with expressions that ask Python about every element, and measures the page by cleaning it once more. Here the
article's frame is looked for first (`frames`) and only that is cleaned (`discards`) and read, on three pages in four,
at a quarter of the time. For the others the steps are taken one by one (`content`), and those without effect are left
out. Forums, pages the steps fail on, and all pages if another version of trafilatura is installed go to
`bare_extraction`.
"""

from __future__ import annotations

import contextlib
import math
from copy import copy
from typing import Any

import trafilatura
from lxml.etree import Element, SubElement, XPath, _Element
from lxml.html import HtmlElement
from trafilatura.baseline import baseline
from trafilatura.core import ESCALATION_ACCEPT_RATIO, ESCALATION_MAX_LENGTH, ESCALATION_PAGE_SHARE
from trafilatura.htmlprocessing import convert_tags, tree_cleaning
from trafilatura.main_extractor import extract_content
from trafilatura.settings import Extractor
from trafilatura.xml import xmltotxt

from storywire.articles import content, frames
from storywire.articles.content import OPTIONS
from storywire.articles.discards import without_unwanted
from storywire.articles.elements import text_of
from storywire.articles.goodparagraphs import good_paragraphs
from storywire.articles.pruning import prune, text_length, without_unmeasured

KNOWN = "2.3.1"
"""The version of trafilatura whose steps these are."""

_RECALL = Extractor(fast=True, comments=False, output_format="python", recall=True)

_PARTS = XPath("count(descendant::text())")

_PIECES = XPath(
    "descendant::text()[not(parent::script or parent::style or parent::svg or parent::template)]", smart_strings=False
)


def extracted(tree: HtmlElement, url: str | None, *, recall: bool = False) -> str:
    """The text trafilatura extracts, without comments; empty where it finds none or fails. The tree stays as it is.

    Trafilatura's `deduplicate` is left off: it remembers segments of other pages, so results would hang on their order.
    """
    try:
        text = None
        if trafilatura.__version__ == KNOWN:
            with contextlib.suppress(AttributeError, LookupError, TypeError, ValueError):
                text = _by_own_steps(tree, recall=recall)
        if text is None:
            found = trafilatura.bare_extraction(tree, url=url, fast=True, favor_recall=recall, include_comments=False)
            text = getattr(found, "text", None)
    except MemoryError:  # the worker's cap: the page is rejected for it, not taken for one without a text
        raise
    except Exception:  # a page that breaks the extractor is a page without a text
        return ""
    return text if isinstance(text, str) else ""


def in_named_frame(tree: HtmlElement) -> str | None:
    """The text trafilatura extracts where it finds the article's frame by its name and need not look further."""
    try:
        found = None if _is_forum(tree) or trafilatura.__version__ != KNOWN else _in_frame(tree)
        return None if found is None else _looked_over(tree, *found)
    except MemoryError:
        raise
    except Exception:  # trafilatura's own way may still have an answer
        return None


def in_element(frame: HtmlElement) -> str | None:
    """The text of an element of a page that is taken for the article's frame; the page stays as it is."""
    try:
        clean = frames.of_element(frame, OPTIONS)
        if clean is None:
            return None
        without_unwanted(clean)
        body = Element("body")
        if not content.take_parts(clean, content.TAGS, body) or _is_short(content.text_in(body)):
            return None
        content.tidy(body)
        return str(xmltotxt(body, OPTIONS.formatting))
    except MemoryError:
        raise
    except Exception:  # as above
        return None


def in_good_paragraphs(tree: HtmlElement) -> str:
    """The paragraphs of a page that justext tells from menus by their length and their common words.

    It is where trafilatura's slow way mostly ends, at a third of the time: that reads the page again, and then
    compares with readability.
    """
    try:
        own = _pruned(tree)
        without_unmeasured(own)
        body = Element("body")
        for text in good_paragraphs(own):
            SubElement(body, "p").text = text
        return str(xmltotxt(body, OPTIONS.formatting))
    except MemoryError:
        raise
    except Exception:  # as above
        return ""


def _by_own_steps(tree: HtmlElement, *, recall: bool = False) -> str | None:
    """The text by trafilatura's own steps; None for a forum, where it would take others."""
    if _is_forum(tree):
        return None
    body, text = _with_recall(_pruned(tree)) if recall else content.of_page(_converted(_pruned(tree), OPTIONS))
    if _is_short(text):
        rescued, longer, length = baseline(_pruned(tree))
        body, text = (rescued, longer) if length > len(text) else (body, text)
    if not text:
        return ""
    return str(xmltotxt(body, OPTIONS.formatting)) if recall else _looked_over(tree, body, text)


def _is_forum(tree: HtmlElement) -> bool:
    return any("DiscussionForumPosting" in (script.text or "") for script in tree.iter("script"))


def _looked_over(tree: HtmlElement, body: _Element, text: str, most: float = math.inf) -> str:
    """What was found as plain text, or what a second look finds where it may be a small part of its page.

    That one takes the frame again, if there is a frame, with the teasers in it: it cannot find more than the `most`
    characters of the frame, and is not taken unless it finds half as much again.
    """
    if most > ESCALATION_ACCEPT_RATIO * len(text) and _may_be_small_part(len(text), tree):
        whole = _pruned(tree)
        if len(text) >= ESCALATION_PAGE_SHARE * text_length(whole):
            return str(xmltotxt(body, OPTIONS.formatting))
        more, longer = _with_recall(whole)
        if not _is_short(longer) and len(longer) > ESCALATION_ACCEPT_RATIO * len(text):
            body = more
    return str(xmltotxt(body, OPTIONS.formatting))


def _pruned(tree: HtmlElement) -> HtmlElement:
    """A copy of a page without what trafilatura takes away at first."""
    own = copy(tree)
    prune(own)
    return own


def _in_frame(tree: HtmlElement) -> tuple[_Element, str, float] | None:
    """What trafilatura's own extractor finds in the article's frame, its text, and how long that is at most.

    None where it would look on.
    """
    frame = frames.cleaned(tree, OPTIONS)
    if frame is None:
        return None
    parts: Any = _PARTS(frame)
    most = len(text_of(frame)) + parts
    without_unwanted(frame)
    body = Element("body")
    if not content.has_paragraphs(frame) or not content.take_parts(frame, content.TAGS, body):
        return None
    text = content.text_in(body)
    if _is_short(text):
        return None
    content.tidy(body)
    return body, text, most


def _with_recall(tree: HtmlElement) -> tuple[_Element, str]:
    """What trafilatura's extractor finds in a tree that is given up for it, if it is to find as much as it can."""
    body, text = extract_content(_converted(tree, _RECALL), _RECALL)
    return body, text


def _converted(tree: HtmlElement, options: Extractor) -> HtmlElement:
    """A tree as trafilatura's extractor takes it."""
    return convert_tags(tree_cleaning(tree, options), options)


def _is_short(text: str) -> bool:
    return len(text) < OPTIONS.min_extracted_size


def _may_be_small_part(length: int, tree: HtmlElement) -> bool:
    """Whether a text is so short, and may be so small a part of its page, that trafilatura looks for more."""
    if length >= ESCALATION_MAX_LENGTH:
        return False
    body = tree.find(".//body")
    pieces: Any = _PIECES(body if body is not None else tree)
    # A space between all pieces is more than trafilatura puts, and cleaning only takes away.
    return length < ESCALATION_PAGE_SHARE * len(" ".join(" ".join(pieces).split()))
