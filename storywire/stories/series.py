"""Series: what one outlet prints day by day in one pattern, as forecasts, closing prices, horoscopes and briefings.

Reports of a series share their words without telling of one thing; compared, they make a chain without end, and a
briefing that touches ten stories draws them together. So they are told by their neighbours and left out: each is an
event by itself. A report belongs to a series if the same outlet has, on `OTHER_DAYS` other days within the window of
events, reports like it (pairs that would link them) under nearly the same headline, or under one in which only the
rarest words, the subject, differ; the latter only where no other outlet has a report that is clearly closer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse as sparse
from numpy.typing import NDArray

from storywire.stories.rarity import rarity
from storywire.stories.similarity import NO_DAY, Items
from storywire.stories.words import primary, read_words

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

OTHER_DAYS = 2
"""Other days on which the outlet must have printed such a report; one may be a follow-up."""

OTHER_REPORTS = 4
"""Reports with other subjects, on any day, that show a template too: one outlet prices many shares a day."""

SAME_HEADLINE = 0.8
"""Cosine of two headlines' words, without numbers, from which on they are nearly the same: one of five may differ."""

SAME_PATTERN = 0.3
"""Cosine from which on two headlines have a pattern in common, as `Obituary: A B` and `Obituary: C D` have."""

OTHER_SUBJECT = 0.5
"""Cosine of headlines, words weighed by cubed rarity, below which the subjects are not the same."""

CLEARLY_CLOSER = 2.0
"""Times as alike as any report of the template must another outlet's be to show that this is news after all."""


def serial(leads: pa.Table, items: Items, pairs: tuple[Ints, Ints, Floats]) -> Flags:
    """Which reports belong to a series; `pairs` are those that may be joined (see `similarity.edges`)."""
    left, right, alike = pairs
    site = _numbers(leads["site"].to_pylist())
    own = (site[left] == site[right]) & (site[left] >= 0)
    elsewhere = _closest(left[~own], right[~own], alike[~own], len(leads))
    left, right, alike = left[own], right[own], alike[own]
    rows, place = np.unique(np.concatenate([left, right]), return_inverse=True)
    plain, heavy = _headlines(leads.select(["title", "language"]).take(pa.array(rows)))
    one, other = np.split(place, 2)
    same = _cosines(plain, one, other)
    template = (same >= SAME_PATTERN) & (_cosines(heavy, one, other) < OTHER_SUBJECT)
    here = _closest(left[template], right[template], alike[template], len(leads))
    template &= np.maximum(elsewhere[left], elsewhere[right]) < CLEARLY_CLOSER * np.minimum(here[left], here[right])
    day = items.first
    apart = (day[left] != NO_DAY) & (day[right] != NO_DAY) & (day[left] != day[right])
    days = _partners(left, right, day, ((same >= SAME_HEADLINE) | template) & apart, len(leads))
    reports = _partners(left, right, np.arange(len(leads)), template, len(leads))
    found: Flags = (days >= OTHER_DAYS) | (reports >= OTHER_REPORTS)
    return found


def _closest(left: Ints, right: Ints, alike: Floats, count: int) -> Floats:
    """The similarity of the closest partner of each of `count` reports in these pairs; 0 without one."""
    best = np.zeros(count)
    np.maximum.at(best, left, alike)
    np.maximum.at(best, right, alike)
    return best


def _partners(left: Ints, right: Ints, what: Ints, pairs: Flags, count: int) -> Ints:
    """How many different partners, by `what`, each of `count` reports has in these pairs."""
    left, right = left[pairs], right[pairs]
    seen = np.unique(np.stack([np.concatenate([left, right]), what[np.concatenate([right, left])]]), axis=1)
    return np.bincount(seen[0], minlength=count)


def _numbers(sites: list[str | None]) -> Ints:
    """A number for each outlet, -1 for none."""
    number = {site: place for place, site in enumerate(dict.fromkeys(site for site in sites if site))}
    return np.array([number[site] if site else -1 for site in sites], np.int64)


def _headlines(rows: pa.Table) -> tuple[Any, Any]:
    """The words of each headline as vectors of length 1: all alike, and by their cubed rarity."""
    columns: dict[str, int] = {}
    places: list[int] = []
    starts = [0]
    weights: list[float] = []
    for title, language in zip(rows["title"].to_pylist(), rows["language"].to_pylist(), strict=True):
        code = primary(language)
        terms = sorted({term for term, _ in read_words(title or "", code) if not term[0].isdigit()})
        places += [columns.setdefault(term, len(columns)) for term in terms]
        weights += [rarity(term, code) ** 3 for term in terms]
        starts.append(len(places))
    shape = (len(rows), max(len(columns), 1))
    plain, heavy = (
        sparse.csr_matrix((np.asarray(values, np.float64), places, starts), shape=shape)
        for values in (np.ones(len(places)), weights)
    )
    return plain, heavy


def _cosines(vectors: Any, one: Ints, other: Ints) -> Floats:
    """The cosine of each pair of rows; 0 where one has no words."""
    length = np.sqrt(np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel())
    product = np.asarray(vectors[one].multiply(vectors[other]).sum(axis=1)).ravel()
    cosines: Floats = np.round(product / np.maximum(length[one] * length[other], 1e-12), 6)
    return cosines
