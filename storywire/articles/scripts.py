"""An article that a page keeps in its scripts, for the browser to draw: its markup has no text.

Frameworks put the state of a page into scripts as JSON, the article's body among it as a string of markup;
JSON-LD may have it as `articleBody`. Both are asked only where the page itself shows no article and yet says
that it is one.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from storywire.articles.jsonld import article_object, linked_data

MAX_SCRIPT = 3_000_000
"""Characters of one script that are searched; state of that size holds a site, not a page."""

SHORTEST = 300
"""Characters of the shortest string that can be an article's markup."""

NESTED = 2
"""Strings of state within strings of state that are opened: streamed state is a list of such strings."""

_PLACEHOLDER = re.compile(r"(?:\$\$|%%|\{\{|\[\[)[\w-]{1,40}(?:\$\$|%%|\}\}|\]\])")
# A string that is never closed is read to the end of the script, once: its quotes are not tried one by one.
_LITERAL = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)
_ESCAPED_PARAGRAPH = re.compile(r"\\u003[cC]p|<\\?p[\s>\\]")


def hidden_markup(tree: HtmlElement) -> str | None:
    """The longest markup of paragraphs in the scripts of a page that says it is an article, or its JSON-LD body."""
    article = article_object(linked_data(tree.iter("script")))
    if article is None and not _declared(tree):
        return None
    found = [markup for script in tree.iter("script") for markup in _strings(script.text or "", NESTED)]
    if found:
        return _PLACEHOLDER.sub(" ", max(found, key=lambda markup: (len(_PARAGRAPH.findall(markup)), len(markup))))
    body = article.get("articleBody") if article else None
    if not isinstance(body, str) or len(body) < SHORTEST:
        return None
    if _PARAGRAPH.search(unescaped := html.unescape(body)):
        return unescaped
    return "".join(f"<p>{html.escape(line)}</p>" for line in body.splitlines() if line.strip())


def _declared(tree: HtmlElement) -> bool:
    """Whether a page says in OpenGraph that it is one article."""
    return any(
        (meta.get("property") or "").lower() == "og:type" and (meta.get("content") or "").strip().lower() == "article"
        for meta in tree.iter("meta")
    )


def _strings(source: str, depth: int) -> Iterator[str]:
    """Strings of markup in a script, and in strings that hold such state themselves."""
    if len(source) > MAX_SCRIPT or not _ESCAPED_PARAGRAPH.search(source):
        return
    for literal in _LITERAL.finditer(source):
        written = literal[0]
        if len(written) < SHORTEST or not _ESCAPED_PARAGRAPH.search(written):
            continue
        try:
            value = json.loads(written, strict=False)
        except ValueError:
            continue
        if depth > 1 and '"' in value and value.lstrip()[:1] in "[{0123456789":
            yield from _strings(value, depth - 1)
        elif _PARAGRAPH.search(value):
            yield value
