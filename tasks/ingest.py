"""Take in what lies in the raw folder and was not read before."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

import pyarrow as pa

from storywire.capture import Capture, Rejection
from storywire.schema import REJECTED
from storywire.settings import Settings
from storywire.sources import folder, sidecar
from storywire.store import captures, completed, ledger, manifest
from storywire.store.files import StoreError, write_table
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
    index = captures.index(space.captures, days)
    with ledger.opened(space.ledger) as book:
        refused = book.rejections(None if day is None else days)
    write_table(index, space.passing("captures"), index.schema)
    write_table(_rejected(refused), space.passing("refused"), REJECTED.arrow)
    return space.passing("captures")


def _store_new(space: Workspace, settings: Settings) -> None:
    if not settings.raw.is_dir():
        raise StoreError(f"the raw folder {settings.raw} does not exist; give another with --raw")
    root = str(settings.raw.resolve())
    found = folder.find(settings.raw)
    described = sidecar.load(settings.raw, found.sidecars)
    if found.ignored:
        LOG.warning(
            "%d files are of no kind that is read, %s for one; docs/inputs.md lists the kinds",
            len(found.ignored),
            found.ignored[0],
        )
    with ledger.opened(space.ledger) as book, stage("ingest", len(found.inputs)) as advance:
        known = book.stamps(root)
        book.record(root, [("", "", [*found.rejections, *described.rejections])])
        waiting: list[Capture] = []
        weight = 0
        read: list[tuple[str, str, list[Rejection]]] = []
        for path in found.inputs:
            advance(1)
            stamp = _stamp(settings, path, described)
            if stamp is not None and known.get(path) == stamp:
                continue
            refused: list[Rejection] = []
            for item in folder.read(settings.raw, path, described, limit_bytes=settings.max_page_bytes):
                if isinstance(item, Rejection):
                    refused.append(item)
                    continue
                waiting.append(item)
                weight += len(item.body)
                if len(waiting) >= settings.batch_captures or weight > BATCH_BYTES:
                    captures.keep(space.captures, waiting)
                    # Every file read to its end before this one is safely stored now.
                    book.record(root, read)
                    waiting, weight, read = [], 0, []
            read.append((path, stamp or "", refused))
        captures.keep(space.captures, waiting)
        book.record(root, read)


def _stamp(settings: Settings, path: str, described: sidecar.Sidecars) -> str | None:
    """What must be the same for a file not to be read again; `None` where it has vanished meanwhile."""
    try:
        return f"{folder.stamp(settings.raw, path, described)} limit={settings.max_page_bytes}"
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
