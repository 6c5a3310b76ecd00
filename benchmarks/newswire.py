"""Texts as a newswire spreads them, as many as are wanted: what the growth of the copies' comparison is measured on.

Reports of some 480 words with a long tail; words by their real frequencies; stock phrases, as often shared by strangers
as in real news. Agency reports run at many outlets whole, trimmed, as a teaser, with paragraphs on top, or edited. What
must not be taken for copies is there too: outlets' boilerplate, a quote that all reports of an event have, background
that a follow-up repeats, live blogs that hold the day's reports. A day is drawn by itself, so fewer days are the
beginning of more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from wordfreq import top_n_list, word_frequency

PER_DAY = 1_000
"""Articles a day: a corpus grows by days, and its outlets stay."""

OUTLETS = 800
FIRST = date(2024, 1, 1)

KINDS = {"whole": 0.35, "trimmed": 0.25, "teaser": 0.12, "topped": 0.13, "edited": 0.15}
"""How outlets run an agency's report, and how often."""

AGENCIES = ("NPX", "Kesteria News", "Tarnby Press")
SHARE_OF_AGENCY = 0.2
"""Share of the reports that come from an agency; copies then are some two fifths of all articles."""

UNDATED = 0.1
"""Share of the articles without a date."""

DOUBTFUL = 0.05
"""Share of the dates that are not sure enough to keep copies apart."""

MEDIAN_WORDS, SPREAD_WORDS = 480, 0.6
"""Length of a report, log-normal: nine in ten have between 180 and 1,300 words."""

VOCABULARY = 40_000
PHRASES, PHRASE_WORDS, PHRASE_TAIL = 250_000, 8, 0.55
STOCK = 0.35
"""Share of the words that stand in stock phrases. With so many phrases, drawn by rank ** -.55, strangers share runs of
five words as 5,000 real American articles do: one in 100 stands in ten texts or more, one in 300 in more than 48."""

LAGS = (0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 9)
"""Days after the agency's own that a copy runs, one of these."""

Text = list[str]
"""Paragraphs."""


@dataclass(frozen=True, slots=True)
class Made:
    """An article, and what is known of it: `report` numbers the report it is a copy of, `kind` says how it was run."""

    article_id: str
    site: str
    title: str
    text: str
    report: int
    kind: str
    published_on: date | None
    date_confidence: float | None
    agency: str | None
    captured_at: datetime


def articles(count: int, seed: int = 0) -> Iterator[Made]:
    """So many articles, day after day; the same for the same seed, and fewer are the beginning of more."""
    made = 0
    for number in range(-(-count // PER_DAY)):
        for one in _day(seed, number):
            if made < count:
                yield one
                made += 1


def _day(seed: int, number: int) -> list[Made]:
    """All articles of one day."""
    lot = np.random.default_rng([seed, number])
    day = FIRST + timedelta(days=number)
    made: list[Made] = []
    told: list[Text] = []

    def add(text: Text, title: str, report: int, kind: str, agency: str | None, outlet: int, lag: int) -> None:
        if len(made) == PER_DAY:
            return
        undated, doubtful = lot.random() < UNDATED, lot.random() < DOUBTFUL
        made.append(
            Made(
                f"a{lot.integers(1 << 62):016x}",
                f"outlet-{outlet:03}.example",
                title,
                "\n\n".join([*text, *_boilerplate(outlet)]),
                number * PER_DAY + report,
                kind,
                None if undated else day + timedelta(days=lag),
                None if undated else 0.6 if doubtful else 0.95,
                agency,
                datetime.combine(day + timedelta(days=lag), time(23), UTC),
            )
        )

    report = 0
    while len(made) < PER_DAY:
        quote = prose(lot, int(lot.integers(20, 45)))
        for _ in range(int(lot.choice([1, 1, 1, 2, 3]))):
            title = " ".join(prose(lot, 8)).rstrip(".")
            text = prose(lot, int(np.clip(lot.lognormal(np.log(MEDIAN_WORDS), SPREAD_WORDS), 50, 6_000)))
            text.insert(len(text) // 2, quote[0])
            if told and lot.random() < 0.1:  # a follow-up
                text.extend(told[int(lot.integers(len(told)))][-2:])
            outlets = _outlets(lot)
            if lot.random() < SHARE_OF_AGENCY:
                agency = AGENCIES[int(lot.integers(len(AGENCIES)))]
                kinds = ["original", *lot.choice(list(KINDS), len(outlets) - 1, p=list(KINDS.values()))]
                for kind, outlet in zip(kinds, outlets, strict=True):
                    credit = agency if kind == "original" or lot.random() < 0.5 else None
                    lag = 0 if kind == "original" else LAGS[int(lot.integers(len(LAGS)))]
                    add(run(lot, kind, text), title, report, kind, credit, outlet, lag)
            else:
                add(text, title, report, "single", None, outlets[0], 0)
            told.append(text)
            report += 1
        if lot.random() < 0.005:
            items = [text for number in lot.integers(len(told), size=15) for text in told[int(number)][:4]]
            add(items, "Live: the day as it happened", report, "live blog", None, _outlets(lot)[0], 0)
            report += 1
    return made


def run(lot: np.random.Generator, kind: str, text: Text) -> Text:
    """An agency's report as an outlet runs it."""
    if kind == "trimmed":
        return text[: max(2, int(len(text) * lot.uniform(0.3, 0.8)))]
    if kind == "teaser":
        return [" ".join(" ".join(text).split()[: int(lot.integers(30, 70))])]
    if kind == "topped":
        return [*prose(lot, int(lot.integers(40, 120))), *text]
    if kind == "edited":
        words = [paragraph.split() for paragraph in text]
        share = lot.uniform(0.02, 0.08)
        return [
            " ".join(_words()[int(lot.integers(VOCABULARY))] if lot.random() < share else word for word in paragraph)
            for number, paragraph in enumerate(words)
            if len(words) < 4 or number != len(words) // 2
        ]
    return text


def prose(lot: np.random.Generator, count: int) -> Text:
    """So many words in sentences and paragraphs: by frequency, with stock phrases between them."""
    ids = np.searchsorted(_cumulated(VOCABULARY, None), lot.random(count))
    phrases = _phrases()[
        np.searchsorted(_cumulated(PHRASES, PHRASE_TAIL), lot.random(int(count * STOCK / PHRASE_WORDS)))
    ]
    for phrase, place in zip(phrases, lot.integers(0, max(1, count - PHRASE_WORDS), len(phrases)), strict=True):
        ids[place : place + PHRASE_WORDS] = phrase[: count - place]
    words = _words()[ids].tolist()
    paragraphs, begin, sentences = [], 0, []
    for number, length in enumerate(lot.integers(9, 32, count // 9 + 1).tolist(), start=1):
        if begin >= count:
            break
        sentence = " ".join(words[begin : begin + length])
        sentences.append(sentence[0].upper() + sentence[1:] + ".")
        begin += length
        if number % 2 == 0 or begin >= count:
            paragraphs.append(" ".join(sentences))
            sentences = []
    return paragraphs


def _outlets(lot: np.random.Generator) -> list[int]:
    """Who runs a report: a few large outlets more often than others, and seldom a great many at once."""
    count = 1 + min(60, int(2 * lot.pareto(1.2)))
    ranks = (OUTLETS ** lot.random(count)).astype(int) - 1
    return list(dict.fromkeys(ranks.tolist()))


@cache
def _boilerplate(outlet: int) -> Text:
    """What an outlet prints under all its articles, where it does."""
    lot = np.random.default_rng([outlet, 1])
    return prose(lot, int(lot.integers(15, 40)))[:1] if lot.random() < 0.3 else []


@cache
def _words() -> npt.NDArray[Any]:
    return np.array([word for word in top_n_list("en", 2 * VOCABULARY) if word.isalpha()][:VOCABULARY], dtype=object)


@cache
def _phrases() -> npt.NDArray[np.int64]:
    lot = np.random.default_rng(1)
    return np.searchsorted(_cumulated(VOCABULARY, None), lot.random((PHRASES, PHRASE_WORDS)))


@cache
def _cumulated(count: int, tail: float | None) -> npt.NDArray[np.float64]:
    """Chances added up, of words by their frequency in English or of ranks by a power."""
    if tail is None:
        chances = np.array([word_frequency(word, "en") for word in _words()])
    else:
        chances = (np.arange(count) + 10.0) ** -tail
    return np.cumsum(chances / chances.sum())[:-1]
