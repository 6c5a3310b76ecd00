"""From articles to lineage: which report each is a copy of, from whom, and what passes between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storywire.columns import in_one
from storywire.components import InMemory, Kept
from storywire.duplicates import edges, gathering, months
from storywire.duplicates.compare import UNDATED, Known
from storywire.duplicates.edges import Edges
from storywire.duplicates.gathering import Copies
from storywire.duplicates.inheritance import PASSED_ON, has_credit, has_date
from storywire.duplicates.months import Compared, Read
from storywire.duplicates.sets import Ints, from_lists
from storywire.schema import GROUPED

WINDOW_DAYS = 14
"""Days between publication dates within which a text can be a copy; nearly all copies run within two."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """Every article with its group (schema GROUPED), and every pair that shares text (schema EDGES).

    A corpus has millions of pairs: `links` holds them packed, by row of `grouped`, in order of article and original.
    """

    grouped: pa.Table
    links: Edges
    _compared: Compared
    _n_words: Ints

    @property
    def edges(self) -> pa.Table:
        """All pairs as a table."""
        return self.edges_at(np.arange(self.links.article.size))

    def edges_at(self, places: Ints) -> pa.Table:
        """Some of the pairs as a table, by their place in `links`."""
        return edges.table(self.links.pick(places), self._compared, self.grouped, self._n_words)


def find(
    articles: pa.Table,
    *,
    window_days: int = WINDOW_DAYS,
    read: Read | None = None,
    kept: Kept | None = None,
) -> Lineage:
    """Groups the copies among `articles`, links what was taken from where, lets dates and credits pass.

    The result is a function of the set of rows and not of their order. One row per article.

    Args:
        articles: With the columns `article_id, site, title, n_words, captured_at`, the own date and the own
            credit; `shingles`, unless there is `read`; `capture_id`, where anything is to be kept.
        window_days: How many days apart two dated articles may be published and yet be copies.
        read: Gives the shingles of some of the rows. It is called for articles that the kept cell of their month
            does not hold.
        kept: Where cells and their comparisons stay between runs, if anywhere, under keys made of the capture ids.
            What a capture id stands for must not change under one `kept`.

    Raises:
        ValueError: where two rows have the same article_id.
    """
    order = pc.sort_indices(articles, sort_keys=[("article_id", "ascending")])
    rows = articles.drop_columns([name for name in articles.column_names if name == "shingles"]).take(order)
    if read is None:
        read = _reader(in_one(articles["shingles"]), order)
        rows = rows.append_column(_PLACE, pa.array(range(len(rows)), pa.int64()))
    ids = in_one(rows["article_id"])
    if twice := ids[1:].filter(pc.equal(ids[1:], ids[:-1])).to_pylist():
        raise ValueError(f"two rows for article {twice[0]}: give the newest capture of each article only")
    kept = kept or InMemory()
    known = _known(rows)
    n_words = rows["n_words"].fill_null(0).to_numpy().astype(np.int64)
    compared = months.compare(rows, known, read, window_days, kept)
    copies = gathering.gather(rows, compared, _originality(known, n_words), window_days, kept)
    return Lineage(_grouped(rows, copies, compared, n_words), copies.edges, compared, n_words)


_PLACE = "place"


def _reader(lists: pa.Array, order: pa.Array) -> Read:
    """Reads shingles that are in memory; they stay where they are."""
    sets = from_lists(lists).take(order.to_numpy().astype(np.int64))
    return lambda rows: sets.take(rows[_PLACE].to_numpy())


def _known(rows: pa.Table) -> Known:
    """What ranks the articles and tells them apart, beside their texts."""
    dated = has_date(rows)
    credited = has_credit(rows)
    days = rows["published_on"].cast(pa.int32()).fill_null(0).to_numpy().astype(np.int64)
    dateline = pc.and_(pc.is_valid(rows["wire_agency"]), pc.equal(rows["wire_source"], "dateline"))
    credit = np.where(dateline.fill_null(False).to_numpy(), 0, np.where(credited, 1, 2)).astype(np.int64)
    agency = np.where(credited, _numbered(rows["wire_agency"]), -1)
    title = in_one(rows["title"])
    return Known(title, _numbered(rows["site"]), agency, np.where(dated, days, UNDATED), credit)


def _numbered(names: pa.ChunkedArray) -> Ints:
    """A number for each distinct name; -1 for none."""
    codes = in_one(names).dictionary_encode().indices
    return np.asarray(codes.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _originality(known: Known, n_words: Ints) -> Ints:
    """The place of each article in the order of who took from whom: credit, date, completeness, id."""
    order = np.lexsort((np.arange(n_words.size), -n_words, known.day, known.credit))
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    return place


def _grouped(rows: pa.Table, copies: Copies, compared: Compared, n_words: Ints) -> pa.Table:
    """The table of groups, in order of the ids, after dates and credits have passed inside each group."""
    n, lead = rows.num_rows, copies.lead
    ids = in_one(rows["article_id"])
    is_lead = pa.array(lead == np.arange(n))
    leads = ids.take(pa.array(lead))
    binds = copies.edges.pick(copies.edges.member != edges.LOOSE)
    binding = np.full(n, -1, dtype=np.int64)
    member = np.where(binds.member == edges.ARTICLE, binds.article, binds.original)
    binding[member] = np.arange(member.size)
    bound = pa.array(binding, mask=binding < 0)
    pairs = edges.measured(binds, compared)
    values = {
        "article_id": ids,
        "duplicate_group": pc.binary_join_element_wise("g", pc.utf8_slice_codeunits(leads, 1), ""),
        "duplicate_kind": pa.array(edges.kinds_of(binds, pairs, n_words), pa.string()).take(bound),
        "is_lead": is_lead,
        "duplicate_of": pc.if_else(is_lead, pa.scalar(None, pa.string()), leads),
        "duplicate_containment": pa.array(pairs.containment).take(bound),
        **_passed_on(rows, copies.date_from, _DATE),
        **_passed_on(rows, copies.credit_from, _CREDIT),
        "date_inherited_from": _names(ids, copies.date_from),
        "wire_inherited_from": _names(ids, copies.credit_from),
    }
    values |= {name: rows[name] for name in GROUPED.names if name not in values and name in rows.column_names}
    return pa.table({name: values[name] for name in GROUPED.names}).cast(GROUPED.arrow)


_DATE = ("published_on", "published_at", "date_source", "date_confidence")
_CREDIT = ("wire_agency", "wire_source", "wire_confidence", "wire_evidence")


def _passed_on(rows: pa.Table, giver: Ints, names: tuple[str, ...]) -> dict[str, pa.Array | pa.ChunkedArray]:
    """Columns after each article has taken the values of its giver, if it has one; a copy is a little less sure."""
    given = giver >= 0
    if not given.any():
        return {name: rows[name] for name in names}
    source = pa.array(np.where(given, giver, np.arange(giver.size)))
    found = {name: in_one(rows[name]).take(source) for name in names}
    for name in names:
        if name.endswith("_confidence"):
            fainter = pc.multiply(found[name], PASSED_ON)
            found[name] = pc.if_else(pa.array(given), fainter, found[name])
    return found


def _names(ids: pa.Array, giver: Ints) -> pa.Array:
    return ids.take(pa.array(giver, mask=giver < 0))
