"""Take in what lies in the raw folder and was not read before."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from storywire import version
from storywire.capture import Capture, Rejection
from storywire.settings import Settings
from storywire.sources import folder, places, sidecar
from storywire.sources.places import Place
from storywire.store import captures, ledger, lock
from storywire.store.files import StoreError
from storywire.store.ledger import Reading
from storywire.store.workspace import Workspace
from tasks.fetch import listed as sources
from tasks.progress import stage
from tasks.step import step

LOG = logging.getLogger("storywire.ingest")

BATCH_BYTES = 64_000_000
"""Most bytes of pages held before they are stored."""


@step("ingest", retries=2)
def ingest(space: Workspace, settings: Settings) -> Path:
    """Store the captures of files that were not read before; returns the folder they are in.

    Read are the raw folder, and the folders and files that are listed as sources. One run at a time: the second
    finds nothing left to do.
    """
    with lock.held(space.intake, settings.lock_wait_seconds), ledger.opened(space.ledger) as book:
        _store_new(space, settings, Place(_raw(space, settings)), book)
        for place in _listed(settings):
            try:
                _store_new(space, settings, place, book)
            except NotADirectoryError as error:
                LOG.error("source %r is not read: %s", place.source.name if place.source else "", error)
    return space.captures


def _listed(settings: Settings) -> Iterator[Place]:
    """The folders and files that are listed; where the list cannot be used none, so that the rest is carried on."""
    try:
        yield from places.listed(sources(settings))
    except StoreError as error:
        LOG.error("no listed folder is read: %s", error)


def _raw(space: Workspace, settings: Settings) -> Path:
    raw = settings.raw.resolve()
    if not raw.is_dir():
        raise StoreError(f"the raw folder {settings.raw} does not exist, or is no folder; give another with --raw")
    for inside in (space.interim, space.processed):
        if raw.is_relative_to(inside.resolve()):
            raise StoreError(f"the raw folder {settings.raw} lies inside {inside}; give another with --raw")
    return settings.raw


def _store_new(space: Workspace, settings: Settings, place: Place, book: ledger.Ledger) -> None:
    folder_read = place.folder.resolve()
    whose = f"{place.source.name}:" if place.source else ""
    root = f"{whose}{folder_read}"
    found = place.find()
    described = sidecar.load(place.folder, found.sidecars)
    if found.ignored:
        LOG.warning(
            "%d files are of no kind that is read, %s for one; docs/inputs.md lists the kinds",
            len(found.ignored),
            found.ignored[0],
        )
    with stage("ingest", len(found.inputs)) as advance:
        known = book.stamps(root, captures.stored(space.captures))
        aside = (*found.rejections, *described.rejections)
        book.record(root, [Reading("", "", (), tuple(map(place.named, aside)))])
        waiting: list[Capture] = []
        weight = 0
        readings: list[Reading] = []
        for path in found.inputs:
            advance(1)
            stamp = _stamp(settings, place, path, described)
            if stamp is not None and known.get(path) == stamp:
                continue
            given: list[tuple[str, str, str]] = []
            refused: list[Rejection] = []
            for item in place.read(path, described, limit_bytes=settings.max_page_bytes):
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
            if any(one.reason == "unreadable" for one in refused):
                _still_there(place)
                stamp = None  # may pass: the next run tries again, though the file be the same
            readings.append(Reading(path, stamp or "", tuple(given), tuple(refused)))
        captures.keep(space.captures, waiting)
        book.record(root, readings)
    for other in book.roots():
        if other.startswith(f"{whose}/") and not Path(other.removeprefix(whose)).is_dir():
            book.take_over(root, other)


def _still_there(place: Place) -> None:
    """A file that vanished is rejected; where all of them did, nothing is known of any.

    Raises:
        StoreError: The raw folder was taken away while it was read.
        NotADirectoryError: The folder of a source was.
    """
    if place.folder.is_dir():
        return
    if place.source:
        raise NotADirectoryError(f"{place.folder} vanished while it was read")
    raise StoreError(f"the raw folder {place.folder.resolve()} vanished while it was read; put it back and run again")


def _stamp(settings: Settings, place: Place, path: str, described: sidecar.Sidecars) -> str | None:
    """What must be the same for a file not to be read again; `None` where it has vanished meanwhile."""
    try:
        stamp = folder.stamp(place.folder, path, described)
        told = f" {place.source.notice().as_json()}" if place.source else ""
        return f"{stamp}{told} limit={settings.max_page_bytes} code={version.of(*version.READ)}"
    except OSError:
        return None
