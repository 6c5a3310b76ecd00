"""Web archives (WARC), plain or gzip: the pages a crawler fetched, each with its address and time.

Storywire's own archives (`store.archive`) hold before each page a record of what is known of it beside: the notice of
the capture, and its source.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from warcio.limitreader import LimitReader
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from storywire import notice
from storywire.capture import Capture, Kind, Rejection
from storywire.notice import NOTHING, Notice
from storywire.sources import http_body, limits, moments, optout
from storywire.sources.members import DamagedError, Stretch
from storywire.sources.sidecar import Facts

_PAGE_RECORDS = frozenset({"response", "resource", "conversion"})
"""Records that hold what was fetched; a conversion is its text. The rest is the crawler's own book-keeping."""

_KINDS: dict[str, Kind] = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "dump"}

HEADER_LIMIT = 1 << 20
"""Bytes of one block of headers, warcio's parser holds them all; servers refuse far less."""

FACTS_LIMIT = 1 << 20
"""Bytes of one record of facts; ours take some hundred."""

_SKIP_BYTES = 1 << 20

_RECORD_HEADERS = StatusAndHeadersParser(ArcWarcRecordLoader.WARC_TYPES)
_HTTP_HEADERS = StatusAndHeadersParser(ArcWarcRecordLoader.HTTP_TYPES)


def read(file: Path, uri: str, facts: Facts, limit_bytes: int) -> Iterator[Capture | Rejection]:
    """The pages of an archive, each with the uri `<path>#offset=<where its record begins>`.

    Taken are responses with a status of 200 to 299, resources and conversions whose type is HTML or
    plain text; other responses are rejected as `not_a_page`, addresses that Storywire could not have as
    `not_fetched`, other records passed over. A file that ends early gives its whole records and one rejection.
    """
    if file.stat().st_size == 0:
        yield Rejection(uri, "empty", f"{uri}: 0 bytes; fetch the archive again.")
        return
    with file.open("rb") as stream:
        stretch = Stretch(stream)
        broken = False
        told = _Told()
        try:
            while stretch.advance():
                broken = False
                for found in _records(stretch, uri, facts, told, limit_bytes):
                    broken = isinstance(found, Rejection) and found.reason == "truncated"
                    yield found
        except DamagedError as error:
            place = f"{uri}#offset={stretch.place(stretch.tell())}"
            detail = f"{place}: damaged gzip data ({error}), so the rest of the file was not read; fetch it again."
            yield Rejection(place, "undecodable", detail)
        if stretch.cut and not broken:
            yield Rejection(uri, "truncated", f"{uri}: the gzip data end early; fetch the archive again.")


def _records(stretch: Stretch, uri: str, facts: Facts, told: _Told, limit_bytes: int) -> Iterator[Capture | Rejection]:
    """What the records of one stretch give, up to the first that cannot be framed."""
    while True:
        position = stretch.tell()
        line = stretch.readline()
        if not line:
            return
        if not line.strip():
            continue
        place = f"{uri}#offset={stretch.place(position)}"
        try:
            headers = _RECORD_HEADERS.parse(LimitReader(stretch, HEADER_LIMIT), line)
            length = int(headers.get_header("Content-Length") or "")
        except StatusAndHeadersParserException:
            detail = f"{place}: no record begins here, but {line[:40]!r}; what follows was not read. Fetch it again."
            yield Rejection(place, "bad_record", detail)
            return
        except ValueError:
            length = -1
        if length < 0:
            if not stretch.read(1):
                yield _truncated(place)
            else:
                detail = f"{place}: the record gives no Content-Length; what follows was not read. Fetch it again."
                yield Rejection(place, "bad_record", detail)
            return
        block = LimitReader(stretch, length)
        found = _Record(place, headers, block, length, facts, told).page(limit_bytes)
        while block.read(_SKIP_BYTES):  # what the page did not need
            pass
        if block.limit > 0:
            yield _truncated(place)
            return
        if found is not None:
            yield found


def _truncated(place: str) -> Rejection:
    return Rejection(place, "truncated", f"{place}: the file ends in the middle of the record; fetch it again.")


@dataclass(slots=True)
class _Told:
    """What the last record of facts said, and of which record: it stands right before."""

    of: str | None = None
    source: str | None = None
    notice: Notice = NOTHING


@dataclass(frozen=True, slots=True)
class _Record:
    """One record: its headers, and its block as a stream that ends with it."""

    place: str
    headers: Any
    block: Any
    length: int
    facts: Facts
    told: _Told

    def page(self, limit_bytes: int) -> Capture | Rejection | None:
        """The page the record holds, why it holds none, or None for book-keeping."""
        kind_of_record = (self._header("WARC-Type") or "").lower()
        if kind_of_record == "metadata":
            return self._learn()
        if kind_of_record not in _PAGE_RECORDS or (self.url or "").startswith("dns:"):
            return None
        content_type = self._header("Content-Type") or ""
        chunked, coding = False, ""
        signals: tuple[str, ...] = ()
        if http_body.media_type(content_type) == "application/http":
            try:
                http = _HTTP_HEADERS.parse(LimitReader(self.block, HEADER_LIMIT))
            except (StatusAndHeadersParserException, EOFError):
                return self._refuse("bad_record", "the response has no HTTP status; fetch the page again.")
            status = http.get_statuscode()
            if not (status.isascii() and status.isdigit() and 200 <= int(status) <= 299):
                return self._refuse("not_a_page", f"HTTP status {status!r}; only 200 to 299 bring the page itself.")
            content_type = http.get_header("Content-Type") or ""
            chunked = "chunked" in (http.get_header("Transfer-Encoding") or "").lower()
            coding = http.get_header("Content-Encoding") or ""
            signals = optout.from_headers(http.headers)
        kind = _KINDS.get(http_body.media_type(content_type))
        if kind is None and content_type.strip():
            shown = http_body.media_type(content_type)[:60]
            return self._refuse("not_a_page", f"type {shown!r}; only HTML and plain text are read.")
        if (moment := self._header("WARC-Date")) and moments.read(moment) is None:
            return self._refuse("bad_record", f"WARC-Date {moment[:40]!r} is no timestamp; repair the record.")
        raw = self.block.read(limit_bytes + 1)
        if len(raw) > limit_bytes:
            return self._refuse("too_large", limits.too_large("the record", self.length, limit_bytes))
        try:
            body = http_body.decode(raw, chunked=chunked, coding=coding, limit=limit_bytes)
        except http_body.TooLargeError:
            return self._refuse("too_large", limits.too_large("the unpacked page", None, limit_bytes), raw)
        except http_body.UndecodableError as error:
            return self._refuse("undecodable", f"{error}; fetch the page again without compression.", raw)
        if limits.is_empty(body):
            return self._refuse("empty", "the page is nothing but white space; fetch it again.", body)
        if kind is None and not body.lstrip().startswith(b"<"):
            return self._refuse("not_a_page", "no type is given and the bytes do not begin with markup.", body)
        charset = http_body.charset(content_type) or self.facts.charset
        known = self.told if self.told.of == (self._header("WARC-Record-ID") or "") else _Told()
        return Capture(
            body,
            kind or "html",
            self.place,
            self.url,
            self.captured_at,
            known.source or self.facts.source,
            charset,
            replace(known.notice, opt_out=tuple(sorted({*known.notice.opt_out, *signals}))),
        )

    def _learn(self) -> Rejection | None:
        """Note what our own archives say of the page that comes next, or of one that could not be had."""
        if http_body.media_type(self._header("Content-Type") or "") != "application/json" or self.length > FACTS_LIMIT:
            return None
        block = self.block.read(FACTS_LIMIT)
        try:
            said = json.loads(block)
        except (ValueError, RecursionError):
            return None
        if not isinstance(said, dict) or not isinstance(source := said.get("source"), str):
            return None
        if isinstance(failed := said.get("failed"), dict):
            return self._refuse("not_fetched", f"{failed.get('detail')} ({failed.get('kind')})")
        if isinstance(said.get("digest"), str):
            self.told.of, self.told.source = self._header("WARC-Concurrent-To"), source
            self.told.notice = notice.read(block)
        return None

    @property
    def url(self) -> str | None:
        """The address; an old wget sets it in angle brackets."""
        return (self._header("WARC-Target-URI") or "").strip().removeprefix("<").removesuffix(">") or None

    @property
    def captured_at(self) -> datetime | None:
        """The moment of the fetch; what is known about the file stands in where the record does not say."""
        moment = self._header("WARC-Date")
        return (moments.read(moment) if moment else None) or self.facts.captured_at

    def _header(self, name: str) -> str | None:
        value: str | None = self.headers.get_header(name)
        return value

    def _refuse(self, reason: str, why: str, body: bytes | None = None) -> Rejection:
        digest = hashlib.sha256(body).hexdigest() if body is not None else None
        return Rejection(self.place, reason, f"{self.place}: {why}", self.url, self.captured_at, digest)
