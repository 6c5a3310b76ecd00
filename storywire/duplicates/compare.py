"""Distinct texts compared with each other: exact counts, bands, and the stars around their leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from storywire.components import Arrays, distinct
from storywire.duplicates import bands, frames, groups
from storywire.duplicates.bands import Flags, Pairs, Why
from storywire.duplicates.frames import SHORT_BODY
from storywire.duplicates.index import Index
from storywire.duplicates.sets import Ints, Joined, in_common, shared
from storywire.duplicates.shingles import words

UNDATED = np.iinfo(np.int64).max
"""Day of a text without a reliable date: sorts after every date."""

ROUNDS = 8
"""Rounds in which texts are compared with the lead of their copies' copies; two is the usual."""

SAME_TITLE = 0.8
"""Jaccard of two headlines' words from which they are one headline, a site's name or a correction aside."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of every article, in order of the ids, beside its text.

    `site` and `agency` are numbers, -1 where unknown; `day` is days since 1970 or `UNDATED`; `credit` is
    0 for an explicit dateline, 1 for another reliable credit, 2 for none.
    """

    title: pa.Array
    site: Ints
    agency: Ints
    day: Ints
    credit: Ints


@dataclass(frozen=True, slots=True)
class Texts:
    """Distinct texts under one numbering; `article` is the best article with each, by row of `known`.

    `sets.parts[i]` is indexed by `indexes[i]`.
    """

    sets: Joined
    indexes: Sequence[Index]
    article: Ints
    known: Known


@dataclass(frozen=True, slots=True)
class Related:
    """Pairs of texts that share text, by number, and the shingles they share; 32-bit numbers where they are kept.

    `title` tells that the headlines of two likely copies are one; of others it is not asked.
    """

    rows: npt.NDArray[Any]
    body: npt.NDArray[Any]
    opening: npt.NDArray[Any]
    why: npt.NDArray[np.int8]
    title: Flags

    def arrays(self) -> Arrays:
        """All of it as plain arrays, to be kept."""
        rows = self.rows.astype(np.int32)
        counts = {"body": self.body.astype(np.int32), "opening": self.opening.astype(np.int32)}
        return {"one": rows[:, 0], "other": rows[:, 1], **counts, "why": self.why, "title": self.title}

    def pick(self, places: Flags | Ints) -> Related:
        """Some of the pairs."""
        return Related(self.rows[places], self.body[places], self.opening[places], self.why[places], self.title[places])


def joined(parts: Sequence[Related]) -> Related:
    """The pairs of several, one after the other."""
    return Related(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.body for part in parts]),
        np.concatenate([part.opening for part in parts]),
        np.concatenate([part.why for part in parts]),
        np.concatenate([part.title for part in parts]),
    )


@dataclass(frozen=True, slots=True)
class Gathered:
    """The related pairs, ascending, with what they share and why each is what it is, and the lead of every text."""

    rows: Ints
    body: Ints
    opening: Ints
    why: npt.NDArray[np.int8]
    lead: Ints


def gather(texts: Texts, repeated: Flags, found: Related, window_days: int) -> Gathered:
    """Gathers the copies among related texts around their leads.

    `texts` are numbered by size, largest first; `repeated` tells that several articles have the text.
    """
    known, article = texts.known, texts.article
    standing = groups.Standing(repeated, known.credit[article] == 0, known.day[article], article)
    pairs = bands.measure(texts.sets, found.rows, found.body, found.opening)
    for remaining in reversed(range(ROUNDS)):
        why = found.why.copy()
        why[bands.parts_of_compilations(texts.sets, pairs, why, found.title)] = Why.COMPILED
        copies = _pick(pairs, bands.is_copy(why))
        place = groups.ranks(texts.sets.body, copies, standing)
        lead = groups.stars(place, copies.rows, copies.containment)
        unseen = groups.unseen_pairs(place, lead, copies.rows, found.rows)
        if not (remaining and len(unseen)):
            break
        found = joined([found, judged(texts, unseen, window_days)])
        pairs = bands.measure(texts.sets, found.rows, found.body, found.opening)
    related = np.flatnonzero(why > Why.UNRELATED)
    related = related[np.lexsort((found.rows[related, 1], found.rows[related, 0]))]
    return Gathered(found.rows[related], found.body[related], found.opening[related], why[related], lead)


def judged(texts: Texts, rows: Ints, window_days: int) -> Related:
    """Counts what each pair shares and says what that makes it."""
    known = texts.known
    one, other = texts.article[rows[:, 0]], texts.article[rows[:, 1]]
    body, opening = shared(texts.sets, rows)
    pairs = bands.measure(texts.sets, rows, body, opening)
    days = known.day[one], known.day[other]
    near = (days[0] == UNDATED) | (days[1] == UNDATED) | (np.abs(days[0] - days[1]) <= window_days)
    likely = pairs.containment >= bands.LIKELY
    title = _titles_agree(texts, rows, likely)
    framed = _framed(texts)[rows]
    doubtful = likely & (known.site[one] == known.site[other]) & (framed != frames.NO_FRAME).all(axis=1)
    wholly = doubtful & (framed == frames.WHOLLY).all(axis=1)
    beyond_frame = ~doubtful
    beyond_frame[doubtful] = _own_containment(texts, rows[doubtful]) >= bands.FRAME_OWN
    beyond_frame[wholly] = title[wholly]
    smaller = np.minimum(texts.sets.body[rows[:, 0]], texts.sets.body[rows[:, 1]])
    credit = (known.agency[one] == known.agency[other]) & (known.agency[one] >= 0)
    why = bands.judge(pairs, smaller, near=near, own=beyond_frame, credit=credit, title=title)
    return Related(rows, body, opening, why, title)


def _framed(texts: Texts) -> npt.NDArray[np.int8]:
    """How much of each text its outlet prints under many."""
    flags = np.zeros(texts.article.size, dtype=np.int8)
    for number, each in enumerate(texts.indexes):
        there = texts.sets.part == number
        flags[there] = each.framed[texts.sets.row[there]]
    return flags


def _own_containment(texts: Texts, pairs: Ints) -> npt.NDArray[np.float64]:
    """Containment of each pair in what is the articles' own; 0 where one has nothing of its own."""
    sets, found = texts.sets, np.zeros(len(pairs))
    for number, pair in enumerate(pairs.tolist()):
        indexed = [(texts.indexes[sets.part[text]], int(sets.row[text])) for text in pair]
        both_short = max(sets.body[text] for text in pair) < SHORT_BODY
        sizes = [each.own[row] if both_short else each.own_sampled[row] for each, row in indexed]
        one, other = (each.own_part(row) for each, row in indexed)
        found[number] = in_common(one, other) / max(1, min(sizes))
    return found


def _titles_agree(texts: Texts, rows: Ints, asked: Flags) -> Flags:
    """Whether two headlines are one, for the pairs asked about."""
    agree = np.zeros(len(rows), dtype=np.bool_)
    needed = distinct(rows[asked].reshape(-1))
    # Most copies have the very same headline: each is read once, and only those that differ are compared.
    titles = texts.known.title.take(pa.array(texts.article[needed])).fill_null("").dictionary_encode()
    read = [frozenset(words(title)) for title in titles.dictionary.to_pylist()]
    codes = titles.indices.to_numpy(zero_copy_only=False)
    one, other = (codes[np.searchsorted(needed, rows[asked, side])] for side in (0, 1))
    says_something = np.array([bool(each) for each in read], dtype=np.bool_)
    same = (one == other) & says_something[one] if read else np.zeros(0, dtype=np.bool_)
    for number in np.flatnonzero(one != other).tolist():
        same[number] = is_one_headline(read[one[number]], read[other[number]])
    agree[asked] = same
    return agree


def is_one_headline(one: frozenset[bytes], other: frozenset[bytes]) -> bool:
    """Whether the words of two headlines make them one."""
    return bool(one) and len(one & other) >= SAME_TITLE * len(one | other)


def _pick(pairs: Pairs, flags: Flags | Ints) -> Pairs:
    return Pairs(*(getattr(pairs, field.name)[flags] for field in fields(Pairs)))
