"""How the tables lie on disk: which rows go to which file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from storywire import schema
from storywire.hashes import of_rows
from storywire.schema import Table
from storywire.store.files import conform, hashes_digest, rows_digest

MONTHLY = {
    "revisions": ("capture_month", "captured_at"),
    "duplicates": ("publication_month", "published_on"),
    "date_evidence": ("capture_month", "captured_at"),
    "rejected": ("capture_month", "captured_at"),
}
"""Tables partitioned by month: the key, and the column it is taken from."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one file, or an outline of them: other columns, which they are a function of.

    `digest` is that of all the file is a function of.
    """

    path: str
    table: Table
    rows: pa.Table
    digest: str
    story_cluster: str | None = None
    publication_date: str | None = None


def parts(table: Table, rows: pa.Table) -> Iterator[Part]:
    """A table's files, each with its rows in the table's total order."""
    return _files(table, conform(rows, table.arrow), rows_digest)


def outlined(table: Table, outline: pa.Table) -> Iterator[Part]:
    """A table's files, each with its part of an outline, in the table's order as far as the outline has its columns.

    An outline has the columns that tell which file a row goes to, and metadata that name what else rows rest on.
    """
    hashes = of_rows(*outline.columns)  # all at once, as there may be thousands of files
    return _files(table, outline.append_column(_HASH, pa.array(hashes)), _outline_digest)


_HASH = "hash"


def _outline_digest(outline: pa.Table) -> str:
    return hashes_digest(outline[_HASH].combine_chunks().to_numpy(), outline.schema.metadata)


def _files(table: Table, outline: pa.Table, digest: Callable[[pa.Table], str]) -> Iterator[Part]:
    if table.name == "articles":
        clusters = pc.fill_null(outline["story_id"], schema.UNCLUSTERED)
        days = pc.fill_null(outline["published_on"].cast(pa.string()), schema.UNDATED)
        for cluster, day, leaf in _split(outline, table, clusters, days):
            path = f"articles/story_cluster={cluster}/publication_date={day}/articles.parquet"
            yield Part(path, table, leaf, digest(leaf), cluster, day)
    elif table.name in MONTHLY:
        key, column = MONTHLY[table.name]
        months = pc.fill_null(pc.strftime(outline[column].cast(pa.timestamp("us")), format="%Y-%m"), schema.UNDATED)
        for month, of_month in _split(outline, table, months):
            yield Part(f"{table.name}/{key}={month}/{table.name}.parquet", table, of_month, digest(of_month))
    else:
        rows = ordered(table, outline)
        yield Part(table.layout, table, rows, digest(rows))


def ordered(table: Table, rows: pa.Table) -> pa.Table:
    """Some rows in the order of their table."""
    return rows.sort_by([(name, "ascending") for name in table.order if name in rows.column_names])


def _split(rows: pa.Table, table: Table, *keys: pa.ChunkedArray) -> Iterator[tuple[Any, ...]]:
    """The values of some keys, ascending, and the rows that have them: slices of one table, which is sorted once."""
    if not rows.num_rows:  # a reader finds the table, and that it is empty
        yield *(schema.UNCLUSTERED, schema.UNDATED)[-len(keys) :], rows
        return
    by = [*keys, *(rows[name] for name in table.order if name in rows.column_names)]
    named = pa.table(by, [str(number) for number in range(len(by))])
    order = pc.sort_indices(named, sort_keys=[(name, "ascending") for name in named.column_names])
    rows = rows.take(order).combine_chunks()
    values = list(zip(*(key.take(order).to_pylist() for key in keys), strict=True))
    starts = [place for place, value in enumerate(values) if place == 0 or value != values[place - 1]]
    for start, stop in pairwise([*starts, len(values)]):
        yield *values[start], rows.slice(start, stop - start)
