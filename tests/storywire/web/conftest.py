"""Real servers on 127.0.0.1, each on a port of its own, that end with the test."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from ipaddress import ip_network
from pathlib import Path

import pytest
import trustme

from storywire.web import loop
from storywire.web.client import Client, FetchError, Limits
from storywire.web.guard import Guard
from tests.storywire.web.small import Small

Talk = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]

LOOPBACK = ip_network("127.0.0.0/8")


class Server:
    """What a test sees of a server: its port, the heads of the requests it got, and how many connections."""

    def __init__(self, answer: bytes | Talk) -> None:
        self.answer = answer
        self.port = 0
        self.heads: list[bytes] = []
        self.n_connections = 0
        self.writers: list[asyncio.StreamWriter] = []

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.n_connections += 1
        self.writers.append(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                if callable(self.answer):
                    await self.answer(head, writer)
                else:
                    writer.write(self.answer)
                await writer.drain()

    def url(self, path: str = "/", host: str = "norrby.test", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


Serve = Callable[..., AbstractAsyncContextManager[Server]]


@pytest.fixture
def serve() -> Serve:
    """Start a server that gives every request the same bytes, or lets a function answer it."""

    @contextlib.asynccontextmanager
    async def start(answer: bytes | Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
        server = Server(answer)
        listener = await asyncio.start_server(server.connected, "127.0.0.1", 0, ssl=tls, limit=1 << 20)
        server.port = listener.sockets[0].getsockname()[1]
        try:
            yield server
        finally:
            listener.close()
            for writer in server.writers:
                writer.transport.abort()
            await asyncio.sleep(0.01)

    return start


@pytest.fixture
def client_of() -> Callable[..., Client]:
    """Make a client to which the names in `.test` are on this machine, and little is much."""

    def make(*, guard: Guard | None = None, **limits: float) -> Client:
        few = {"connect_seconds": 2.0, "read_seconds": 2.0, "total_seconds": 5.0, "body_bytes": 100_000}
        guard = guard or Guard([LOOPBACK], {"*.test": "127.0.0.1"})
        return Client("storywire/0 (+mailto:desk@norrby.test)", guard=guard, limits=Limits(**few | limits))

    return make


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Who signs the certificates of the test's hosts."""
    return trustme.CA()


@pytest.fixture
def failure() -> Callable[..., FetchError]:
    """The failure of a request that cannot succeed."""

    def fail(client: Client, url: str) -> FetchError:
        async def fetch() -> FetchError:
            async with client:
                with pytest.raises(FetchError) as error:
                    await client.get(url)
                return error.value

        return loop.run(fetch())

    return fail


@pytest.fixture
def failure_at(serve: Serve) -> Callable[..., tuple[FetchError, int]]:
    """The failure of a request to a server that answers so, and how many requests it saw."""

    def fail(client: Client, answer: bytes | Talk) -> tuple[FetchError, int]:
        async def fetch() -> tuple[FetchError, int]:
            async with serve(answer) as server, client:
                with pytest.raises(FetchError) as error:
                    await client.get(server.url("/page"))
                assert server.url("/page") in error.value.detail
                return error.value, len(server.heads)

        return loop.run(fetch())

    return fail


@pytest.fixture(scope="session")
def secured(authority: trustme.CA) -> ssl.SSLContext:
    """How the host norrby.test encrypts, with a certificate of the test's authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("norrby.test").configure_cert(context)
    return context


def answer(body: bytes = b"<p>Rain</p>", status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer; an underscore in the name of a header is a hyphen."""
    fields = {"Content_Type": "text/html", "Content_Length": str(len(body))} | headers
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items() if value]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1") + body


@pytest.fixture(name="answer")
def _answer() -> Callable[..., bytes]:
    return answer


@pytest.fixture
def web(tmp_path: Path) -> Small:
    return Small(tmp_path)
