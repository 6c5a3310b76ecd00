"""One run over the sources: their feeds are asked, and what is due is fetched, host by host, side by side."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from storywire.sources.source import Source
from storywire.store.archive import Archive
from storywire.store.files import StoreError
from storywire.store.visits import Page, Poll, Visits
from storywire.web.asking import Asker, Manners
from storywire.web.discovery import Discovery
from storywire.web.pages import Pages

LOG = logging.getLogger("storywire.fetch")

COMMIT_SECONDS = 1.0
"""How often the memory is made safe. What a crash loses of it is learned anew from the archives, but for the pauses
that hosts asked for since."""

Watch = Callable[[str, str, int], None]
"""Is told of every piece of work: source, what it came to, how many."""

Job = Callable[[], Awaitable[None]]


class Crawl:
    """A run. Every host has a queue of its own and is asked one thing at a time; the hosts go on side by side.

    Args:
        sources: What to ask; those paused are passed over.
        asker: Asks the hosts.
        memory: What is known of every page and feed.
        archive: Takes in the pages.
        until: When to begin nothing more, in seconds since 1970; what is left waits for the next run.
        remember: Seconds for which a page waits that no source names any more.
        watch: Who is shown how it goes.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        asker: Asker,
        memory: Visits,
        archive: Archive,
        *,
        until: float = float("inf"),
        remember: float = float("inf"),
        watch: Watch = lambda source, what, count: None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._sources = [source for source in sources if not source.paused]
        self._memory = memory
        self._archive = archive
        self._lanes = asker.lanes
        self._open: Counter[str] = Counter()
        self._discovery = Discovery(asker, memory, asked={source.name for source in self._sources}, now=now)
        self._pages = Pages(asker, memory, archive, now=now)
        self._until = until
        self._remember = remember
        self._watch = watch
        self._now = now
        self._queues: dict[str, deque[Job]] = {}
        self._polled: set[tuple[str, str]] = set()
        self._is_begun = False
        self._left = {source.name: source.pages_per_run for source in self._sources}
        self._documents = {source.name: source.documents for source in self._sources if source.kind == "sitemap"}
        self._manners = {source.name: manners(source) for source in self._sources}
        self.tallies: dict[str, Counter[str]] = {source.name: Counter() for source in self._sources}

    async def run(self, *, force: bool = False) -> None:
        """Ask what is due (all of it, where `force` says so) and fetch what is due and what is new.

        Raises:
            StoreError: The archive or the memory cannot be written.
        """
        self._lanes.resume(self._memory.pauses(self._now()))
        try:
            async with asyncio.TaskGroup() as self._group:
                self._keeper = self._group.create_task(self._commit_now_and_then())
                for page in self._memory.unnamed(self._now() - self._remember):
                    if page.source in self.tallies:
                        self._note(page.source, {self._pages.let_go(page): 1})
                for source in self._sources:
                    await self._begin(source)
                    for poll in self._discovery.due(source, force=force):
                        self._put_poll(source, poll)
                    for page in self._memory.due(source.name, self._now(), source.pages_per_run):
                        self._put_page(source, page)
                self._is_begun = True
                self._end_with_the_last()
        except ExceptionGroup as errors:  # whoever catches what the store or SQLite raises looks for no group
            trouble = sorted(errors.exceptions, key=lambda one: not isinstance(one, StoreError))
            raise trouble[0] from None
        finally:
            self._commit()

    async def _begin(self, source: Source) -> None:
        """Take in what the operator wrote down himself; a list that cannot be read is the trouble of one source."""
        try:
            self._note(source.name, await self._discovery.given(source))
        except StoreError as error:
            LOG.error("%s", error)
            self._note(source.name, {"feeds_failed:unreadable": 1})

    def _put_poll(self, source: Source, poll: Poll) -> None:
        """Queue a feed, once in a run; of the sitemaps that others name, as many as the source takes."""
        if (source.name, poll.url) in self._polled:
            return
        if poll.depth:
            if self._documents.get(source.name, 0) <= 0:
                return
            self._documents[source.name] -= 1
        self._polled.add((source.name, poll.url))

        async def ask() -> None:
            found = await self._discovery.ask(source, self._manners[source.name], poll)
            self._note(source.name, found.counts)
            for page in found.pages:
                self._put_page(source, page)
            for further in found.further:
                self._put_poll(source, further)

        self._put(source.name, poll.url, ask)

    def _put_page(self, source: Source, page: Page) -> None:
        if self._left[source.name] <= 0:
            return
        self._left[source.name] -= 1

        async def fetch() -> None:
            what = await self._pages.fetch(source, self._manners[source.name], page)
            self._note(source.name, {what: 1})

        self._watch(source.name, "queued", 1)
        self._put(source.name, page.url, fetch)

    def _put(self, source: str, url: str, work: Job) -> None:
        host = urlsplit(url).hostname or ""
        self._open[source] += 1

        async def job() -> None:
            await work()
            self._open[source] -= 1
            if not self._open[source]:  # there may be more sources than files a process may hold open
                self._memory.commit()
                await asyncio.to_thread(self._archive.close, source)

        if host in self._queues:
            self._queues[host].append(job)
        else:
            self._queues[host] = deque([job])
            self._group.create_task(self._serve(host))

    async def _serve(self, host: str) -> None:
        """What is asked of one host, one thing after the other."""
        queue = self._queues[host]
        while queue and self._now() < self._until:
            await queue.popleft()()
        del self._queues[host]
        self._end_with_the_last()

    def _end_with_the_last(self) -> None:
        """Keep the memory safe no longer than somebody is at work."""
        if self._is_begun and not self._queues:
            self._keeper.cancel()

    def _note(self, source: str, counts: Mapping[str, int]) -> None:
        self.tallies[source].update(counts)
        self._memory.tally(source, datetime.fromtimestamp(self._now(), UTC).date(), counts)
        for what, count in counts.items():
            self._watch(source, what, count)

    async def _commit_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(COMMIT_SECONDS)
            self._commit()

    def _commit(self) -> None:
        """Make the memory safe, with the pauses that the next run begins with, should this one not live to its end."""
        self._memory.put_pauses(self._now(), self._lanes.pauses())
        self._memory.commit()


def manners(source: Source) -> Manners:
    """How the operator wants a source to be asked."""
    return Manners(source.delay, source.secrets(), source.own_hosts)
