"""The captures themselves: kept as they arrived, by capture day, never changed.

The bytes are kept here, not only pointed at, so that tables can be rebuilt by newer code after
the landing zone has been tidied.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from storywire.capture import Capture
from storywire.schema import CAPTURES, UNDATED
from storywire.store.files import read_table, write_table

INDEX = [name for name in CAPTURES.names if name != "body"]
"""All that is known of a capture without its bytes."""


def keep(folder: Path, captures: list[Capture]) -> None:
    """Store captures, one file per capture day."""
    by_day: dict[str, list[Capture]] = {}
    for capture in captures:
        by_day.setdefault(str(capture.day or UNDATED), []).append(capture)
    for day, of_day in sorted(by_day.items()):
        ordered = sorted(of_day, key=lambda capture: (capture.id, capture.uri))
        rows = [
            {
                "capture_id": capture.id,
                "capture_digest": capture.digest,
                "capture_uri": capture.uri,
                "kind": capture.kind,
                "url": capture.url,
                "captured_at": capture.captured_at,
                "source": capture.source,
                "charset": capture.charset,
                "body": capture.body,
            }
            for capture in ordered
        ]
        name = hashlib.sha256("\n".join(f"{capture.id} {capture.uri}" for capture in ordered).encode()).hexdigest()
        table = pa.Table.from_pylist(rows, schema=CAPTURES.arrow)
        write_table(table, folder / day / f"{name[:24]}.parquet", CAPTURES.arrow)


def days(folder: Path) -> set[date]:
    """Every capture day there are captures of."""
    if not folder.is_dir():
        return set()
    return {date.fromisoformat(entry.name) for entry in folder.iterdir() if entry.name != UNDATED}


def index(folder: Path, of: set[date]) -> pa.Table:
    """What is known of the captures of some days, and of those without a day; one row per capture and path.

    Where the same bytes at the same path were stored with fewer facts before (a sidecar came
    later), the fuller description stands alone.
    """
    files = [file for day in sorted([*map(str, of), UNDATED]) for file in sorted((folder / day).glob("*.parquet"))]
    if not files:
        return CAPTURES.arrow.empty_table().select(INDEX)
    frame = pa.concat_tables([read_table(file, INDEX) for file in files]).to_pandas()
    frame = frame.drop_duplicates(["capture_id", "capture_uri"])
    facts = frame[["url", "captured_at", "source"]].notna().sum(axis=1)
    fullest = facts.groupby([frame["capture_uri"], frame["capture_digest"]]).transform("max")
    frame = frame[facts == fullest].sort_values(["capture_id", "capture_uri"])
    schema = pa.schema([CAPTURES.arrow.field(name) for name in INDEX])
    return pa.Table.from_pandas(frame, schema=schema, preserve_index=False)


def bodies(folder: Path, wanted: set[str], batch: int) -> Iterator[list[Capture]]:
    """The wanted captures with their bytes, each once, at most `batch` at a time."""
    given: set[str] = set()
    waiting: list[Capture] = []
    for file in sorted(folder.glob("*/*.parquet")):
        ids = read_table(file, ["capture_id"]).column("capture_id")
        missing = pa.array(sorted(wanted.intersection(ids.to_pylist()) - given), pa.string())
        if not len(missing):
            continue
        table = read_table(file)
        for row in table.filter(pc.is_in(table["capture_id"], missing)).to_pylist():
            if row["capture_id"] in given:
                continue
            given.add(row["capture_id"])
            waiting.append(
                Capture(
                    row["body"],
                    row["kind"],
                    row["capture_uri"],
                    row["url"],
                    row["captured_at"],
                    row["source"],
                    row["charset"],
                )
            )
            if len(waiting) >= batch:
                yield waiting
                waiting = []
    if waiting:
        yield waiting
