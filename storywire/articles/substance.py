"""Whether what was taken from a page is an article: enough of it, in sentences, and not the teasers of an index."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lxml.html import HtmlElement

from storywire.articles.elements import text_of
from storywire.articles.jsonld import article_object, linked_data
from storywire.articles.prose import prose_words, squashed
from storywire.articles.runs import Run
from storywire.articles.teasers import teaser_share

ARTICLE = 40
"""Words in sentences an article has at least. The shortest labelled article in sentences has 59, 54 as
extracted; login walls and error pages say what they say in some 30."""

STUB = 12
"""Words in sentences of the shortest news flash, two sentences, where JSON-LD vouches for it."""

INDEX = 0.75
"""Share of a text's words that may stand in teasers: an index has all there, labelled articles have at most .63."""

_LETTERS = re.compile(r"[^\W\d_]{4,}|[\u3040-\u30ff\u3400-\u9fff]")


def is_article(tree: HtmlElement, text: str, running: Sequence[Run]) -> bool:
    """Whether a text is the article of its page, of which `running` are the running paragraphs.

    Where the page's JSON-LD describes an article and the text has its words, less is enough; and where that
    article is named like the page, a gallery of short entries or a page with more teasers than text is no index.
    """
    prose = prose_words(text)
    if prose < STUB:
        return False
    teasers = teaser_share(tree, text, running, INDEX) > INDEX
    if prose >= ARTICLE and not teasers:
        return True
    article = article_object(linked_data(tree.iter("script")))
    if article is None:
        return False
    return prose >= ARTICLE and _names(tree, article) if teasers else _agrees(text, article)


def _names(tree: HtmlElement, article: dict[str, Any]) -> bool:
    """Whether the page's title is the headline of the article that JSON-LD describes."""
    headline, title = article.get("headline"), tree.find(".//head/title")
    if not isinstance(headline, str) or title is None:
        return False
    own = squashed(headline)
    return bool(own) and own in squashed(text_of(title))


def _agrees(text: str, article: dict[str, Any]) -> bool:
    """Whether a short text is the one that JSON-LD describes: it repeats the headline, summary or body."""
    said = [article.get(field) for field in ("headline", "description", "articleBody")]
    described = set(_LETTERS.findall(" ".join(value for value in said if isinstance(value, str)).casefold()))
    own = set(_LETTERS.findall(text.casefold()))
    return bool(own) and len(own & described) * 4 >= len(own)
