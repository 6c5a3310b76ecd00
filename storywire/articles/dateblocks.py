"""A page with markup as the lines a reader sees.

A line inside a sidebar, a list of related articles or the comments keeps that knowledge, since a date there is another
article's. Names of classes alone are no proof: what encloses headline or body is no aside, whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from storywire.articles.datecandidates import LONGEST_LABEL
from storywire.articles.dateplaces import Line
from storywire.articles.datetext import PrintedDate, stamp
from storywire.articles.datewords import Label, listed

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


NAMES = ("class", "id", "itemprop")


def _microdata(name: str) -> str | None:
    """The role that microdata or RDFa, by its property, gives an element of the body."""
    if "date" not in (name := name.lower()):
        return None
    return next((role for word, role in MICRODATA.items() if word in name), None)


def _attributes(element: HtmlElement, names: tuple[str, ...], language: str | None) -> PrintedDate | None:
    """The date in the first of some attributes that holds one."""
    values = (element.get(name) for name in names)
    return next((printed for value in values if value and (printed := stamp(value, language))), None)


def _is_aside(element: HtmlElement) -> bool:
    return element.tag in ASIDE_TAGS or (element.tag not in PAGE_TAGS and any(aside for aside, _ in _kinds(element)))


def _is_marked(element: HtmlElement) -> bool:
    return any(marked for _, marked in _kinds(element))


def _kinds(element: HtmlElement) -> list[tuple[bool, bool]]:
    return [_kind(names) for attribute in NAMES if (names := element.get(attribute))]


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


class Asides:
    """The asides of a page, and which of them are none because they enclose the article itself."""

    def __init__(self) -> None:
        self._nearest: dict[HtmlElement | None, HtmlElement | None] = {None: None}
        self._own: set[HtmlElement] = set()

    def hold(self, element: HtmlElement | None) -> bool:
        """Whether an element lies in an aside."""
        return any(aside not in self._own for aside in self._around(element))

    def enclose(self, elements: Iterable[HtmlElement | None]) -> None:
        """Take what encloses these, headline and body, for no aside, whatever its class is called."""
        self._own.update(aside for element in elements for aside in self._around(element))

    def _around(self, element: HtmlElement | None) -> Iterator[HtmlElement]:
        """The asides that an element is or lies in, the innermost first."""
        while (aside := self._innermost(element)) is not None:
            yield aside
            element = aside.getparent()

    def _innermost(self, element: HtmlElement | None) -> HtmlElement | None:
        chain = []
        while element is not None and element not in self._nearest:
            chain.append(element)
            element = element.getparent()
        found = self._nearest[element]
        for each in reversed(chain):
            found = self._nearest[each] = each if _is_aside(each) else found
        return found


class Shown(Line):
    """A visible line of a page with markup; `within` is the innermost element around it.

    What its markup is named after is looked up when it is asked for: one line in ten tells a date.
    """

    __slots__ = ("_asides", "_begun", "data", "framed", "heading", "label", "printed", "within")

    def __init__(
        self,
        text: str,
        within: HtmlElement | None,
        asides: Asides,
        begun: Sequence[HtmlElement],
        *,
        framed: bool,
        heading: str | None = None,
    ) -> None:
        self.text = text
        self.within = within
        self.framed = framed
        self.heading = heading
        self.printed: PrintedDate | None = None
        self.label: Label | None = None
        self.data: str | None = None
        self._asides = asides
        self._begun = begun

    @property
    def aside(self) -> bool:
        """Whether it lies in a sidebar, a list or the comments."""
        return self._asides.hold(self.within)

    @property
    def marked(self) -> bool:
        """Whether its markup is named after dates: an element that began with it, or it is a time element."""
        return self.printed is not None or any(map(_is_marked, self._begun))


def lines_of(tree: HtmlElement, language: str | None, asides: Asides) -> list[Shown]:
    """The visible page as lines, broken at block elements; a time element is a line of its own.

    One walk over some thousand elements a page: what it does for each is kept short.
    """
    lines: list[Shown] = []
    words: list[str] = []
    begun: list[HtmlElement] = []
    heading: str | None = None
    skipping = False
    framed = 0

    def end_line(within: HtmlElement | None) -> None:
        nonlocal begun
        text = " ".join("".join(words).split())
        if text:
            lines.append(Shown(text, within, asides, begun, framed=framed > 0, heading=heading))
        words.clear()
        begun = []

    walk = iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        special = tag in SPECIAL
        if event == "end":
            if skipping:
                skipping = False
            else:
                if words and tag not in INLINE:
                    end_line(element)
                if special:
                    if tag in HEADINGS:
                        heading = None
                    elif tag == "header":
                        framed -= 1
            tail = element.tail
            if tail and (words or not tail.isspace()):
                words.append(tail)
            continue
        if special and tag in SKIPPED and not _holds_the_page(element):
            skipping = True
            walk.skip_subtree()
            continue
        if words and tag not in INLINE:
            end_line(element.getparent())
        name = element.get("itemprop") or element.get("property")
        data = _microdata(name) if name else None
        if data or (special and tag in TIME_TAGS):
            printed = _attributes(element, ("content", "datetime") if data else TIME_TAGS[tag], language)
            if printed is None and data:
                printed = stamp("".join(element.itertext())[:200], language)
            if printed is not None:
                label = "".join(words).strip()[-LONGEST_LABEL:]
                end_line(element)
                line = Shown("", element, asides, (), framed=framed > 0)
                _date(line, label, printed, data, " ".join(element.get(name) or "" for name in NAMES))
                lines.append(line)
                skipping = True
                walk.skip_subtree()
                continue
        if special:
            if tag in HEADINGS:
                heading = tag
            elif tag == "header":
                framed += 1
        begun.append(element)
        text = element.text
        if text and (words or not text.isspace()):
            words.append(text)
    end_line(None)
    return lines


def _holds_the_page(element: HtmlElement) -> bool:
    """Whether a button swallowed the page: the parser does that where its end was forgotten."""
    return element.tag == "button" and next(element.iterdescendants("h1"), None) is not None


def _date(line: Shown, label: str, printed: PrintedDate, data: str | None, names: str) -> None:
    """Make a line that of a time element: the words before it, and the date that its attributes give."""
    line.text = f"{label} {printed.printed}"
    line.printed = replace(printed, start=len(label) + 1, end=len(line.text))
    line.data = data
    if CHANGED.search(names) and not MARKED_PUBLISHED.search(names):
        line.label = "modified"
