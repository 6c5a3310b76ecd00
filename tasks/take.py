"""List the captures the tables are to be made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from storywire.capture import Rejection
from storywire.schema import REJECTED, UNDATED
from storywire.settings import Settings
from storywire.store import captures, completed, ledger, manifest
from storywire.store.files import StoreError, digest, write_table
from storywire.store.workspace import Workspace
from tasks.step import step

NO_DAYS: Mapping[str, str] = MappingProxyType({})


class Taken(NamedTuple):
    """The list and a digest of it, and the days asked for whose captures cannot be read, with the reason."""

    listed: Path
    digest: str
    unreadable: dict[str, str]


@step("take", retries=2)
def take(
    space: Workspace, settings: Settings, days: Collection[date] | None, without: Mapping[str, str] = NO_DAYS
) -> Taken:
    """List the captures of some days; `None` for all there are.

    Those of days that are in the tables or were done before belong to every list, so what arrives late
    is taken in by the run that finds it; so do those without a day. Days `without` are left out (for the
    reason given), and days that are asked for but cannot be read; one that is in the tables may not be missing.

    Raises:
        StoreError: Captures the tables rest on cannot be read.
    """
    held = manifest.load(space.processed).capture_days
    for never_missing in (UNDATED, *map(str, sorted(held))):
        if never_missing in without:
            raise StoreError(without[never_missing])
    asked = captures.days(space.captures) if days is None else set(days)
    wanted = asked | held | completed.days(space.completed)
    with ledger.opened(space.ledger) as book:
        given, refused = book.given(), book.rejections(None if days is None else wanted)
    parts, unreadable = [captures.index(space.captures, UNDATED, given)], {}
    for day in sorted(wanted - {date.fromisoformat(one) for one in without}):
        try:
            parts.append(captures.index(space.captures, str(day), given))
        except StoreError as error:
            if day in held:
                raise
            unreadable[str(day)] = f"{error}; remove the file, and the next run reads its raw files again"
    index = pa.concat_tables(parts).sort_by([("capture_id", "ascending"), ("capture_uri", "ascending")])
    write_table(index, space.passing("found"), index.schema)
    index, oversized = _within(index, settings.max_page_bytes, {r.uri for r in refused})
    refused = [r for r in refused if r.captured_at is None or str(r.captured_at.date()) not in {*without, *unreadable}]
    listed = write_table(index, space.passing("captures"), index.schema)
    write_table(_rejected([*refused, *oversized]), space.passing("refused"), REJECTED.arrow)
    return Taken(listed, digest(listed.read_bytes()), unreadable)


def _within(index: pa.Table, limit: int, refused: set[str]) -> tuple[pa.Table, list[Rejection]]:
    """The captures within the size limit of today, and those past it that were taken under a higher one."""
    large = pc.greater(index["size"], limit)
    rejections = [
        Rejection(
            row["capture_uri"],
            "too_large",
            f"{row['capture_uri']}: {row['size']:,} bytes are past the limit of {limit:,}; "
            "raise STORYWIRE_MAX_PAGE_BYTES to take it.",
            row["url"],
            row["captured_at"],
            row["capture_digest"],
        )
        for row in index.filter(large).to_pylist()
        if row["capture_uri"] not in refused
    ]
    return index.filter(pc.invert(large)), rejections


def _rejected(refused: list[Rejection]) -> pa.Table:
    rows = [
        {
            "capture_uri": r.uri,
            "capture_digest": r.digest,
            "url": r.url,
            "captured_at": r.captured_at,
            "stage": "ingest",
            "reason": r.reason,
            "detail": r.detail,
        }
        for r in refused
    ]
    return pa.Table.from_pylist(rows, schema=REJECTED.arrow)
