"""The passages two texts share, wherever they stand, and those that each has alone.

Greedy string tiling (Wise 1993), bounded: equal runs of words are taken longest first, so a paragraph that has moved
is shared, and a phrase that recurs does not tear a longer passage apart. A sequence alignment (`difflib`, `rapidfuzz`)
takes a moved paragraph for one removed and one added, finds "of the" everywhere, and costs the product of the lengths.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from storywire.duplicates.bands import Flags
from storywire.duplicates.sets import Ints
from storywire.duplicates.shingles import BODY_WORDS, OPENING_WORDS, Hashes, grams
from storywire.duplicates.tokens import WORTH, Tokens

OCCURRENCES = 8
"""Places of a run of words in either text that are tried each with each; of runs that recur more often, the first is
tried with the first, the second with the second, so there are at most eight places to try for every word."""

GAP = 60
"""Words between two shared passages, two or three sentences, within which three words in a row are shared, too: there a
sentence was reworded. Further apart three words are a coincidence."""


class Span(NamedTuple):
    """A passage: `text[begin:end]`."""

    begin: int
    end: int


class Shared(NamedTuple):
    """A passage that stands in both texts, in the same words."""

    begin: int
    end: int
    original_begin: int
    original_end: int


@dataclass(frozen=True, slots=True)
class Passages:
    """What an article and its original have in common, what the article adds and what it leaves out.

    `shared` is in the article's order. Every word of the article is in one passage of `shared` or `added`, every word
    of the original in one of `shared` or `removed`.
    """

    shared: tuple[Shared, ...]
    added: tuple[Span, ...]
    removed: tuple[Span, ...]


class Run(NamedTuple):
    """Tokens that are equal: `length` of them, from `one` in one text and from `other` in the other."""

    one: int
    other: int
    length: int


def between(article: Tokens, original: Tokens) -> Passages:
    """The passages of an article and its original.

    >>> from storywire.duplicates.tokens import tokens
    >>> one = "The old mayor of Osterhagen resigned on Monday."
    >>> other = "The mayor of Osterhagen resigned on Monday, he said."
    >>> found = between(tokens(one), tokens(other))
    >>> [one[span.begin:span.end] for span in found.added], [other[span.begin:span.end] for span in found.removed]
    (['The old'], ['The', 'he said.'])
    """
    runs = _runs(article, original)
    shared = tuple(
        Shared(*_span(article, run.one, run.one + run.length), *_span(original, run.other, run.other + run.length))
        for run in runs
    )
    return Passages(
        shared,
        tuple(_alone(article, [(run.one, run.length) for run in runs])),
        tuple(_alone(original, sorted((run.other, run.length) for run in runs))),
    )


def characters(spans: tuple[Span, ...]) -> int:
    """How many characters passages have together."""
    return sum(span.end - span.begin for span in spans)


def _runs(one: Tokens, other: Tokens) -> list[Run]:
    """Equal runs, none overlapping another in either text, in the order of the first."""
    if np.array_equal(one.hashes, other.hashes):
        return [Run(0, 0, len(one))] if len(one) else []
    least = min(BODY_WORDS * WORTH, int(one.worth.sum()), int(other.worth.sum()))
    found = _tiles(one, other, min(BODY_WORDS, len(one), len(other)), least)
    for begin, end, other_begin, other_end in list(_gaps(found, len(one), len(other))):
        inside = _tiles(one.part(begin, end), other.part(other_begin, other_end), OPENING_WORDS, OPENING_WORDS * WORTH)
        found += [Run(begin + run.one, other_begin + run.other, run.length) for run in inside]
    joined: list[Run] = []
    for run in sorted(found):
        last = joined[-1] if joined else None
        if last and (last.one + last.length, last.other + last.length) == (run.one, run.other):
            joined[-1] = Run(last.one, last.other, last.length + run.length)
        else:
            joined.append(run)
    return joined


def _gaps(runs: list[Run], n: int, m: int) -> Iterator[tuple[int, int, int, int]]:
    """What lies between runs that follow each other in both texts, where it is short; the texts' ends included."""
    ordered = sorted(runs)
    rank = {run.other: number for number, run in enumerate(sorted(runs, key=lambda run: run.other))}
    ranks = [-1, *(rank[run.other] for run in ordered), len(runs)]
    bounded = [Run(0, 0, 0), *ordered, Run(n, m, 0)]
    for (before, after), (rank_before, rank_after) in zip(pairwise(bounded), pairwise(ranks), strict=True):
        gap = (before.one + before.length, after.one, before.other + before.length, after.other)
        sizes = gap[1] - gap[0], gap[3] - gap[2]
        if runs and rank_after == rank_before + 1 and min(sizes) >= OPENING_WORDS and max(sizes) <= GAP:
            yield gap


def _tiles(one: Tokens, other: Tokens, span: int, least: int) -> list[Run]:
    """Equal runs of at least `span` tokens and of `least` worth, longest first."""
    if not span:
        return []
    worth = np.append(0, np.cumsum(one.worth))
    free, other_free = np.ones(len(one), dtype=np.bool_), np.ones(len(other), dtype=np.bool_)
    found = []
    for run in _diagonals(*seeds(grams(one.hashes, span), grams(other.hashes, span)), span):
        for part in _free(run, free, other_free):
            grown = _grown(part, one.hashes, other.hashes, free, other_free)
            if worth[grown.one + grown.length] - worth[grown.one] >= least:
                free[grown.one : grown.one + grown.length] = False
                other_free[grown.other : grown.other + grown.length] = False
                found.append(grown)
    return found


def seeds(one: Hashes, other: Hashes) -> tuple[Ints, Ints]:
    """Places of equal hashes, at most `OCCURRENCES` for each of the first list's."""
    _, kinds = np.unique(np.concatenate([one, other]), return_inverse=True)
    kinds = kinds.reshape(-1)
    kind, other_kind = kinds[: one.size], kinds[one.size :]
    n = int(kinds.max()) + 1 if kinds.size else 0
    count, other_count = np.bincount(kind, minlength=n), np.bincount(other_kind, minlength=n)
    few = (count <= OCCURRENCES) & (other_count <= OCCURRENCES)
    order = np.argsort(kind, kind="stable")
    rank = np.empty(kind.size, dtype=np.int64)
    rank[order] = np.arange(kind.size) - np.repeat(np.cumsum(count) - count, count)
    partners = np.where(few[kind], other_count[kind], rank < other_count[kind])
    first = np.where(few[kind], 0, rank)
    places = np.repeat(np.arange(kind.size), partners)
    within = np.arange(places.size) - np.repeat(np.cumsum(partners) - partners, partners)
    start = np.cumsum(other_count) - other_count
    by_kind = np.argsort(other_kind, kind="stable")
    return places, by_kind[start[kind[places]] + first[places] + within]


def _diagonals(places: Ints, others: Ints, span: int) -> Iterator[Run]:
    """Seeds that follow each other in both texts, as runs, the longest first."""
    if not places.size:
        return
    order = np.lexsort((places, places - others))
    one, other = places[order], others[order]
    fresh = np.append(True, (np.diff(one) != 1) | (np.diff(other) != 1))
    begins = np.flatnonzero(fresh)
    lengths = np.diff(np.append(begins, one.size)) + span - 1
    ranked = np.lexsort((other[begins], one[begins], -lengths))
    for number in ranked.tolist():
        begin = begins[number]
        yield Run(int(one[begin]), int(other[begin]), int(lengths[number]))


def _free(run: Run, free: Flags, other_free: Flags) -> list[Run]:
    """The parts of a run that no run before it has taken."""
    both = free[run.one : run.one + run.length] & other_free[run.other : run.other + run.length]
    if both.all():
        return [run]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], both, [False]]))).reshape(-1, 2)
    return [Run(run.one + begin, run.other + begin, end - begin) for begin, end in edges.tolist()]


def _grown(run: Run, one: Hashes, other: Hashes, free: Flags, other_free: Flags) -> Run:
    """The run with the equal free tokens before and behind it: not all places of a frequent run are tried."""
    begin, other_begin, length = run
    while begin and other_begin and one[begin - 1] == other[other_begin - 1]:
        if not (free[begin - 1] and other_free[other_begin - 1]):
            break
        begin, other_begin, length = begin - 1, other_begin - 1, length + 1
    end, other_end = begin + length, other_begin + length
    while end < one.size and other_end < other.size and one[end] == other[other_end]:
        if not (free[end] and other_free[other_end]):
            break
        end, other_end, length = end + 1, other_end + 1, length + 1
    return Run(begin, other_begin, length)


def _alone(tokens: Tokens, covered: list[tuple[int, int]]) -> Iterator[Span]:
    """The passages outside the given runs, which are in order."""
    reached = 0
    for begin, length in [*covered, (len(tokens), 0)]:
        if begin > reached:
            yield _span(tokens, reached, begin)
        reached = begin + length


def _span(tokens: Tokens, first: int, last: int) -> Span:
    """Where the tokens from `first` up to `last` stand, with the quotes and full stops that cling to them."""
    begin, end = int(tokens.begins[first]), int(tokens.ends[last - 1])
    floor = int(tokens.ends[first - 1]) if first else 0
    roof = int(tokens.begins[last]) if last < len(tokens) else len(tokens.text)
    before, after = tokens.text[floor:begin], tokens.text[end:roof]
    if before and not before[-1].isspace():
        clinging = len(before.rsplit(maxsplit=1)[-1])
        # Without a space between them, what stands between two words clings to the first.
        begin -= clinging if clinging < len(before) or not first else 0
    if after and not after[0].isspace():
        end += len(after.split(maxsplit=1)[0])
    return Span(begin, end)
