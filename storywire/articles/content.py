"""What trafilatura's main extractor finds in a page that has been cleaned: the parts of the article, and their text.

It asks five expressions of the whole page for the article's frame, most of which ask Python about every element, and
as many again of the frame for what is unwanted. Here the frames are told by their names (`frames`), what is unwanted
is found in one walk (`discards`), and only the reading of the parts is trafilatura's own: the same text in half the
time.
"""

from __future__ import annotations

from copy import deepcopy

from lxml.etree import Element, _Element, strip_elements, strip_tags
from lxml.html import HtmlElement
from trafilatura.htmlprocessing import process_node
from trafilatura.main_extractor import NOT_AT_THE_END, REBUILT_BLOCKS, handle_textelem, recover_wild_text
from trafilatura.settings import INLINE_FORMATTABLE, MIN_DUPLICATE_LENGTH, TAG_CATALOG, Extractor
from trafilatura.utils import SPACING_PROTECTED, text_chars_test
from trafilatura.xml import delete_element

from storywire.articles import frames
from storywire.articles.discards import without_unwanted
from storywire.articles.elements import text_of

OPTIONS = Extractor(fast=True, comments=False, output_format="python")

PARAGRAPHS = 3
"""How many times the shortest text a page's paragraphs must hold before they alone are the article."""

FEWEST_PARTS = 2
"""Parts from which a frame's content is one, and not a stray heading."""

TAGS = frozenset({*TAG_CATALOG, "table", "td", "th", "tr"})
"""What is a part of an article that stands in paragraphs."""

_BLOCK = frozenset({"div"})
_INLINE = INLINE_FORMATTABLE | {"lb"}
_HANDLED = frozenset({"list", "code", "quote", "head", "p", "lb", "hi", "ref", "del", "table"})


def of_page(tree: HtmlElement) -> tuple[_Element, str]:
    """The parts of the article on a page that has been cleaned and converted, and is given up for them."""
    backup, order = deepcopy(tree), list(tree.iter())
    body, tags = Element("body"), TAGS
    for frame in frames.in_turn(tree):
        without_unwanted(frame)
        if len(frame) == 0:
            continue
        if not has_paragraphs(tree):
            tags |= _BLOCK
        if take_parts(frame, tags, body):
            break
    text = text_in(body)
    if len(text) < OPTIONS.min_extracted_size:
        consumed = {twin for element, twin in zip(order, backup.iter(), strict=True) if element.tag == "done"}
        body = recover_wild_text(backup, body, OPTIONS, set(tags), consumed)
        text = text_in(body)
    tidy(body)
    return body, text


def has_paragraphs(tree: HtmlElement) -> bool:
    """Whether there is so much text in paragraphs that trafilatura takes them, and no block beside them."""
    wanted = PARAGRAPHS * OPTIONS.min_extracted_size
    for paragraph in tree.iterdescendants("p"):
        if next(paragraph.iterancestors("p"), None) is None:
            wanted -= len(text_of(paragraph))
            if wanted <= 0:
                return True
    return False


def take_parts(frame: HtmlElement, tags: frozenset[str], body: _Element) -> bool:
    """Put the parts of a frame that has been cleaned into a body; whether they are enough to be an article."""
    handled, given = _HANDLED | (tags & _BLOCK), set(tags)
    elements = list(frame.iterdescendants())
    within = {element.tag for element in elements}
    alone = within == {"lb"} or (frame.tag == "div" and "div" in tags and within <= _INLINE)
    lead, start = None if alone else _paragraph(frame.text), len(body)
    for element in [frame] if alone else elements:
        tag, tail = element.tag, element.tail
        if tag not in handled and (tag != "div" or "w3-code" not in (element.get("class") or "")):
            continue
        if element.getroottree().getroot() is body:  # it came with the element around it
            continue
        taken = handle_textelem(element, given, OPTIONS)
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
        return False
    if lead is not None:
        body.insert(start, lead)
    return True


def text_in(body: _Element) -> str:
    """The text of a body, by which trafilatura measures it."""
    return " ".join(map(str, body.itertext())).strip()


def tidy(body: _Element) -> None:
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


def _paragraph(text: str | None) -> _Element | None:
    """Text that stands between blocks, as a paragraph of its own."""
    if not text_chars_test(text):
        return None
    paragraph = Element("p")
    paragraph.text = text
    return process_node(paragraph, OPTIONS)
