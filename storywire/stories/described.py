"""What is told of each event or story, told again only where one of its articles is another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from storywire.columns import in_one
from storywire.components import Arrays, Kept, by_home, digest, in_batches
from storywire.hashes import Hashes, place_in
from storywire.schema import EVENTS
from storywire.stories.given import Given
from storywire.stories.groups import Grouped
from storywire.stories.identity import mark, of_marks
from storywire.stories.keywords import heaviest
from storywire.stories.members import Cells, cell_name
from storywire.stories.summary import Article, describe
from storywire.stories.vectors import Read, Vectors

Ints = NDArray[np.int64]

TOLD = pa.schema([field for field in EVENTS.arrow if field.name not in {"event_id", "story_id"}])
"""What is told of an event as of a story."""

FOUNDED, MARK = "founded_on", "mark"
SCHEMA = TOLD.append(pa.field(FOUNDED, pa.date32())).append(pa.field(MARK, pa.string()))
"""What is kept of each cluster: also what it is named after, the day and the mark of its founder."""

ID = "id"
KEPT = SCHEMA.append(pa.field(ID, pa.string()))
"""The rows as they are kept, under their ids."""

AT_ONCE = 8_000
"""Articles that are read at a time."""

SPELT_OUT = 500
"""Articles that are Python objects at a time: ten times what they take as they are read."""


@dataclass(frozen=True, slots=True)
class Told:
    """The articles to tell of; `content` is the hash of all that is told of each.

    `report` is the number of the report each is, or is a copy of, among `vectors`.
    """

    articles: Given
    content: Hashes
    report: Ints
    vectors: Vectors
    read: Read


@dataclass(frozen=True, slots=True)
class Month:
    """The clusters of a month in order of their ids: their numbers, the hashes of their articles, what is told of them.

    `rows` has their ids too. It is mapped from where it is kept, and takes no memory.
    """

    numbers: Ints
    hashes: Hashes
    rows: pa.Table


def months(
    told: Told, clusters: Grouped, cell: Cells, kind: str, kept: Kept, also: Mapping[int, Month] | None = None
) -> dict[int, Month]:
    """What `summary.describe` says of each cluster, month by month.

    `cell` is the month a cluster is kept in, -1 for one that nothing is told of. `kind` is what they are, its first
    letter begins their ids. Of clusters that `also` has, nothing need be found out again.
    """
    hashes = clusters.content
    found = {}
    for number, those in by_home(cell):
        file = f"{kind}-{cell_name(number)}"
        known = (also or {}).get(number)
        make = partial(_renewed, told, clusters, those, hashes[those], known, kept, file)
        arrays = kept.keep(file, digest(hashes[those]), make)
        numbers = those[arrays["place"]]
        found[number] = Month(numbers, hashes[numbers], _unpacked(arrays))
    return found


def _renewed(
    told: Told, clusters: Grouped, those: Ints, hashes: Hashes, known: Month | None, kept: Kept, file: str
) -> Arrays:
    """The rows of one month's clusters: those kept or known, and those of new ones."""
    last = kept.last(file)
    tables, held = [SCHEMA.empty_table()], [hashes[:0]]
    if known is not None:
        there = np.flatnonzero(place_in(hashes, known.hashes) >= 0)
        tables.append(known.rows.take(pa.array(there)).select(SCHEMA.names))
        held.append(known.hashes[there])
    if last:
        tables.append(_unpacked(last).select(SCHEMA.names))
        held.append(last["cluster"])
    fresh = np.flatnonzero(place_in(np.concatenate(held), hashes) < 0)
    for some in _batches(clusters, those[fresh]):
        tables.append(_described(told, clusters, some))
    held.append(hashes[fresh])
    source = pa.array(place_in(np.concatenate(held), hashes))
    rows = pa.concat_tables(tables).combine_chunks()
    ids = of_marks(file[0], *(in_one(rows[name]).take(source) for name in (FOUNDED, MARK)))
    order = pc.sort_indices(ids)
    rows = rows.take(source.take(order)).append_column(KEPT.field(ID), ids.take(order))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    place = order.to_numpy().astype(np.int32)
    return {"place": place, "cluster": hashes[place], "rows": np.frombuffer(sink.getvalue(), dtype=np.uint8)}


def _unpacked(found: Arrays) -> pa.Table:
    return pa.ipc.open_stream(pa.py_buffer(found["rows"])).read_all()


def _batches(clusters: Grouped, numbers: Ints) -> Iterator[Ints]:
    """Some clusters, as many at a time as have `AT_ONCE` articles between them."""
    begin = 0
    for some in in_batches([clusters.members(number) for number in numbers.tolist()], AT_ONCE):
        yield numbers[begin : begin + len(some)]
        begin += len(some)


def _described(told: Told, clusters: Grouped, some: Ints) -> pa.Table:
    """The rows of some clusters."""
    members = [clusters.members(number) for number in some.tolist()]
    terms = iter(heaviest(told.vectors, [told.report[each[told.articles.is_lead[each]]] for each in members]))
    columns = _columns(told, np.concatenate(members))
    found = []
    begin = 0
    for few in in_batches(members, SPELT_OUT):
        ends = np.cumsum([each.size for each in few]).tolist()
        lists = (column.to_pylist() for column in columns.slice(begin, ends[-1]).itercolumns())
        articles = [Article(*row) for row in zip(*lists, strict=True)]
        found += [describe(articles[start:end], next(terms)) for start, end in pairwise([0, *ends])]
        begin += ends[-1]
    founders = told.articles.rows(clusters.founder[some])
    for row, day, article in zip(found, *(founders[name].to_pylist() for name in _FOUNDER), strict=True):
        row |= {FOUNDED: day, MARK: mark(article)}
    return pa.Table.from_pylist(found, schema=SCHEMA)


def _columns(told: Told, numbers: Ints) -> pa.Table:
    """What is told of some articles; what has to be read is read of reports, and null for copies."""
    given = told.articles.rows(numbers)
    missing = [name for name in Article._fields if name not in given.column_names]
    if not missing:
        return given.select(Article._fields)
    is_lead = told.articles.is_lead[numbers]
    read = told.read(told.articles.rows(numbers[is_lead]), missing)
    spread = pa.array(np.cumsum(is_lead) - 1, mask=~is_lead)
    return pa.table({name: read[name].take(spread) if name in missing else given[name] for name in Article._fields})


_FOUNDER = ("published_on", "article_id")
