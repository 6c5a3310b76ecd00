"""What trafilatura takes for a page's article, by a shorter way that leads to the very same text.

`bare_extraction` prepares for all that a page may hold: it copies the tree four times, looks for comments with
expressions that ask Python about every element, and measures the page by cleaning it once more. Here trafilatura's own
steps are taken one by one, and those without effect are left out, for a sixth less time. Forums, pages of which the
steps take next to nothing, pages they fail on, and all pages if another version of trafilatura is installed go to
`bare_extraction`.
"""

from __future__ import annotations

import contextlib
import re
from copy import copy
from functools import lru_cache
from typing import Any

import trafilatura
from lxml.etree import XPath, _Element
from lxml.html import HtmlElement
from trafilatura.baseline import html2txt
from trafilatura.core import ESCALATION_ACCEPT_RATIO, ESCALATION_MAX_LENGTH, ESCALATION_PAGE_SHARE
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.main_extractor import extract_content
from trafilatura.settings import Extractor
from trafilatura.xml import xmltotxt
from trafilatura.xpaths import RAW_TREE_PRUNE_XPATH, REMOVE_COMMENTS_AND_LISTS_XPATH

KNOWN = "2.3.1"
"""The version of trafilatura whose steps these are."""

_OPTIONS = Extractor(fast=True, comments=False, output_format="python")
_RECALL = Extractor(fast=True, comments=False, output_format="python", recall=True)
_PRUNED = ("div", "section", "aside", "details", "ol", "ul", "list")
_PRUNED_NAMES = re.compile(
    r"^(?:[Cc]omment|comol|disqus_thread|dsq-comments)|(?:article|post)-comments|"
    "mvp-post-add|infinite-?scroll|elementor-share-buttons",
    re.MULTILINE,
)
"""Elements, and the ids and classes, that trafilatura may take away at first; its own expressions decide."""

_PIECES = XPath(
    "descendant::text()[not(parent::script or parent::style or parent::svg or parent::template)]", smart_strings=False
)


def extracted(tree: HtmlElement, url: str | None, *, fast: bool = True, recall: bool = False) -> str:
    """The text trafilatura extracts, without comments; empty where it finds none or fails. The tree stays as it is.

    Its `deduplicate` is left off: it remembers segments of other pages, so results would hang on their order.
    """
    try:
        text = None
        if fast and not recall and trafilatura.__version__ == KNOWN:
            with contextlib.suppress(AttributeError, LookupError, TypeError, ValueError):
                text = _by_first_steps(tree)
        if text is None:
            found = trafilatura.bare_extraction(tree, url=url, fast=fast, favor_recall=recall, include_comments=False)
            text = getattr(found, "text", None)
    except MemoryError:  # the worker's cap: the page is rejected for it, not taken for one without a text
        raise
    except Exception:  # a page that breaks the extractor is a page without a text
        return ""
    return text if isinstance(text, str) else ""


def _by_first_steps(tree: HtmlElement) -> str | None:
    """The text, where trafilatura would stop at the first steps or look twice; None where it would go further."""
    if any("DiscussionForumPosting" in (script.text or "") for script in tree.iter("script")):
        return None
    body, text = _content(_pruned(tree), _OPTIONS)
    if len(text) < _OPTIONS.min_extracted_size:
        return None
    if _may_be_small_part(len(text), tree):
        whole = _pruned(tree)
        if len(text) >= ESCALATION_PAGE_SHARE * len(html2txt(whole)):
            return str(xmltotxt(body, _OPTIONS.formatting))
        more, found = _content(whole, _RECALL)
        if len(found) >= _OPTIONS.min_extracted_size and len(found) > ESCALATION_ACCEPT_RATIO * len(text):
            body = more
    return str(xmltotxt(body, _OPTIONS.formatting))


def _pruned(tree: HtmlElement) -> HtmlElement:
    """A copy of the tree without what trafilatura takes away at first."""
    own = copy(tree)
    if any(_may_be_pruned(f"{part.get('id')}\n{part.get('class')}") for part in own.iter(*_PRUNED)):
        prune_unwanted_nodes(own, [*RAW_TREE_PRUNE_XPATH, *REMOVE_COMMENTS_AND_LISTS_XPATH])
    return own


def _content(tree: HtmlElement, options: Extractor) -> tuple[_Element, str]:
    """What trafilatura's own extractor finds in a tree that is given up for it."""
    body, text = extract_content(convert_tags(tree_cleaning(tree, options), options), options)
    return body, text


@lru_cache(maxsize=8192)
def _may_be_pruned(names: str) -> bool:
    """Whether an element's id and class are such as trafilatura prunes; sites repeat the same few thousand."""
    return _PRUNED_NAMES.search(names) is not None


def _may_be_small_part(length: int, tree: HtmlElement) -> bool:
    """Whether a text is so short, and may be so small a part of its page, that trafilatura looks for more."""
    if length >= ESCALATION_MAX_LENGTH:
        return False
    body = tree.find(".//body")
    pieces: Any = _PIECES(body if body is not None else tree)
    # A space between all pieces is more than trafilatura puts, and cleaning only takes away.
    return length < ESCALATION_PAGE_SHARE * len(" ".join(" ".join(pieces).split()))
