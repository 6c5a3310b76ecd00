"""When is a shared text a copy, an excerpt, or mere reuse: the bands, and what tips them.

Measured on planted copies among same-event reports: copies share .4 to 1.0 of the shorter text's
shingles; strangers within two weeks of each other less than .35, digests and quotations aside.
Hence .60 alone is enough, .35 with a lead or a credit in common, .12 is worth an edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from storywire.components import starts
from storywire.duplicates.frames import SHORT_BODY
from storywire.duplicates.sets import Ints, Shingled, shared

Flags = npt.NDArray[np.bool_]
Shares = npt.NDArray[np.float64]

COPY = 0.60
"""Containment from which the text alone shows a copy."""

LIKELY = 0.35
"""Containment from which a lead or a credit in common shows a copy."""

REUSE = 0.12
"""Containment from which the pair is worth an edge."""

LEAD_AGREES = 0.30
"""Share of the opening's 3-grams in common. Heavily edited copies keep .3 or more, strangers under .1."""

EXCERPT = 2.0
"""Ratio of sizes from which a copy is an excerpt."""

LEAST = 30
"""Shared shingles two longer texts need: 34 words in a row, more than a quotation of two sentences."""

LEAST_SHORT = 10
"""Shared shingles where one text is short: 12 words in a row."""

FRAME_OWN = 0.35
"""Containment an outlet's two articles need in what is not its boilerplate."""

PART = 1.25
"""Ratio of sizes from which a text may be a part of another, put together from several."""


class Why(IntEnum):
    """What decided a pair."""

    UNRELATED = 0
    TEXT = 1
    LEAD = 2
    CREDIT = 3
    TITLE = 4
    BACKGROUND = 5
    QUOTED = 6
    COMPILED = 7
    APART = 8
    FRAME = 9


@dataclass(frozen=True, slots=True)
class Pairs:
    """Compared pairs, all arrays of one length.

    `containment` is counted on 3-grams of the opening where that finds more of a short text
    (`on_opening`), else on body shingles; `first` and `second` are the shares of either text.
    """

    rows: Ints
    containment: Shares
    first: Shares
    second: Shares
    jaccard: Shares
    shared: Ints
    ratio: Shares
    on_opening: Flags
    lead_agrees: Flags


def measure(sets: Shingled, rows: Ints, body: Ints, opening: Ints) -> Pairs:
    """Containment both ways and all the bands need, from the counts of shared shingles."""
    size_one, size_other = sets.body[rows[:, 0]], sets.body[rows[:, 1]]
    smaller, larger = np.minimum(size_one, size_other), np.maximum(size_one, size_other)
    spans = np.minimum(sets.opening[rows[:, 0]], sets.opening[rows[:, 1]])
    by_body = body / np.maximum(1, smaller)
    by_opening = opening / np.maximum(1, spans)
    on_opening = (smaller < SHORT_BODY) & (by_opening > by_body)
    containment = np.where(on_opening, by_opening, by_body)
    first, second = body / np.maximum(1, size_one), body / np.maximum(1, size_other)
    return Pairs(
        rows,
        containment,
        np.where(on_opening & (size_one <= size_other), by_opening, first),
        np.where(on_opening & (size_other <= size_one), by_opening, second),
        body / np.maximum(1, size_one + size_other - body),
        np.where(on_opening, opening, body),
        larger / np.maximum(1, smaller),
        on_opening,
        by_opening >= LEAD_AGREES,
    )


def judge(pairs: Pairs, smaller: Ints, *, near: Flags, own: Flags, credit: Flags, title: Flags) -> npt.NDArray[np.int8]:
    """Why each pair is a copy or is not.

    `smaller` is the size of the smaller body; the flags say whether the dates allow a copy, whether the
    pair shares text that is no boilerplate, and whether credits or titles agree.
    """
    share, short = pairs.containment, smaller < SHORT_BODY
    # The lead of a short text is the whole of it, already counted as containment.
    lead = pairs.lead_agrees & ~short
    whole = (share >= 1) & (pairs.ratio == 1) & title
    enough = (pairs.shared >= np.where(short, LEAST_SHORT, LEAST)) | whole
    # Half a text or less, and nothing else in common: a statement quoted in full, an item of a digest.
    fits = (pairs.ratio < EXCERPT) | pairs.lead_agrees | credit | title
    why = np.select(
        [
            ~enough | (share < REUSE),
            share < LIKELY,
            ~own,
            ~near,
            (share >= COPY) & fits,
            share >= COPY,
            lead,
            credit,
            short & title,
        ],
        [Why.UNRELATED, Why.BACKGROUND, Why.FRAME, Why.APART, Why.TEXT, Why.QUOTED, Why.LEAD, Why.CREDIT, Why.TITLE],
        Why.BACKGROUND,
    )
    return why.astype(np.int8)


def is_copy(why: npt.NDArray[np.int8]) -> Flags:
    """Which pairs are copies; the other related ones are reuse."""
    return (why >= Why.TEXT) & (why <= Why.TITLE)


def parts_of_compilations(sets: Shingled, pairs: Pairs, why: npt.NDArray[np.int8], title: Flags) -> Flags:
    """Copies that are no more than a live blog or digest and one of its items.

    A text is a compilation where it holds two texts, both under other headlines, that have
    nothing in common with each other. Items of one report all share text with the largest of them, so
    that one (the first, as texts are numbered by size) is compared with the others.
    """
    bigger_first = sets.body[pairs.rows[:, 0]] > sets.body[pairs.rows[:, 1]]
    whole = np.where(bigger_first, pairs.rows[:, 0], pairs.rows[:, 1])
    item = np.where(bigger_first, pairs.rows[:, 1], pairs.rows[:, 0])
    inside = ((why == Why.QUOTED) | (why == Why.TEXT)) & (pairs.ratio >= PART) & ~title
    order = np.lexsort((item[inside], whole[inside]))
    wholes, items = whole[inside][order], item[inside][order]
    begins = starts(wholes)
    largest = np.repeat(items[begins], np.diff(np.append(begins, wholes.size)))
    others = np.stack([largest, items], axis=1)[largest != items]
    strangers = _share(sets, pairs, others) < REUSE
    flags: Flags = is_copy(why) & (pairs.ratio >= PART) & np.isin(whole, wholes[largest != items][strangers])
    return flags


def _share(sets: Shingled, pairs: Pairs, rows: Ints) -> Shares:
    """Containment of some pairs: as measured already, where it is, for it costs a reading of both texts."""
    n = sets.body.size
    keys = pairs.rows[:, 0] * n + pairs.rows[:, 1]
    order = np.argsort(keys)
    asked = rows[:, 0] * n + rows[:, 1]
    places = np.minimum(np.searchsorted(keys, asked, sorter=order), max(0, keys.size - 1))
    found = np.zeros(len(rows))
    known = keys[order[places]] == asked if keys.size else np.zeros(len(rows), dtype=np.bool_)
    found[known] = pairs.containment[order[places[known]]]
    found[~known] = measure(sets, rows[~known], *shared(sets, rows[~known])).containment
    return found
