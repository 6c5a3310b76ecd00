"""What one fetch of a source would give, with nothing kept and nothing remembered."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

from storywire.settings import Settings
from storywire.sources import preview
from storywire.sources.entries import Document
from storywire.sources.preview import Held
from storywire.sources.source import Source
from storywire.store import visits
from storywire.store.files import StoreError
from storywire.web import address, fetching, inventories, loop
from storywire.web.asking import Asker
from storywire.web.client import FetchError
from storywire.web.crawl import manners
from storywire.web.discovery import for_documents, polled, read
from storywire.web.lanes import Lanes
from storywire.web.streaming import stream

LOOK_BYTES = 4_000_000
"""Bytes of an archive that a look reads: some hundred pages, a second."""


def peek(source: Source, settings: Settings) -> Document:
    """Ask the feeds of a source once, by the same rules as a run, and read what they name.

    Raises:
        FetchError: One could not be had.
        StoreError: Nobody is named who runs this.
    """
    return loop.run(_peek(source, settings, fetching.user_agent(settings)))


async def _peek(source: Source, settings: Settings, agent: str) -> Document:
    found: list[Document] = []
    async with fetching.client(settings, [source], agent) as client:
        asker = Asker(client, Lanes(base=settings.backoff_seconds))
        for url in polled(source):
            exchange = (await asker.ask(url, for_documents(source, manners(source)))).exchange
            if not 200 <= exchange.status <= 299:
                why = f"status {exchange.status} brings no {source.kind}; correct the address in the list"
                raise FetchError("status", f"{address.shown(exchange.url)}: {why}.")
            found.append(read(source, exchange, time.time()))
    return Document(
        tuple(entry for one in found for entry in one.entries),
        tuple(url for one in found for url in one.further),
        sum(one.n_left_out for one in found),
        tuple(why for one in found for why in one.why),
    )


def look_into(source: Source, settings: Settings) -> Held:
    """What a run would take from the beginning of the first archive of a source, and what it would leave out.

    Raises:
        FetchError: The list of archives could not be had.
        StoreError: The archive could not be read; or it is on the network, and nobody is named who runs this.
    """
    is_read = False

    def watch(_: str, what: str, count: int) -> None:
        nonlocal is_read
        is_read = is_read or what != "left_out:file"

    with tempfile.TemporaryDirectory() as name, fetching.remote(settings, source) as remote:
        raw, limit = Path(name, "raw"), settings.max_page_bytes
        raw.mkdir()
        files = (*inventories.named(source), *inventories.listed(source, remote).files)
        with visits.opened(Path(name, "visits.sqlite")) as memory:
            tally = stream(
                raw, source, memory, remote, page_bytes=limit, part_bytes=LOOK_BYTES,
                until=1.0, watch=watch, now=lambda: 2.0 if is_read else 0.0, sleep=lambda seconds: None,
            )  # fmt: skip
            errors = [poll.error for poll in memory.polls(source.name) if poll.error]
        if errors and not tally["had"]:
            raise StoreError(f'source "{source.name}": {errors[0]}')
        copied = Source(name=source.name, kind="warc", paths=sorted(raw.glob("*/*.warc.gz")))
        found = preview.held(copied, limit_bytes=limit) if copied.paths else Held()
    passed_over = {what.partition(":")[2]: count for what, count in sorted(tally.items()) if ":" in what and count}
    return replace(found, n_inputs=len(files), left_out=passed_over)
