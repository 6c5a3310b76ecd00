"""One request and its answer, what one may cost, and why there was no answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storywire.articles import urls

FailureKind = Literal[
    "url",
    "refused_address",
    "dns",
    "connect",
    "tls",
    "timeout",
    "protocol",
    "truncated",
    "too_large",
    "undecodable",
    "robots",
    "redirects",
    "status",
    "put_aside",
    "expired",
]
"""Why an address could not be had. The client itself names all but four: `robots` and `status`, which those who asked
for the page decide, `put_aside`, said of hosts that a run no longer asks, and `expired`, of pages nobody names."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange may cost.

    Attributes:
        header_bytes: All headers of an answer. Browsers take some 256 kB, servers send a few; cookies are most of it.
        body_bytes: The body, as it comes over the wire and once more when it is unpacked.
        connect_seconds: Looking up the name, connecting, and agreeing on the encryption, each.
        read_seconds: Silence in the middle of an answer.
        total_seconds: The whole exchange, however busily it drips.
        url_length: Characters of an address.
        redirects: Hops from one address to the next; browsers follow 20, and no page that was seen needed five.
        idle_seconds: How long an unused connection is kept.
        idle_hosts: Hosts that unused connections are kept to.
    """

    header_bytes: int = 65_536
    body_bytes: int = 10_000_000
    connect_seconds: float = 10.0
    read_seconds: float = 20.0
    total_seconds: float = 60.0
    url_length: int = urls.MAX_LENGTH
    redirects: int = 10
    idle_seconds: float = 60.0
    idle_hosts: int = 100


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, one hop.

    Attributes:
        url: The address as it was asked for: in ASCII, without fragment, `..` worked off.
        http_version: `HTTP/1.1` or `HTTP/2`.
        sent: Request headers, what is secret left out.
        headers: Response headers as they came, byte for byte in Latin-1.
        payload: The body behind its transfer coding and before its content coding: what an archive keeps.
        body: The body with its content coding undone.
        ip: The address that was connected to.
        at: When the request was sent, in UTC.
        is_tls_verified: False where a setting says that the host's certificate is not checked.
    """

    url: str
    status: int
    reason: str
    http_version: str
    sent: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    payload: bytes
    body: bytes
    ip: str
    at: datetime
    is_tls_verified: bool = True

    def header(self, name: str) -> str | None:
        """The first response header of a name, in any case."""
        wanted = name.lower()
        return next((value.strip() for known, value in self.headers if known.lower() == wanted), None)


class FetchError(Exception):
    """An address could not be had.

    Attributes:
        kind: The class of the failure.
        detail: What happened, where, and what to do about it; never a credential.
        retry: Whether the same request may succeed later.
        is_stale: No answer began, on a connection used before: perhaps the host closed it at that very moment,
            which says nothing of the host. The next request goes out on a fresh one.
    """

    def __init__(self, kind: FailureKind, detail: str, *, retry: bool = False, is_stale: bool = False) -> None:
        super().__init__(detail)
        self.kind: FailureKind = kind
        self.detail = detail
        self.retry = retry
        self.is_stale = is_stale
