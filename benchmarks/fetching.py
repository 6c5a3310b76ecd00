"""How fast pages are fetched and stored, beside a client that only asks.

    python -m benchmarks.fetching [--hosts 50] [--pages 10000]

The local web serves in a process of its own; delays are off. The fetcher asks robots.txt, reads the feeds and
sitemaps, fetches every page once and stores it with its facts in archives. httpx, the client most Python programs
use, then asks for the same pages with as many connections and keeps nothing. Printed are pages a second by the
clock, pages a second of processor time, the ratio of the two clocks, and the most memory the fetcher took.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from storywire.settings import Settings
from storywire.sources import listing
from storywire.store.workspace import Workspace
from storywire.web import fetching

CONNECTIONS = 50


@contextlib.contextmanager
def serving(folder: Path, hosts: int, pages: int, *options: str) -> Iterator[None]:
    """The local web, in a process of its own."""
    counts = ("--hosts", str(hosts), "--pages", str(pages))
    command = [sys.executable, "-m", "benchmarks.localweb", "--folder", str(folder), *counts, *options]
    with subprocess.Popen(command) as server:  # noqa: S603 - our own module
        try:
            while not (folder / "sources.toml").exists():
                if server.poll() is not None:
                    raise RuntimeError("the local web did not start")
                time.sleep(0.05)
            yield
        finally:
            server.terminate()
            server.wait()


def settings(web: Path, folder: Path) -> Settings:
    """Settings by which the local web, and nothing else that is not public, may be fetched."""
    return Settings(
        raw=folder / "raw",
        data=folder / "data",
        sources=web / "sources.toml",
        contact="desk@storywire.test",
        allowed_networks=("127.0.0.0/8",),
        known_hosts={"*.test": "127.0.0.1"},
        fetch_connections=CONNECTIONS,
    )


def ours(web: Path, folder: Path) -> tuple[int, float, float]:
    """Pages had, and the seconds it took by the clock and of processor time."""
    set_up = settings(web, folder)
    space = Workspace(set_up.data).prepare()
    clock, processor = time.perf_counter(), time.process_time()
    tallies = fetching.fetch(space, set_up, listing.read(set_up.sources).sources)
    return sum(row["had"] for row in tallies.values()), time.perf_counter() - clock, time.process_time() - processor


async def bare(pages: list[str]) -> tuple[int, float, float]:
    """The same for httpx, which asks one page of a host at a time too, and keeps nothing."""
    of_host: dict[str, list[str]] = {}
    for page in pages:
        of_host.setdefault(urlsplit(page).hostname or "", []).append(page)
    answered = 0
    clock, processor = time.perf_counter(), time.process_time()
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:

        async def ask(host: str) -> None:
            nonlocal answered
            for page in of_host[host]:
                place = urlsplit(page)
                here = place._replace(netloc=f"127.0.0.1:{place.port}").geturl()
                answer = await client.get(here, headers={"Host": place.netloc})
                answered += answer.status_code == 200

        await asyncio.gather(*(ask(host) for host in of_host))
    return answered, time.perf_counter() - clock, time.process_time() - processor


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--pages", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with serving(folder / "web", given.hosts, given.pages, "--calm"):
            had, seconds, processor = ours(folder / "web", folder)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
            expected = json.loads((folder / "web/expected.json").read_text())["had"]
            answered, bare_seconds, bare_processor = asyncio.run(bare(expected))
        stored = sum(path.stat().st_size for path in (folder / "raw").rglob("*.warc.gz"))
    print(f"{had:,} of {len(expected):,} pages fetched and stored from {given.hosts} hosts, {stored / 1e6:.1f} MB")
    print(f"storywire  {had / seconds:7.0f} a second, {had / processor:7.0f} a second of processor time")
    asked = f"{answered / bare_seconds:7.0f} a second, {answered / bare_processor:7.0f} a second of processor time"
    print(f"httpx      {asked}")
    print(f"ratio of the clocks {bare_seconds / seconds:.2f}; most memory of the fetcher {memory:,.0f} MB")


if __name__ == "__main__":
    main()
