"""From articles to lineage: which report each is a copy of, from whom, and what passes between them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storywire.duplicates import edges, inheritance, months
from storywire.duplicates.compare import UNDATED, Known
from storywire.duplicates.inheritance import RELIABLE, Credited, Dated
from storywire.duplicates.months import Keep, Read
from storywire.duplicates.sets import Ints, from_lists
from storywire.schema import GROUPED

WINDOW_DAYS = 14
"""Days between publication dates within which a text can be a copy; nearly all copies run within two."""

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


def find(
    articles: pa.Table,
    *,
    window_days: int = WINDOW_DAYS,
    read: Read | None = None,
    keep: Keep | None = None,
) -> Lineage:
    """Groups the copies among `articles`, links what was taken from where, lets dates and credits pass.

    The result is a function of the set of rows and not of their order. One row per article.

    Args:
        articles: With the columns `article_id, site, title, n_words, captured_at`, the own date and the own
            credit; `shingles`, unless there is `read`; `capture_id`, where anything is to be kept.
        window_days: How many days apart two dated articles may be published and yet be copies.
        read: Gives the shingles of some of the rows. It is called for cells that are not kept yet.
        keep: Where cells and their comparisons are kept between runs, if anywhere, under keys made of the capture ids.
            What a capture id stands for must not change under one `keep`.

    Raises:
        ValueError: where two rows have the same article_id.
    """
    order = pc.sort_indices(articles, sort_keys=[("article_id", "ascending")])
    rows = articles.drop_columns([name for name in articles.column_names if name == "shingles"]).take(order)
    if read is None:
        read = _reader(_whole(articles["shingles"]), order)
        rows = rows.append_column(_PLACE, pa.array(range(len(rows)), pa.int64()))
    for one, other in pairwise(rows["article_id"].to_pylist()):
        if one == other:
            raise ValueError(f"two rows for article {one}: give the newest capture of each article only")
    known = _known(rows)
    text_of, best, comparison = months.compare(rows, known, read, window_days, keep)
    lead = best[comparison.lead[text_of]]
    n_words = rows["n_words"].fill_null(0).to_numpy().astype(np.int64)
    found = edges.between(comparison, text_of, best, n_words, _originality(known, n_words))
    grouped = _grouped(rows, lead, found)
    return Lineage(grouped, edges.table(found, grouped))


_PLACE = "place"


def _reader(lists: pa.Array, order: pa.Array) -> Read:
    """Reads shingles that are in memory; they stay where they are."""
    sets = from_lists(lists).take(order.to_numpy().astype(np.int64))
    return lambda rows: sets.take(rows[_PLACE].to_numpy())


def _known(rows: pa.Table) -> Known:
    """What ranks the articles and tells them apart, beside their texts."""
    dated = _reliable(rows, "date_confidence", "published_on")
    credited = _reliable(rows, "wire_confidence", "wire_agency")
    days = rows["published_on"].cast(pa.int32()).fill_null(0).to_numpy().astype(np.int64)
    dateline = pc.and_(pc.is_valid(rows["wire_agency"]), pc.equal(rows["wire_source"], "dateline"))
    credit = np.where(dateline.fill_null(False).to_numpy(), 0, np.where(credited, 1, 2)).astype(np.int64)
    agency = np.where(credited, _numbered(rows["wire_agency"]), -1)
    title = _whole(rows["title"])
    return Known(title, _numbered(rows["site"]), agency, np.where(dated, days, UNDATED), credit)


def _reliable(rows: pa.Table, confidence: str, value: str) -> Any:
    sure = pc.greater_equal(rows[confidence].fill_null(0.0), RELIABLE)
    return pc.and_(sure, pc.is_valid(rows[value])).to_numpy()


def _numbered(names: pa.ChunkedArray) -> Ints:
    """A number for each distinct name; -1 for none."""
    codes = _whole(names).dictionary_encode().indices
    return np.asarray(codes.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    return pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array


def _originality(known: Known, n_words: Ints) -> Ints:
    """The place of each article in the order of who took from whom: credit, date, completeness, id."""
    order = np.lexsort((np.arange(n_words.size), -n_words, known.day, known.credit))
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    return place


def _grouped(rows: pa.Table, lead: Ints, found: edges.Edges) -> pa.Table:
    """The table of groups, in order of the ids, after dates and credits have passed inside each group."""
    n = rows.num_rows
    ids = _whole(rows["article_id"])
    is_lead = lead == np.arange(n)
    leads = ids.take(pa.array(lead))
    edge_of = np.full(n, -1, dtype=np.int64)
    bound = np.flatnonzero(found.member >= 0)
    edge_of[found.member[bound]] = bound
    binding = pa.array(edge_of, mask=edge_of < 0)
    values = {
        "article_id": ids,
        "duplicate_group": pc.binary_join_element_wise("g", pc.utf8_slice_codeunits(leads, 1), ""),
        "duplicate_kind": pa.array(found.kind, pa.string()).take(binding),
        "is_lead": pa.array(is_lead),
        "duplicate_of": pc.if_else(pa.array(is_lead), pa.scalar(None, pa.string()), leads),
        "duplicate_containment": pa.array(found.containment).take(binding),
    }
    values |= {name: rows[name] for name in GROUPED.names if name in rows.column_names and name not in values}
    for name in ("date_inherited_from", "wire_inherited_from"):
        values[name] = pa.nulls(n, pa.string())
    grouped = pa.table({name: values[name] for name in GROUPED.names}).cast(GROUPED.arrow)
    return _after_inheritance(grouped, rows, lead)


def _after_inheritance(grouped: pa.Table, rows: pa.Table, lead: Ints) -> pa.Table:
    """The table with the dates and credits of articles that are no singles as they are after inheritance."""
    touched = np.flatnonzero(
        _can_pass(lead, grouped, "date_confidence", "published_on")
        | _can_pass(lead, grouped, "wire_confidence", "wire_agency")
    )
    touched = touched[np.argsort(lead[touched], kind="stable")]
    part = rows.select(list(_READ)).take(pa.array(touched)).to_pylist()
    changed: list[dict[str, Any]] = []
    begins = np.flatnonzero(np.append(True, lead[touched][1:] != lead[touched][:-1])) if touched.size else touched
    for begin, end in pairwise([*begins.tolist(), touched.size]):
        changed += _passed(part[begin:end])
    if not changed:
        return grouped
    back = np.argsort(touched, kind="stable")
    position = np.full(lead.size, -1, dtype=np.int64)
    position[touched[back]] = np.arange(touched.size) + lead.size
    order = pa.array(np.where(position >= 0, position, np.arange(lead.size)))
    for number, name in enumerate(grouped.column_names):
        if name in changed[0]:
            fresh = pa.array([changed[row][name] for row in back.tolist()], grouped.schema.field(name).type)
            column = pa.concat_arrays([_whole(grouped[name]), fresh]).take(order)
            grouped = grouped.set_column(number, grouped.schema.field(name), column)
    return grouped


def _can_pass(lead: Ints, rows: pa.Table, confidence: str, value: str) -> Any:
    """Which articles are in groups where some have a reliable value and some have none."""
    reliable = _reliable(rows, confidence, value)
    counts = np.bincount(lead[reliable], minlength=lead.size)
    return ((counts > 0) & (counts < np.bincount(lead, minlength=lead.size)))[lead]


def _passed(members: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The dates and credits of one group's articles, in order of their ids, after they have passed among them."""
    ids = [row["article_id"] for row in members]
    days = [row["published_on"] for row in members]
    dates = inheritance.dates(
        ids,
        [
            Dated(row["published_on"], row["published_at"], row["date_source"], row["date_confidence"])
            for row in members
        ],
        [row["captured_at"] for row in members],
    )
    credits = inheritance.credits(
        ids,
        days,
        [
            Credited(row["wire_agency"], row["wire_source"], row["wire_confidence"], row["wire_evidence"])
            for row in members
        ],
    )
    return [
        {
            "published_on": dated.published_on,
            "published_at": dated.published_at,
            "date_source": dated.source,
            "date_confidence": dated.confidence,
            "date_inherited_from": dated.inherited_from,
            "wire_agency": credited.agency,
            "wire_source": credited.source,
            "wire_confidence": credited.confidence,
            "wire_evidence": credited.evidence,
            "wire_inherited_from": credited.inherited_from,
        }
        for dated, credited in zip(dates, credits, strict=True)
    ]
