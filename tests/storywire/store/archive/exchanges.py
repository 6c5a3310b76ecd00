"""What a client hands to the archive, made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

URL = "https://norrby.example/news/1"
PAGE = b"<html><body><h1>Ice closes the sound</h1><p>Ferries stay in port.</p></body></html>"
MOMENT = datetime(2031, 3, 3, 8, 10, 0, 250_000, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Made:
    """An exchange as the client gives it."""

    url: str = URL
    status: int = 200
    reason: str = "OK"
    http_version: str = "HTTP/1.1"
    sent: tuple[tuple[str, str], ...] = (("Host", "norrby.example"), ("User-Agent", "storywire"))
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"), ("ETag", '"one"'))
    payload: bytes = PAGE
    body: bytes = PAGE
    ip: str = "192.0.2.7"
    at: datetime = MOMENT
    is_tls_verified: bool = True
