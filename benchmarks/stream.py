"""A stream of reports by their terms, as many as are wanted: what the growth of clustering is measured on.

Stories run for some days and have events, events have reports at several outlets, some reports are copied. A report has
terms of its story, of its event, of its field (politics, sport, ...) and of the language at large, weighed as
`storywire.stories.terms` weighs them: by frozen rarities. A day is drawn by itself, so fewer days are the beginning of
more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from wordfreq import top_n_list

from storywire.stories.rarity import rarity

PER_DAY = 1_000
FIRST = date(2024, 1, 1)
OUTLETS = 800
UNDATED = 0.05
"""Share of reports without a date, after copies have passed theirs on."""

STORIES_A_DAY = 190
"""New stories a day; with the events they have, they fill a day."""

LONGEST = 30
"""Days a story runs at most."""

FIELDS, FIELD_WORDS = 30, 400
VOCABULARY = 40_000
COMMON = 2_000
"""Most frequent words, which name nobody."""

OF_STORY, OF_EVENT, OF_FIELD, OF_LANGUAGE = 14, 16, 20, 60
"""Terms a report has of each."""

COPIED = 0.15
"""Share of the reports that run elsewhere too."""


def days(count: int, seed: int = 0) -> Iterator[list[dict[str, Any]]]:
    """The rows of one day after the other, `PER_DAY` each, as the cluster stage gets and reads them; with `event`."""
    for number in range(-(-count // PER_DAY)):
        yield _day(seed, number)


def _day(seed: int, number: int) -> list[dict[str, Any]]:
    lot = np.random.default_rng([seed, number, 0])
    rows: list[dict[str, Any]] = []
    begun = [(start, which) for start in range(number - LONGEST, number + 1) for which in range(STORIES_A_DAY)]
    for start, which in begun:
        for place, lag in enumerate(_plan(seed, start, which)):
            if start + lag == number:
                rows += _event(lot, seed, (start, which, place), number)
    order = lot.permutation(len(rows))[:PER_DAY]
    rows = [rows[place] for place in sorted(order.tolist())]
    leads = {row["article_id"] for row in rows if row["is_lead"]}
    rows = [row for row in rows if row["duplicate_group"] in leads]
    while len(rows) < PER_DAY:
        rows += _event(lot, seed, (number, STORIES_A_DAY + len(rows), 0), number)[:1]
    return rows


@cache
def _plan(seed: int, start: int, which: int) -> tuple[int, ...]:
    """The days after its first on which a story has events."""
    lot = np.random.default_rng([seed, start + 10_000, which, 1])
    gaps = lot.integers(1, 9, size=int(lot.geometric(0.5)) - 1)
    return tuple(lag for lag in np.append(0, np.cumsum(gaps)).tolist() if lag < LONGEST)


def _event(lot: np.random.Generator, seed: int, key: tuple[int, int, int], number: int) -> list[dict[str, Any]]:
    """The reports of one event, and their copies."""
    start, which, place = key
    own = np.random.default_rng([seed, start + 10_000, which, 2])
    names = own.integers(COMMON, VOCABULARY, 30)
    field = int(own.integers(FIELDS))
    event = np.random.default_rng([seed, start + 10_000, which, 3 + place]).integers(COMMON, VOCABULARY, 24)
    rows: list[dict[str, Any]] = []
    for _ in range(1 + min(40, int(1.3 * lot.pareto(1.3)))):
        lead = f"a{lot.integers(1 << 62):016x}"
        day = FIRST + timedelta(days=number)
        terms, weights = _terms(lot, names, event, field)
        told = {
            "duplicate_group": f"g{lead[1:]}",
            "n_words": int(np.clip(lot.lognormal(np.log(480), 0.6), 50, 6_000)),
            "language": "en",
            "title": " ".join(terms[:7]),
            "captured_at": datetime.combine(day, time(23), UTC),
            "published_on": None if lot.random() < UNDATED else day - timedelta(days=int(lot.random() < 0.3)),
            "terms": terms,
            "weights": weights,
            "event": f"{start}-{which}-{place}",
        }
        copies = min(30, int(2 * lot.pareto(1.2)) + 1) if lot.random() < COPIED else 0
        ids = [lead, *(f"a{lot.integers(1 << 62):016x}" for _ in range(copies))]
        for each in ids:
            site = f"outlet-{int(OUTLETS ** lot.random()):03}.example"
            rows.append(
                told
                | {"article_id": each, "capture_id": f"c{each}", "is_lead": each == lead}
                | {"site": site, "originator": site, "duplicate_group": lead}
            )
    return rows


def _terms(
    lot: np.random.Generator, names: npt.NDArray[Any], event: npt.NDArray[Any], field: int
) -> tuple[list[str], list[float]]:
    """The heaviest hundred terms of a report and their weights."""
    parts = [
        lot.choice(names, OF_STORY, replace=False),
        lot.choice(event, OF_EVENT, replace=False),
        lot.choice(_field(field), OF_FIELD, replace=False),
        (VOCABULARY ** lot.random(OF_LANGUAGE)).astype(np.int64),
    ]
    words, first = np.unique(np.concatenate(parts), return_index=True)
    counts = lot.geometric(0.45, first.size) + np.where(first < OF_STORY + OF_EVENT, 1.0, 0.0)
    weights = np.log1p(counts) * _rarities()[words]
    heaviest = np.argsort(-weights, kind="stable")[:100]
    weights = weights[heaviest] / np.sqrt((weights[heaviest] ** 2).sum())
    return _words()[words[heaviest]].tolist(), weights.tolist()


@cache
def _field(number: int) -> npt.NDArray[np.int64]:
    return np.random.default_rng([number, 4]).integers(100, 12_000, FIELD_WORDS)


@cache
def _words() -> npt.NDArray[Any]:
    return np.array([word for word in top_n_list("en", 2 * VOCABULARY) if word.isalpha()][: VOCABULARY + 1], object)


@cache
def _rarities() -> npt.NDArray[np.float64]:
    return np.array([rarity(word, "en") for word in _words()])
