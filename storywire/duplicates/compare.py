"""Distinct texts compared with each other: candidates, exact counts, bands, stars."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from storywire.duplicates import bands, frames, groups
from storywire.duplicates.bands import Flags, Pairs, Why
from storywire.duplicates.candidates import candidate_pairs
from storywire.duplicates.sets import Ints, Sets, shared
from storywire.duplicates.shingles import words

UNDATED = np.iinfo(np.int64).max
"""Day of a text without a reliable date: sorts after every date."""

ROUNDS = 8
"""Rounds in which texts are compared with the lead of their copies' copies; two is the usual."""

SAME_TITLE = 0.8
"""Jaccard of two headlines' words from which they are one headline, a site's name or a correction aside."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Distinct texts in order of size, largest first, and what is known of the best article with each.

    `repeated` tells that several articles have the text. `site` and `agency` are numbers, -1 where
    unknown; `day` is days since 1970 or `UNDATED`.
    """

    sets: Sets
    repeated: Flags
    site: Ints
    agency: Ints
    day: Ints
    dateline: Flags
    last: Ints
    title: list[str | None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The related pairs, why each is what it is, and the lead and the size of every text."""

    pairs: Pairs
    why: npt.NDArray[np.int8]
    lead: Ints
    sizes: Ints


def compare(texts: Texts, window_days: int) -> Comparison:
    """Finds and judges every pair that may share text, and gathers the copies around their leads."""
    own = frames.sketch(texts.sets, texts.site)
    standing = groups.Standing(texts.repeated, texts.dateline, texts.day, texts.last)
    pairs, why = _judged(texts, own, candidate_pairs(texts.sets, own), window_days)
    for remaining in reversed(range(ROUNDS)):
        title = _titles_agree(texts, pairs.rows, why > Why.UNRELATED)
        final = why.copy()
        final[bands.parts_of_compilations(texts.sets, pairs, why, title)] = Why.COMPILED
        copies = _pick(pairs, bands.is_copy(final))
        place = groups.ranks(texts.sets.body, copies, standing)
        lead = groups.stars(place, copies.rows, copies.containment)
        unseen = groups.unseen_pairs(place, lead, copies.rows, pairs.rows)
        if not (remaining and len(unseen)):
            break
        more, reasons = _judged(texts, own, unseen, window_days)
        pairs, why = _joined(pairs, more), np.concatenate([why, reasons])
    related = final > Why.UNRELATED
    return Comparison(_pick(pairs, related), final[related], lead, texts.sets.body)


def _judged(texts: Texts, own: frames.Sketch, rows: Ints, window_days: int) -> tuple[Pairs, npt.NDArray[np.int8]]:
    """Counts what each pair shares and says what that makes it."""
    one, other = rows[:, 0], rows[:, 1]
    pairs = bands.measure(texts.sets, rows, *shared(texts.sets, rows))
    days = texts.day[one], texts.day[other]
    near = (days[0] == UNDATED) | (days[1] == UNDATED) | (np.abs(days[0] - days[1]) <= window_days)
    likely = pairs.containment >= bands.LIKELY
    doubtful = likely & (texts.site[one] == texts.site[other]) & own.framed[one] & own.framed[other]
    beyond_frame = ~doubtful
    beyond_frame[doubtful] = frames.own_containment(own, texts.sets, rows[doubtful]) >= bands.FRAME_OWN
    why = bands.judge(
        pairs,
        np.minimum(texts.sets.body[one], texts.sets.body[other]),
        near=near,
        own=beyond_frame,
        credit=(texts.agency[one] == texts.agency[other]) & (texts.agency[one] >= 0),
        title=_titles_agree(texts, rows, likely),
    )
    return pairs, why


def _titles_agree(texts: Texts, rows: Ints, asked: Flags) -> Flags:
    """Whether two headlines are one, for the pairs asked about."""
    agree = np.zeros(len(rows), dtype=np.bool_)
    read: dict[int, frozenset[bytes]] = {}
    for row in np.unique(rows[asked]).tolist():
        read[row] = frozenset(words(texts.title[row] or ""))
    for number in np.flatnonzero(asked).tolist():
        one, other = (read[row] for row in rows[number].tolist())
        agree[number] = bool(one) and len(one & other) >= SAME_TITLE * len(one | other)
    return agree


def _pick(pairs: Pairs, flags: Flags) -> Pairs:
    return Pairs(*(getattr(pairs, field.name)[flags] for field in fields(Pairs)))


def _joined(pairs: Pairs, more: Pairs) -> Pairs:
    return Pairs(*(np.concatenate([getattr(pairs, field.name), getattr(more, field.name)]) for field in fields(Pairs)))
