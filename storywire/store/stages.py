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


def done(folder: Path, limits: str) -> set[str]:
    """Captures the stage has a result for; a page that was too much for other limits is to be tried again."""
    found: set[str] = set()
    for file in sorted(folder.glob("*.parquet")):
        rows = read_table(file, ["capture_id", "limits"])
        stands = pc.or_kleene(pc.is_null(rows["limits"]), pc.equal(rows["limits"], limits))
        found.update(rows.filter(stands)["capture_id"].to_pylist())
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
        read_table(file, ["capture_id", "limits", *(n for n in names if n not in {"capture_id", "limits"})])
        for file in sorted(folder.glob("*.parquet"))
    ]
    if not parts:
        return table.empty().select(names)
    rows = pa.concat_tables(parts)
    rows = rows.filter(pc.is_in(rows["capture_id"], wanted))
    # Two crashed runs may have stored the same page in different batches; a page that was too much for
    # one run's limits may have been read by another's, and then that result stands.
    keys = list(zip(rows["capture_id"].to_pylist(), rows["limits"].fill_null("").to_pylist(), strict=True))
    order = sorted(range(len(keys)), key=keys.__getitem__)
    first = [place for at, place in enumerate(order) if at == 0 or keys[order[at - 1]][0] != keys[place][0]]
    return rows.take(pa.array(first, pa.int64())).select(names)
