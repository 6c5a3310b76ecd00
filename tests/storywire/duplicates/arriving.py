"""Articles of invented outlets, drawn by hypothesis as they arrive: what the tests of order shuffle and split."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from benchmarks import newswire
from storywire.duplicates.shingles import shingle
from storywire.schema import ARTICLES

COLUMNS = pa.schema(
    [
        *(
            ARTICLES.arrow.field(name)
            for name in (
                *("article_id", "site", "title", "n_words", "language", "captured_at"),
                *("published_on", "published_at", "date_source", "date_confidence"),
                *("wire_agency", "wire_source", "wire_confidence", "wire_evidence"),
            )
        ),
        pa.field("shingles", pa.list_(pa.uint64())),
    ]
)

FIRST = date(2024, 2, 20)
DAYS = (None, 0, 0, 1, 2, 13, 14, 15, 16, 40)
"""Days after the first: about the edges of a window of fourteen days, and in three months."""

HOUSE = "osterhagen.example"
"""An outlet that prints a notice under all it has."""

OUTLETS = (HOUSE, HOUSE, "tarnby.example", "kesteria.example", None)

LENGTHS = (380, 240, 150, 55)
"""Words of the reports; the last is a brief."""

KINDS = ("original", *newswire.KINDS, "follow-up", "quoting", "digest", "frame", "line", "empty")

CREDITS = (
    (None, None, None),
    ("NPX", "dateline", 0.97),
    ("NPX", "byline", 0.9),
    ("Tarnby Press", "jsonld", 0.9),
    ("Tarnby Press", "meta", 0.6),
)


@dataclass(frozen=True, slots=True)
class Page:
    """One article as one capture of its page tells it, so many days after the first.

    `turn` draws how a copy was cut or edited.
    """

    article: int
    report: int
    kind: str
    turn: int
    outlet: str | None
    day: int | None
    confidence: float
    credit: tuple[str | None, str | None, float | None]
    own_title: bool
    captured: int

    @property
    def article_id(self) -> str:
        """The id of the article, in no order of anything else."""
        return f"a{self.article * 7919 % 1009:04}"

    @property
    def row(self) -> dict[str, Any]:
        """What the stages before the comparison tell of it."""
        n_words, hashes = _text(self.report, self.kind, self.turn, self.outlet == HOUSE)
        published = None if self.day is None else FIRST + timedelta(days=self.day)
        agency, source, confidence = self.credit
        return {
            "article_id": self.article_id,
            "site": self.outlet,
            "title": f"Headline of {self.article}" if self.own_title else f"Report {self.report} of the day",
            "n_words": n_words,
            "language": "en",
            "captured_at": datetime.combine(FIRST + timedelta(days=self.captured), time(9), UTC),
            "published_on": published,
            "published_at": None,
            "date_source": published and "jsonld",
            "date_confidence": published and self.confidence,
            "wire_agency": agency,
            "wire_source": source,
            "wire_confidence": confidence,
            "wire_evidence": agency,
            "shingles": hashes,
        }


@st.composite
def pages(draw: st.DrawFn, most: int = 14) -> list[Page]:
    """One page each of some articles, most of them copies of a few reports, and now and then all of an outlet's."""
    reports = draw(st.integers(1, len(LENGTHS)))
    drawn = [
        Page(
            article,
            draw(st.integers(0, reports - 1)),
            draw(st.sampled_from(KINDS)),
            draw(st.integers(0, 2)),
            draw(st.sampled_from(OUTLETS)),
            draw(st.sampled_from(DAYS)),
            draw(st.sampled_from((0.95, 0.9, 0.6))),
            draw(st.sampled_from(CREDITS)),
            draw(st.booleans()),
            draw(st.sampled_from((3, 50))),
        )
        for article in range(draw(st.integers(0, most)))
    ]
    if draw(st.booleans()):
        # Enough of one outlet for its notice to count as a frame.
        drawn += [Page(100 + n, 10 + n, "original", 0, HOUSE, n % 3, 0.95, CREDITS[0], True, 3) for n in range(8)]
    return drawn


@cache
def _text(report: int, kind: str, turn: int, noticed: bool) -> tuple[int, list[int]]:
    """How many words a page has, and their shingles."""
    lot = np.random.default_rng([report, KINDS.index(kind), turn])
    text = _report(report)
    if kind in newswire.KINDS:
        text = newswire.run(lot, kind, text)
    elif kind == "follow-up":
        text = [*newswire.prose(lot, 120), *text[-2:]]
    elif kind == "quoting":
        text = [*newswire.prose(lot, 150), *text, *newswire.prose(lot, 200)]
    elif kind == "digest":
        text = [paragraph for other in range(report + 2) for paragraph in _report(other % len(LENGTHS))]
    elif kind in ("frame", "empty"):
        text = []
    elif kind == "line":
        text = [" ".join(text[0].split()[:6])]
    if noticed and kind != "empty":
        text = [*text, *newswire.prose(np.random.default_rng(99), 60)]
    words = " ".join(text)
    return len(words.split()), shingle(words).tolist()


def _report(number: int) -> list[str]:
    return newswire.prose(np.random.default_rng(number), LENGTHS[number % len(LENGTHS)])
