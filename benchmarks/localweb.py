"""A web of invented outlets on this machine: hosts by name, feeds, sitemaps, robots, and servers that misbehave.

    python -m benchmarks.localweb --folder DIR [--hosts 50] [--pages 10000] [--calm] [--delay SECONDS]

One process answers for all hosts on one port of 127.0.0.1, told apart by the `Host` header; the fetcher is told
that `*.test` is here. It writes `sources.toml` for the fetcher, `expected.json` (which addresses can be had, and
which must never be asked for) and `log.jsonl`: a line for each request, with the moments it came and the answer
was out, so that a test asserts on what the server saw and not on what the fetcher says of itself.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from benchmarks import corpus
from benchmarks.localserver import Place, Server

CALM = ("plain",)
HAD = ("plain", "gzip", "br", "zstd", "chunked", "slow", "moved", "elsewhere", "reset_once", "busy_once", "storm")
"""Ways to answer after which a patient and polite client has the page."""

LOST = ("gone", "cut", "reset", "endless", "loop", "inside")
"""Ways to answer after which nobody has it: `inside` sends the client to an address of a private network."""

SHARE_LOST = 0.06
SHARE_PLAIN = 0.55
LISTED = 200
"""Entries of one feed, at most."""


@dataclass(slots=True)
class Host:
    """One outlet: its paths, and what it names in feeds and sitemaps."""

    name: str
    places: dict[str, Place] = field(default_factory=dict)
    pages: list[tuple[str, corpus.Page]] = field(default_factory=list)


@dataclass(slots=True)
class Web:
    """All hosts, the port they answer at, and what is to come of them."""

    port: int
    hosts: dict[str, Host]
    had: set[str]
    lost: dict[str, str]
    forbidden: set[str]

    def url(self, host: str, path: str) -> str:
        """The address of a path."""
        return f"http://{host}:{self.port}{path}"


def build(port: int, hosts: int, pages: int, *, calm: bool, seed: int = 0) -> Web:
    """A web of so many hosts and pages; the same for the same arguments."""
    lot = random.Random(seed)  # noqa: S311 - a benchmark must repeat itself
    names = [f"outlet-{number:02}.test" for number in range(hosts)]
    web = Web(port, {name: Host(name) for name in names}, set(), {}, set())
    day = datetime.now(UTC).date() - timedelta(days=1)
    for number, page in enumerate(corpus.pages(day, 1, pages, seed)):
        host = web.hosts[names[number % hosts]]
        path = f"{urlsplit(page.url).path}-{number}"
        manner = _drawn(lot, calm=calm)
        host.pages.append((path, page))
        place = Place(page.html.encode(), "text/html; charset=utf-8", manner, tag=f'"{number}"')
        host.places[path] = place
        final = web.url(host.name, path)
        if manner == "moved":
            place.target = f"{path}/moved"
        elif manner == "elsewhere":
            other = web.hosts[lot.choice(names)]
            place.target = web.url(other.name, f"/guest{path}")
        elif manner == "loop":
            place.target = path
        elif manner == "inside":
            place.target = f"http://169.254.169.254/latest/meta-data/{number}"
        if manner in ("moved", "elsewhere"):
            goal = urlsplit(place.target)
            home = web.hosts[goal.hostname] if goal.hostname else host
            home.places[goal.path] = Place(place.body, place.media_type, tag=place.tag)
        if manner in LOST:
            web.lost[final] = manner
        else:
            web.had.add(final)
    for host in web.hosts.values():
        _announce(web, host, calm=calm)
    return web


def _drawn(lot: random.Random, *, calm: bool) -> str:
    if calm or lot.random() < SHARE_PLAIN:
        return "plain"
    return lot.choice(LOST if lot.random() < SHARE_LOST / (1 - SHARE_PLAIN) else HAD)


def _announce(web: Web, host: Host, *, calm: bool) -> None:
    """Give a host its robots.txt, feeds and sitemaps; with trouble, also paths it forbids, named in its feed."""
    robots = "User-agent: *\nDisallow: /private/\n"
    listed = list(host.pages)
    if not calm:
        for number in range(3):
            path = f"/private/{number}"
            host.places[path] = Place(b"<p>Not for machines.</p>", "text/html")
            web.forbidden.add(web.url(host.name, path))
            listed.append((path, host.pages[0][1]))
    host.places["/robots.txt"] = Place(robots.encode(), "text/plain")
    half = len(listed) // 2
    link: Callable[[str], str] = lambda path: web.url(host.name, path)  # noqa: E731 - read three times below
    host.places["/feed.xml"] = Place(_rss(listed[:half][:LISTED], link), "application/rss+xml")
    host.places["/atom.xml"] = Place(_atom(listed[half // 2 :][:LISTED], link), "application/atom+xml")
    host.places["/news.xml"] = Place(_news(listed[half // 2 :], link), "application/xml")
    host.places["/old.xml.gz"] = Place(gzip.compress(_news(listed[:half], link)), "application/x-gzip")
    index = "".join(f"<sitemap><loc>{link(path)}</loc></sitemap>" for path in ("/news.xml", "/old.xml.gz"))
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    host.places["/sitemap.xml"] = Place(
        f"{head}<sitemapindex {space}>{index}</sitemapindex>".encode(), "application/xml"
    )
    for path in ("/feed.xml", "/atom.xml", "/news.xml", "/old.xml.gz", "/sitemap.xml"):
        host.places[path].tag = f'"{host.name}{path}"'


def _rss(pages: list[tuple[str, corpus.Page]], link: Callable[[str], str]) -> bytes:
    items = "".join(
        f"<item><title>{escape(_title(page))}</title><link>{escape(link(path))}</link>"
        f"<pubDate>{format_datetime(page.captured_at - timedelta(hours=1))}</pubDate></item>"
        for path, page in pages
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Outlet</title>{items}</channel></rss>'.encode()


def _atom(pages: list[tuple[str, corpus.Page]], link: Callable[[str], str]) -> bytes:
    entries = "".join(
        f'<entry><title>{escape(_title(page))}</title><link href="{escape(link(path))}"/>'
        f"<published>{(page.captured_at - timedelta(hours=1)).isoformat()}</published></entry>"
        for path, page in pages
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Outlet</title>{entries}</feed>'.encode()


def _news(pages: list[tuple[str, corpus.Page]], link: Callable[[str], str]) -> bytes:
    urls = "".join(
        f"<url><loc>{escape(link(path))}</loc><news:news><news:publication><news:name>Outlet</news:name>"
        f"<news:language>en</news:language></news:publication><news:publication_date>"
        f"{(page.captured_at - timedelta(hours=1)).isoformat()}</news:publication_date>"
        f"<news:title>{escape(_title(page))}</news:title></news:news></url>"
        for path, page in pages
    )
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    news = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f'<?xml version="1.0"?><urlset {space} {news}>{urls}</urlset>'.encode()


def _title(page: corpus.Page) -> str:
    return page.html.partition("<h1>")[2].partition("</h1>")[0]


def sources(web: Web, *, delay: float) -> str:
    """The list of sources that names all of it, some pages by several sources."""
    of_each = web.hosts.values()
    pages = sum(len(host.pages) for host in of_each)
    lines = [f'[defaults]\ndelay = {delay}\npages_per_run = {pages}\nentries = {pages + 10}\nmax_age = "30d"\n']
    for host in of_each:
        name = host.name.partition(".")[0]
        feeds = json.dumps([web.url(host.name, path) for path in ("/feed.xml", "/atom.xml")])
        outlet = name.replace("-", " ").title()
        lines.append(f'[[source]]\nname = "{name}"\nkind = "feed"\nurls = {feeds}\noutlet = "{outlet}"\n')
        site = web.url(host.name, "/sitemap.xml")
        lines.append(f'[[source]]\nname = "{name}-map"\nkind = "sitemap"\nurl = "{site}"\noutlet = "{outlet}"\n')
    return "\n".join(lines)


async def run(folder: Path, hosts: int, pages: int, *, calm: bool, delay: float, seed: int) -> None:
    """Serve until SIGTERM; `sources.toml` is written last, so whoever waits for it finds all in place."""
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(folder / "log.jsonl")
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    web = build(listening.sockets[0].getsockname()[1], hosts, pages, calm=calm, seed=seed)
    server.places = {host.name: host.places for host in web.hosts.values()}
    expected = {"had": sorted(web.had), "lost": web.lost, "forbidden": sorted(web.forbidden)}
    (folder / "expected.json").write_text(json.dumps(expected, indent=1), encoding="utf-8")
    growing = folder / "sources.toml.tmp"
    growing.write_text(sources(web, delay=delay), encoding="utf-8")
    growing.replace(folder / "sources.toml")
    stop = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    await stop.wait()
    listening.close()


def main() -> None:
    """Serve a web until told to end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--calm", action="store_true", help="no server misbehaves")
    given = parser.parse_args()
    asyncio.run(run(given.folder, given.hosts, given.pages, calm=given.calm, delay=given.delay, seed=given.seed))


if __name__ == "__main__":
    main()
