"""The text of an element of a page."""

from __future__ import annotations

from lxml.etree import tostring
from lxml.html import HtmlElement


def text_of(element: HtmlElement) -> str:
    """All text within an element, and not behind it.

    It is what lxml's `text_content` says, which asks XPath for it: twice the time, and many times that for the
    elements with no other in them, which most are.

    >>> from lxml.html import fromstring
    >>> text_of(fromstring("<p>A <b>ferry</b> sank</p>"))
    'A ferry sank'
    """
    if len(element) == 0:
        return element.text or ""
    return str(tostring(element, method="text", encoding="unicode", with_tail=False))
