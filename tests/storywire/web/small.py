"""A web of a few pages that a test writes down, and runs of the fetcher over it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from storywire.sources import listing
from storywire.sources.source import Source
from storywire.store import archive, visits
from storywire.store.archive import Archive, Kept, Missed
from storywire.store.visits import Page, Visits
from storywire.web import loop
from storywire.web.asking import Asker
from storywire.web.client import Client, Limits
from storywire.web.crawl import Crawl
from storywire.web.guard import Guard
from storywire.web.lanes import Lanes

AGENT = "storywire/0 (+mailto:desk@norrby.test)"
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
GONE = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
UNCHANGED = b"HTTP/1.1 304 Not Modified\r\n\r\n"
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"

Said = bytes | Callable[[bytes], bytes | Awaitable[bytes]]


def page(text: str = "Rain", **headers: str) -> bytes:
    """An answer that brings a page; an underscore in the name of a header is a hyphen."""
    body = text.encode()
    fields = {"Content-Type": "text/html", "Content-Length": str(len(body))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    return "\r\n".join(["HTTP/1.1 200 OK", *(f"{k}: {v}" for k, v in fields.items()), "", ""]).encode() + body


def moved(target: str) -> bytes:
    """An answer that leads elsewhere."""
    return f"HTTP/1.1 301 Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()


def feed(*urls: str, **headers: str) -> bytes:
    """A feed that names pages."""
    items = "".join(f"<item><title>About {url}</title><link>{url}</link></item>" for url in urls)
    return page(f"<rss version='2.0'><channel>{items}</channel></rss>", **headers)


def index(*urls: str, **headers: str) -> bytes:
    """A sitemap index."""
    return page(
        "<sitemapindex>" + "".join(f"<sitemap><loc>{one}</loc></sitemap>" for one in urls) + "</sitemapindex>",
        **headers,
    )


def sitemap(*urls: str, **headers: str) -> bytes:
    """A sitemap."""
    return page("<urlset>" + "".join(f"<url><loc>{one}</loc></url>" for one in urls) + "</urlset>", **headers)


class Small:
    """Hosts in `.test` on one port; what each path answers, and what was asked.

    `answers` gives what is said, by path or by host and path; of a list, one after the other, the last for ever.
    A path nobody wrote down is missing, robots.txt among them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers: dict[str, Said | list[Said]] = {}
        self.asked: list[str] = []
        self.heads: list[bytes] = []
        self.port = 0
        self.later = 0.0
        self._writers: list[asyncio.StreamWriter] = []

    def url(self, path: str, host: str = "norrby.test", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def known_as(self, path: str, host: str = "norrby.test") -> str:
        return self.url(path, host, "https")

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ")[1].decode()
                host = head.lower().partition(b"\r\nhost: ")[2].partition(b":")[0].decode()
                self.asked.append(f"{host}{path}")
                self.heads.append(head)
                said = self.answers.get(f"{host}{path}", self.answers.get(path, MISSING))
                if isinstance(said, list):
                    said = said.pop(0) if len(said) > 1 else said[0]
                told = said if isinstance(said, bytes) else said(head)
                writer.write(told if isinstance(told, bytes) else await told)
                await writer.drain()

    def pages(self) -> list[str]:
        """What was asked, robots.txt aside."""
        return [one for one in self.asked if not one.endswith("/robots.txt")]

    @contextlib.asynccontextmanager
    async def serving(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            for writer in self._writers:
                writer.transport.abort()
            await asyncio.sleep(0.01)

    def now(self) -> float:
        """The clock of the fetcher: `later` seconds ahead."""
        return time.time() + self.later

    def client(self, **how: Any) -> Client:
        guard = Guard([ip_network("127.0.0.0/8")], {"*.test": "127.0.0.1"})
        few = Limits(connect_seconds=2.0, read_seconds=2.0, total_seconds=5.0, body_bytes=1_000_000)
        return Client(AGENT, guard=guard, limits=few, **how)

    @contextlib.asynccontextmanager
    async def asker(self, lanes: Lanes | None = None, memory: Visits | None = None, **how: Any) -> AsyncIterator[Asker]:
        async with self.client(**how) as client:
            yield Asker(client, lanes or Lanes(base=0.0), shelf=memory)

    def sources(self, toml: str) -> tuple[Source, ...]:
        """Sources as an operator writes them; `{port}` is ours. They are quick and have no age."""
        text = "[defaults]\ndelay = 0\n" + toml.replace("{port}", str(self.port))
        return listing.parse(text, self.folder / "sources.toml").sources

    def memory(self) -> contextlib.AbstractContextManager[Visits]:
        return visits.opened(self.folder / "visits.sqlite")

    async def run(
        self,
        toml: str,
        *,
        force: bool = False,
        client: dict[str, Any] | None = None,
        lanes: Lanes | None = None,
        **how: Any,
    ) -> dict[str, Counter[str]]:
        """One run; what became of it, counts of nothing left out."""
        started = datetime.now(UTC) + timedelta(seconds=self.later)
        with self.memory() as memory, Archive(self.folder / "raw", started, AGENT) as kept:
            async with self.asker(lanes, memory, **client or {}) as asker:
                crawl = Crawl(self.sources(toml), asker, memory, kept, now=self.now, **how)
                await crawl.run(force=force)
        return {name: +counts for name, counts in crawl.tallies.items()}

    def held(self) -> list[Kept | Missed]:
        """Everything the archives hold."""
        raw = self.folder / "raw"
        return [one for path in sorted(raw.glob("*/*.warc.gz")) for one in archive.scan(raw, path)]

    def known(self, path: str, host: str = "norrby.test") -> Page | None:
        """What is remembered of a page."""
        with self.memory() as memory:
            return memory.page(self.known_as(path, host))


def at_work(web: Small, go: Callable[[], Awaitable[None]]) -> None:
    """Do something while the web answers."""

    async def serve() -> None:
        async with web.serving():
            await go()

    loop.run(serve())
