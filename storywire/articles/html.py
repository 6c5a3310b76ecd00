"""A page with markup to the article's own words.

trafilatura's steps read the part of the page that is named like an article; what that misses shows in the page
itself, as running paragraphs that are not in the text. Then the part around these is read, and only where they do
not show an article either the whole page, and the slower ways.
"""

from __future__ import annotations

import re
from copy import copy
from functools import partial
from typing import Any

from lxml.etree import ElementDefaultClassLookup, LxmlError, XPath, strip_tags
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from storywire.articles import extraction, runs, words
from storywire.articles.blocks import blocks
from storywire.articles.boxes import boxes_aside
from storywire.articles.elements import text_of
from storywire.articles.gaps import filled
from storywire.articles.pointers import without_pointers
from storywire.articles.prose import clean_lines, prose_words, squashed, unwrapped
from storywire.articles.runs import BEGINNING, Paragraph, Run
from storywire.articles.scripts import hidden_markup
from storywire.articles.substance import STUB, is_article

MAX_PAGE = 10_000_000
"""Characters of one page; past it the parser alone takes seconds, and no article is that long."""

MAX_NAMES = 5_000
"""Characters of an element's classes that are kept: a dozen readers look at them, and millions cost each seconds."""

MISSED = 50
"""Words of the page's longest run of paragraphs from which its absence from the text counts."""

THIN = 4
"""How many times the text the page's running paragraphs may be: teasers and other articles below mostly stay
under it. Where it is more, or the longest run is missing, the slow text was the better on 13 of 16 labelled pages."""

RUNNING = 100
"""Words in running paragraphs from which they show where the article stands."""

NEARLY_ALL = 0.8
"""Share of the running words that must be in what stands around them."""

NESTED = 20
"""Tables within tables that are left to trafilatura, whose time grows with the cube of their depth: 12 s at 600.
Labelled pages have two."""

LEVELS = 200
"""Levels of elements that are left to trafilatura, whose slow ways take minutes for a small page of 2,000."""

_CELLS = ("table", "thead", "tbody", "tfoot", "tr", "td", "th")
_WRAPPERS = ("article", "section", "div", "span", "font", "center", "a", "b", "i", "em", "strong", "u")
_OVERLONG = XPath(f"//@class[string-length() > {MAX_NAMES}]/..")
"""Asked of classes alone, not of every element: half the time."""
_DEEP = XPath(f"boolean({'/*' * LEVELS})")

_ONE_CLASS = ElementDefaultClassLookup(element=HtmlElement)
"""lxml asks Python for the class of every element it hands out, as forms and inputs have their own; we need none of
those, and not to ask saves a tenth of the time a page takes."""

_BEFORE = re.compile(rb"(?:\xef\xbb\xbf|[ \t\r\n])*(?:<\?xml[^>]{0,200}>)?", re.IGNORECASE)
_OLD_REFERENCE = re.compile(rb"&#(1[2-5]\d);")


def parse(text: str | bytes) -> HtmlElement | None:
    """The tree of a page, as text or in UTF-8, shared by all that read it; None where there is no markup and no text.

    The parser's usual limit of 256 levels would cut deep pages short without a word: it is lifted to its
    hard limit of 2,048.
    """
    # Searched as bytes, which takes a tenth of the time where a page has letters past Latin.
    if isinstance(text, bytes) and len(text) > MAX_PAGE:
        text = text.decode("utf-8", "replace")
    markup = text if isinstance(text, bytes) else text[:MAX_PAGE].encode("utf-8", "replace")
    markup = markup.replace(b"\x00", b"")
    if before := _BEFORE.match(markup):
        markup = markup[before.end() :]
    if b"&#1" in markup:
        markup = _OLD_REFERENCE.sub(_windows_character, markup)
    parser = HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        huge_tree=True,
    )
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        tree = document_fromstring(markup, parser=parser, ensure_head_body=True)
    except (LxmlError, ValueError, AssertionError):
        return None
    overlong: Any = _OVERLONG(tree)
    for element in overlong:
        element.set("class", element.get("class")[:MAX_NAMES])
    return tree


def body_text(tree: HtmlElement, url: str | None) -> str | None:
    """The article's own words, one paragraph a line; None where the page has none. The tree stays as it is."""
    text, running = _read(tree, url)
    shown = is_article(tree, text, running)
    if shown and "\n" in text:
        return text
    hidden = _hidden(tree, url)
    if hidden is not None and (not shown or squashed(text)[:BEGINNING] in squashed(hidden)):
        return hidden
    return text if shown else None


def _hidden(tree: HtmlElement, url: str | None) -> str | None:
    """The article in a page's scripts: of a page that shows none, or whose JSON-LD is all that trafilatura found.

    The latter comes as one line, whatever its paragraphs.
    """
    markup = hidden_markup(tree)
    drawn = parse(markup) if markup else None
    if drawn is None:
        return None
    text, running = _read(drawn, url)
    return text if is_article(drawn, text, running) else None


def _read(tree: HtmlElement, url: str | None) -> tuple[str, list[Run]]:
    """What an article of this page would say, and the running paragraphs of the page; whether it is one is not asked.

    The text is mended after the extraction.
    """
    plain = _without_towers(tree)
    with boxes_aside(plain):
        found = runs.runs(plain)
        text = _chosen(plain, url, found)
        if not text:
            return "", found
        page = blocks(plain)
        return without_pointers(filled(text, page), page), found


def _chosen(tree: HtmlElement, url: str | None, found: list[Run]) -> str:
    """The first extraction that holds the page's running text; the running text itself if none does."""
    paragraphs = [paragraph for run in found for paragraph in run.paragraphs]
    longest = max(found, key=lambda run: run.words).paragraphs if found else []
    text = _lines(extraction.in_named_frame(tree))
    doubt = _Doubt(text, longest, paragraphs)
    if doubt.none:
        return text
    if not text or doubt.missed:
        around = _around_runs(tree, found, paragraphs)
        if around:
            return around
    if not text:
        text = _lines(extraction.extracted(tree, url))
        doubt = _Doubt(text, longest, paragraphs)
        if doubt.none:
            return text
    if words.count(text_of(tree)) < STUB:  # no way finds what is not there, and towers of tags take seconds
        return text
    total = runs.count(paragraphs)
    for read in (extraction.in_good_paragraphs, partial(extraction.extracted, url=url, recall=True)):
        other = _lines(read(tree))
        more = prose_words(other)
        cleaner = doubt.menu and more * 2 >= words.count(other) > 0
        if runs.covered(paragraphs, other) * 2 >= total and (more > 1.5 * doubt.prose or cleaner):
            return other
    return runs.lines(paragraphs) if doubt.missed else text


class _Doubt:
    """What there is against a text being the article of a page with these running paragraphs."""

    def __init__(self, text: str, longest: list[Paragraph], paragraphs: list[Paragraph]) -> None:
        size, run = words.count(text), runs.count(longest)
        self.prose = prose_words(text)
        self.missed = run >= max(size, MISSED) and runs.covered(longest, text) * 2 < run
        total = runs.count(paragraphs)
        self.menu = self.prose * 2 < size and not (
            total >= MISSED and runs.covered(paragraphs, text) * 2 >= total  # no way finds more than that
        )
        self.none = size > 0 and not self.missed and not self.menu and total <= THIN * size


def _around_runs(tree: HtmlElement, found: list[Run], paragraphs: list[Paragraph]) -> str | None:
    """What stands around the page's running paragraphs; None where that is not an article with nearly all of them."""
    total = runs.count(paragraphs)
    frame = runs.around(found) if total >= RUNNING else None
    if frame is None:
        return None
    text = _lines(extraction.in_element(frame))
    if runs.covered(paragraphs, text) < NEARLY_ALL * total or prose_words(text) * 2 < words.count(text):
        return None
    return text if is_article(tree, text, found) else None


def _lines(text: str | None) -> str:
    return unwrapped(clean_lines(text)) if text else ""


def _without_towers(tree: HtmlElement) -> HtmlElement:
    """The tree, or a copy without its tables or its wrappers where they are nested beyond reason."""
    deepest = max((sum(1 for _ in table.iterancestors("table")) for table in tree.iter("table")), default=0)
    wrappers = [*(_CELLS if deepest > NESTED else ()), *(_WRAPPERS if _DEEP(tree) else ())]
    if not wrappers:
        return tree
    flat = copy(tree)
    strip_tags(flat, *wrappers)
    return flat


def _windows_character(reference: re.Match[bytes]) -> bytes:
    """The character that references 128 to 159 meant before Unicode, and mean in browsers still."""
    try:
        return bytes([int(reference[1])]).decode("cp1252").encode()
    except UnicodeDecodeError:
        return reference[0]
