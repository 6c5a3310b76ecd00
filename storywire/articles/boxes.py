"""Boxes in a page that ask its reader for something: an address, a password, a comment, a search.

An extraction takes their sentences ("Ten stories every morning.") for the article's. What tells a box is
not its words but the field to type into.
"""

from __future__ import annotations

from copy import deepcopy

from lxml.html import HtmlElement

BOX_CHARACTERS = 200
"""Characters of text a box has at most: some 30 words, fewer than the shortest article."""

BOX_LEVELS = 6
"""Levels between a field and its box at most; bounds the work on towers of tags."""

_TYPED = frozenset({"", "email", "password", "search", "tel", "text"})
_NO_BOX = frozenset({"html", "body", "main", "article"})


def without_boxes(tree: HtmlElement) -> HtmlElement:
    """The tree itself, or a copy without its boxes where it has any."""
    if not any(_is_field(element) for element in tree.iter("input", "textarea")):
        return tree
    copy = deepcopy(tree)
    for field in [element for element in copy.iter("input", "textarea") if _is_field(element)]:
        box = _box(field)
        if box.getparent() is not None:  # else it went with the box of a field before
            box.drop_tree()
    return copy


def _is_field(element: HtmlElement) -> bool:
    return element.tag == "textarea" or (element.get("type") or "").strip().lower() in _TYPED


def _box(field: HtmlElement) -> HtmlElement:
    """The largest element around a field that holds little more than the asking."""
    box = field
    for _ in range(BOX_LEVELS):
        around = box.getparent()
        if around is None or around.tag in _NO_BOX or len(around.text_content()) > BOX_CHARACTERS:
            break
        box = around
    return box
