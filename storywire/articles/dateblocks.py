"""A page with markup as the lines a reader sees, and where its article lies among them.

A line inside a sidebar, a list of related articles or the comments keeps that knowledge, since a date there is another
article's. Names of classes alone are no proof: what encloses headline or body is no aside, whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from storywire.articles.datecandidates import LONGEST_LABEL, Line
from storywire.articles.datetext import PrintedDate, stamp
from storywire.articles.datewords import listed

SKIPPED = frozenset({"script", "style", "noscript", "template", "svg", "select", "option", "iframe", "head", "button"})
INLINE = frozenset(
    listed(
        "a abbr acronym b bdi bdo big cite code data em font i ins kbd label mark q s small span strong sub sup time tt"
        " u var wbr address"
    )
)
ASIDE_TAGS = frozenset({"aside", "nav", "footer"})
ASIDE = re.compile(
    r"(?:^|[\s_-])(?:aside|sidebar|related|recommended|recommend|teasers?|widget|most-?read|popular|trending|comments?|"
    r"commentlist|respond|footer|nav|navigation|menu|more-(?:news|stories)|read-?more|latest|recent|ticker|promo|"
    r"newsletter|archive|calendar)(?:$|[\s_-])",
    re.IGNORECASE,
)
MARKED = re.compile(
    r"(?:^|[\s_-])(?:date|datum|fecha|datetime|time|timestamp|day|meta|byline|info|posted|published)(?:$|[\s_-])"
    r"|publi|pubdate|post-?date|(?<!up)(?<!can[di]i)(?<!man)date(?!d)",
    re.IGNORECASE,
)
CHANGED = re.compile(r"updated|modified|revised|lastmod", re.IGNORECASE)
MARKED_PUBLISHED = re.compile(r"publi|created|entry-date|posted", re.IGNORECASE)
HEADINGS = frozenset({"h1", "h2"})
TIME_TAGS = {"time": ("datetime", "title"), "abbr": ("title",)}
"""Attributes that hold the date of a time element, and of an abbreviation as microformats use it."""
MICRODATA = {"datepublished": "microdata", "datecreated": "created", "datemodified": "modified"}
PAGE_TAGS = frozenset({"html", "body", "main", "article"})


def _microdata(element: HtmlElement) -> str | None:
    """The role that microdata or RDFa gives an element of the body."""
    name = f"{element.get('itemprop') or ''} {element.get('property') or ''}".lower()
    if "date" not in name:
        return None
    return next((role for word, role in MICRODATA.items() if word in name), None)


def _attributes(element: HtmlElement, names: tuple[str, ...], language: str | None) -> PrintedDate | None:
    """The date in the first of some attributes that holds one."""
    values = (element.get(name) for name in names)
    return next((printed for value in values if value and (printed := stamp(value, language))), None)


@lru_cache(maxsize=8192)
def _kind(names: str) -> tuple[bool, bool]:
    """Whether class, id and itemprop are named after asides, and after dates; sites repeat the same few thousand."""
    return bool(ASIDE.search(names)), bool(MARKED.search(names))


@dataclass(frozen=True, slots=True)
class Block:
    """A line with the asides it lies in, by number, before it is known which of them hold the article itself."""

    line: Line
    asides: tuple[int, ...]
    heading: bool


def blocks_of(tree: HtmlElement, language: str | None) -> Iterator[Block]:
    """The visible page as lines, broken at block elements; a time element is a line of its own."""
    words: list[str] = []
    asides: list[int] = []
    opened: list[bool] = []  # of every element around: whether it is an aside
    begun = marked = passed = False
    headings = framed = count = 0

    def block() -> Block | None:
        nonlocal begun, marked
        text = " ".join("".join(words).split())
        made = Block(Line(text, marked=marked, framed=framed > 0), tuple(asides), headings > 0) if text else None
        words.clear()
        begun = marked = False
        return made

    walk = iterwalk(tree, ("start", "end", "comment", "pi"))
    for event, element in walk:
        tag = element.tag
        if event != "start":
            if passed or event != "end":
                passed = False
            else:
                if begun and tag not in INLINE and (made := block()):
                    yield made
                if opened.pop():
                    asides.pop()
                headings -= tag in HEADINGS
                framed -= tag == "header"
            words.append(element.tail or "")
            begun = True
            continue
        if tag in SKIPPED:
            walk.skip_subtree()
            passed = True
            continue
        if begun and tag not in INLINE and (made := block()):
            yield made
        item = element.get("itemprop")
        names = f"{element.get('class') or ''} {element.get('id') or ''} {item or ''}"
        kind = _kind(names)
        is_aside = tag in ASIDE_TAGS or (kind[0] and tag not in PAGE_TAGS)
        if is_aside:
            count += 1
            asides.append(count)
        data = _microdata(element) if item or element.get("property") else None
        if data:
            printed = _attributes(element, ("content", "datetime"), language)
        else:
            printed = _attributes(element, TIME_TAGS[tag], language) if tag in TIME_TAGS else None
        if printed is None and data:
            printed = stamp("".join(element.itertext())[:200], language)
        if printed is not None:
            label = "".join(words).strip()[-LONGEST_LABEL:]
            if made := block():
                yield made
            shown = f"{label} {printed.printed}"
            moved = replace(printed, start=len(label) + 1, end=len(shown))
            changed = bool(CHANGED.search(names)) and not MARKED_PUBLISHED.search(names)
            line = Line(
                shown, marked=True, printed=moved, label="modified" if changed else None, framed=framed > 0, data=data
            )
            yield Block(line, tuple(asides), heading=False)
            if is_aside:
                asides.pop()
            walk.skip_subtree()
            passed = True
            continue
        opened.append(is_aside)
        headings += tag in HEADINGS
        framed += tag == "header"
        marked = marked or kind[1]
        words.append(element.text or "")
        begun = True
    if made := block():
        yield made


def without_own_asides(blocks: Sequence[Block], places: Sequence[int | None]) -> list[Line]:
    """The lines, asides marked; what encloses headline or body is none, whatever its class is called."""
    own = {number for place in places if place is not None for number in blocks[place].asides}
    return [
        replace(block.line, aside=True) if any(number not in own for number in block.asides) else block.line
        for block in blocks
    ]


KEY = re.compile(r"[\W_]+")
SHORTEST_KEY = 20
SHORTEST_TITLE = 5
OPENINGS = 3
"""Paragraphs tried as the beginning of the body: extractors may join or repeat the first."""
KEY_LENGTH = 40
LONGEST_KEY = 200
"""Letters by which a line is recognised as the headline, the beginning or the end of the body."""


def _key(text: str) -> str:
    trimmed = text if len(text) < 2 * LONGEST_KEY else text[:LONGEST_KEY] + text[-LONGEST_KEY:]
    return KEY.sub("", trimmed).lower()


def article_place(
    blocks: Sequence[Block], headline: str | None, body: str | None
) -> tuple[int | None, int | None, int | None]:
    """Indices of the headline and of the first and last line of the body, where they are found."""
    keys = [_key(block.line.text) for block in blocks]
    paragraphs = [key for key in map(_key, (body or "").splitlines()) if len(key) > SHORTEST_KEY]
    title = _key(headline or "")
    at = None
    if len(title) >= SHORTEST_TITLE:
        exact = [index for index, key in enumerate(keys) if key == title]
        at = next(
            iter(
                [index for index in exact if blocks[index].heading]
                or [index for index in exact if not blocks[index].asides]
                or exact
                or [index for index, key in enumerate(keys) if title[:60] in key and len(key) < 2 * len(title)]
            ),
            None,
        )
    first = last = None
    for key in paragraphs[:OPENINGS]:
        begins = [index for index, start in enumerate(keys) if start.startswith(key[:KEY_LENGTH])]
        first = next((index for index in begins if at is None or index > at), None)
        if first is None and begins and key != title:
            first, at = begins[0], None
        if first is not None:
            break
    if first is not None:
        tail = paragraphs[-1][-KEY_LENGTH:]
        last = next((index for index in range(len(keys) - 1, first, -1) if keys[index].endswith(tail)), first)
    return at, first, last if first is not None else None
