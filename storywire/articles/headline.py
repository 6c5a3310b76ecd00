"""The headline of a page dump: which of the lines above the article names it.

Above the article stand the site's name, its menu, breadcrumbs, a kicker, the headline, often again,
a standfirst, captions, byline and date. The headline is the line that the page's own title repeats, or
else the one whose words come back in the article and which has a headline's length and place.
The weights below are in words of length; they were chosen on labelled pages rendered as dumps without
their title, where they find 63 % of the headlines (88 % stand on a line of their own).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from storywire.articles.lines import Line
from storywire.articles.unwrapping import Paragraph

MIN_WORDS = 3
"""Words of the shortest headline that is told from a section's name."""

MAX_WORDS = 40
"""Words of the longest; longer lines are paragraphs."""

FULL_WORDS = 8
"""Words from which a line is no likelier a headline for being longer."""

REACH = 25
"""Lines above the article among which the headline stands; share buttons and bylines of long pages fit in."""

SAME_WORDS = 10.0
"""What it weighs that all words of a line come back in the article; menus and teasers of other stories have few."""

STAMPED = 5.0
"""What it weighs that a date stands within the next lines, above the article: captions stand below the date."""

STAMP_REACH = 4
"""Lines between headline and date: standfirst, byline, share buttons."""

REPEATED = 1.0
"""What it weighs that the line stands elsewhere on the page too: captions, breadcrumbs, page titles repeat it."""

FIRST = 3.0
"""What it weighs to be the first line of the dump: where no menu stands above, it is the headline."""

DOUBLED = 3.0
"""What it costs to stand twice in a row: that is a caption and the alternative text of its picture."""

FULL_STOP = 4.0
"""What a full stop costs: standfirsts have one, headlines seldom do."""

STEP = 0.1
"""What each line of distance from the article costs."""

STEM = 5
"""Letters by which words are compared, so that an inflected word is the same word."""

_WORD = re.compile(r"\w+")
_IDEOGRAPH = re.compile(r"[\u3040-\u9fff]")
_BYLINE = re.compile(r"(?:by|von|par|por|di|door|av|af|от|автор|بقلم)\s+\S", re.IGNORECASE)
_STOPS = (".", "。", "।")
_PARTS = (" | ", " - ", " – ", " — ", " :: ", " » ", " · ")


def is_candidate(line: Line) -> bool:
    """Whether a line may be a headline by its shape."""
    if line.kind not in {"short", "prose"} or line.bullet or not MIN_WORDS <= line.words <= MAX_WORDS:
        return False
    return line.words > FULL_WORDS or not _BYLINE.match(line.text)


def page_title(rows: Sequence[Paragraph]) -> int | None:
    """Place of the line that the dump's first line, the page's title, repeats with the site's name added."""
    if not rows:
        return None
    first = rows[0].line.text
    for place, row in enumerate(rows[1:], start=1):
        if is_candidate(row.line) and first.startswith(row.line.text):
            return place
    return None


def headline(rows: Sequence[Paragraph], start: int, end: int, named: int | None) -> int | None:
    """Place of the headline of the article that spans the places `start` to `end`; `named` is its `page_title`."""
    if named is not None and named < start:
        return named
    above = [place for place in range(max(0, start - REACH), start) if is_candidate(rows[place].line)]
    if not above:
        return None
    seen = Counter(row.line.text for row in rows)
    article: set[str] = set()
    for row in rows[start : end + 1]:
        article |= _stems(row.line.text)

    def worth(place: int) -> tuple[float, int]:
        line = rows[place].line
        stems = _stems(line.text)
        value = min(line.words, FULL_WORDS) - STEP * (start - place)
        value += SAME_WORDS * len(stems & article) / max(1, len(stems))
        if _doubled(rows, place):
            value -= DOUBLED
        elif seen[line.text] > 1:
            value += REPEATED
        if place == 0:
            value += FIRST
        if line.text.endswith(_STOPS) and not line.text.endswith("..."):
            value -= FULL_STOP
        if any(row.line.kind == "stamp" for row in rows[place + 1 : min(start, place + 1 + STAMP_REACH)]):
            value += STAMPED
        return value, place

    return max(above, key=worth)


def without_site(text: str, rows: Sequence[Paragraph]) -> str:
    """A page title without the site's name, where the name stands behind a bar or is a line of its own as well.

    Only the last part goes, and only where what stays is a headline by its length.
    """
    for part in _PARTS:
        head, found, tail = text.rpartition(part)
        if not found or len(head.split()) < MIN_WORDS or len(tail.split()) > MIN_WORDS:
            continue
        if part == " | " or any(row.line.text == tail.strip() for row in rows):
            return head.strip()
    return text


def _stems(text: str) -> set[str]:
    """The words of a text by their first letters, those of three letters or less aside; pairs of ideographs."""
    stems: set[str] = set()
    for word in _WORD.findall(text.casefold()):
        if _IDEOGRAPH.match(word):
            stems.update(word[place : place + 2] for place in range(len(word) - 1))
        elif len(word) > 3 or not word.isascii():
            stems.add(word[:STEM])
    return stems


def _doubled(rows: Sequence[Paragraph], place: int) -> bool:
    """Whether a line stands twice in a row: a caption and the alternative text of its picture."""
    text = rows[place].line.text
    before = place > 0 and rows[place - 1].line.text == text
    after = place + 1 < len(rows) and rows[place + 1].line.text == text
    return before or after
