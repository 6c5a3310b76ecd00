"""One edge for each pair of articles that share text: what was taken from what, and how one knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from storywire.duplicates.bands import EXCERPT, Flags, Shares, Why, is_copy
from storywire.duplicates.compare import Comparison
from storywire.duplicates.sets import Ints
from storywire.schema import EDGES

Names = npt.NDArray[np.str_]

_NAMES = np.array([why.name.lower() for why in Why])
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
class Edges:
    """Pairs of articles, by row, that share text, in order of article and original; all arrays of one length.

    `member` is the row that an edge binds to its lead, -1 for none; shares are of the shorter text, the
    article's and the original's shingles.
    """

    article: Ints
    original: Ints
    member: Ints
    kind: Names
    containment: Shares
    of_article: Shares
    of_original: Shares
    jaccard: Shares
    shared: Ints
    decided_by: Names
    evidence: pa.Array


def between(comparison: Comparison, text_of: Ints, best: Ints, n_words: Ints, originality: Ints) -> Edges:
    """The edges between articles: each to its lead, and the best articles of all other related texts.

    Articles with one and the same text are linked through their lead alone, so ten thousand copies
    have ten thousand edges.
    """
    lead, pairs = comparison.lead, comparison.pairs
    one_text, other_text = pairs.rows[:, 0], pairs.rows[:, 1]
    member = np.flatnonzero(best[lead[text_of]] != np.arange(text_of.size))
    text, leader = text_of[member], lead[text_of[member]]
    loose = np.flatnonzero((lead[one_text] != other_text) & (lead[other_text] != one_text))
    one = np.concatenate([member, best[one_text[loose]]])
    other = np.concatenate([best[leader], best[other_text[loose]]])
    # Past the last pair lie those that have one text between them.
    pair = np.concatenate([np.where(text == leader, len(pairs.rows), _places(pairs.rows, text, leader)), loose])
    in_order = np.concatenate([text <= leader, np.ones(loose.size, dtype=np.bool_)])
    size = np.concatenate([comparison.sizes[text], np.zeros(loose.size, dtype=np.int64)])
    first, second = (np.append(shares, 1.0)[pair] for shares in (pairs.first, pairs.second))
    first, second = np.where(in_order, first, second), np.where(in_order, second, first)
    later = originality[one] >= originality[other]
    article, original = np.where(later, one, other), np.where(later, other, one)
    containment, jaccard, ratio = (
        np.append(values, 1.0)[pair] for values in (pairs.containment, pairs.jaccard, pairs.ratio)
    )
    shared = np.where(pair == len(pairs.rows), size, np.append(pairs.shared, 0)[pair])
    why = np.append(comparison.why, np.int8(Why.TEXT))[pair]
    kind = kinds(why, jaccard, ratio, same_length=n_words[one] == n_words[other])
    bound = np.concatenate([member, np.full(loose.size, -1)])
    order = np.lexsort((original, article))
    return Edges(
        article[order],
        original[order],
        bound[order],
        kind[order],
        containment[order],
        np.where(later, first, second)[order],
        np.where(later, second, first)[order],
        jaccard[order],
        shared[order],
        _NAMES[why[order]],
        _evidence(containment[order], shared[order], why[order]),
    )


def _evidence(containment: Shares, shared: Ints, why: npt.NDArray[np.int8]) -> pa.Array:
    """What each edge rests on, in words; put together by Arrow, as a corpus has millions."""
    percent = pa.array(np.rint(containment * 100).astype(np.int64)).cast(pa.string())
    reasons = pa.array([_REASONS.get(each, "") for each in Why]).take(pa.array(why))
    counts = pa.array(shared).cast(pa.string())
    return pc.binary_join_element_wise(percent, "% of the shorter text, ", counts, " runs of words", reasons, "")


def kinds(why: npt.NDArray[np.int8], jaccard: Shares, ratio: Shares, *, same_length: Flags) -> Names:
    """What texts that share some are to each other: exact, copy, excerpt or reuse."""
    return np.select(
        [~is_copy(why), (jaccard == 1) & same_length, ratio >= EXCERPT], ["reuse", "exact", "excerpt"], "copy"
    )


def _places(rows: Ints, one: Ints, other: Ints) -> Ints:
    """Where pairs stand among `rows`, which ascend; any place for those that do not."""
    span = int(rows.max(initial=0)) + 1
    asked = np.minimum(one, other) * span + np.maximum(one, other)
    return np.searchsorted(rows[:, 0] * span + rows[:, 1], asked)


def table(found: Edges, grouped: pa.Table) -> pa.Table:
    """The edges as a table; `grouped` has every article in order of the ids."""
    articles = pa.array(found.article)
    values = {
        "article_id": grouped["article_id"].take(articles),
        "original_id": grouped["article_id"].take(pa.array(found.original)),
        "kind": pa.array(found.kind, pa.string()),
        "in_group": found.member >= 0,
        "containment": found.containment,
        "containment_article": found.of_article,
        "containment_original": found.of_original,
        "jaccard": found.jaccard,
        "shared_shingles": found.shared,
        "decided_by": pa.array(found.decided_by, pa.string()),
        "evidence": found.evidence,
        "published_on": grouped["published_on"].take(articles),
    }
    return pa.table(values).cast(EDGES.arrow)
