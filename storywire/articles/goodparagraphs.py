"""The paragraphs of a page that are told from menus by their length, links and common words, as justext tells them.

justext asks each paragraph for its text a dozen times, and keeps a path of every element that it never looks at again:
a tenth of a second for a page. Here a paragraph is read once; the answer is that of trafilatura's `try_justext`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from justext.core import PARAGRAPH_TAGS
from lxml.etree import iterwalk
from lxml.html import HtmlElement
from trafilatura.external import jt_stoplist_init

SHORTEST, LONG = 50, 150
"""Characters below which a paragraph says nothing by itself, and over which it is sure to be good."""

FEW_COMMON, MANY_COMMON = 0.1, 0.2
"""Shares of common words from which a paragraph may be running text, and is running text."""

MOST_LINKED = 0.25
"""Share of the characters that may stand in links. All of these are trafilatura's."""

GOOD, NEAR, SHORT, BAD = "good", "neargood", "short", "bad"

_SPACES = re.compile(r"\s{2,}|[^\S ]")


class Paragraph(NamedTuple):
    """The text of a paragraph, how many of its characters stand in links, and whether a list of choices holds it."""

    text: str
    linked: int
    chosen: bool


def good_paragraphs(tree: HtmlElement) -> list[str]:
    """The texts of the good paragraphs, in page order."""
    found = list(paragraphs(tree))
    kinds = settled([_kind(paragraph) for paragraph in found])
    return [paragraph.text for paragraph, kind in zip(found, kinds, strict=True) if kind == GOOD]


def paragraphs(tree: HtmlElement) -> Iterator[Paragraph]:
    """The page cut where a block begins or ends and where two lines are broken in a row."""
    pieces: list[str] = []
    linked = choices = 0
    in_link = broken = chosen = False
    for event, element in iterwalk(tree, events=("start", "end", "comment", "pi")):
        tag = element.tag
        if event == "start":
            if "select" in tag:
                choices += 1
            cuts = tag in PARAGRAPH_TAGS or (tag == "br" and broken)
            if not cuts:
                broken = tag == "br"
                if broken:
                    pieces.append(" ")
                elif tag == "a":
                    in_link = True
            text = element.text
        else:
            cuts = False
            if event == "end":
                cuts = tag in PARAGRAPH_TAGS
                if "select" in tag:
                    choices -= 1
                if tag == "a":
                    in_link = False
            text = element.tail
        if cuts:
            if whole := "".join(pieces).strip():
                yield Paragraph(_spaced(whole), linked, chosen)
            pieces.clear()
            linked, chosen = 0, choices > 0
        if text and not text.isspace():
            pieces.append(text)
            if in_link:
                linked += len(_spaced(text))
            broken = False
    if whole := "".join(pieces).strip():
        yield Paragraph(_spaced(whole), linked, chosen)


def settled(kinds: Sequence[str]) -> list[str]:
    """Good or bad for every paragraph, by those around it where it does not speak for itself.

    >>> settled(["good", "short", "good", "short", "bad", "neargood"])
    ['good', 'good', 'good', 'bad', 'bad', 'bad']
    """
    sure_above, sure_below = _beside(kinds, {GOOD, BAD})
    near_above, near_below = _beside(kinds, {GOOD, BAD, NEAR})
    known = [
        _short(*around) if kind == SHORT else kind
        for kind, *around in zip(kinds, sure_above, sure_below, near_above, near_below, strict=True)
    ]
    _, below = _beside(known, {GOOD, BAD})
    last = BAD
    for number, kind in enumerate(known):
        if kind == NEAR:
            known[number] = GOOD if GOOD in (last, below[number]) else BAD
        last = known[number]
    return known


def _short(above: str, below: str, near_above: str, near_below: str) -> str:
    """What a short paragraph is between two others; `near` are those that may be only nearly good."""
    if above == below:
        return above
    return GOOD if (near_above if above == BAD else near_below) == NEAR else BAD


def _beside(kinds: Sequence[str], wanted: set[str]) -> tuple[list[str], list[str]]:
    """The nearest of the wanted kinds above and below each paragraph; a page begins and ends badly."""
    return _above(kinds, wanted), _above(kinds[::-1], wanted)[::-1]


def _above(kinds: Iterable[str], wanted: set[str]) -> list[str]:
    nearest, found = BAD, []
    for kind in kinds:
        found.append(nearest)
        if kind in wanted:
            nearest = kind
    return found


def _kind(paragraph: Paragraph) -> str:
    """What a paragraph is by itself."""
    text, length = paragraph.text, len(paragraph.text)
    if paragraph.linked > MOST_LINKED * length or "\xa9" in text or "&copy" in text or paragraph.chosen:
        return BAD
    if length < SHORTEST:
        return BAD if paragraph.linked else SHORT
    common, words = _common_words(), text.lower().split()
    share = sum([word in common for word in words]) / len(words)
    if share >= MANY_COMMON:
        return GOOD if length > LONG else NEAR
    return NEAR if share >= FEW_COMMON else BAD


def _spaced(text: str) -> str:
    """The text with one space, or one end of a line, where there are several."""
    return _SPACES.sub(_one, text)


def _one(space: re.Match[str]) -> str:
    return "\n" if "\n" in space[0] or "\r" in space[0] else " "


@cache
def _common_words() -> frozenset[str]:
    """The common words of all of justext's languages."""
    return frozenset(word.lower() for word in jt_stoplist_init())
