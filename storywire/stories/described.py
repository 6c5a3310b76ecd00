"""What is told of each event or story, told again only where one of its articles is another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from storywire.components import Arrays, Kept, by_home, digest, in_batches
from storywire.hashes import Hashes, of_sets
from storywire.schema import EVENTS
from storywire.stories.members import cell_name
from storywire.stories.summary import Article, describe
from storywire.stories.vectors import Read

Ints = NDArray[np.int64]

SCHEMA = pa.schema([field for field in EVENTS.arrow if field.name not in {"event_id", "story_id"}])
"""What is told; ids are given afterwards."""

AT_ONCE = 8_000
"""Articles whose terms are in memory at a time, as Python strings."""


@dataclass(frozen=True, slots=True)
class Told:
    """The articles to tell of, in order of their ids; `content` is the hash of all that is told of each."""

    articles: pa.Table
    content: Hashes
    read: Read


@dataclass(frozen=True, slots=True)
class Described:
    """What is told of clusters: a row for each, and the hash of its articles."""

    clusters: Hashes
    rows: pa.Table


def rows(told: Told, cluster: Ints, cell: Ints, name: str, kept: Kept, also: Described | None = None) -> Described:
    """What `summary.describe` says of each cluster, in order of their numbers.

    `cell` is the month a cluster is kept in, -1 for one that nothing is told of. Of clusters that `also` has, nothing
    need be found out again.
    """
    hashes = of_sets(told.content, cluster, cell.size)
    order = np.argsort(cluster, kind="stable")
    bounds = np.append(0, np.cumsum(np.bincount(cluster, minlength=cell.size)))
    also = also or Described(hashes[:0], SCHEMA.empty_table())
    tables, places = [SCHEMA.empty_table()], [np.empty(0, np.int64)]
    for number, those in by_home(cell):
        file = f"{name}-{cell_name(number)}"
        members = [order[bounds[one] : bounds[one + 1]] for one in those.tolist()]
        make = partial(_renewed, told, hashes[those], members, also, kept, file)
        tables.append(_unpacked(kept.keep(file, digest(hashes[those]), make)))
        places.append(those)
    there = np.concatenate(places)
    in_order = np.argsort(there)
    return Described(hashes[there[in_order]], pa.concat_tables(tables).take(pa.array(in_order)))


def _renewed(told: Told, hashes: Hashes, members: list[Ints], also: Described, kept: Kept, file: str) -> Arrays:
    """The rows of one month's clusters: those kept or known, and those of new ones."""
    last = kept.last(file)
    there = np.flatnonzero(np.isin(also.clusters, hashes))
    tables = [also.rows.take(pa.array(there)), *([_unpacked(last)] if last else [])]
    held = np.append(also.clusters[there], last.get("cluster", hashes[:0]))
    fresh = np.flatnonzero(~np.isin(hashes, held))
    for some in in_batches([members[one] for one in fresh.tolist()], AT_ONCE):
        tables.append(_described(told, some))
    held = np.append(held, hashes[fresh])
    order = np.argsort(held, kind="stable")
    source = order[np.searchsorted(held, hashes, sorter=order)]
    table = pa.concat_tables(tables).take(pa.array(source)).combine_chunks()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, SCHEMA) as writer:
        writer.write_table(table)
    return {"cluster": hashes, "rows": np.frombuffer(sink.getvalue(), dtype=np.uint8)}


def _unpacked(found: Arrays) -> pa.Table:
    return pa.ipc.open_stream(pa.py_buffer(found["rows"])).read_all()


def _described(told: Told, clusters: list[Ints]) -> pa.Table:
    """The rows of some clusters, given their articles."""
    part = told.articles.take(pa.array(np.concatenate(clusters)))
    missing = [name for name in Article._fields if name not in part.column_names]
    read = told.read(part, missing) if missing else part
    columns = [(read if name in missing else part)[name].to_pylist() for name in Article._fields]
    articles = [Article(*row) for row in zip(*columns, strict=True)]
    ends = np.cumsum([members.size for members in clusters]).tolist()
    found = [describe(articles[begin:end]) for begin, end in pairwise([0, *ends])]
    return pa.Table.from_pylist(found, schema=SCHEMA)
