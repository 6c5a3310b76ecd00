"""The records of one page, of one address that was missed, and of the archive itself."""

from __future__ import annotations

import http
import json
import re
from datetime import datetime
from urllib.parse import urlsplit

from storywire import version
from storywire.store.archive import form
from storywire.store.archive.facts import Exchange, Held

IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
NOT_MODIFIED_STATUS = 304

_CONFORMS = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"

_SECRET = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key"})
"""Request headers that are left out whatever the caller says."""

_PROTOCOLS = {"HTTP/2": "h2", "HTTP/3": "h3"}
"""What WARC-Protocol calls a version; the others go by their own name in lower case."""

_PHRASES = {int(status): status.phrase for status in http.HTTPStatus}
_HTTP_1 = re.compile(r"HTTP/1\.\d")


def info(name: str, at: datetime, agent: str, source: str) -> bytes:
    """The record about the archive, its first."""
    block = (
        ("software", f"storywire/{version.PACKAGE}"),
        ("format", "WARC File Format 1.1"),
        ("conformsTo", _CONFORMS),
        ("robots", "obey"),
        ("http-header-user-agent", agent),
        ("isPartOf", source),
    )
    named = [_id(form.new_id()), ("WARC-Filename", name), ("WARC-Date", form.date(at))]
    return form.record("warcinfo", [*named, _type("application/warc-fields")], form.lines(block))


def request(exchange: Exchange, response: str) -> bytes:
    """What was asked, in the form of HTTP/1.1, which readers know; `response` is the id of what it belongs to."""
    parts = urlsplit(exchange.url)
    path = form.address((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    sent = [(name, value) for name, value in exchange.sent if name.lower() not in _SECRET]
    if not any(name.lower() == "host" for name, _ in sent):  # HTTP/2 has it elsewhere
        sent.insert(0, ("Host", parts.netloc.rpartition("@")[2]))
    named = [*_of(exchange.url, exchange.at), ("WARC-Concurrent-To", response), _type(_MESSAGE + "request")]
    return form.record("request", [_id(form.new_id()), *named], form.message(f"GET {path} HTTP/1.1", sent))


def metadata(url: str, at: datetime, known: bytes, response: str | None = None) -> bytes:
    """What is known of a page beside, as `as_json` wrote it; of one that was missed there is no response."""
    named = [_id(form.new_id()), *_of(url, at), *([("WARC-Concurrent-To", response)] if response else [])]
    return form.record("metadata", [*named, _type("application/json")], known)


def as_json(facts: dict[str, object]) -> bytes:
    """Plain ASCII: a feed may give half of a surrogate pair, which UTF-8 cannot hold."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()


def response(exchange: Exchange, own: str, held: Held, *, is_unchanged: bool) -> bytes:
    """What came back, with the id `own`: the response, or a revisit where its bytes are `held` already."""
    protocol = _PROTOCOLS.get(exchange.http_version, exchange.http_version.lower())
    named = [
        _id(own),
        *_of(exchange.url, exchange.at),
        ("WARC-Payload-Digest", held.payload_digest),
        ("WARC-Protocol", protocol),
        *([("WARC-IP-Address", exchange.ip)] if exchange.ip else []),
        _type(_MESSAGE + "response"),
    ]
    if not is_unchanged:
        level = form.PACKED if exchange.payload == exchange.body else form.STORED
        return form.record("response", named, _head(exchange) + exchange.payload, level)
    named += [
        ("WARC-Profile", NOT_MODIFIED if exchange.status == NOT_MODIFIED_STATUS else IDENTICAL),
        ("WARC-Refers-To", held.record),
        ("WARC-Refers-To-Target-URI", form.address(exchange.url)),
        ("WARC-Refers-To-Date", form.date(held.at)),
    ]
    return form.record("revisit", named, _head(exchange))


def _head(exchange: Exchange) -> bytes:
    """Status and headers in the form of HTTP/1.1.

    The payload is kept without its transfer coding, so the header that names one is renamed, as other crawlers do.
    """
    spoken = exchange.http_version if _HTTP_1.fullmatch(exchange.http_version) else "HTTP/1.1"
    reason = exchange.reason or _PHRASES.get(exchange.status, "")
    kept = [(f"X-Crawler-{n}" if n.lower() == "transfer-encoding" else n, value) for n, value in exchange.headers]
    return form.message(f"{spoken} {exchange.status} {reason}".rstrip(), kept)


_MESSAGE = "application/http; msgtype="


def _type(media: str) -> tuple[str, str]:
    return ("Content-Type", media)


def _id(own: str) -> tuple[str, str]:
    return ("WARC-Record-ID", own)


def _of(url: str, at: datetime) -> list[tuple[str, str]]:
    return [("WARC-Target-URI", form.address(url)), ("WARC-Date", form.date(at))]
