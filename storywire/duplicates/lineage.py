"""From articles to lineage: which report each is a copy of, from whom, and what passes between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storywire.duplicates import edges, inheritance
from storywire.duplicates.bands import LEAST_SHORT
from storywire.duplicates.compare import UNDATED, Texts, compare
from storywire.duplicates.inheritance import Credited, Dated
from storywire.duplicates.sets import Ints, Sets, digests, from_lists
from storywire.duplicates.shingles import words
from storywire.schema import GROUPED

WINDOW_DAYS = 14
"""Days between publication dates within which a text can be a copy; nearly all copies run within two."""

_EPOCH = date(1970, 1, 1)
_READ = (
    *("article_id", "site", "title", "n_words", "captured_at"),
    *("published_on", "published_at", "date_source", "date_confidence"),
    *("wire_agency", "wire_source", "wire_confidence", "wire_evidence"),
)


@dataclass(frozen=True, slots=True)
class Lineage:
    """Every article with its group, and every pair that shares text (schemas GROUPED and EDGES)."""

    grouped: pa.Table
    edges: pa.Table


@dataclass(frozen=True, slots=True)
class Articles:
    """The articles in order of their ids, and what ranks them.

    `day` counts from 1970 where the own date is reliable, else it is `UNDATED`; `credit` is 0 for
    an explicit dateline, 1 for another reliable credit, 2 for none.
    """

    columns: dict[str, list[Any]]
    sets: Sets
    dates: list[Dated]
    credits: list[Credited]
    day: Ints
    credit: Ints

    @property
    def ids(self) -> list[str]:
        """Article ids, ascending."""
        return self.columns["article_id"]


def find(articles: pa.Table, *, window_days: int = WINDOW_DAYS) -> Lineage:
    """Groups the copies among `articles`, links what was taken from where, lets dates and credits pass.

    The result is a function of the set of rows and not of their order. One row per article.

    Raises:
        ValueError: where two rows have the same article_id.
    """
    rows = _read(articles)
    text_of, best = _distinct_texts(rows)
    comparison = compare(_texts(rows, text_of, best), window_days)
    lead = best[comparison.lead[text_of]]
    dates, credits = _inherited(rows, lead)
    n_words = np.array([count or 0 for count in rows.columns["n_words"]], dtype=np.int64)
    found = edges.between(comparison, text_of, best, n_words, _originality(rows, n_words))
    days = [value.published_on for value in dates]
    return Lineage(_grouped(rows, lead, found, dates, credits), edges.table(found, rows.ids, days))


def _read(articles: pa.Table) -> Articles:
    """The rows in order of their ids, with their sets; the hashes themselves are not copied."""
    order = pc.sort_indices(articles, sort_keys=[("article_id", "ascending")])
    lists = articles["shingles"].combine_chunks()
    columns = {name: articles[name].take(order).to_pylist() for name in _READ}
    for one, other in pairwise(columns["article_id"]):
        if one == other:
            raise ValueError(f"two rows for article {one}: give the newest capture of each article only")
    dates = [
        Dated(*values)
        for values in zip(
            *(columns[name] for name in ("published_on", "published_at", "date_source", "date_confidence")), strict=True
        )
    ]
    credits = [
        Credited(*values)
        for values in zip(
            *(columns[name] for name in ("wire_agency", "wire_source", "wire_confidence", "wire_evidence")), strict=True
        )
    ]
    day = [(value.published_on - _EPOCH).days if value.published_on and value.reliable else UNDATED for value in dates]
    credit = [0 if value.agency and value.source == "dateline" else 1 if value.reliable else 2 for value in credits]
    return Articles(
        columns,
        from_lists(lists).take(order.to_numpy().astype(np.int64)),
        dates,
        credits,
        np.array(day, dtype=np.int64),
        np.array(credit, dtype=np.int64),
    )


def _distinct_texts(rows: Articles) -> tuple[Ints, Ints]:
    """The distinct text of every article, and the best article with each text.

    Articles with equal shingles and the same reliable day are one text, so ten thousand copies of
    a page cost no more than one. Texts too short to show anything are one only under one
    headline, and empty ones never. Texts are numbered by size, largest first.
    """
    n = len(rows.ids)
    headlines: dict[tuple[bytes, ...], int] = {}
    told_apart = np.zeros(n, dtype=np.int64)
    for row in np.flatnonzero(rows.sets.opening < LEAST_SHORT).tolist():
        headline = tuple(words(rows.columns["title"][row] or ""))
        told_apart[row] = headlines.setdefault(headline, row) + 1 if headline and rows.sets.body[row] else row + 1
    keys = np.column_stack([digests(rows.sets), rows.day.astype(np.uint64), told_apart.astype(np.uint64)])
    _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    inverse = inverse.reshape(-1)
    by_merit = np.lexsort((np.arange(n), rows.credit))
    best = np.full(first.size, -1, dtype=np.int64)
    best[inverse[by_merit[::-1]]] = by_merit[::-1]  # of several writes to one place the last stays
    order = np.lexsort((best, rows.day[best], -rows.sets.body[best]))
    number = np.empty(order.size, dtype=np.int64)
    number[order] = np.arange(order.size)
    return number[inverse], best[order]


def _texts(rows: Articles, text_of: Ints, best: Ints) -> Texts:
    """What is known of the best article with each text."""
    credits = [value.agency if value.reliable else None for value in rows.credits]
    titles = rows.columns["title"]
    return Texts(
        rows.sets.take(best),
        np.bincount(text_of, minlength=best.size) > 1,
        _numbered(rows.columns["site"])[best],
        _numbered(credits)[best],
        rows.day[best],
        rows.credit[best] == 0,
        best,
        [titles[row] for row in best.tolist()],
    )


def _numbered(names: list[str | None]) -> Ints:
    """A number for each distinct name, in order of the names; -1 for none."""
    numbers: dict[str | None, int] = {name: number for number, name in enumerate(sorted({n for n in names if n}))}
    return np.array([numbers.get(name, -1) for name in names], dtype=np.int64)


def _originality(rows: Articles, n_words: Ints) -> Ints:
    """The place of each article in the order of who took from whom: credit, date, completeness, id."""
    order = np.lexsort((np.arange(n_words.size), -n_words, rows.day, rows.credit))
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    return place


def _inherited(rows: Articles, lead: Ints) -> tuple[list[Dated], list[Credited]]:
    """Dates and credits after they have passed inside each group."""
    dates, credits = list(rows.dates), list(rows.credits)
    members: dict[int, list[int]] = {}
    for row, leader in enumerate(lead.tolist()):
        members.setdefault(leader, []).append(row)
    for group in members.values():
        if len(group) == 1:
            continue
        ids = [rows.ids[row] for row in group]
        captured = [rows.columns["captured_at"][row] for row in group]
        days = [rows.columns["published_on"][row] for row in group]
        after_dates = inheritance.dates(ids, [rows.dates[row] for row in group], captured)
        after_credits = inheritance.credits(ids, days, [rows.credits[row] for row in group])
        for row, day, credit in zip(group, after_dates, after_credits, strict=True):
            dates[row], credits[row] = day, credit
    return dates, credits


def _grouped(
    rows: Articles, lead: Ints, found: list[edges.Edge], dates: list[Dated], credits: list[Credited]
) -> pa.Table:
    """The table of groups, in order of the ids."""
    binding = {edge.member: edge for edge in found if edge.member is not None}
    bound = [binding.get(row) for row in range(len(rows.ids))]
    leads = [rows.ids[row] for row in lead.tolist()]
    values = {
        "article_id": rows.ids,
        "duplicate_group": ["g" + id_[1:] for id_ in leads],
        "duplicate_kind": [edge.kind if edge else None for edge in bound],
        "is_lead": [edge is None for edge in bound],
        "duplicate_of": [id_ if edge else None for id_, edge in zip(leads, bound, strict=True)],
        "duplicate_containment": [edge.containment if edge else None for edge in bound],
        "published_on": [value.published_on for value in dates],
        "published_at": [value.published_at for value in dates],
        "date_source": [value.source for value in dates],
        "date_confidence": [value.confidence for value in dates],
        "date_inherited_from": [value.inherited_from for value in dates],
        "wire_agency": [value.agency for value in credits],
        "wire_source": [value.source for value in credits],
        "wire_confidence": [value.confidence for value in credits],
        "wire_evidence": [value.evidence for value in credits],
        "wire_inherited_from": [value.inherited_from for value in credits],
    }
    return pa.table(values, schema=GROUPED.arrow)
