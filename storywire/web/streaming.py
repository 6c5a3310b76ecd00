"""Archives of others, however large: what a source wants of them is copied into the raw folder.

A file is read once from front to back and divided at fixed places, every `PART_BYTES`. What passes of one part is
held in memory and becomes one archive for every capture day in it; then the memory notes how far the file was read.
So a run that is killed begins again with the part it was in, which is written over with the very same bytes: nothing
is missing, nothing twice. An archive that was gzipped as one is begun from its start, as nothing inside it can be
found otherwise.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from storywire.notice import Notice
from storywire.sources.members import DamagedError, Readable
from storywire.sources.slices import CutShortError, Slice, slices
from storywire.store.archive.files import ENDING
from storywire.store.visits import Visits
from storywire.web import inventories
from storywire.web.exchange import FetchError
from storywire.web.faults import shown
from storywire.web.portions import Portion, key
from storywire.web.remote import Remote
from storywire.web.sieve import Sieve, moment_of

LOG = logging.getLogger("storywire.fetch")

PART_BYTES = 32_000_000
"""Bytes of input: what is held at most, and what a kill costs, some seconds. A file of 1 GB makes 32 parts."""

_HEADERS_BYTES = 1 << 20
"""What a record may have beyond the largest page."""

Watch = Callable[[str, str, int], None]
"""Is told of every piece of work: source, what it came to, how many."""


class Source(inventories.Source, Protocol):
    """What of a listed source is asked here."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def languages(self) -> Sequence[str]:
        """Languages of the pages wanted; none stands for all."""

    @property
    def delay(self) -> float:
        """Seconds between two files."""

    @property
    def verify_tls(self) -> bool:
        """Whether hosts must show a valid certificate."""

    def takes(self, url: str) -> bool:
        """Whether a page is wanted, by the host in its address."""

    def notice(self) -> Notice:
        """What the operator wrote of it."""


def stream(
    raw: Path,
    source: Source,
    memory: Visits,
    remote: Remote,
    *,
    page_bytes: int,
    part_bytes: int = PART_BYTES,
    until: float = float("inf"),
    watch: Watch = lambda source, what, count: None,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Counter[str]:
    """Copy what is wanted, and not yet there, of all archives of a source; returns what it came to.

    Args:
        raw: The raw folder.
        source: Where the archives are, and what is wanted of them.
        memory: Knows how far each was read; is made safe part by part.
        remote: Opens them.
        page_bytes: Largest page taken, unpacked.
        part_bytes: Bytes of input that are held at most.
        until: When to begin no further part, in seconds since 1970.
        watch: Who is shown how it goes.
        now: The time.
        sleep: Waits between two files of the network.

    Raises:
        StoreError: The raw folder or the memory cannot be written.
    """
    for path in raw.glob(f"*/.{source.name}-*{ENDING}.*.tmp"):  # a kill left it
        path.unlink(missing_ok=True)
    run = _Run(raw, source, memory, remote, page_bytes, part_bytes, until, watch, now)
    for file in run.files():
        if now() >= until:
            break
        if run.copy(file) and "://" in file:
            sleep(source.delay)
    return run.tally


@dataclass(slots=True)
class _Run:
    """The archives of one source, one after the other."""

    raw: Path
    source: Source
    memory: Visits
    remote: Remote
    page_bytes: int
    part_bytes: int
    until: float
    watch: Watch
    now: Callable[[], float]
    tally: Counter[str] = field(default_factory=Counter)

    def files(self) -> tuple[str, ...]:
        """All archives, by path or address; where the list cannot be had, those the source names itself."""
        files = inventories.named(self.source)
        if self.source.warc_list is None:
            return files
        try:
            found = inventories.listed(self.source, self.remote)
        except FetchError as failed:
            self._note(Counter({f"feeds_failed:{failed.kind}": 1}))
            self._tell(self.source.warc_list, failed.detail)
            return files
        self._note(Counter({"left_out:file": found.n_left_out}))
        self._tell(self.source.warc_list, None)
        return tuple(dict.fromkeys((*files, *found.files)))

    def copy(self, file: str) -> bool:
        """Copy what is wanted of one archive, from where an earlier run got to; whether anything was left to do."""
        known = key(self.source.name, file)
        origin, is_whole = self.memory.place(known)
        if is_whole:
            return False
        parts = _Parts(self, file, known, origin)
        try:
            with self.remote.open(file, origin) as stream:
                is_whole = parts.take(stream)
        except FetchError as error:
            failed = error
        except CutShortError:
            failed = FetchError("truncated", f"{shown(file)}: ends in the middle of a record; it is read on later.")
        except DamagedError as error:
            where = f"damaged gzip data behind byte {parts.place} ({error})"
            failed = FetchError("undecodable", f"{shown(file)}: {where}; fetch it again, or take it off the list.")
        else:
            parts.end(is_whole=is_whole)
            self._tell(file, None)
            return True
        parts.end(is_whole=False)
        LOG.warning("%s", failed.detail)
        self._note(Counter({f"failed:{failed.kind}": 1}))
        self._tell(file, failed.detail)
        return True

    def done(self, known: str, place: int, counts: Counter[str], *, is_whole: bool) -> None:
        """Note how far an archive was copied, and what that came to, in one go."""
        self.memory.put_place(known, place, whole=is_whole)
        self._note(counts)

    def _note(self, counts: Counter[str]) -> None:
        """Count, safely."""
        self.memory.tally(self.source.name, datetime.fromtimestamp(self.now(), UTC).date(), counts)
        self.memory.commit()
        self.tally.update(counts)
        for what, count in counts.items():
            self.watch(self.source.name, what, count)

    def _tell(self, place: str, error: str | None) -> None:
        """Note that a list or an archive could be read, or why not. Of a listed archive only trouble is remembered."""
        known = self.memory.poll(self.source.name, shown(place))
        at = known.asked_at if error else self.now()
        failures = known.failures + 1 if error else 0
        if error or place == self.source.warc_list or place in inventories.named(self.source):
            self.memory.put_poll(replace(known, asked_at=at, failures=failures, error=error))
        else:
            self.memory.drop_poll(known)
        self.memory.commit()


class _Parts:
    """One archive, part by part. `place` is how far it was copied."""

    def __init__(self, run: _Run, file: str, known: str, origin: int) -> None:
        self._run = run
        self._file = file
        self._known = known
        self.place = origin
        self._counts: Counter[str] = Counter()
        """Of the parts since `place`."""
        self._portion: Portion | None = None
        self._number = -1
        self._after: int | None = origin
        source = run.source
        self._sieve = Sieve(source.takes, source.languages, source.since, source.until)
        self._notice = replace(source.notice(), is_tls_verified=source.verify_tls or not file.startswith("https:"))

    def take(self, stream: Readable) -> bool:
        """Copy what passes; whether the archive was read to its end, and not the time."""
        limit = self._run.page_bytes + _HEADERS_BYTES
        for one in slices(stream, self.place, limit, self._sieve.left_out):
            if one.number // self._run.part_bytes != self._number:
                if self._number >= 0:
                    self._finish(one.start, is_whole=False)
                    if one.start is not None and self._run.now() >= self._run.until:
                        return False
                self._number = one.number // self._run.part_bytes
                self._portion = Portion(self._run.raw, self._run.source.name, self._notice, self._file, one.place)
            self._take(one)
            self._after = one.after
        return True

    def end(self, *, is_whole: bool) -> None:
        """Finish the last part, as far as it came."""
        self._finish(self._after if self._after is not None or not is_whole else self.place, is_whole=is_whole)

    def _take(self, one: Slice) -> None:
        if one.block is None:
            what = one.why or ""
            if what in ("too_large", "bad_record"):
                self._counts[f"failed:{what}"] += 1
            elif what != "other":
                self._counts[f"left_out:{what}"] += 1
            return
        at = moment_of(one.header)
        why = self._sieve.left_out_as_page(one.header, one.block)
        if why is None and at is None:
            self._counts["failed:bad_record"] += 1
        elif why is None and at is not None and self._portion is not None:
            self._portion.add(one, at)
            self._counts.update(("had", "new"))
        else:
            self._counts[f"left_out:{why}"] += 1

    def _finish(self, place: int | None, *, is_whole: bool) -> None:
        """Write the part down; where it ends inside a gzip member, what was copied is noted with a later part."""
        if self._portion is not None:
            self._portion.write()
            self._portion = None
        if place is not None:
            self.place = place
            self._run.done(self._known, place, self._counts, is_whole=is_whole)
            self._counts = Counter()
