"""The local web in a process of its own, and what its log says."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from storywire.settings import Settings
from storywire.sources import listing
from storywire.sources.source import Source
from storywire.store import archive
from storywire.store.archive import Kept, Missed
from storywire.store.workspace import Workspace
from storywire.web import fetching

ROOT = Path(__file__).parents[3]
FEEDS = frozenset({"/robots.txt", "/feed.xml", "/atom.xml", "/sitemap.xml", "/news.xml", "/old.xml.gz"})


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as the server saw it; seconds since 1970."""

    came: float
    out: float
    host: str
    path: str
    status: int
    whole: bool


@dataclass(frozen=True, slots=True)
class LocalWeb:
    """A web that answers, and the folder it writes to."""

    folder: Path

    @property
    def sources(self) -> tuple[Source, ...]:
        return listing.read(self.folder / "sources.toml").sources

    @property
    def expected(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads((self.folder / "expected.json").read_text())
        return said

    def log(self) -> list[Seen]:
        return [Seen(**json.loads(line)) for line in (self.folder / "log.jsonl").read_text().splitlines()]

    def n_answers(self) -> int:
        """How many requests were answered, without reading what they were."""
        return (self.folder / "log.jsonl").read_bytes().count(b"\n")

    def pages(self) -> list[Seen]:
        return [one for one in self.log() if one.path not in FEEDS]


@contextlib.contextmanager
def serving(folder: Path, *options: str) -> Iterator[LocalWeb]:
    """A local web until the block ends."""
    command = [sys.executable, "-m", "benchmarks.localweb", "--folder", str(folder), *options]
    with subprocess.Popen(command, cwd=ROOT) as server:
        try:
            deadline = time.monotonic() + 120
            while not (folder / "sources.toml").exists():
                assert server.poll() is None, "the local web ended"
                assert time.monotonic() < deadline, "the local web did not start"
                time.sleep(0.02)
            yield LocalWeb(folder)
        finally:
            server.terminate()
            server.wait(30)


def settings(folder: Path, **given: Any) -> Settings:
    """Settings by which the local web, and nothing else that is not public, may be fetched."""
    return Settings(
        raw=folder / "raw",
        data=folder / "data",
        contact="desk@storywire.test",
        allowed_networks=("127.0.0.0/8",),
        known_hosts={"*.test": "127.0.0.1"},
        backoff_seconds=0.02,
        **given,
    )


def fetch(web: LocalWeb, folder: Path, *, force: bool = False, **given: Any) -> dict[str, dict[str, int]]:
    """One run over all sources of a web."""
    set_up = settings(folder, **given)
    space = Workspace(set_up.data).prepare()
    return {name: dict(counts) for name, counts in fetching.fetch(space, set_up, web.sources, force=force).items()}


def held(raw: Path) -> list[Kept | Missed]:
    """Everything the archives below a raw folder hold."""
    return [one for path in sorted(raw.glob("*/*.warc.gz")) for one in archive.scan(raw, path)]


def asked(one: Kept | Missed) -> str:
    """The address that a feed named."""
    return one.hops[0][0] if isinstance(one, Kept) and one.hops else one.url


def in_turn(log: list[Seen], delay: float) -> None:
    """Assert that no host saw two requests at a time, nor one sooner than its delay after the one before."""
    last: dict[str, Seen] = {}
    for one in sorted(log, key=lambda seen: seen.came):
        before = last.get(one.host)
        assert before is None or one.came - before.out >= delay, f"{before} and {one}"
        last[one.host] = one


def addresses(web: LocalWeb, log: list[Seen]) -> set[str]:
    """What was asked for, as feeds name it."""
    port = urlsplit(web.sources[0].endpoints[0]).port
    return {f"http://{one.host}:{port}{one.path}" for one in log}
