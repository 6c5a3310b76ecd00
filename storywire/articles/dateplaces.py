"""The lines of a page, and where each stands, seen from the headline and the body of its article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from storywire.articles.datetext import PrintedDate
from storywire.articles.datewords import Label

Place = Literal["header", "above", "between", "opening", "body", "end", "signature", "below"]

NEAR: frozenset[Place] = frozenset({"above", "between", "opening", "end"})
"""Places from which a date may be the article's without any label."""

FURTHEST_ABOVE = 4
"""Lines with words above the headline that may belong to it (section, date, kicker); beyond stands the page header."""

FURTHEST_BELOW_HEADLINE = 14
"""Lines with words below the headline in which its date may stand, where the body's place is not known."""

FURTHEST_BELOW_BODY = 4
"""Lines with words after the body that may sign it with a label ("Posted on ..."); beyond stand teasers."""

END = 3
END_WITHOUT_MARKUP = 1
"""Lines with words after the body in which a date needs no label; in a page dump the next line may be a teaser's."""

OPENING = 4
"""Lines at the start of a body in which a date may be its own: extractors take the date line in, or a byline first."""


LETTER = re.compile(r"[^\W\d_]")
"""What makes a line one with words: counts of comments and views, separators and icons take up no room on a page."""


class Line:
    """One visible line of a page; a page with markup knows more about it than its words (`dateblocks.Shown`).

    `printed`, `label`: what a time element says in its attributes. `framed`: inside the page's own header; None where
    there is no markup to tell. `data`: the role that microdata gives it.
    """

    __slots__ = ("text",)

    printed: PrintedDate | None = None
    label: Label | None = None
    framed: bool | None = None
    data: str | None = None

    def __init__(self, text: str) -> None:
        self.text = text

    @property
    def aside(self) -> bool:
        """Whether it lies in a sidebar, a list or the comments."""
        return False

    @property
    def marked(self) -> bool:
        """Whether its markup is named after dates."""
        return False


def places_of(lines: Sequence[Line], headline: int | None, first: int | None, last: int | None) -> list[Place]:
    """Where each line stands, seen from headline and body, whose indices are given."""
    start = headline if headline is not None else first
    places: list[Place] = []
    above = sum(1 for line in lines[:start] if _takes_room(line))
    opened = below = between = 0
    for index, line in enumerate(lines):
        filled = _takes_room(line)
        if start is None:
            places.append("below")
        elif index < start:
            near = above <= FURTHEST_ABOVE
            # With markup, the lines just above the body are where one looks for its date if there is no headline.
            looked_for = headline is None and line.framed is not None
            places.append("header" if not near else "between" if looked_for else "above")
            above -= filled
        elif first is None or last is None or index < first:
            between += filled
            close = between <= FURTHEST_BELOW_HEADLINE or (first is not None and first - index <= FURTHEST_ABOVE)
            places.append("between" if close else "below")
        elif index <= last:
            opened += filled
            places.append("opening" if opened <= OPENING else "body")
        else:
            below += filled
            ends = below <= (END_WITHOUT_MARKUP if line.framed is None else END)
            places.append("end" if ends else "signature" if below <= FURTHEST_BELOW_BODY else "below")
    return places


def _takes_room(line: Line) -> bool:
    """Whether a line counts as one: it has words or a marked date, whose text may be the figures of its attribute."""
    return LETTER.search(line.text) is not None or line.marked
