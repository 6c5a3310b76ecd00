"""The one connection to an origin: a request goes out, a whole answer comes in, or a failure that says why."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass

import h2.exceptions
import httpcore2

from storywire.sources import limits as sizes
from storywire.web.address import Address
from storywire.web.exchange import FetchError, Limits
from storywire.web.guard import Guard
from storywire.web.network import Network, Stream

_WIRE_OVERHEAD = 2
"""Bytes over the wire for one of body, at most: chunks of five bytes cost as much again, and no page has smaller."""

_AGAIN = "it is fetched again"

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came over the wire: `payload` is the body behind its transfer coding."""

    status: int
    reason: str
    http_version: str
    headers: tuple[tuple[str, str], ...]
    payload: bytes
    ip: str


class Line:
    """The connection to an origin, made anew when it is gone.

    Attributes:
        lock: Held by who uses it: one request at a time.
        n_users: How many use it or wait for it.
        is_verified: Whether the host's certificate is checked.
    """

    def __init__(
        self, where: Address, guard: Guard, limits: Limits, *, tls: ssl.SSLContext | None, is_verified: bool
    ) -> None:
        self.lock = asyncio.Lock()
        self.n_users = 0
        self.is_verified = is_verified
        self._where = where
        self._host = where.host.encode("ascii")
        self._limits = limits
        self._timeouts = {
            "timeout": {
                "connect": limits.connect_seconds,
                "read": limits.read_seconds,
                "write": limits.read_seconds,
            }
        }
        self._tls = tls
        self._network = Network(guard, limits.header_bytes)
        self._connection = self._new()

    async def close(self) -> None:
        """Close the connection; the next request makes another."""
        if self._network.stream is not None:
            await self._network.stream.aclose()
            self._network.stream = None
        self._connection = self._new()

    async def ask(self, target: str, fields: Fields, most: int) -> Answer:
        """Send a request and take in the whole answer, of `most` bytes in its body.

        Raises:
            FetchError: There was no connection, or the answer was not taken in to its end.
        """
        most_of_head = self._limits.header_bytes
        if self._connection.is_closed() or self._connection.has_expired():
            await self.close()
        response = await self._begin(target, fields)
        stream = self._network.stream
        assert stream is not None  # noqa: S101 (an answer came over it)
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)
        if sum(len(name) + len(value) + 4 for name, value in headers) > most_of_head:
            raise FetchError("too_large", f"its headers have more than {sizes.in_words(most_of_head)}")
        promised = _length(headers)
        if promised is not None and promised > most:
            raise FetchError("too_large", sizes.too_large("the page", promised, most).rstrip("."))
        stream.allowance = stream.n_read + _WIRE_OVERHEAD * most + most_of_head
        payload = await self._payload(response, stream, most)
        if self._has_surplus():
            await self.close()
        version = response.extensions["http_version"].decode("ascii")
        reason = response.extensions.get("reason_phrase", b"").decode("latin-1")
        return Answer(response.status, reason, version, headers, payload, stream.ip)

    def _has_surplus(self) -> bool:
        """Whether more came than the answer, in HTTP/1.1: httpcore2 would take it for the answer to the next request.

        What comes later it sees itself, before it sends; what came with the answer lies in its parser.
        """
        talking = self._connection._connection
        return isinstance(talking, httpcore2.AsyncHTTP11Connection) and bool(talking._h11_state.trailing_data[0])

    async def _begin(self, target: str, fields: Fields) -> httpcore2.Response:
        """The status and the headers of the answer."""
        where, network = self._where, self._network
        is_reused = network.stream is not None
        if network.stream is not None:
            network.stream.allowance = network.stream.n_read + self._limits.header_bytes
        url = httpcore2.URL(scheme=where.scheme, host=self._host, port=where.port, target=target)
        request = httpcore2.Request("GET", url, headers=fields, extensions=self._timeouts)
        try:
            return await self._connection.handle_async_request(request)
        except httpcore2.ReadTimeout:
            raise FetchError("timeout", self._silence(), retry=True) from None
        except httpcore2.TimeoutException:
            raise FetchError("timeout", "the request could not be sent in time", retry=True) from None
        except (httpcore2.ReadError, httpcore2.WriteError, httpcore2.ConnectionNotAvailable):
            why = f"the connection was lost before an answer came; {_AGAIN}"
            raise FetchError("connect", why, retry=True, is_stale=is_reused) from None
        except FetchError:
            raise
        except Exception as error:  # on hostile bytes the libraries fail in ways of their own, too: with a ValueError
            if (short := _short_body(error)) is not None:
                raise short from None
            if network.stream is not None and network.stream.has_ended:
                why = f"the host closed the connection without an answer; {_AGAIN}"
                raise FetchError("connect", why, retry=True, is_stale=is_reused) from None
            why = f"the host does not speak HTTP as it should ({_brief(error)})"
            raise FetchError("protocol", why, retry=True, is_stale=is_reused) from None

    async def _payload(self, response: httpcore2.Response, stream: Stream, most: int) -> bytes:
        payload = bytearray()
        try:
            async for piece in response.aiter_stream():
                payload += piece
                if len(payload) > most:
                    raise FetchError("too_large", sizes.too_large("the page", None, most).rstrip("."))
        except httpcore2.ReadTimeout:
            raise FetchError("timeout", self._silence(), retry=True) from None
        except httpcore2.ReadError:
            why = f"the connection was lost in the middle of the page; {_AGAIN}"
            raise FetchError("truncated", why, retry=True) from None
        except FetchError:
            raise
        except Exception as error:  # as above
            if (short := _short_body(error)) is not None:
                raise short from None
            if stream.has_ended:
                why = f"the page ends early ({_brief(error)}); {_AGAIN}"
                raise FetchError("truncated", why, retry=True) from None
            why = f"the body is not framed as it should be ({_brief(error)})"
            raise FetchError("protocol", why, retry=True) from None
        finally:
            await response.aclose()
        return bytes(payload)

    def _silence(self) -> str:
        return f"the host was silent for {self._limits.read_seconds:g} s; {_AGAIN}"

    def _new(self) -> httpcore2.AsyncHTTPConnection:
        where = self._where
        return httpcore2.AsyncHTTPConnection(
            httpcore2.Origin(where.scheme.encode("ascii"), self._host, where.port),
            ssl_context=self._tls,
            keepalive_expiry=self._limits.idle_seconds,
            http2=True,
            network_backend=self._network,
        )


def _length(headers: tuple[tuple[str, str], ...]) -> int | None:
    """The length of the payload that the headers promise, if they do: a coding for the transfer voids it."""
    said = {name.lower(): value for name, value in headers}
    if "transfer-encoding" in said:
        return None
    value = said.get("content-length", "")
    return int(value) if value.isascii() and value.isdigit() else None


def _short_body(error: Exception) -> FetchError | None:
    """HTTP/2 has its own words for a body that is not as long as promised; they may come with the headers."""
    inner = error.args[0] if error.args and isinstance(error.args[0], Exception) else error
    if not isinstance(inner, h2.exceptions.InvalidBodyLengthError):
        return None
    why = f"{inner.actual_length} of {inner.expected_length} bytes came; {_AGAIN}"
    return FetchError("truncated", why, retry=True)


def _brief(error: Exception) -> str:
    """What a library says of the host's bytes, in short; where it may speak of ours, the error's name alone."""
    is_of_the_host = isinstance(error, httpcore2.RemoteProtocolError | h2.exceptions.H2Error)
    return " ".join(((str(error) if is_of_the_host else "") or type(error).__name__).split())[:120]
