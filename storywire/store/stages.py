"""Results of a per-page stage, kept under the page they were made from and the code that made them.

A run computes what is missing and nothing else; a crash costs the batch it was in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from storywire.schema import Table
from storywire.store.files import read_table, write_table


def done(folder: Path) -> set[str]:
    """Captures the stage has a result for."""
    found: set[str] = set()
    for file in sorted(folder.glob("*.parquet")):
        found.update(read_table(file, ["capture_id"]).column("capture_id").to_pylist())
    return found


def keep(folder: Path, rows: Iterable[dict[str, object]], table: Table) -> None:
    """Store the results of one batch."""
    ordered = sorted(rows, key=lambda row: str(row["capture_id"]))
    if not ordered:
        return
    name = hashlib.sha256("\n".join(str(row["capture_id"]) for row in ordered).encode()).hexdigest()[:24]
    write_table(pa.Table.from_pylist(ordered, schema=table.arrow), folder / f"{name}.parquet", table.arrow)


def read(folder: Path, captures: Iterable[str], table: Table, columns: list[str] | None = None) -> pa.Table:
    """The results for some captures, one row each, in order of capture id."""
    names = columns or table.names
    wanted = pa.array(sorted(set(captures)), pa.string())
    parts = [
        read_table(file, ["capture_id", *(n for n in names if n != "capture_id")])
        for file in sorted(folder.glob("*.parquet"))
    ]
    if not parts:
        return table.empty().select(names)
    rows = pa.concat_tables(parts)
    rows = rows.filter(pc.is_in(rows["capture_id"], wanted)).sort_by("capture_id")
    ids = rows["capture_id"].to_pylist()
    # Two crashed runs may have stored the same page in different batches: the same row twice.
    first = [place for place, key in enumerate(ids) if place == 0 or ids[place - 1] != key]
    return rows.take(pa.array(first, pa.int64())).select(names)
