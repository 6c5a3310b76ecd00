"""The article in a page dump: the text of a page without markup, menus and teasers and all.

Every line is worth its words if it is prose and costs a little if it is not; the article is the run of
lines with the largest sum (Kadane's algorithm, broken off where the sum has fallen far below its peak, as
sequence aligners do). Lines that close an article on pages of any outlet ("Related Articles") cost more.
What is left of the frame inside the run, captions and share buttons, is known by its words or by
standing on the page more than once. On the labelled dumps in both renderings 4-gram F1 is .93, the dump itself .64.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from storywire.articles.headline import headline, is_candidate, page_title, without_site
from storywire.articles.lines import LABEL_WORDS, PROSE_WORDS, Line
from storywire.articles.unwrapping import Paragraph, paragraphs

MAX_LINES = 20_000
"""Lines of a dump that are read: thirty times the longest labelled page. Bounds the work on hostile input."""

MAX_WORTH = 50.0
"""Words a paragraph is worth at most: one huge line of legal text must not outweigh an article."""

COSTS = {"blank": 0.0, "short": 6.0, "widget": 7.0, "credit": 4.0, "notice": 15.0, "stamp": 30.0, "ending": 40.0}
"""Words a line of each kind costs. A list of eight items costs a paragraph; a stamp below the first
paragraph begins another story or comment; an ending is crossed only for much text. F1 on the labelled
dumps moves by less than a point when any of them is halved or doubled."""

MAX_FALL = 120.0
"""Words below its peak at which a run ends: three endings, or twenty menu lines, in a row. At 40 and at 200 F1
is 1.5 and .4 points lower."""

EARLY = 0.5
"""Share of the best run's sum from which an earlier run is the article: comments can outgrow it.
At .3 and at .9 F1 is about a point lower."""

NAMED = 0.25
"""The same for the first run below the headline that the page's own title confirms."""

MIN_WORDS = 30
"""Words of prose without which there is no article: menus and login walls have fewer."""

MAX_STAMPED = 0.8
"""Dates and times per paragraph from which the run is an index of stories, each teaser with its own."""

MIN_INDEX = 4
"""Paragraphs below which that share says nothing."""

BYLINE_WORDS = 8
"""Words of the longest byline; such a line beside a stamp belongs to the stamp."""


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump read as an article; `headline`, `first` and `last` count its `lines` from 0, `last` included."""

    title: str | None
    text: str
    lines: tuple[str, ...]
    headline: int | None
    first: int
    last: int


def read_dump(dump: str) -> Dump | None:
    """The article in a page dump, with its headline and the lines it spans; None where there is none."""
    lines = tuple(dump.splitlines())
    rows = paragraphs(lines[:MAX_LINES])
    named = page_title(rows)
    run = _run(rows, named)
    if run is None:
        return None
    start, end = run
    if _opens_with_headline(rows, start, end, named):
        top: int | None = start
        start = next(place for place in range(start + 1, end + 1) if _worth(rows[place].line) > 0)
    else:
        top = headline(rows, start, end, named)
    body = _body(rows, start, end, top)
    if body is None:
        return None
    title = None if top is None else without_site(rows[top].written, rows)
    text = "\n".join(row.written for row in body)
    return Dump(title, text, lines, None if top is None else rows[top].first, body[0].first, body[-1].last)


def _worth(line: Line, above: Line | None = None) -> float:
    """Words a line adds to the sum of an article's run; headlines run together below a label are no prose."""
    if above is not None and above.kind == "ending" and not line.closed and line.kind == "prose":
        return -COSTS["short"]
    if line.kind == "prose":
        return min(line.words, MAX_WORTH)
    if line.kind == "short" and line.closed and line.words >= PROSE_WORDS / 2:
        return line.words / 2
    return -COSTS[line.kind]


def _runs(rows: Sequence[Paragraph], begin: int) -> list[tuple[float, int, int]]:
    """Runs of lines that are worth something, in page order: sum, first and last place."""
    runs = []
    total = peak = 0.0
    start = end = -1
    for place in range(begin, len(rows)):
        worth = _worth(rows[place].line, rows[place - 1].line if place else None)
        if start < 0:
            if worth <= 0:
                continue
            start, total, peak = place, 0.0, 0.0
        total += worth
        if total > peak:
            peak, end = total, place
        if total <= 0 or peak - total > MAX_FALL:
            runs.append((peak, start, end))
            start = -1
    if start >= 0:
        runs.append((peak, start, end))
    return runs


def _run(rows: Sequence[Paragraph], named: int | None) -> tuple[int, int] | None:
    """First and last place of the article: the best run, or an early one that comes near it."""
    runs = _runs(rows, 0)
    if not runs:
        return None
    best = max(total for total, _, _ in runs)
    below = [] if named is None else _runs(rows, named + 1)
    for share, some in ((NAMED, below), (EARLY, runs)):
        for total, start, end in some:
            if total >= max(share * best, MIN_WORDS):
                return start, end
    return None


def _opens_with_headline(rows: Sequence[Paragraph], start: int, end: int, named: int | None) -> bool:
    """Whether the run's first line is a headline that ends like a sentence ("Who pays for the bridge?")."""
    line = rows[start].line
    if not is_candidate(line) or line.text.endswith((".", "。")):
        return False
    if not any(_worth(rows[place].line) > 0 for place in range(start + 1, end + 1)):
        return False
    return start == 0 or start == named or any(row.line.text == line.text for row in rows[:start])


def _body(rows: Sequence[Paragraph], start: int, end: int, top: int | None) -> list[Paragraph] | None:
    """The paragraphs of the article between two places, without what stands among them; None for no article."""
    seen = Counter(row.line.text for row in rows)
    name = None if top is None else rows[top].line.text
    body: list[Paragraph] = []
    stamps = 0
    below_label = False
    for place in range(start, end + 1):
        line = rows[place].line
        if line.kind in {"ending", "widget"}:
            below_label = True
        if line.kind == "stamp":
            stamps += 1
        if line.kind not in {"prose", "short"}:
            continue
        if line.closed or (line.kind == "prose" and rows[place - 1].line.kind != "ending"):
            below_label = False
        if below_label or line.text == name or _is_byline(rows, place):
            continue
        if seen[line.text] > 1 and (line.words < LABEL_WORDS or any(line.text == row.line.text for row in body[-3:])):
            continue
        body.append(rows[place])
    while body and _worth(body[-1].line) <= 0:
        body.pop()
    while body and _worth(body[0].line) <= 0:  # a label whose paragraphs were repeats
        body.pop(0)
    prose = [row.line for row in body if row.line.kind == "prose"]
    if sum(line.words for line in prose) < MIN_WORDS:
        return None
    if len(prose) >= MIN_INDEX and stamps > MAX_STAMPED * len(prose):
        return None
    return body


def _is_byline(rows: Sequence[Paragraph], place: int) -> bool:
    """Whether a line is short and stands beside a date: who wrote, or where, and no part of the text."""
    line = rows[place].line
    if line.kind != "short" or line.closed or line.words > BYLINE_WORDS:
        return False
    return any(row.line.kind == "stamp" for row in (*rows[max(0, place - 1) : place], *rows[place + 1 : place + 2]))
