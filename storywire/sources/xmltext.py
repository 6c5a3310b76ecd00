"""The XML of a stranger as text that is safe to parse: no document type, no entities but those of XML itself."""

from __future__ import annotations

import html
import re

SPACES = {
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.google.com/schemas/sitemap-news/0.9": "news",
    "http://www.google.com/schemas/sitemap-image/1.1": "image",
    "http://www.google.com/schemas/sitemap-video/1.1": "video",
    "http://prismstandard.org/namespaces/basic/2.0": "prism",
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/atom/ns#": "",
    "http://purl.org/rss/1.0": "",
    "http://my.netscape.com/rdf/simple/0.9": "",
    "http://channel.netscape.com/rdf/simple/0.9": "",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.sitemaps.org/schemas/sitemap/0.9": "",
    "http://www.google.com/schemas/sitemap/0.84": "",
    "http://www.google.com/schemas/sitemap/0.9": "",
}
"""What a namespace is called here, whatever prefix a document gives it."""

_USUAL = {prefix: space for space, prefix in SPACES.items() if prefix}
"""The namespace a prefix stands for where a document forgot to say; the parser would drop the prefix."""

_ROOT = re.compile(r"<[A-Za-z_][\w.:-]*")
_ENTITY = re.compile(r"""<!ENTITY\s+(?P<name>[\w.-]+)\s+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)')\s*>""")
_AMPERSAND = re.compile(r"&(?:(?P<name>[A-Za-z][\w.-]{0,31});|(?P<number>#(?:\d{1,7}|[xX][0-9A-Fa-f]{1,6});))?")
_SIGNIFICANT = re.compile(r"""["'\[\]>]|<!--""")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_LONGEST_ENTITY = 200
"""Characters; longer ones are no abbreviation but a way to make a small document large."""

_MOST_PUT_IN = 20_000
"""How often a declared entity is replaced in one document: at most 4 MB are added."""


def prepared(written: str) -> str:
    """The document without declaration and document type; entities that are plain text are put in.

    >>> prepared('<!DOCTYPE rss [<!ENTITY co "Norrby &#38; Son">]><rss>&co; & &eacute;&amp;&lol;</rss>')
    ... # doctest: +ELLIPSIS
    '<rss xmlns...>Norrby &#38; Son &amp; &#233;&amp;&amp;lol;</rss>'
    """
    declared: dict[str, str] = {}
    place = 0
    while True:  # through what stands before the first element
        place = max(place, written.find("<", place))
        if written.startswith("<?", place):
            end = written.find("?>", place) + 2
        elif written.startswith("<!--", place):
            end = written.find("-->", place) + 3
        elif written[place : place + 9].upper() == "<!DOCTYPE":
            end = _end_of_type(written, place + 9)
            declared = _declared(written[place:end])
        else:
            break
        if end <= place:
            break
        place = end

    left = _MOST_PUT_IN

    def put_in(found: re.Match[str]) -> str:
        nonlocal left
        name = found["name"]
        if found["number"] or name in _OF_XML:
            return found[0]
        if name in declared and left:
            left -= 1
            return declared[name]
        signs = html.unescape(found[0]) if name else found[0]  # the signs of HTML, which feeds use undeclared
        return f"&amp;{found[0][1:]}" if signs == found[0] else "".join(f"&#{ord(sign)};" for sign in signs)

    return _AMPERSAND.sub(put_in, _with_usual_prefixes(written[place:]))


def _with_usual_prefixes(written: str) -> str:
    """The document with the usual prefixes declared on its outermost element, where it does not do so itself.

    >>> _with_usual_prefixes('<rss xmlns:dc="urn:x"><item/></rss>').count("xmlns:dc="), _with_usual_prefixes("rain")
    (1, 'rain')
    """
    root = _ROOT.match(written)
    if root is None:
        return written
    tag = written[: written.find(">") + 1]
    added = "".join(f' xmlns:{prefix}="{space}"' for prefix, space in _USUAL.items() if f"xmlns:{prefix}" not in tag)
    return f"{root[0]}{added}{written[root.end() :]}"


def _end_of_type(written: str, place: int) -> int:
    """Where a document type ends; 0 where it does not."""
    depth = 0
    while (found := _SIGNIFICANT.search(written, place)) is not None:
        sign, place = found[0], found.end()
        if sign in ('"', "'", "<!--"):
            closing = "-->" if sign == "<!--" else sign
            if (place := written.find(closing, place) + len(closing)) < len(closing):
                return 0
        elif sign == ">" and depth <= 0:
            return place
        elif sign != ">":
            depth += 1 if sign == "[" else -1
    return 0


def _declared(document_type: str) -> dict[str, str]:
    """Entities that stand for a short plain text; what names other entities or files stands for itself."""
    known: dict[str, str] = {}
    for one in _ENTITY.finditer(document_type):
        value = one["double"] if one["double"] is not None else one["single"]
        plain = "<" not in value and "%" not in value and not any(m["name"] for m in _AMPERSAND.finditer(value))
        if plain and len(value) <= _LONGEST_ENTITY:
            known.setdefault(one["name"], value)
    return known
