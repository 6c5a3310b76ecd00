"""One edge for each pair of articles that share text: what was taken from what, and how one knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from storywire.duplicates.bands import EXCERPT, Why
from storywire.duplicates.compare import Comparison
from storywire.duplicates.sets import Ints
from storywire.schema import EDGES

_REASONS = {
    Why.TEXT: "",
    Why.LEAD: "; their openings agree",
    Why.CREDIT: "; both credit the same agency",
    Why.TITLE: "; their headlines agree",
    Why.BACKGROUND: "; too little for a copy",
    Why.QUOTED: "; a part of it, under another headline and opening",
    Why.COMPILED: "; the longer one is put together from several reports",
    Why.APART: "; published too far apart for a copy",
    Why.FRAME: "; mostly what the outlet prints under many articles",
}


@dataclass(frozen=True, slots=True)
class Edge:
    """Two articles, by row, that share text.

    `member` is the row that the edge binds to its lead, or none; shares are of the shorter text, the
    article's and the original's shingles.
    """

    article: int
    original: int
    member: int | None
    kind: str
    containment: float
    of_article: float
    of_original: float
    jaccard: float
    shared: int
    why: Why
    evidence: str


@dataclass(frozen=True, slots=True)
class _Overlap:
    """What two distinct texts share, the first being the one with the smaller number."""

    containment: float
    first: float
    second: float
    jaccard: float
    shared: int
    ratio: float
    why: Why


def between(comparison: Comparison, text_of: Ints, best: Ints, n_words: Ints, originality: Ints) -> list[Edge]:
    """The edges between articles: each to its lead, and the best articles of all other related texts.

    Articles with one and the same text are linked through their lead alone, so ten thousand copies
    have ten thousand edges.
    """
    overlaps = _overlaps(comparison)
    lead_text = comparison.lead
    found = []
    for row, text in enumerate(text_of.tolist()):
        leader = int(best[lead_text[text]])
        if row == leader:
            continue
        other = int(lead_text[text])
        shared = overlaps[min(text, other), max(text, other)] if text != other else _same(comparison, text)
        found.append(_edge(row, leader, text <= other, shared, row, n_words, originality))
    for (one, other), shared in overlaps.items():
        if lead_text[one] != other and lead_text[other] != one:
            found.append(_edge(int(best[one]), int(best[other]), True, shared, None, n_words, originality))
    return found


def _overlaps(comparison: Comparison) -> dict[tuple[int, int], _Overlap]:
    pairs = comparison.pairs
    columns = (pairs.containment, pairs.first, pairs.second, pairs.jaccard, pairs.shared, pairs.ratio, comparison.why)
    return {
        (one, other): _Overlap(share, first, second, jaccard, shared, ratio, Why(why))
        for (one, other), share, first, second, jaccard, shared, ratio, why in zip(
            pairs.rows.tolist(), *(column.tolist() for column in columns), strict=True
        )
    }


def _same(comparison: Comparison, text: int) -> _Overlap:
    return _Overlap(1.0, 1.0, 1.0, 1.0, int(comparison.sizes[text]), 1.0, Why.TEXT)


def _edge(
    one: int, other: int, in_order: bool, shared: _Overlap, member: int | None, n_words: Ints, originality: Ints
) -> Edge:
    """The edge from the later article to the one it was taken from."""
    first, second = (shared.first, shared.second) if in_order else (shared.second, shared.first)
    if originality[one] < originality[other]:
        one, other, first, second = other, one, second, first
    return Edge(
        one,
        other,
        member,
        kind(shared.why, shared.jaccard, shared.ratio, same_length=bool(n_words[one] == n_words[other])),
        shared.containment,
        first,
        second,
        shared.jaccard,
        shared.shared,
        shared.why,
        f"{shared.containment:.0%} of the shorter text, {shared.shared} runs of words{_REASONS[shared.why]}",
    )


def kind(why: Why, jaccard: float, ratio: float, *, same_length: bool) -> str:
    """What two texts that share some are to each other: exact, copy, excerpt or reuse."""
    if not _is_copy(why):
        return "reuse"
    if jaccard == 1 and same_length:
        return "exact"
    return "excerpt" if ratio >= EXCERPT else "copy"


def _is_copy(why: Why) -> bool:
    return Why.TEXT <= why <= Why.TITLE


def table(found: list[Edge], ids: list[str], days: list[date | None]) -> pa.Table:
    """The edges as a table, by article and original."""
    found = sorted(found, key=lambda edge: (ids[edge.article], ids[edge.original]))
    values = {
        "article_id": [ids[edge.article] for edge in found],
        "original_id": [ids[edge.original] for edge in found],
        "kind": [edge.kind for edge in found],
        "in_group": [edge.member is not None for edge in found],
        "containment": [edge.containment for edge in found],
        "containment_article": [edge.of_article for edge in found],
        "containment_original": [edge.of_original for edge in found],
        "jaccard": [edge.jaccard for edge in found],
        "shared_shingles": [edge.shared for edge in found],
        "decided_by": [edge.why.name.lower() for edge in found],
        "evidence": [edge.evidence for edge in found],
        "published_on": [days[edge.article] for edge in found],
    }
    return pa.table(values, schema=EDGES.arrow)
