"""A page with markup as the lines a reader sees, and where its article lies among them.

A line inside a sidebar, a list of related articles or the comments keeps that knowledge, since a date there is another
article's. Names of classes alone are no proof: what encloses headline or body is no aside, whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from storywire.articles.datecandidates import LONGEST_LABEL
from storywire.articles.dateplaces import Line
from storywire.articles.datetext import PrintedDate, stamp
from storywire.articles.datewords import listed
from storywire.articles.prose import squashed

SKIPPED = frozenset({"script", "style", "noscript", "template", "svg", "select", "option", "iframe", "head", "button"})
INLINE = frozenset(
    listed(
        "a abbr acronym b bdi bdo big cite code data em font i ins kbd label mark q s small span strong sub sup time tt"
        " u var wbr address"
    )
)
ASIDE_TAGS = frozenset({"aside", "nav", "footer", "blockquote"})
ASIDES = frozenset(
    listed(
        "aside sidebar related recommended recommend teaser teasers widget mostread popular trending comment comments "
        "commentlist respond footer nav navigation menu readmore latest recent ticker promo newsletter archive calendar"
    )
)
ASIDE_PAIRS = re.compile(r"(?:^|[\s_-])(?:most-read|read-more|more-(?:news|stories))(?:$|[\s_-])")
MARKS = frozenset(listed("date datum fecha datetime time timestamp day meta byline info posted published"))
MARKED = re.compile(r"publi|pubdate|post-?date|(?<!up)(?<!can[di]i)(?<!man)date(?!d)")
"""Names of classes that stand for asides, and for dates; they are whole words, so split at blanks, dashes and
underscores, but for the expressions."""
CHANGED = re.compile(r"updated|modified|revised|lastmod", re.IGNORECASE)
MARKED_PUBLISHED = re.compile(r"publi|created|entry-date|posted", re.IGNORECASE)
HEADINGS = frozenset({"h1", "h2"})
TIME_TAGS = {"time": ("datetime", "title"), "abbr": ("title",)}
"""Attributes that hold the date of a time element, and of an abbreviation as microformats use it."""
MICRODATA = {"datepublished": "microdata", "datecreated": "created", "datemodified": "modified"}
PAGE_TAGS = frozenset({"html", "body", "main", "article"})
SPECIAL = SKIPPED | ASIDE_TAGS | HEADINGS | {"header", *TIME_TAGS}
"""Tags with a meaning of their own here; of the others it is asked once that they have none."""


def _microdata(names: str | None) -> str | None:
    """The role that microdata or RDFa, by its property, gives an element of the body."""
    if not names or "date" not in (name := names.lower()):
        return None
    return next((role for word, role in MICRODATA.items() if word in name), None)


def _attributes(element: HtmlElement, names: tuple[str, ...], language: str | None) -> PrintedDate | None:
    """The date in the first of some attributes that holds one."""
    values = (element.get(name) for name in names)
    return next((printed for value in values if value and (printed := stamp(value, language))), None)


NAMES = ("class", "id", "itemprop")
TELLING = frozenset({*NAMES, "property"})
UNNAMED = (False, False, None)


def _named(attributes: list[tuple[str, str]]) -> tuple[bool, bool, str | None]:
    """Whether an element is named after asides, and after dates, and the role that microdata gives it.

    All attributes at once are had in the time that three single ones take.
    """
    aside = marked = False
    prop = None
    for name, value in attributes:
        if name not in TELLING:
            continue
        if name != "property":
            is_aside, is_marked = _kind(value)
            aside, marked = aside or is_aside, marked or is_marked
        if name == "itemprop" or (name == "property" and not prop):
            prop = value or prop
    return aside, marked, _microdata(prop) if prop else None


@lru_cache(maxsize=8192)
def _kind(names: str) -> tuple[bool, bool]:
    """Whether class, id or itemprop is named after asides, and after dates; sites repeat the same few thousand."""
    plain = names.lower()
    words = plain.replace("-", " ").replace("_", " ").split()
    aside = not ASIDES.isdisjoint(words) or (
        ("more-" in plain or "-more" in plain or "most-" in plain) and bool(ASIDE_PAIRS.search(plain))
    )
    marked = not MARKS.isdisjoint(words) or (("date" in plain or "publi" in plain) and bool(MARKED.search(plain)))
    return aside, marked


class Block(NamedTuple):
    """A line with the asides it lies in, by number, before it is known which of them hold the article itself."""

    line: Line
    asides: tuple[int, ...]
    heading: str | None


def blocks_of(tree: HtmlElement, language: str | None) -> list[Block]:
    """The visible page as lines, broken at block elements; a time element is a line of its own.

    One walk over some thousand elements a page: what it does for each is kept short.
    """
    blocks: list[Block] = []
    words: list[str] = []
    asides: tuple[int, ...] = ()
    wrapping: list[tuple[HtmlElement, tuple[int, ...]]] = []
    heading: str | None = None
    marked = skipping = False
    framed = count = 0

    def end_line() -> None:
        nonlocal marked
        text = " ".join("".join(words).split())
        if text:
            blocks.append(Block(Line(text, False, marked, None, None, framed > 0), asides, heading))
        words.clear()
        marked = False

    walk = iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        special = tag in SPECIAL
        if event == "end":
            if skipping:
                skipping = False
            else:
                if words and tag not in INLINE:
                    end_line()
                if special:
                    if tag in HEADINGS:
                        heading = None
                    elif tag == "header":
                        framed -= 1
            if wrapping and wrapping[-1][0] is element:
                asides = wrapping.pop()[1]
            tail = element.tail
            if tail and (words or not tail.isspace()):
                words.append(tail)
            continue
        if special and tag in SKIPPED and not _holds_the_page(element):
            skipping = True
            walk.skip_subtree()
            continue
        if words and tag not in INLINE:
            end_line()
        attributes = element.items()
        is_aside, is_marked, data = _named(attributes) if attributes else UNNAMED
        if (special and tag in ASIDE_TAGS) or (is_aside and tag not in PAGE_TAGS):
            count += 1
            wrapping.append((element, asides))
            asides = (*asides, count)
        if data or (special and tag in TIME_TAGS):
            printed = _attributes(element, ("content", "datetime") if data else TIME_TAGS[tag], language)
            if printed is None and data:
                printed = stamp("".join(element.itertext())[:200], language)
            if printed is not None:
                label = "".join(words).strip()[-LONGEST_LABEL:]
                end_line()
                names = " ".join(element.get(name) or "" for name in NAMES)
                line = _dated_line(label, printed, names, framed > 0, data)
                blocks.append(Block(line, asides, None))
                skipping = True
                walk.skip_subtree()
                continue
        if special:
            if tag in HEADINGS:
                heading = tag
            elif tag == "header":
                framed += 1
        marked = marked or is_marked
        text = element.text
        if text and (words or not text.isspace()):
            words.append(text)
    end_line()
    return blocks


def _holds_the_page(element: HtmlElement) -> bool:
    """Whether a button swallowed the page: the parser does that where its end was forgotten."""
    return element.tag == "button" and next(element.iterdescendants("h1"), None) is not None


def _dated_line(label: str, printed: PrintedDate, names: str, framed: bool, data: str | None) -> Line:
    """The line of a time element: the words before it, and the date that its attributes give."""
    shown = f"{label} {printed.printed}"
    moved = replace(printed, start=len(label) + 1, end=len(shown))
    changed = bool(CHANGED.search(names)) and not MARKED_PUBLISHED.search(names)
    return Line(shown, marked=True, printed=moved, label="modified" if changed else None, framed=framed, data=data)


def without_own_asides(blocks: Sequence[Block], places: Sequence[int | None]) -> list[Line]:
    """The lines, asides marked; what encloses headline or body is none, whatever its class is called."""
    own = {number for place in places if place is not None for number in blocks[place].asides}
    return [_aside(block.line) if block.asides and not own.issuperset(block.asides) else block.line for block in blocks]


def _aside(line: Line) -> Line:
    """A line that lies in an aside; half the lines of a page do, and `_replace` takes four times as long."""
    return Line(line.text, True, *line[2:])


SHORTEST_KEY = 20
SHORTEST_TITLE = 5
OPENINGS = 3
"""Paragraphs tried as the beginning of the body: extractors may join or repeat the first."""
FURTHER_OPENINGS = 40
"""Paragraphs tried below a headline that stands inside the body: extractors may take a menu in before it."""
FURTHEST_HEADING = 25
"""Lines above the body in which a main heading is the headline, though the title that was read is another."""
KEY_LENGTH = 40
LONGEST_KEY = 200
"""Letters by which a line is recognised as the headline, the beginning or the end of the body."""


def _key(text: str) -> str:
    trimmed = text if len(text) < 2 * LONGEST_KEY else text[:LONGEST_KEY] + text[-LONGEST_KEY:]
    return squashed(trimmed)


def article_place(
    blocks: Sequence[Block], headline: str | None, body: str | None
) -> tuple[int | None, int | None, int | None]:
    """Indices of the headline and of the first and last line of the body, where they are found."""
    title = _key(headline or "")
    paragraphs = [key for key in map(_key, (body or "").splitlines()) if len(key) > SHORTEST_KEY and key != title]
    shortest = min(len(title) or SHORTEST_KEY, SHORTEST_KEY)
    keys = [_key(block.line.text) if len(block.line.text) >= shortest else "" for block in blocks]
    titles = _headlines(blocks, keys, title) if len(title) >= SHORTEST_TITLE else []
    at = titles[0] if titles else None
    first = _beginning(keys, paragraphs[:OPENINGS], at)
    if first is None and at is not None and blocks[at].heading:
        first = _beginning(keys[: at + FURTHEST_HEADING], paragraphs[OPENINGS:FURTHER_OPENINGS], at)
    if first is None:
        first = _beginning(keys, paragraphs[:OPENINGS], None)
        at = None if first is not None else at
    if first is None:
        return at, None, None
    if at is None or first - at > FURTHEST_HEADING:
        at = _nearest_headline(blocks, titles, first) or at
    tail = paragraphs[-1][-KEY_LENGTH:]
    last = next((index for index in range(len(keys) - 1, first, -1) if keys[index].endswith(tail)), first)
    return at, first, last


def _headlines(blocks: Sequence[Block], keys: Sequence[str], title: str) -> list[int]:
    """The lines that are the title: headings before others, and those before what only contains it."""
    exact = [index for index, key in enumerate(keys) if key == title]
    return (
        [index for index in exact if blocks[index].heading]
        or [index for index in exact if not blocks[index].asides]
        or exact
        or [index for index, key in enumerate(keys) if title[:60] in key and len(key) < 2 * len(title)]
    )


def _beginning(keys: Sequence[str], paragraphs: Sequence[str], above: int | None) -> int | None:
    """The first line below the headline with which one of some paragraphs begins."""
    starts = tuple(paragraph[:KEY_LENGTH] for paragraph in paragraphs)
    lowest = 0 if above is None else above + 1
    return next((index for index in range(lowest, len(keys)) if keys[index].startswith(starts)), None)


def _nearest_headline(blocks: Sequence[Block], titles: Sequence[int], first: int) -> int | None:
    """The title or main heading that stands nearest above the body."""
    for index in range(first - 1, max(-1, first - FURTHEST_HEADING), -1):
        if blocks[index].heading == "h1" or index in titles:
            return index
    return None
