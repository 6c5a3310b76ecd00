"""Paragraphs of an article that only point to other pages: "Read more: Ferry back in service", all of it a link.

What tells them in any language is not what they say but that they are a headline's length, end no sentence and
are a link from end to end. Without them 4-gram F1 on labelled pages goes from .9682 to .9705 (scrapinghub), word F1
from .9603 to .9607 (Fundus) and from .9523 to .9525 (WCXB, whose labels keep two in five of them).
"""

from __future__ import annotations

from collections.abc import Sequence

from storywire.articles.blocks import Block
from storywire.articles.lines import is_closed
from storywire.articles.prose import squashed

LINKED = 0.75
"""Share of a pointer's letters that are link; what is not says "Read more", "Lesen Sie auch"."""

LETTERS = 30
"""Letters of the shortest pointer, some six words: below it are names and products that an article lists."""

MOST_LETTERS = 150
"""Letters of the longest pointer: a headline of some 25 words."""

SHARE = 0.2
"""Share of the text's letters in such paragraphs above which they are what the article is about."""


def without_pointers(text: str, page: Sequence[Block]) -> str:
    """The text without the lines that are pointers on the page."""
    rows = [(row, squashed(row)) for row in text.splitlines()]
    keys = {key for _, key in rows}
    pointers = {block.key for block in page if block.key in keys and _points(block)}
    if not pointers or sum(map(len, pointers)) > SHARE * sum(len(key) for _, key in rows):
        return text
    return "\n".join(row for row, key in rows if key not in pointers)


def _points(block: Block) -> bool:
    """Whether a paragraph is one link elsewhere; an address written out is a source."""
    if block.element.tag != "p" or not LETTERS <= len(block.key) <= MOST_LETTERS or block.linked() < LINKED:
        return False
    text = block.text()
    return not is_closed(text) and "://" not in text
