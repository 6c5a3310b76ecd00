"""Boxes in a page that ask its reader for something: an address, a password, a comment, a search.

An extraction takes their sentences ("Ten stories every morning.") for the article's. What tells a box is
not its words but the field to type into.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lxml.html import HtmlElement

from storywire.articles.elements import text_of

BOX_CHARACTERS = 200
"""Characters of text a box has at most: some 30 words, fewer than the shortest article."""

BOX_LEVELS = 6
"""Levels between a field and its box at most; bounds the work on towers of tags."""

_TYPED = frozenset({"", "email", "password", "search", "tel", "text"})
_NO_BOX = frozenset({"html", "body", "main", "article"})


@contextmanager
def boxes_aside(tree: HtmlElement) -> Iterator[None]:
    """Have the boxes out of a tree for as long as it is read; afterwards it is as it was.

    Most pages have a search box: to copy each of their trees for it took longer than to put the box back.
    """
    out = []
    try:
        for field in [element for element in tree.iter("input", "textarea") if _is_field(element)]:
            box = _box(field)
            if box.getparent() is not None:  # else it went with the box of a field before
                out.append(_taken_out(box))
        yield
    finally:
        for put_back in reversed(out):
            _put_back(*put_back)


def _taken_out(box: HtmlElement) -> tuple[HtmlElement, HtmlElement, HtmlElement | None, HtmlElement | None, str | None]:
    """Take out a box, but not the text behind it: the box, what it stood in, behind and before, and the text there."""
    parent, before, after = box.getparent(), box.getprevious(), box.getnext()
    text = parent.text if before is None else before.tail
    box.drop_tree()
    return box, parent, before, after, text


def _put_back(
    box: HtmlElement, parent: HtmlElement, before: HtmlElement | None, after: HtmlElement | None, text: str | None
) -> None:
    if before is None:
        parent.text = text
    else:
        before.tail = text
    if after is None:
        parent.append(box)
    else:
        after.addprevious(box)


def _is_field(element: HtmlElement) -> bool:
    return element.tag == "textarea" or (element.get("type") or "").strip().lower() in _TYPED


def _box(field: HtmlElement) -> HtmlElement:
    """The largest element around a field that holds little more than the asking."""
    box = field
    for _ in range(BOX_LEVELS):
        around = box.getparent()
        if around is None or around.tag in _NO_BOX or len(text_of(around)) > BOX_CHARACTERS:
            break
        box = around
    return box
