"""Copying out of a large archive: speed, memory, and what a kill in the middle costs.

`python -m benchmarks.archives [--megabytes 1000] [--cache DIR]` generates a WARC file, streams it in a process of its
own, streams it again in one that is killed half way and then in one that goes on, and compares what both have left.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from wordfreq import top_n_list

from storywire.sources.source import Source
from storywire.store import visits
from storywire.web.guard import Guard
from storywire.web.remote import Remote
from storywire.web.streaming import PART_BYTES, stream

BEGUN = datetime(2031, 3, 3, 23, 0, tzinfo=UTC)
"""An hour before midnight: the first half of an hour's worth of every archive is of another day than the rest."""

HOSTS = ("norrby.example", "www.sund.example", "hamn.example", "elsewhere.example")
PARAGRAPHS = 240
"""Of a page: 100 kB, as real ones have, most of which is not the article."""


def generate(path: Path, size: int, seed: int = 0, *, paragraphs: int = PARAGRAPHS) -> int:
    """Write an archive of about so many bytes, a gzip member for each record; returns how many pages it has."""
    lot = random.Random(seed)  # noqa: S311 - a benchmark must repeat itself
    growing = path.with_suffix(".tmp")
    written = pages = 0
    with growing.open("wb") as file:
        written += file.write(packed(record("warcinfo", "", BEGUN, b"software: invented\r\n")))
        while written < size:
            for one in exchange(lot, pages, paragraphs):
                written += file.write(packed(one))
            pages += 1
    growing.rename(path)
    return pages


def exchange(lot: random.Random, number: int, paragraphs: int) -> Iterator[bytes]:
    """A request and its response; one in ten is no page."""
    at = BEGUN + timedelta(seconds=number % 7200)
    host = HOSTS[number % len(HOSTS)]
    url = f"https://{host}/reports/{number}"
    yield record("request", url, at, f"GET /reports/{number} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    if number % 10 == 9:
        head, body = "404 Not Found\r\nContent-Type: text/html", b"<p>Nothing here.</p>"
    else:
        language = "sv" if number % 3 else "en"
        told = "".join(f"<p>{lot.choice(_paragraphs())}</p>\n" for _ in range(paragraphs))
        body = f"<!doctype html><html lang={language}><title>Report {number}</title>{told}</html>".encode()
        head = "200 OK\r\nContent-Type: text/html; charset=utf-8"
    yield record("response", url, at, f"HTTP/1.1 {head}\r\n\r\n".encode() + body)


def record(kind: str, url: str, at: datetime, block: bytes) -> bytes:
    """A record as crawlers write it."""
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {url}")
    content_type = "application/warc-fields" if kind == "warcinfo" else f"application/http; msgtype={kind}"
    fields = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{name}>\r\nWARC-Date: {at:%Y-%m-%dT%H:%M:%SZ}\r\n"
        + (f"WARC-Target-URI: {url}\r\n" if url else "")
        + f"Content-Type: {content_type}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return fields.encode() + block + b"\r\n\r\n"


def packed(data: bytes) -> bytes:
    """A gzip member."""
    return zlib.compress(data, 1, wbits=31)


@cache
def _paragraphs() -> list[str]:
    lot = random.Random(0)  # noqa: S311 - a benchmark must repeat itself
    words = top_n_list("en", 20_000)
    return [" ".join(lot.choices(words, k=60)) for _ in range(5_000)]


def copy(folder: Path, part_bytes: int, **given: Any) -> dict[str, Any]:
    """Stream once into a folder, in this process; what it came to, in seconds and bytes."""
    source = Source(name="archive", kind="warc", delay=0.0, **given)
    began, ran = time.monotonic(), time.process_time()
    with (
        visits.opened(folder / "visits.sqlite") as memory,
        Remote(Guard(), "storywire (+desk@storywire.test)") as remote,
    ):
        tally = stream(folder / "raw", source, memory, remote, page_bytes=10_000_000, part_bytes=part_bytes)
    taken = {"seconds": time.monotonic() - began, "cpu_seconds": time.process_time() - ran, "peak_bytes": peak_bytes()}
    return taken | {"tally": dict(sorted(tally.items()))}


def peak_bytes() -> int:
    """Most memory this process had at a time; `getrusage` would tell of the one that started it as well."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 if found else 0


def started(folder: Path, part_bytes: int, **given: Any) -> subprocess.Popen[str]:
    """The same in a process of its own, which prints it as JSON."""
    command = [sys.executable, "-m", "benchmarks.archives", "--into", str(folder), "--part", str(part_bytes)]
    root = Path(__file__).parent.parent
    given = given | {"paths": [str(path) for path in given.get("paths", ())]}
    return subprocess.Popen([*command, json.dumps(given)], stdout=subprocess.PIPE, text=True, cwd=root)  # noqa: S603 - our own


def written(folder: Path) -> dict[str, str]:
    """Digests of all that lies in the raw folder, hidden files too."""
    raw = folder / "raw"
    files = (path for path in raw.rglob("*") if path.is_file())
    return {path.relative_to(raw).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def main() -> None:
    """Measure, and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--into", type=Path)
    parser.add_argument("--part", type=int, default=PART_BYTES)
    parser.add_argument("given", nargs="?")
    asked = parser.parse_args()
    if asked.into:
        given = json.loads(asked.given)
        print(json.dumps(copy(asked.into, asked.part, **given)))
        return
    asked.cache.mkdir(parents=True, exist_ok=True)
    path = asked.cache / f"generated-{asked.megabytes}.warc.gz"
    if not path.exists():
        print(f"{generate(path, asked.megabytes * 1_000_000)} pages generated")
    size = path.stat().st_size
    with tempfile.TemporaryDirectory(dir=asked.cache) as name:
        whole, killed = Path(name, "whole"), Path(name, "killed")
        alone = json.loads(started(whole, asked.part, paths=[path]).communicate()[0])
        speed, at_best = (size / alone[what] / 1e6 for what in ("seconds", "cpu_seconds"))
        print(f"{size / 1e6:.0f} MB, {alone['tally']}")
        print(f"{speed:.1f} MB/s, {at_best:.1f} a CPU second, peak {alone['peak_bytes'] / 1e6:.0f} MB")
        victim = started(killed, asked.part, paths=[path])
        time.sleep(alone["seconds"] / 2)
        os.kill(victim.pid, signal.SIGKILL)
        victim.communicate()
        before, every = len(written(killed)), len(written(whole))
        rest = json.loads(started(killed, asked.part, paths=[path]).communicate()[0])
        print(f"killed half way, with {before} of {every} archives written")
        print(f"the rest took {rest['cpu_seconds']:.1f} s of processor time, all of it {alone['cpu_seconds']:.1f} s")
        print(f"same bytes: {written(whole) == written(killed)}")


if __name__ == "__main__":
    main()
