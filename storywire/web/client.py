"""The HTTP client: one request, one answer, within bounds."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections import OrderedDict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import httpcore2
from pydantic import SecretStr

from storywire.sources import http_body
from storywire.sources import limits as sizes
from storywire.web import address
from storywire.web.address import Address
from storywire.web.exchange import Exchange, FailureKind, FetchError, Limits
from storywire.web.guard import Guard
from storywire.web.line import Answer, Fields, Line

__all__ = ["Client", "Exchange", "FailureKind", "FetchError", "Limits"]

_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,text/plain;q=0.8,*/*;q=0.5"
_ENCODINGS = "gzip, deflate, br, zstd"
_NEVER_TOLD = frozenset({"authorization", "cookie", "proxy-authorization"})
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e]*")


class Client:
    """Asks for pages: HTTP/1.1 and, where the host offers it, HTTP/2; one request at a time to one origin.

    It keeps no cookies, reads no `.netrc`, takes no proxy from the environment and follows no redirect:
    every hop is asked for by itself, and so is judged by itself.

    Args:
        user_agent: Who asks, with an address to complain to.
        guard: Who may be connected to.
        limits: What an exchange may cost.
        unverified: Hosts whose certificate is not checked; the exchange says so.
        tls: Which authorities are trusted; those of the system, if nothing is given.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        guard: Guard | None = None,
        limits: Limits | None = None,
        unverified: Collection[str] = (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        if not _FIELD_VALUE.fullmatch(user_agent):
            raise ValueError(f"the User-Agent {user_agent!r} holds characters that HTTP does not take; use ASCII")
        self._user_agent = user_agent
        self._guard = guard or Guard()
        self.limits = limits or Limits()
        self._unverified = frozenset(unverified)
        self._tls = tls
        self._lines: OrderedDict[str, Line] = OrderedDict()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        while self._lines:
            _, line = self._lines.popitem()
            await line.close()

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        secret: Mapping[str, SecretStr] | None = None,
        body_bytes: int = 0,
    ) -> Exchange:
        """Ask for one address and take in the whole answer, whatever its status.

        `headers` replace those of the client by name; `secret` ones are sent as well and told to nobody. The body may
        have `body_bytes` where that is more than the limit of the client.
        Nothing is tried twice here, not even where the host may have closed an idle connection at the very
        moment it was used again (`FetchError.is_stale`): a second request is for its next turn.

        Raises:
            FetchError: There was no whole answer.
        """
        where = address.parse(url, self.limits.url_length)
        plain, hidden = self._fields(where, headers or {}, secret or {})
        told = tuple(field for field in plain if field[0].lower() not in _NEVER_TOLD)
        most = max(body_bytes, self.limits.body_bytes)
        line, spare = self._line(where)
        line.n_users += 1  # from here on nobody takes it for idle
        try:
            if spare is not None:
                await spare.close()
            async with line.lock:
                at, answer = await self._ask(line, where.target, plain + hidden, most)
            body = _unpacked(answer.headers, answer.payload, most)
        except TimeoutError:
            why = f"it took longer than {self.limits.total_seconds:g} s in all; the host is slow, it is tried again"
            raise FetchError("timeout", f"{address.shown(where.url)}: {why}.", retry=True) from None
        except FetchError as error:
            detail = f"{address.shown(where.url)}: {error.detail}."
            raise FetchError(error.kind, detail, retry=error.retry, is_stale=error.is_stale) from None
        finally:
            line.n_users -= 1
        return Exchange(
            where.url,
            answer.status,
            answer.reason,
            answer.http_version,
            told,
            answer.headers,
            answer.payload,
            body,
            answer.ip,
            at,
            line.is_verified,
        )

    async def _ask(self, line: Line, target: str, fields: Fields, most: int) -> tuple[datetime, Answer]:
        """The answer and when it was asked for; whatever goes wrong, the connection is not used again."""
        at = datetime.now(UTC)
        try:
            async with asyncio.timeout(self.limits.total_seconds):
                return at, await line.ask(target, fields, most)
        except BaseException:
            await line.close()
            raise

    def _fields(
        self, where: Address, headers: Mapping[str, str], secret: Mapping[str, SecretStr]
    ) -> tuple[Fields, Fields]:
        """The request headers to tell of and those not to."""
        fields = {
            "host": ("Host", where.place),
            "user-agent": ("User-Agent", self._user_agent),
            "accept": ("Accept", _ACCEPT),
            "accept-encoding": ("Accept-Encoding", _ENCODINGS),
        }
        fields |= {name.lower(): (name, value) for name, value in headers.items()}
        hidden = [(name, value.get_secret_value()) for name, value in secret.items()]
        plain = [field for name, field in fields.items() if name not in {name.lower() for name, _ in hidden}]
        for name, value in [*headers.items(), *hidden]:
            if not (_FIELD_NAME.fullmatch(name) and _FIELD_VALUE.fullmatch(value)):
                why = "holds characters that HTTP does not take; correct it where it is set"
                raise FetchError("protocol", f"{address.shown(where.url)}: the request header {name!r} {why}.")
        return plain, hidden

    def _line(self, where: Address) -> tuple[Line, Line | None]:
        """The connection to an origin; and where there are too many, one to close: the longest unused."""
        line = self._lines.get(where.origin)
        if line is not None:
            self._lines.move_to_end(where.origin)
            return line, None
        spare = None
        if len(self._lines) >= self.limits.idle_hosts:
            idle = next((name for name, one in self._lines.items() if not one.n_users), None)
            spare = self._lines.pop(idle) if idle is not None else None
        is_verified = where.scheme == "http" or where.host not in self._unverified
        tls = self._context(where, is_verified)
        line = self._lines[where.origin] = Line(where, self._guard, self.limits, tls=tls, is_verified=is_verified)
        return line, spare

    def _context(self, where: Address, is_verified: bool) -> ssl.SSLContext | None:
        """How to encrypt. Reading the system's authorities takes a while, so it is done once, where it is needed."""
        if where.scheme == "http":
            return None
        if not is_verified:
            return _without_checks()
        self._tls = self._tls or httpcore2.default_ssl_context()
        return self._tls


def _without_checks() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _unpacked(headers: tuple[tuple[str, str], ...], payload: bytes, limit: int) -> bytes:
    coding = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    if not coding:
        return payload
    try:
        return http_body.decode(payload, chunked=False, coding=coding, limit=limit)
    except http_body.TooLargeError:
        raise FetchError("too_large", sizes.too_large("the unpacked page", None, limit).rstrip(".")) from None
    except http_body.UndecodableError as error:
        raise FetchError("undecodable", f"{error}; it is fetched again", retry=True) from None
