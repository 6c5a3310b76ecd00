"""The captures themselves: kept as they arrived, by capture day, never changed.

The bytes are kept here, not only pointed at, so that tables can be rebuilt by newer code after
the landing zone has been tidied.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from storywire import notice
from storywire.capture import Capture
from storywire.notice import NOTHING
from storywire.schema import CAPTURES, UNDATED
from storywire.store.files import StoreError, read_as, read_table, write_table
from storywire.store.ledger import Given

LOG = logging.getLogger("storywire.captures")

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
                "notice": None if capture.notice == NOTHING else capture.notice.as_json(),
                "size": len(capture.body),
                "body": capture.body,
            }
            for capture in ordered
        ]
        name = hashlib.sha256("\n".join(f"{capture.id} {capture.uri}" for capture in ordered).encode()).hexdigest()
        table = pa.Table.from_pylist(rows, schema=CAPTURES.arrow)
        write_table(table, folder / day / f"{name[:24]}.parquet", CAPTURES.arrow)


def days(folder: Path) -> set[date]:
    """Every capture day there are captures of."""
    found = set()
    for entry in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(ValueError):  # `undated`, and what a file manager left
            found.add(date.fromisoformat(entry.name))
    return found


def stored(folder: Path) -> set[str]:
    """The ids of all captures that are kept; those in a damaged file are not."""
    return {capture for (capture,) in _readable(folder, ["capture_id"])}


def places(folder: Path) -> set[tuple[str, str]]:
    """Where every capture that is kept came from, and the digest of its bytes."""
    return {(uri, digest) for uri, digest in _readable(folder, ["capture_uri", "capture_digest"])}


def _readable(folder: Path, columns: list[str]) -> Iterator[tuple[str, ...]]:
    for file in sorted(folder.glob("*/*.parquet")):
        try:
            rows = read_table(file, columns)
        except StoreError as error:
            LOG.warning("%s; its captures are read anew from the raw folder where they are there", error)
            continue
        yield from zip(*(rows[name].to_pylist() for name in columns), strict=True)


def index(folder: Path, day: str, given: Given) -> pa.Table:
    """What is known of the captures of a day, or of those without one (`undated`); one row per capture and path.

    Those are left out that their place is known to give under another description by now.

    Raises:
        StoreError: A file is damaged.
    """
    rows = _rows(folder / day)
    rows = rows.sort_by([("capture_id", "ascending"), ("capture_uri", "ascending")])
    keys = list(zip(*(rows[name].to_pylist() for name in ("capture_id", "capture_uri", "capture_digest")), strict=True))
    kept = [
        place
        for place, (capture, uri, digest) in enumerate(keys)
        if capture in given.get((uri, digest), {capture}) and (place == 0 or keys[place - 1] != keys[place])
    ]
    return rows.take(pa.array(kept, pa.int64()))


def _rows(folder: Path) -> pa.Table:
    """The captures of one folder; merging may replace its files while they are read."""
    while True:
        files = sorted(folder.glob("*.parquet"))
        try:
            return pa.concat_tables(
                [CAPTURES.empty().select(INDEX), *(read_as(file, CAPTURES.arrow, INDEX) for file in files)]
            )
        except StoreError:
            if all(file.exists() for file in files):
                raise


def bodies(folder: Path, day: str, wanted: set[str]) -> list[Capture]:
    """The wanted captures of one day (or of none, `undated`) with their bytes, each once.

    Raises:
        StoreError: A file is damaged.
    """
    given: set[str] = set()
    found: list[Capture] = []
    for file in sorted((folder / day).glob("*.parquet")):
        ids = read_table(file, ["capture_id"]).column("capture_id")
        missing = pa.array(sorted(wanted.intersection(ids.to_pylist()) - given), pa.string())
        if not len(missing):
            continue
        table = read_as(file, CAPTURES.arrow)
        for row in table.filter(pc.is_in(table["capture_id"], missing)).to_pylist():
            if row["capture_id"] in given:
                continue
            given.add(row["capture_id"])
            capture = of_row(row)
            if capture.digest != row["capture_digest"]:  # compression alone does not notice every flipped bit
                raise StoreError(f"{file} is damaged: the bytes of {capture.uri} are not those that were captured")
            found.append(capture)
    return found


def of_row(row: Mapping[str, Any]) -> Capture:
    """The capture that a row holds."""
    return Capture(
        row["body"],
        row["kind"],
        row["capture_uri"],
        row["url"],
        row["captured_at"],
        row["source"],
        row["charset"],
        notice.read(row["notice"]),
    )
