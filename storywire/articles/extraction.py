"""What trafilatura takes for a page's article, by a shorter way that leads to the very same text.

`bare_extraction` prepares for all that a page may hold: it copies and cleans the page four times, looks for comments
with expressions that ask Python about every element, and measures the page by cleaning it once more. Here the
article's frame is looked for first (`frames`) and only that is cleaned (`discards`) and read, on three pages in four,
at a quarter of the time. For most others trafilatura's own steps are taken one by one, and those without effect are
left out. Forums, pages of which the steps take next to nothing, pages they fail on, and all pages if another version
of trafilatura is installed go to `bare_extraction`.
"""

from __future__ import annotations

import contextlib
import math
from copy import copy
from typing import Any

import trafilatura
from lxml.etree import Element, XPath, _Element, strip_elements, strip_tags
from lxml.html import HtmlElement
from trafilatura.core import ESCALATION_ACCEPT_RATIO, ESCALATION_MAX_LENGTH, ESCALATION_PAGE_SHARE
from trafilatura.external import try_justext
from trafilatura.htmlprocessing import convert_tags, process_node, tree_cleaning
from trafilatura.main_extractor import NOT_AT_THE_END, REBUILT_BLOCKS, extract_content, handle_textelem
from trafilatura.settings import MIN_DUPLICATE_LENGTH, TAG_CATALOG, Extractor
from trafilatura.utils import SPACING_PROTECTED, text_chars_test
from trafilatura.xml import delete_element, xmltotxt

from storywire.articles import frames
from storywire.articles.discards import without_unwanted
from storywire.articles.elements import text_of
from storywire.articles.pruning import prune, text_length, without_unmeasured

KNOWN = "2.3.1"
"""The version of trafilatura whose steps these are."""

_OPTIONS = Extractor(fast=True, comments=False, output_format="python")
_RECALL = Extractor(fast=True, comments=False, output_format="python", recall=True)

PARAGRAPHS = 3
"""How many times the shortest text a frame's paragraphs must hold before they alone are the article."""

FEWEST_PARTS = 2
"""Parts from which a frame's content is one, and not a stray heading."""

_TAGS = {*TAG_CATALOG, "table", "td", "th", "tr"}
_HANDLED = frozenset({"list", "code", "quote", "head", "p", "lb", "hi", "ref", "del", "table"})

_FORUM = XPath("boolean(//script[contains(., 'DiscussionForumPosting')])")

_PARTS = XPath("count(descendant::text())")

_PIECES = XPath(
    "descendant::text()[not(parent::script or parent::style or parent::svg or parent::template)]", smart_strings=False
)


def extracted(tree: HtmlElement, url: str | None, *, recall: bool = False, framed: bool = True) -> str:
    """The text trafilatura extracts, without comments; empty where it finds none or fails. The tree stays as it is.

    A page that has been asked for the text in its named frame has none there, and is not `framed`. Trafilatura's
    `deduplicate` is left off: it remembers segments of other pages, so results would hang on their order.
    """
    try:
        text = None
        if not recall and trafilatura.__version__ == KNOWN:
            with contextlib.suppress(AttributeError, LookupError, TypeError, ValueError):
                text = _by_first_steps(tree, framed=framed)
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
        clean = frames.of_element(frame, _OPTIONS)
        if clean is None:
            return None
        without_unwanted(clean)
        found = _parts(clean)
        return None if found is None else str(xmltotxt(found[0], _OPTIONS.formatting))
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
        return str(xmltotxt(try_justext(own, None, None), _OPTIONS.formatting))
    except MemoryError:
        raise
    except Exception:  # as above
        return ""


def _by_first_steps(tree: HtmlElement, *, framed: bool = True) -> str | None:
    """The text, where trafilatura would stop at the first steps or look twice; None where it would go further."""
    if _is_forum(tree):
        return None
    found = _in_frame(tree) if framed else None
    if found is not None:
        return _looked_over(tree, *found)
    body, text = _content(_pruned(tree), _OPTIONS)
    if len(text) < _OPTIONS.min_extracted_size:
        return None
    return _looked_over(tree, body, text)


def _is_forum(tree: HtmlElement) -> bool:
    return bool(_FORUM(tree))


def _looked_over(tree: HtmlElement, body: _Element, text: str, most: float = math.inf) -> str:
    """What was found as plain text, or what a second look finds where it may be a small part of its page.

    That one takes the frame again, if there is a frame, with the teasers in it: it cannot find more than the `most`
    characters of the frame, and is not taken unless it finds half as much again.
    """
    if most > ESCALATION_ACCEPT_RATIO * len(text) and _may_be_small_part(len(text), tree):
        whole = _pruned(tree)
        if len(text) >= ESCALATION_PAGE_SHARE * text_length(whole):
            return str(xmltotxt(body, _OPTIONS.formatting))
        more, longer = _content(whole, _RECALL)
        if len(longer) >= _OPTIONS.min_extracted_size and len(longer) > ESCALATION_ACCEPT_RATIO * len(text):
            body = more
    return str(xmltotxt(body, _OPTIONS.formatting))


def _pruned(tree: HtmlElement) -> HtmlElement:
    """A copy of a page without what trafilatura takes away at first."""
    own = copy(tree)
    prune(own)
    return own


def _in_frame(tree: HtmlElement) -> tuple[_Element, str, float] | None:
    """What trafilatura's own extractor finds in the article's frame, its text, and how long that is at most.

    None where it would look on.
    """
    frame = frames.cleaned(tree, _OPTIONS)
    if frame is None:
        return None
    parts: Any = _PARTS(frame)
    most = len(text_of(frame)) + parts
    without_unwanted(frame)
    found = _parts(frame) if _has_paragraphs(frame) else None
    return None if found is None else (*found, most)


def _parts(frame: HtmlElement) -> tuple[_Element, str] | None:
    """The parts of a frame that has been cleaned, and their text."""
    lead = _paragraph(frame.text)
    body = Element("body")
    for element in list(frame.iterdescendants()):
        tag, tail = element.tag, element.tail
        if tag not in _HANDLED and (tag != "div" or "w3-code" not in (element.get("class") or "")):
            continue
        if element.getroottree().getroot() is body:  # it came with the element around it
            continue
        taken = handle_textelem(element, _TAGS, _OPTIONS)
        if taken is not None:
            body.append(taken)
            if element.getroottree().getroot() is not body:
                element.tag = "done"
        if tag in REBUILT_BLOCKS and (taken is None or taken.tail is None):
            after = _paragraph(tail)
            if after is not None:
                body.append(after)
    while len(body) and body[-1].tag in NOT_AT_THE_END:
        delete_element(body[-1], keep_tail=False)
    if len(body) < FEWEST_PARTS:
        return None
    if lead is not None:
        body.insert(0, lead)
    text = " ".join(map(str, body.itertext())).strip()
    if len(text) < _OPTIONS.min_extracted_size:
        return None
    _tidy(body)
    return body, text


def _has_paragraphs(frame: HtmlElement) -> bool:
    """Whether the frame has so much text in paragraphs that trafilatura takes them, and no block beside them."""
    wanted = PARAGRAPHS * _OPTIONS.min_extracted_size
    for paragraph in frame.iterdescendants("p"):
        if next(paragraph.iterancestors("p"), None) is None:
            wanted -= len(paragraph.text_content())
            if wanted <= 0:
                return True
    return False


def _paragraph(text: str | None) -> _Element | None:
    """Text that stands between blocks, as a paragraph of its own."""
    if not text_chars_test(text):
        return None
    paragraph = Element("p")
    paragraph.text = text
    return process_node(paragraph, _OPTIONS)


def _tidy(body: _Element) -> None:
    """Leave out what repeats the part before it, and what trafilatura has marked as done with."""
    previous = None
    for part in list(body):
        text = " ".join(text_of(part).split())
        if text and text == previous and len(text) > MIN_DUPLICATE_LENGTH:
            delete_element(part, keep_tail=False)
        else:
            previous = text
    strip_elements(body, "done")
    strip_tags(body, "div")
    for broken in body.iter("lb"):
        if not text_chars_test(broken.tail) and next(broken.iterancestors(*SPACING_PROTECTED), None) is None:
            broken.tail = None


def _content(tree: HtmlElement, options: Extractor) -> tuple[_Element, str]:
    """What trafilatura's own extractor finds in a tree that is given up for it."""
    body, text = extract_content(convert_tags(tree_cleaning(tree, options), options), options)
    return body, text


def _may_be_small_part(length: int, tree: HtmlElement) -> bool:
    """Whether a text is so short, and may be so small a part of its page, that trafilatura looks for more."""
    if length >= ESCALATION_MAX_LENGTH:
        return False
    body = tree.find(".//body")
    pieces: Any = _PIECES(body if body is not None else tree)
    # A space between all pieces is more than trafilatura puts, and cleaning only takes away.
    return length < ESCALATION_PAGE_SHARE * len(" ".join(" ".join(pieces).split()))
