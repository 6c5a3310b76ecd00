"""How the tables lie on disk: which rows go to which file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from storywire import schema
from storywire.schema import Table
from storywire.store.files import conform

MONTHLY = {
    "revisions": ("capture_month", "captured_at"),
    "duplicates": ("publication_month", "published_on"),
    "date_evidence": ("capture_month", "captured_at"),
    "rejected": ("capture_month", "captured_at"),
}
"""Tables partitioned by month: the key, and the column it is taken from."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one file."""

    path: str
    table: Table
    rows: pa.Table
    story_cluster: str | None = None
    publication_date: str | None = None


def parts(table: Table, rows: pa.Table) -> Iterator[Part]:
    """A table's files, each with its rows in the table's total order."""
    rows = conform(rows, table.arrow).sort_by([(name, "ascending") for name in table.order])
    if table.name == "articles":
        yield from _leaves(rows)
    elif table.name in MONTHLY:
        key, column = MONTHLY[table.name]
        months = pc.fill_null(pc.strftime(rows[column].cast(pa.timestamp("us")), format="%Y-%m"), schema.UNDATED)
        if not rows.num_rows:  # a reader finds the table, and that it is empty
            yield Part(f"{table.name}/{key}={schema.UNDATED}/{table.name}.parquet", table, rows)
        for month, of_month in _split(rows, [months]):
            yield Part(f"{table.name}/{key}={month[0]}/{table.name}.parquet", table, of_month)
    else:
        yield Part(table.layout, table, rows)


def _leaves(rows: pa.Table) -> Iterator[Part]:
    clusters = pc.fill_null(rows["story_id"], schema.UNCLUSTERED)
    dates = pc.fill_null(rows["published_on"].cast(pa.string()), schema.UNDATED)
    leaves = list(_split(rows, [clusters, dates])) or [((schema.UNCLUSTERED, schema.UNDATED), rows)]
    for (cluster, day), leaf in leaves:
        path = f"articles/story_cluster={cluster}/publication_date={day}/articles.parquet"
        yield Part(path, schema.ARTICLES, leaf, cluster, day)


def _split(rows: pa.Table, keys: list[pa.ChunkedArray]) -> Iterator[tuple[tuple[str, ...], pa.Table]]:
    """Rows by key, keys ascending, the order of rows within a key kept."""
    values = list(zip(*(key.to_pylist() for key in keys), strict=True))
    order = sorted(range(len(values)), key=lambda place: (values[place], place))
    start = 0
    for stop in range(1, len(order) + 1):
        if stop == len(order) or values[order[stop]] != values[order[start]]:
            yield values[order[start]], rows.take(pa.array(order[start:stop], pa.int64())).combine_chunks()
            start = stop
