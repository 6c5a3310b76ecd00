"""Which records of an archive a source takes: pages of its hosts, days and languages."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from warcio.limitreader import LimitReader
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from storywire.articles import encoding, language, languagetags
from storywire.sources import http_body, moments

_PAGE_RECORDS = frozenset({"response", "resource", "conversion"})
_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain", ""})
"""What may be a page; a body without a type is judged by the reader of archives."""

_HTTP = StatusAndHeadersParser(ArcWarcRecordLoader.HTTP_TYPES)
_HTTP_LIMIT = 1 << 20

HEAD_BYTES = 200_000
"""Bytes of a page that are looked at to tell its language: menus, scripts and the beginning of the article."""

LONG_PIECE = 60
"""Characters between two tags from which they are running text; labels of menus are shorter."""

_DECLARED = re.compile(r"<html\b[^>]{0,2000}?\slang\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)
_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style|noscript|head)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>?")

Header = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Sieve:
    """What passes.

    Attributes:
        takes: Whether a page of an address is wanted, by its host.
        languages: Codes of those wanted; none stands for all.
        since: First capture day (UTC) that is wanted.
        until: The last.
    """

    takes: Callable[[str], bool]
    languages: Sequence[str] = ()
    since: date | None = None
    until: date | None = None

    def left_out(self, header: Header) -> str | None:
        """Why a record is not wanted, by its headers alone: `host`, `date`, `revisit` or `other`; None if it may be.

        `other` is the crawler's own book-keeping, which nobody misses.
        """
        kind = (header("WARC-Type") or "").lower()
        url = address(header)
        if kind not in _PAGE_RECORDS | {"revisit"} or url.startswith("dns:"):
            return "other"
        if not self._has_host(url):
            return "host"
        moment = moment_of(header)
        day = moment.date() if moment else None
        if day and ((self.since and day < self.since) or (self.until and day > self.until)):
            return "date"
        return "revisit" if kind == "revisit" else None

    def left_out_as_page(self, header: Header, block: bytes) -> str | None:
        """Why the page in a record is not wanted: `not_a_page` or `language`; None if it is.

        The page is taken at its word where it declares a language. A text whose language cannot be told is left out:
        nothing says that it is wanted.
        """
        content_type, declared, coding, chunked = header("Content-Type") or "", "", "", False
        stream = io.BytesIO(block)
        if http_body.media_type(content_type) == "application/http":
            try:
                http = _HTTP.parse(LimitReader(stream, _HTTP_LIMIT))
            except (StatusAndHeadersParserException, EOFError):
                return "not_a_page"
            status = http.get_statuscode()
            if not (status.isascii() and status.isdigit() and 200 <= int(status) <= 299):
                return "not_a_page"
            content_type = http.get_header("Content-Type") or ""
            declared = http.get_header("Content-Language") or ""
            coding = http.get_header("Content-Encoding") or ""
            chunked = "chunked" in (http.get_header("Transfer-Encoding") or "").lower()
        if http_body.media_type(content_type) not in _TYPES:
            return "not_a_page"
        if not self.languages:
            return None
        try:
            body = http_body.decode(stream.read(), chunked=chunked, coding=coding, limit=len(block) * 50 + HEAD_BYTES)
        except (http_body.TooLargeError, http_body.UndecodableError):
            return "language"
        found = language_of(body, content_type, declared)
        return None if any(languagetags.agree(found, wanted) for wanted in self.languages) else "language"

    def _has_host(self, url: str) -> bool:
        try:
            return self.takes(url) or not urlsplit(url).hostname  # a page without address is told of by the reader
        except ValueError:
            return False


def address(header: Header) -> str:
    """The address of a record; an old wget sets it in angle brackets."""
    return (header("WARC-Target-URI") or "").strip().removeprefix("<").removesuffix(">")


def moment_of(header: Header) -> datetime | None:
    """When a record was captured, in UTC."""
    moment = moments.read(header("WARC-Date") or "")
    return moment.astimezone(UTC) if moment else None


def language_of(body: bytes, content_type: str, declared: str = "") -> str:
    """The language of a page: the one its markup declares, else its header, else that of the text; or `und`.

    >>> language_of(b'<html class="no-js" lang="sv-SE"><p>Bron', "text/html", "en")
    'sv-SE'
    """
    text = encoding.decode(body[:HEAD_BYTES], http_body.charset(content_type)).text
    written = _DECLARED.search(text[:10_000])
    for said in (written[1] if written else None, declared):
        if tag := languagetags.normal_tag(said):
            return tag
    pieces = [" ".join(piece.split()) for piece in _TAG.split(_UNSEEN.sub(" ", text))]
    running = [piece for piece in pieces if len(piece) >= LONG_PIECE]
    return language.identify(" ".join(running or pieces)[:5_000], None).code
