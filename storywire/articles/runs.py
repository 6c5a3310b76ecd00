"""The running paragraphs of a page: what an article is mostly made of, whatever the page calls the elements around it.

They show what an extraction has missed, and where the article stands on a page whose names do not say it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from lxml.html import HtmlElement

from storywire.articles import words
from storywire.articles.elements import text_of
from storywire.articles.prose import clean_lines, squashed

MIN_PARAGRAPH = 10
"""Words from which a paragraph is running text, not a button or a caption."""

BEGINNING = 60
"""Letters by which a paragraph is known again; some ten words."""

WIDER = 1.03
"""How many times the running words of the element found so far an element around it must have to be taken instead:
the standfirst or the second half of an article stand apart. Labelled pages are as well off from 1.03 to 1.2."""

_ASIDE = frozenset({"aside", "footer", "nav", "li"})
_COMMENTS = re.compile("comment|disqus|respond", re.IGNORECASE)
_ROOTS = frozenset({"body", "html"})
_HEADINGS = frozenset({"h2", "h3", "h4"})


class Paragraph(NamedTuple):
    """A running paragraph; `key` are the letters it begins with.

    It `announces` another page if there is a link in it, or in the heading above it: it may be a teaser.
    """

    words: int
    key: str
    text: str
    announces: bool


class Run(NamedTuple):
    """The running paragraphs of one parent."""

    parent: HtmlElement
    paragraphs: list[Paragraph]

    @property
    def words(self) -> int:
        """Words of all its paragraphs."""
        return count(self.paragraphs)


def runs(tree: HtmlElement) -> list[Run]:
    """The page's running paragraphs, those of one parent together, without lists, asides and comments."""
    outside: dict[HtmlElement, bool] = {}
    found: dict[HtmlElement, Run] = {}
    for element in tree.iter("p"):
        text = " ".join(text_of(element).split())
        size = words.count(text)
        parent = element.getparent()
        if size < MIN_PARAGRAPH or parent is None or _set_apart(parent, outside):
            continue
        linked = sum(words.count(text_of(link)) for link in element.iter("a")) if len(element) else 0
        if linked * 2 <= size:
            key = squashed(clean_lines(text[: 3 * BEGINNING]))[:BEGINNING]
            announces = linked > 0 or _under_linked_heading(element)
            found.setdefault(parent, Run(parent, [])).paragraphs.append(Paragraph(size, key, text, announces))
    return list(found.values())


def around(found: Sequence[Run]) -> HtmlElement | None:
    """The element of the article's paragraphs: around the longest run, and wider where many more are there."""
    longest = max(found, key=lambda run: run.words, default=None)
    if longest is None:
        return None
    within: dict[HtmlElement, int] = defaultdict(int)
    for run in found:
        for element in (run.parent, *run.parent.iterancestors()):
            within[element] += run.words
    best = longest.parent
    for wider in best.iterancestors():
        if wider.tag in _ROOTS:
            break
        if within[wider] >= WIDER * within[best]:
            best = wider
    return best


def count(paragraphs: Iterable[Paragraph]) -> int:
    """Words of several paragraphs."""
    return sum(paragraph.words for paragraph in paragraphs)


def covered(paragraphs: Iterable[Paragraph], text: str) -> int:
    """Words of the paragraphs whose beginning stands in the text."""
    whole = _whole(text)
    return sum(paragraph.words for paragraph in paragraphs if paragraph.key in whole)


@lru_cache(maxsize=4)
def _whole(text: str) -> str:
    """A text is laid beside several sets of paragraphs, one after the other."""
    return squashed(text)


def lines(paragraphs: Iterable[Paragraph]) -> str:
    """The paragraphs as a text, one a line."""
    return "\n".join(clean_lines(paragraph.text) for paragraph in paragraphs)


def _under_linked_heading(element: HtmlElement) -> bool:
    above = element.getprevious()
    return above is not None and above.tag in _HEADINGS and next(above.iter("a"), None) is not None


def _set_apart(element: HtmlElement, outside: dict[HtmlElement, bool]) -> bool:
    """Whether an element stands in a list, an aside or among comments; `outside` remembers what was asked."""
    chain = []
    verdict = False
    current: HtmlElement | None = element
    while current is not None and current.tag not in _ROOTS:
        if current in outside:
            verdict = outside[current]
            break
        chain.append(current)
        names = f"{current.get('class') or ''} {current.get('id') or ''}"
        if current.tag in _ASIDE or _COMMENTS.search(names):
            verdict = True
            break
        current = current.getparent()
    outside.update(dict.fromkeys(chain, verdict))
    return verdict
