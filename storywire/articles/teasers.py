"""Teasers of other pages: a headline that is a link, alone or with a line under it.

An index is made of them. What tells it from an article is not its words (the lines under the
headlines are sentences) but that nearly all of them stand beside a link to the page they are about.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml.html import HtmlElement

from storywire.articles import words
from storywire.articles.elements import text_of
from storywire.articles.prose import squashed
from storywire.articles.runs import Paragraph, Run, covered

HEADLINE = 4
"""Words from which a link that stands alone is a headline, not a menu entry."""

CARD = 80
"""Words up to which what surrounds a linked headline is still its teaser: headline, summary, date, section."""

BEGINNING = 60
"""Letters by which a line is known again; some ten words."""


_HEADINGS = ("h2", "h3", "h4")


def teaser_share(tree: HtmlElement, text: str, running: Sequence[Run], least: float = 0.0) -> float:
    """Share of the words of a text that stand in teasers of the page; 0 where it cannot be over `least`.

    Most pages need not be searched for teasers: their `running` paragraphs stand side by side without links, which
    no teasers do.
    """
    total = words.count(text)
    if covered(_side_by_side(running), text) > (1.0 - least) * total:
        return 0.0
    lines = [(words.count(line), line) for line in text.splitlines()]
    short = [(size, squashed(line[: 3 * BEGINNING])[:BEGINNING]) for size, line in lines if size <= CARD]
    if sum(size for size, _ in short) <= least * total:
        return 0.0
    whole = "\n".join(_cards(tree))
    return sum(size for size, key in short if key in whole) / total


def _side_by_side(running: Sequence[Run]) -> list[Paragraph]:
    """Running paragraphs that are in no teaser: without links, in an element with more words than one."""
    return [paragraph for run in running if run.words > CARD for paragraph in run.paragraphs if not paragraph.announces]


def _cards(tree: HtmlElement) -> list[str]:
    """The letters of every teaser on the page."""
    cards: dict[HtmlElement, str] = {}
    long: dict[HtmlElement, bool] = {}
    for element in tree.iter("a", *_HEADINGS):
        if element.tag == "a":
            text = text_of(element)
            if not element.get("href") or words.count(text) < HEADLINE or not _stands_alone(element):
                continue
        card = _surroundings(element, long)
        if card in cards:
            continue
        if element.tag == "a" or any(link.get("href") and _stands_alone(link) for link in card.iter("a")):
            cards[card] = squashed(text_of(card)) + _summary_after(card)
    return list(cards.values())


def _surroundings(element: HtmlElement, long: dict[HtmlElement, bool]) -> HtmlElement:
    """The largest element around a headline that is no more than a teaser; `long` remembers those that are more."""
    card = element
    for ancestor in element.iterancestors():
        if ancestor not in long:
            long[ancestor] = ancestor.tag in {"body", "html"} or _longer_than_card(ancestor)
        if long[ancestor]:
            break
        card = ancestor
    return card


def _summary_after(card: HtmlElement) -> str:
    """The letters of the line under a headline, where the page puts no box around the two."""
    after = card.getnext()
    if card.tag not in _HEADINGS or after is None or after.tag not in {"p", "div"} or _longer_than_card(after):
        return ""
    return squashed(text_of(after))


def _stands_alone(link: HtmlElement) -> bool:
    """Whether no running text surrounds a link, up to the block it stands in."""
    element = link
    while True:
        parent = element.getparent()
        before = element.getprevious()
        leading = before.tail if before is not None else parent.text if parent is not None else None
        if (leading or "").strip() or (element.tail or "").strip():
            return False
        if parent is None or parent.tag not in {"span", "strong", "b", "em", "i", "u", "font"}:
            return True
        element = parent


def _longer_than_card(element: HtmlElement) -> bool:
    """Whether an element holds more than a teaser; long ones are seen to be so without counting them."""
    text = text_of(element)
    return len(text) > 40 * CARD or (len(text) > CARD and words.count(text) > CARD)
