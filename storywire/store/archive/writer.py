"""Writing archives: what was fetched, as it came, with what is known of it beside."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType

from storywire.notice import Notice, read
from storywire.store.archive import form, records
from storywire.store.archive.facts import Exchange, Held, Hops, Kept, Missed
from storywire.store.archive.files import ENDING, Growing
from storywire.store.files import StoreError

SYNC_SECONDS = 10.0
"""How often the disk is told, see `Growing`."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


class Archive:
    """The archives of one run: a file for every source and capture day, `<day>/<source>-<started>.warc.gz`.

    A page is three records: `request`, `metadata` with what is known of it (JSON: the fields of `Notice`, `source`,
    `hops`, `http_version`, `digest`), and last the `response`, or a `revisit` where its bytes are held already; the
    last one commits the page. They are written at once, and when `keep` returns, no end of this process loses them.

    May be called from any thread.
    """

    def __init__(
        self,
        raw: Path,
        started: datetime,
        agent: str,
        *,
        sync_seconds: float = SYNC_SECONDS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is written before the first page.

        Args:
            raw: The raw folder.
            started: Start of the run: part of every name.
            agent: The User-Agent, for the record about the archive.
            sync_seconds: How often the disk is told.
            clock: Tells when an address was missed.
        """
        self._raw = raw
        self._started = f"{started.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        self._agent = agent
        self._sync_seconds = sync_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._files: dict[tuple[date, str], Growing] = {}

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def keep(
        self,
        exchange: Exchange,
        notice: Notice,
        source: str,
        hops: Hops = (),
        unchanged_since: Held | None = None,
    ) -> Kept:
        """Store what was fetched; it is safe from any end of this process once this returns.

        Args:
            exchange: The last request and its response.
            notice: What is known of the page beside; whether its host was verified is added.
            source: Name of the source, for the file and the capture.
            hops: The redirects that led to it.
            unchanged_since: Where the bytes of the same address were stored before. Where they are the same, which
                the digest of the unpacked body tells, or the server said so (304), they are not stored again.

        Raises:
            StoreError: The disk is full or gone; nothing of the page was stored.
            ValueError: A 304 without `unchanged_since`, or a source with a name of other characters.
        """
        digest = hashlib.sha256(exchange.body).hexdigest()
        if exchange.status == records.NOT_MODIFIED_STATUS:
            if unchanged_since is None:
                raise ValueError(f"{exchange.url} answered 304, but nothing is said of what is held of it")
            digest = unchanged_since.digest
        again = unchanged_since if unchanged_since and unchanged_since.digest == digest else None
        own = form.new_id()
        held = again or Held(digest, own, exchange.at, form.sha1(exchange.payload))
        verified = replace(notice, is_tls_verified=notice.is_tls_verified and exchange.is_tls_verified)
        facts = {"source": source, "hops": hops, "http_version": exchange.http_version, "digest": digest}
        known = records.as_json(verified.facts() | facts)
        before = records.request(exchange, own) + records.metadata(exchange.url, exchange.at, known, own)
        last = records.response(exchange, own, held, is_unchanged=again is not None)
        file = self._file(source, exchange.at)
        start = file.add(before + last) + len(before)
        told = {name.lower(): value for name, value in exchange.headers}
        return Kept(
            url=form.address(exchange.url),
            source=source,
            at=exchange.at,
            place=f"{self._below(file)}#offset={start}",
            held=held,
            is_unchanged=again is not None,
            status=exchange.status,
            etag=told.get("etag"),
            last_modified=told.get("last-modified"),
            hops=hops,
            notice=read(known),
        )

    def failed(self, url: str, kind: str, detail: str, notice: Notice, source: str) -> Missed:
        """Note an address that was listed and could not be had, so that it is told of among the rejected.

        Raises:
            StoreError: The disk is full or gone.
            ValueError: The source has a name of other characters.
        """
        at, facts = self._clock(), {"source": source, "failed": {"kind": kind, "detail": detail}}
        known = records.as_json(notice.facts() | facts)
        file = self._file(source, at)
        place = f"{self._below(file)}#offset={file.add(records.metadata(url, at, known))}"
        return Missed(form.address(url), source, at, place, kind, detail, read(known))

    def close(self, source: str | None = None) -> None:
        """Give every archive its visible name, or those of a source that is through: each holds a file open.

        Raises:
            StoreError: One could not be finished; the others were. What is in it stays for `recover`.
        """
        with self._lock:
            through = sorted(key for key in self._files if source in (None, key[1]))
            files = [self._files.pop(key) for key in through]
        failures = []
        for file in files:
            try:
                file.finish()
            except StoreError as error:
                failures.append(error)
        if failures:
            raise failures[0]

    def _file(self, source: str, at: datetime) -> Growing:
        """The archive of a source for the day of a moment."""
        day = at.astimezone(UTC).date()
        with self._lock:
            if (day, source) not in self._files:
                if not _NAME.fullmatch(source):
                    raise ValueError(f"source {source!r} has a name that is not of a-z, 0-9 and -")
                path = self._raw / str(day) / f"{source}-{self._started}{ENDING}"
                file = Growing(path, self._sync_seconds)
                try:
                    file.add(records.info(file.path.name, at, self._agent, source))
                except StoreError:
                    file.abandon()
                    raise
                self._files[day, source] = file
            return self._files[day, source]

    def _below(self, file: Growing) -> str:
        return file.path.relative_to(self._raw).as_posix()
