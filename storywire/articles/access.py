"""Whether a page says that its text is for subscribers, and whether what it shows is only the beginning.

What pages say is taken, not what their classes are called: a third of the labelled pages with "paywall" in a class
say that they are free, and show the whole article.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lxml.html import HtmlElement

from storywire.articles import words
from storywire.articles.linkedvalues import items

TIERS = {"free": False, "metered": True, "locked": True}
"""Values of `article:content_tier`; JSON-LD calls metered articles not free as well."""

NAMED = frozenset({"isAccessibleForFree", "article:content_tier"})
"""Names of `<meta>` elements that say so."""

FREE = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
"""Values of schema.org's `isAccessibleForFree`, without the address of their vocabulary."""

STUB = 150
"""Words up to which the text of a page that is not free is its beginning: labelled stubs have 98 and 110, the
shortest whole article behind a paywall 276."""

_TRAILING = " \"'”’»)]"


def is_paywalled(metas: Iterable[HtmlElement], article: dict[str, Any] | None) -> bool | None:
    """Whether a page says that its article is not free; None where it says nothing. `article` is its JSON-LD."""
    free = _free((article or {}).get("isAccessibleForFree"))
    if free is not None:
        return not free
    tier = None
    for element in metas:
        if NAMED.isdisjoint(element.values()):  # most have neither, and are asked once
            continue
        content = (element.get("content") or "").strip().lower()
        if element.get("itemprop") == "isAccessibleForFree" and content in FREE:
            return not FREE[content]
        if element.get("property") == "article:content_tier" or element.get("name") == "article:content_tier":
            tier = TIERS.get(content, tier)
    return tier


def is_stub(text: str, paywalled: bool | None) -> bool | None:
    """Whether a text is only the beginning of its article; None where the page does not say whether it is free."""
    if not paywalled:
        return paywalled
    return text.rstrip(_TRAILING).endswith(("…", "...")) or words.count(text) <= STUB


def _free(value: object) -> bool | None:
    """What a value, or the first of a list that says anything, says: true, "False", "http://schema.org/True"."""
    said = (str(one).strip().lower().rsplit("/", 1)[-1] for one in items(value) if isinstance(one, str | bool | int))
    return next((FREE[word] for word in said if word in FREE), None)
