"""The blocks of a page that hold running text: paragraphs, headings and list items, in page order.

Laid beside a text that was extracted from the page, they show where each of its lines stood, what else stood
there, and what was left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from storywire.articles.elements import text_of
from storywire.articles.prose import clean_lines, squashed

MAX_BLOCKS = 5_000
"""Blocks looked at; the labelled pages have 1,900 at most."""

HEADINGS = frozenset({"h2", "h3", "h4", "h5"})
_TAGS = ("p", "li", *sorted(HEADINGS))
_NESTED = (*_TAGS, "ul", "ol", "table", "div", "figure", "script", "style")
_LISTS = frozenset({"ul", "ol", "li", "blockquote"})


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading or list item; `key` are its letters alone."""

    element: HtmlElement
    key: str

    def text(self) -> str:
        """The block as a line of text; an item of a list is marked as one."""
        line = " ".join(clean_lines(text_of(self.element)).split())
        return f"- {line}" if self.element.tag == "li" else line

    def linked(self) -> float:
        """Share of the letters that stand in links."""
        around = self.element.getparent()
        if around is not None and around.tag == "a":
            return 1.0
        return sum(len(squashed(text_of(link))) for link in self.element.iter("a")) / len(self.key)


def blocks(tree: HtmlElement) -> list[Block]:
    """The blocks that hold text and no other block; captions left out."""
    found: list[Block] = []
    for element in tree.iter(*_TAGS):
        if _holds_blocks(element) or "caption" in (element.get("class") or ""):
            continue
        if key := squashed(text_of(element)):
            found.append(Block(element, key))
            if len(found) == MAX_BLOCKS:
                break
    return found


def _holds_blocks(element: HtmlElement) -> bool:
    """Whether there is a block, or what is no text, within an element; most have no element in them, or one link."""
    if len(element) == 0:
        return False
    if len(element) == 1 and len(only := element[0]) == 0:
        return only.tag in _NESTED
    return next(element.iterdescendants(*_NESTED), None) is not None


def place(block: Block) -> str | None:
    """How the page marks what a block stands in: tag and class of the element, and class of the one around it.

    Lists are passed over. None where there are no classes to tell one place from another.
    """
    parent = block.element.getparent()
    while parent is not None and parent.tag in _LISTS:
        parent = parent.getparent()
    if parent is None:
        return None
    own, outer = _marks(parent), _marks(parent.getparent())
    return f"{parent.tag} {own} < {outer}" if own or outer else None


def _marks(element: HtmlElement | None) -> str:
    return "" if element is None else " ".join((element.get("class") or "").split())
