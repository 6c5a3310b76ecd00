"""Take in what lies in the raw folder and was not read before."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from storywire import version
from storywire.capture import Capture, Rejection
from storywire.schema import REJECTED
from storywire.settings import Settings
from storywire.sources import folder, sidecar
from storywire.store import captures, completed, ledger, manifest
from storywire.store.files import StoreError, write_table
from storywire.store.ledger import Reading
from storywire.store.workspace import Workspace
from tasks.progress import stage
from tasks.step import step

LOG = logging.getLogger("storywire.ingest")

BATCH_BYTES = 64_000_000
"""Most bytes of pages held before they are stored."""


@step("ingest", retries=2)
def ingest(space: Workspace, settings: Settings, day: date | None) -> Path:
    """Store new captures, then list those the tables are to be made of; returns the list.

    For a day: its captures, those without a day, and those of days that were done before, so what
    arrives late is taken in by the run that finds it. Without one: everything.
    """
    _store_new(space, settings)
    days = captures.days(space.captures)
    if day is not None:
        days = {day, *manifest.load(space.processed).days, *completed.days(space.completed)}
    with ledger.opened(space.ledger) as book:
        refused = book.rejections(None if day is None else days)
        index = captures.index(space.captures, days, book.retired())
    index, oversized = _within(index, settings.max_page_bytes, {r.uri for r in refused})
    write_table(index, space.passing("captures"), index.schema)
    write_table(_rejected([*refused, *oversized]), space.passing("refused"), REJECTED.arrow)
    return space.passing("captures")


def _store_new(space: Workspace, settings: Settings) -> None:
    raw = settings.raw.resolve()
    if not raw.is_dir():
        raise StoreError(f"the raw folder {settings.raw} does not exist, or is no folder; give another with --raw")
    for inside in (space.interim, space.processed):
        if raw.is_relative_to(inside.resolve()):
            raise StoreError(f"the raw folder {settings.raw} lies inside {inside}; give another with --raw")
    root = str(raw)
    found = folder.find(settings.raw)
    described = sidecar.load(settings.raw, found.sidecars)
    if found.ignored:
        LOG.warning(
            "%d files are of no kind that is read, %s for one; docs/inputs.md lists the kinds",
            len(found.ignored),
            found.ignored[0],
        )
    with ledger.opened(space.ledger) as book, stage("ingest", len(found.inputs)) as advance:
        known = book.stamps(root, captures.stored(space.captures))
        book.record(root, [Reading("", "", (), (*found.rejections, *described.rejections))])
        waiting: list[Capture] = []
        weight = 0
        readings: list[Reading] = []
        for path in found.inputs:
            advance(1)
            stamp = _stamp(settings, path, described)
            if stamp is not None and known.get(path) == stamp:
                continue
            given: list[tuple[str, str, str]] = []
            refused: list[Rejection] = []
            for item in folder.read(settings.raw, path, described, limit_bytes=settings.max_page_bytes):
                if isinstance(item, Rejection):
                    refused.append(item)
                    continue
                given.append((item.id, item.uri, item.digest))
                waiting.append(item)
                weight += len(item.body)
                if len(waiting) >= settings.batch_captures or weight > BATCH_BYTES:
                    captures.keep(space.captures, waiting)
                    # Every file read to its end before this one is safely stored now.
                    book.record(root, readings)
                    waiting, weight, readings = [], 0, []
            readings.append(Reading(path, stamp or "", tuple(given), tuple(refused)))
        captures.keep(space.captures, waiting)
        book.record(root, readings)


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


def _stamp(settings: Settings, path: str, described: sidecar.Sidecars) -> str | None:
    """What must be the same for a file not to be read again; `None` where it has vanished meanwhile."""
    try:
        stamp = folder.stamp(settings.raw, path, described)
        return f"{stamp} limit={settings.max_page_bytes} code={version.of(*version.READ)}"
    except OSError:
        return None


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
