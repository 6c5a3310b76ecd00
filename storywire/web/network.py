"""Connections, made only to addresses that the guard let pass, and read within bounds."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore2

from storywire.sources.limits import in_words
from storywire.web.exchange import FetchError
from storywire.web.guard import Guard, RefusedError, UnknownHostError

for _name in ("hpack", "h2", "httpcore2"):
    # They write every header, credentials too, where the program's log is set to DEBUG.
    logging.getLogger(_name).setLevel(logging.WARNING)

_BUFFER_BYTES = 1 << 18
"""What a connection holds before it stops the sender; most pages fit."""

_TRIES = 4
"""Addresses of one host that are tried, in the resolver's order."""


class _Reader(asyncio.StreamReader):
    """Counts what has come in, for a reader cannot be asked whether something waits in it."""

    n_fed = 0

    def feed_data(self, data: Any) -> None:
        """Take in what came."""
        self.n_fed += len(data)
        super().feed_data(data)


class Stream(httpcore2.AsyncNetworkStream):
    """A connection to one address.

    Over asyncio's own streams: anyio's, which httpcore2 would take, stop and start the socket around each
    read and cost a third more of a small exchange.

    Attributes:
        ip: The other end.
        n_read: Bytes that came so far.
        allowance: Bytes that may come; one more is an attack or a mistake.
        has_ended: The other end closed the connection.
    """

    def __init__(self, reader: _Reader, writer: asyncio.StreamWriter, ip: str) -> None:
        self._reader = reader
        self._writer = writer
        self.ip = ip
        self.n_read = 0
        self.allowance = 0
        self.has_ended = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come, at most `max_bytes`; nothing at the end."""
        if self.n_read >= self.allowance:
            raise FetchError("too_large", f"more than {in_words(self.allowance)} came")
        try:
            if self._reader.n_fed > self.n_read:  # it is there: no need for an alarm clock
                data = await self._reader.read(max_bytes)
            else:
                async with asyncio.timeout(timeout):
                    data = await self._reader.read(max_bytes)
        except TimeoutError:
            raise httpcore2.ReadTimeout from None
        except OSError as error:
            self.has_ended = True
            raise httpcore2.ReadError(error.strerror or type(error).__name__) from None
        self.n_read += len(data)
        self.has_ended = not data
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes."""
        try:
            self._writer.write(buffer)
            if self._writer.transport.get_write_buffer_size():
                async with asyncio.timeout(timeout):
                    await self._writer.drain()
        except TimeoutError:
            raise httpcore2.WriteTimeout from None
        except (OSError, RuntimeError) as error:
            raise httpcore2.WriteError(type(error).__name__) from None

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Encrypt; the certificate is held against the name, not the address."""
        try:
            async with asyncio.timeout(timeout):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except ssl.SSLCertVerificationError as error:
            await self.aclose()
            why = f"the certificate is not valid ({error.verify_message})"
            raise FetchError("tls", f"{why}; where the host is trusted all the same, set verify_tls = false") from None
        except TimeoutError:
            await self.aclose()
            raise FetchError("timeout", f"no encryption was agreed on in {timeout:g} s", retry=True) from None
        except OSError as error:
            await self.aclose()
            why = getattr(error, "reason", None) or error.strerror or type(error).__name__
            raise FetchError("tls", f"no encryption could be agreed on ({why})", retry=True) from None
        except BaseException:
            await self.aclose()
            raise
        return self

    async def aclose(self) -> None:
        """Close at once: nothing is left to say, and a TLS farewell would be waited for."""
        self._writer.transport.abort()
        await asyncio.sleep(0)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore2 wants to know of the connection."""
        if info == "is_readable":  # asked of an idle connection: was it closed, or did something come unasked?
            return self._reader.at_eof() or self._writer.is_closing() or self._reader.n_fed > self.n_read
        return self._writer.get_extra_info(info)


class Network(httpcore2.AsyncNetworkBackend):
    """Connects to hosts by name, through the guard."""

    def __init__(self, guard: Guard, allowance: int) -> None:
        self._guard = guard
        self._allowance = allowance
        self.stream: Stream | None = None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to the first address of the host that answers."""
        try:
            async with asyncio.timeout(timeout):
                addresses = (await self._guard.addresses(host))[:_TRIES]
        except RefusedError as error:
            remedy = "only public hosts are asked unless a setting lists the network as allowed"
            raise FetchError("refused_address", f"the host is refused: {error}; {remedy}") from None
        except UnknownHostError as error:
            why = f"the name {host} could not be looked up ({error})"
            raise FetchError("dns", f"{why}; correct it, or look at the name server", retry=error.later) from None
        except TimeoutError:
            raise FetchError("timeout", f"the name {host} was not looked up in {timeout:g} s", retry=True) from None
        failed = FetchError("connect", "no connection", retry=True)
        for address in addresses:
            try:
                async with asyncio.timeout(timeout and timeout / len(addresses)):
                    self.stream = await _connected(address, port)
            except TimeoutError:
                failed = FetchError("timeout", f"{address} did not answer in time", retry=True)
            except OSError as error:
                why = os.strerror(error.errno) if error.errno else type(error).__name__
                failed = FetchError("connect", f"no connection to {address} port {port} ({why})", retry=True)
            else:
                self.stream.allowance = self._allowance
                return self.stream
        raise failed

    async def sleep(self, seconds: float) -> None:
        """Wait; httpcore2 asks for it between tries, of which we make one."""
        await asyncio.sleep(seconds)


async def _connected(address: str, port: int) -> Stream:
    """A connection to an address: what `asyncio.open_connection` does, with a reader of ours."""
    loop = asyncio.get_running_loop()
    reader = _Reader(limit=_BUFFER_BYTES, loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport, _ = await loop.create_connection(lambda: protocol, address, port)
    return Stream(reader, asyncio.StreamWriter(transport, protocol, reader, loop), address)
