"""What goes into an archive, and what is to be remembered of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from storywire.notice import Notice

Hops = tuple[tuple[str, int], ...]
"""The redirects before the last exchange, in order: address asked, status answered."""


class Exchange(Protocol):
    """One request and its response, as `web.client` gives it; `sent` holds no credentials."""

    @property
    def url(self) -> str:
        """The address that was asked."""

    @property
    def status(self) -> int:
        """The status of the response."""

    @property
    def reason(self) -> str:
        """The words after the status; HTTP/2 has none."""

    @property
    def http_version(self) -> str:
        """`HTTP/1.1`, `HTTP/2` and the like."""

    @property
    def sent(self) -> tuple[tuple[str, str], ...]:
        """Headers of the request, without credentials."""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Headers of the response."""

    @property
    def payload(self) -> bytes:
        """The body after transfer coding, before content coding."""

    @property
    def body(self) -> bytes:
        """The body with content coding undone."""

    @property
    def ip(self) -> str:
        """The address connected to."""

    @property
    def at(self) -> datetime:
        """When the request was sent."""

    @property
    def is_tls_verified(self) -> bool:
        """Whether the certificate was checked."""


@dataclass(frozen=True, slots=True)
class Held:
    """Where the bytes of a page lie, for a later visit that finds them unchanged.

    `digest` is the SHA-256 of the body with content coding undone, as `Capture.digest`; `record` and `at`
    are id and date of the record that holds the bytes, `payload_digest` what it gives as WARC-Payload-Digest.
    """

    digest: str
    record: str
    at: datetime
    payload_digest: str


@dataclass(frozen=True, slots=True)
class Kept:
    """One page as an archive holds it.

    `place` is the path below the raw folder and the offset of its record, as `Capture.uri`; `held` is what
    to pass to `Archive.keep` on the next visit; `is_unchanged` where the bytes were not stored again. `notice` is for a
    later visit, too: the newest capture is the one that counts, and no feed names a page for long.
    """

    url: str
    source: str
    at: datetime
    place: str
    held: Held
    is_unchanged: bool
    status: int
    etag: str | None
    last_modified: str | None
    hops: Hops
    notice: Notice


@dataclass(frozen=True, slots=True)
class Missed:
    """An address that was listed and could not be had: what kind of failure, and the detail."""

    url: str
    source: str
    at: datetime
    place: str
    kind: str
    detail: str
    notice: Notice
