"""Results of a per-page stage, kept under the page they were made from and the code that made them.

A run computes what is missing and nothing else; a crash costs the batch it was in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from storywire.columns import in_one
from storywire.schema import UNDATED, Table
from storywire.store.files import read_table, write_table


def by_day(listed: pa.Table) -> dict[str, list[str]]:
    """The ids of the listed captures by capture day, `undated` for those without one."""
    found: dict[str, set[str]] = {}
    for capture, day in zip(listed["capture_id"].to_pylist(), days(listed["captured_at"]).to_pylist(), strict=True):
        found.setdefault(day, set()).add(capture)
    return {day: sorted(ids) for day, ids in sorted(found.items())}


def days(captured_at: pa.ChunkedArray) -> pa.ChunkedArray:
    """The day of each capture, as its folder is called."""
    return pc.fill_null(pc.strftime(captured_at.cast(pa.timestamp("us")), format="%Y-%m-%d"), UNDATED)


def done(folder: Path, day: str, limits: str) -> set[str]:
    """Captures of a day the stage has a result for; what was too much for other limits is to be tried again."""
    found: set[str] = set()
    for file in sorted((folder / day).glob("*.parquet")):
        rows = read_table(file, ["capture_id", "limits"])
        stands = pc.or_kleene(pc.is_null(rows["limits"]), pc.equal(rows["limits"], limits))
        found.update(rows.filter(stands)["capture_id"].to_pylist())
    return found


def keep(folder: Path, day: str, rows: Iterable[dict[str, object]], table: Table) -> None:
    """Store the results of one batch of a day's captures."""
    ordered = sorted(rows, key=lambda row: str(row["capture_id"]))
    if not ordered:
        return
    name = hashlib.sha256("\n".join(str(row["capture_id"]) for row in ordered).encode()).hexdigest()[:24]
    write_table(pa.Table.from_pylist(ordered, schema=table.arrow), folder / day / f"{name}.parquet", table.arrow)


def read(
    folder: Path, captures: Iterable[str], table: Table, columns: list[str] | None = None, day: str = "*"
) -> pa.Table:
    """The results for some captures, of one day or of any, one row each, in order of capture id."""
    names = columns or table.names
    wanted = set(captures)
    parts = []
    for file in sorted(folder.glob(f"{day}/*.parquet")):
        part = read_table(file, ["capture_id", "limits", *(n for n in names if n not in {"capture_id", "limits"})])
        # Told by a set, as Arrow would make a table of all that is wanted for every file; and at once, or all days lie
        # in memory.
        there = pa.array([capture in wanted for capture in part["capture_id"].to_pylist()], pa.bool_())
        parts.append(part.filter(there))
    if not parts:
        return table.empty().select(names)
    rows = pa.concat_tables(parts)
    # Two crashed runs may have stored the same page in different batches; a page that was too much for
    # one run's limits may have been read by another's, and then that result stands.
    keys = pa.table({"capture_id": rows["capture_id"], "limits": rows["limits"].fill_null("")})
    order = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names])
    ids = in_one(rows["capture_id"].take(order))
    is_first = pa.concat_arrays([pa.array([True] * min(1, len(ids)), pa.bool_()), pc.not_equal(ids[1:], ids[:-1])])
    return rows.take(order.filter(is_first)).select(names)
