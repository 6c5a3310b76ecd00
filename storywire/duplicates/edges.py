"""One edge for each pair of articles that share text: what was taken from what, and how one knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from storywire.components import Arrays
from storywire.duplicates import bands
from storywire.duplicates.bands import EXCERPT, Flags, Pairs, Shares, Why, is_copy
from storywire.duplicates.compare import Gathered, Related
from storywire.duplicates.months import Compared
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

LOOSE, ARTICLE, ORIGINAL = 0, 1, 2
"""Which end of an edge it binds to its lead."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs of articles that share text, by row; all arrays of one length, some twenty bytes an edge.

    `member` is the end that an edge binds to its lead; `body` and `opening` count shared shingles, and nothing where
    both articles have one and the same text.
    """

    article: npt.NDArray[np.int32]
    original: npt.NDArray[np.int32]
    member: npt.NDArray[np.int8]
    body: npt.NDArray[np.int32]
    opening: npt.NDArray[np.int32]
    why: npt.NDArray[np.int8]

    def arrays(self) -> Arrays:
        """All of it as plain arrays, to be kept."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def pick(self, places: Flags | Ints) -> Edges:
        """Some of the edges."""
        return Edges(**{name: values[places] for name, values in self.arrays().items()})


def from_arrays(kept: Arrays, articles: Ints) -> Edges:
    """The edges out of what `Edges.arrays` gave, of articles that were numbered from 0."""
    values = {field.name: kept[field.name] for field in fields(Edges)}
    ends = {name: articles[values[name]].astype(np.int32) for name in ("article", "original")}
    return Edges(**(values | ends))


def joined(parts: Sequence[Edges]) -> Edges:
    """The edges of several, in order of article and original."""
    columns = {field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Edges)}
    return Edges(**columns).pick(np.lexsort((columns["original"], columns["article"])))


def between(found: Gathered, text_of: Ints, best: Ints, originality: Ints) -> Edges:
    """The edges between articles: each to its lead, and the best articles of all other related texts.

    Articles with one and the same text are linked through their lead alone, so ten thousand copies
    have ten thousand edges.
    """
    lead = found.lead
    one_text, other_text = found.rows[:, 0], found.rows[:, 1]
    member = np.flatnonzero(best[lead[text_of]] != np.arange(text_of.size))
    text, leader = text_of[member], lead[text_of[member]]
    loose = np.flatnonzero((lead[one_text] != other_text) & (lead[other_text] != one_text))
    one = np.concatenate([member, best[one_text[loose]]])
    other = np.concatenate([best[leader], best[other_text[loose]]])
    # Past the last pair lie those that have one text between them.
    pair = np.concatenate([np.where(text == leader, len(found.rows), _places(found.rows, text, leader)), loose])
    body, opening = (np.append(counts, 0)[pair] for counts in (found.body, found.opening))
    why = np.append(found.why, np.int8(Why.TEXT))[pair]
    bound = np.append(np.ones(member.size, dtype=np.bool_), np.zeros(loose.size, dtype=np.bool_))
    return _directed(one, other, bound, (body, opening, why), originality)


def apart(found: Compared, related: Related, originality: Ints) -> Edges:
    """The edges between the best articles of texts in different groups."""
    one, other = found.texts.article[related.rows].T
    bound = np.zeros(one.size, dtype=np.bool_)
    return _directed(one, other, bound, (related.body, related.opening, related.why), originality)


def _directed(
    one: Ints, other: Ints, bound: Flags, told: tuple[Ints, Ints, npt.NDArray[np.int8]], originality: Ints
) -> Edges:
    """Edges from who took to whom it was taken from; `bound` ones bind the first end to its lead."""
    later = originality[one] >= originality[other]
    body, opening, why = told
    return Edges(
        np.where(later, one, other).astype(np.int32),
        np.where(later, other, one).astype(np.int32),
        np.where(bound, np.where(later, ARTICLE, ORIGINAL), LOOSE).astype(np.int8),
        body.astype(np.int32),
        opening.astype(np.int32),
        why,
    )


def _places(rows: Ints, one: Ints, other: Ints) -> Ints:
    """Where pairs stand among `rows`, which ascend; any place for those that do not."""
    span = int(rows.max(initial=0)) + 1
    asked = np.minimum(one, other) * span + np.maximum(one, other)
    return np.searchsorted(rows[:, 0] * span + rows[:, 1], asked)


def measured(found: Edges, compared: Compared) -> Pairs:
    """What the ends of edges share; two articles with one text share all of it."""
    text = compared.text_of[np.stack([found.article, found.original], axis=1)]
    sizes = compared.texts.sets.body[text[:, 0]]
    same = text[:, 0] == text[:, 1]
    pairs = bands.measure(compared.texts.sets, text, found.body.astype(np.int64), found.opening.astype(np.int64))
    whole = {name: np.where(same, 1.0, getattr(pairs, name)) for name in ("containment", "first", "second", "jaccard")}
    return Pairs(
        rows=pairs.rows,
        shared=np.where(same, sizes, pairs.shared),
        ratio=np.where(same, 1.0, pairs.ratio),
        on_opening=pairs.on_opening,
        lead_agrees=pairs.lead_agrees,
        **whole,
    )


def kinds(why: npt.NDArray[np.int8], jaccard: Shares, ratio: Shares, *, same_length: Flags) -> Names:
    """What texts that share some are to each other: exact, copy, excerpt or reuse."""
    return np.select(
        [~is_copy(why), (jaccard == 1) & same_length, ratio >= EXCERPT], ["reuse", "exact", "excerpt"], "copy"
    )


def kinds_of(found: Edges, pairs: Pairs, n_words: Ints) -> Names:
    """The kind of each edge; `n_words` are those of every article."""
    return kinds(found.why, pairs.jaccard, pairs.ratio, same_length=n_words[found.article] == n_words[found.original])


def table(found: Edges, compared: Compared, grouped: pa.Table, n_words: Ints) -> pa.Table:
    """Edges as a table; `grouped` has every article in order of the ids."""
    pairs = measured(found, compared)
    articles = pa.array(found.article)
    values = {
        "article_id": grouped["article_id"].take(articles),
        "original_id": grouped["article_id"].take(pa.array(found.original)),
        "kind": pa.array(kinds_of(found, pairs, n_words), pa.string()),
        "in_group": found.member != LOOSE,
        "containment": pairs.containment,
        "containment_article": pairs.first,
        "containment_original": pairs.second,
        "jaccard": pairs.jaccard,
        "shared_shingles": pairs.shared,
        "decided_by": pa.array(_NAMES[found.why], pa.string()),
        "evidence": _evidence(pairs.containment, pairs.shared, found.why),
        "published_on": grouped["published_on"].take(articles),
    }
    return pa.table(values).cast(EDGES.arrow)


def _evidence(containment: Shares, shared: Ints, why: npt.NDArray[np.int8]) -> pa.Array:
    """What each edge rests on, in words; put together by Arrow, as a corpus has millions."""
    percent = pa.array(np.rint(containment * 100).astype(np.int64)).cast(pa.string())
    reasons = pa.array([_REASONS.get(each, "") for each in Why]).take(pa.array(why))
    counts = pa.array(shared).cast(pa.string())
    return pc.binary_join_element_wise(percent, "% of the shorter text, ", counts, " runs of words", reasons, "")
