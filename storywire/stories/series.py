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
import pyarrow.compute as pc
import scipy.sparse as sparse
from numpy.typing import NDArray

from storywire.columns import coded
from storywire.stories.given import Given
from storywire.stories.neighbours import MICRO, Pairs
from storywire.stories.rarity import rarity
from storywire.stories.similarity import NO_DAY
from storywire.stories.vectors import Read
from storywire.stories.words import primary, read_words

Ints = NDArray[np.int64]
Numbers = NDArray[np.int32]
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


def serial(leads: Given, pairs: Pairs) -> Flags:
    """Which of some reports belong to a series.

    `pairs` are those that may be joined, with the figures of `headlines`: these have a pattern in common where they are
    of one outlet alone.
    """
    count, day = len(leads), leads.first
    pattern = pairs.further[0] >= SAME_PATTERN * MICRO
    inside = pairs.told[pattern]
    left, right, alike = pairs.left[inside], pairs.right[inside], pairs.alike[inside]
    same, subject = (figure[pattern] / MICRO for figure in pairs.further)
    template = subject < OTHER_SUBJECT
    asked = np.zeros(count, np.bool_)
    asked[left[template]] = asked[right[template]] = True
    near = np.flatnonzero(asked[pairs.left] | asked[pairs.right])
    other = near[~_own(leads, pairs.left[near], pairs.right[near])]
    elsewhere = _closest(pairs.left[other], pairs.right[other], pairs.alike[other], count)
    here = _closest(left[template], right[template], alike[template], count)
    template &= np.maximum(elsewhere[left], elsewhere[right]) < CLEARLY_CLOSER * np.minimum(here[left], here[right])
    apart = (day[left] != NO_DAY) & (day[right] != NO_DAY) & (day[left] != day[right])
    days = _partners(left, right, day, ((same >= SAME_HEADLINE) | template) & apart)
    reports = _partners(left, right, np.arange(count), template)
    found: Flags = (days >= OTHER_DAYS) | (reports >= OTHER_REPORTS)
    return found


def headlines(leads: Given, read: Read, left: Ints, right: Ints) -> tuple[Floats, Floats]:
    """How alike the headlines of pairs of reports are, in all words and in their subjects; 0 for different outlets."""
    same, subject = np.zeros(left.size), np.zeros(left.size)
    own = np.flatnonzero(_own(leads, left, right))
    if own.size:
        rows, place = np.unique(np.concatenate([left[own], right[own]]), return_inverse=True)
        plain, heavy = _headlines(read(leads.rows(rows), ["title", "language"]))
        one, other = np.split(place.reshape(-1), 2)
        same[own], subject[own] = _cosines(plain, one, other), _cosines(heavy, one, other)
    return same, subject


def _own(leads: Given, left: NDArray[Any], right: NDArray[Any]) -> Flags:
    """Which pairs of reports are of one outlet, that is known."""
    rows, place = np.unique(np.concatenate([left, right]), return_inverse=True)
    one, other = np.split(place.reshape(-1), 2)
    sites = coded(leads.column("site", rows))
    is_known = np.append(pc.not_equal(sites.dictionary, "").to_numpy(zero_copy_only=False), False)
    site = sites.indices.fill_null(-1).to_numpy()
    own: Flags = (site[one] == site[other]) & is_known[site[one]]
    return own


def _closest(left: Numbers, right: Numbers, alike: Floats, count: int) -> Floats:
    """The similarity of the closest partner of each of `count` reports in some pairs; 0 without one."""
    best = np.zeros(count)
    np.maximum.at(best, left, alike)
    np.maximum.at(best, right, alike)
    return best


def _partners(left: Numbers, right: Numbers, what: NDArray[Any], pairs: Flags) -> Ints:
    """How many different partners, by `what`, each report has in these pairs; `what` has a number for each."""
    left, right = left[pairs], right[pairs]
    seen = np.unique(np.stack([np.concatenate([left, right]), what[np.concatenate([right, left])]]), axis=1)
    return np.bincount(seen[0], minlength=what.size)


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
