"""What a feed, a sitemap or a list names: asked when it is due, read, and its pages remembered."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from storywire.articles import urls
from storywire.sources import feeds, preview, sitemaps
from storywire.sources.entries import MOST_ENTRIES, Document, Entry
from storywire.sources.source import Source
from storywire.store.files import refused
from storywire.store.visits import Page, Poll, Visits
from storywire.web import address, polling
from storywire.web.asking import Asker, Manners
from storywire.web.client import Exchange, FetchError
from storywire.web.pages import is_believed, validators

FAILURES = 5
"""Failures in a row after which a sitemap that only an index named is forgotten; the index may name it again."""

_APART = 1e-6
"""Seconds between the sitemaps of one index, which has those that changed last first."""

_AT_A_TIME = 200
"""Entries remembered before others have their turn: a sitemap of 50,000 takes seconds."""


LONG_BYTES = 200_000
"""Feeds longer than this are read in a thread, so that nobody waits for them; for the others a thread costs more."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one question came to: pages to fetch, further documents, and counts for the tallies."""

    pages: list[Page] = field(default_factory=list)
    further: list[Poll] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


class Discovery:
    """Asks feeds and remembers what they name.

    Args:
        asker: Asks the hosts.
        memory: What is known of every page and feed.
        asked: Names of the sources of this run: a page that waits for another goes over to one of them.
    """

    def __init__(
        self,
        asker: Asker,
        memory: Visits,
        *,
        asked: Collection[str] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._asker = asker
        self._memory = memory
        self._asked = asked
        self._now = now

    async def ask(self, source: Source, manners: Manners, poll: Poll) -> Found:
        """Ask one feed, and note when to ask it again."""
        now = self._now()
        try:
            headers = self._validators(source, poll)
            answer = await self._asker.ask(poll.url, for_documents(source, manners), headers)
            exchange = answer.exchange
            if exchange.status == 304 and headers and not answer.hops:
                return self._unchanged(source, poll, exchange, now)
            if not 200 <= exchange.status <= 299:
                why = f"{address.shown(exchange.url)}: status {exchange.status} brings no {source.kind}."
                raise FetchError("status", why)
        except FetchError as error:
            return self._failed(source, poll, error, now)
        digest = hashlib.sha256(exchange.body).hexdigest()
        if digest == poll.digest:  # what a server says of its validators may be wrong either way
            return self._unchanged(source, replace(poll, full_at=now), exchange, now)
        is_long = len(exchange.body) > LONG_BYTES
        document = await asyncio.to_thread(read, source, exchange, now) if is_long else read(source, exchange, now)
        if document.why and not (document.entries or document.further or document.n_left_out):
            why = f"{address.shown(exchange.url)}: {'; '.join(document.why)}."
            return self._failed(source, poll, FetchError("undecodable", why, retry=True), now)
        if not answer.is_tls_verified:  # its dates and titles are no surer than the feed
            document = replace(document, entries=tuple(_unverified(one) for one in document.entries))
        found = await self._named(source, poll, document, now)
        new = bool(found.pages)
        etag, modified = (None, None) if answer.hops else (exchange.header("etag"), exchange.header("last-modified"))
        heard = replace(poll, full_at=now, etag=etag, modified=modified, digest=digest)
        self._heard(source, replace(heard, changed_at=now if new else poll.changed_at, error=None), exchange, now, new)
        return found

    def due(self, source: Source, *, force: bool = False) -> list[Poll]:
        """What of a source is to be asked by now: what the operator listed, and the sitemaps its indexes named.

        Of these, those never asked come first, then those that wait longest. What the operator took off the list is
        forgotten.
        """
        listed = [self._memory.poll(source.name, url) for url in polled(source)]
        known = self._memory.polls(source.name)
        for poll in known:
            if not poll.depth and poll.url not in polled(source):
                self._memory.drop_poll(poll)
        further = [poll for poll in known if poll.depth]
        further.sort(key=lambda poll: (poll.asked_at is not None, poll.due or 0.0, poll.url))
        return [poll for poll in (*listed, *further) if force or self._is_due(poll)]

    def _is_due(self, poll: Poll) -> bool:
        now = self._now()
        is_from_the_future = poll.asked_at is not None and poll.asked_at > now  # a clock was set back
        return poll.due is None or poll.due <= now or is_from_the_future

    def _validators(self, source: Source, poll: Poll) -> dict[str, str]:
        if poll.digest is None or not is_believed(poll.full_at, self._now(), source.full_every):
            return {}
        return validators(poll.etag, poll.modified)

    async def given(self, source: Source) -> Counter[str]:
        """Remember the pages an operator wrote down himself; they are due at once.

        Raises:
            StoreError: The file that lists them cannot be read.
        """
        if source.kind != "urls":
            return Counter()
        now = self._now()
        with refused(f"source {source.name!r}: {source.file} cannot be read"):
            listed = await asyncio.to_thread(preview.listed, source, now=datetime.fromtimestamp(now, UTC))
        return (await self._remember(source, listed, now)).counts

    async def _named(self, source: Source, poll: Poll, document: Document, now: float) -> Found:
        found = await self._remember(source, document, now)
        found.counts["asked"] = 1
        if poll.depth < source.depth:
            for number, url in enumerate(document.further):
                further = self._memory.poll(source.name, url)
                if further.due is None and url not in polled(source):  # new: it is remembered, asked now or later
                    further = replace(further, depth=poll.depth + 1, due=now + number * _APART)
                    self._memory.put_poll(further)
                    found.further.append(further)
                elif further.depth and self._is_due(further):
                    found.further.append(further)
        elif document.further:
            found.counts["too_deep"] = len(document.further)
        return found

    async def _remember(self, source: Source, document: Document, now: float) -> Found:
        """The pages a document names, and those among them that are to be fetched for it."""
        found = Found(counts=Counter(listed=len(document.entries), left_out=document.n_left_out))
        for number, entry in enumerate(document.entries, 1):
            if (known_as := urls.canonical(entry.url)) is not None:
                page = Page(known_as, entry.url, source.name, entry.notice.as_json(), now, now, due=now)
                if taken := self._memory.name(page, self._asked):
                    found.pages.append(taken)
            if number % _AT_A_TIME == 0:
                await asyncio.sleep(0)
        found.counts["new"] = len(found.pages)
        return found

    def _unchanged(self, source: Source, poll: Poll, exchange: Exchange, now: float) -> Found:
        self._heard(source, poll, exchange, now, changed=False)
        return Found(counts=Counter(asked=1, feeds_unchanged=1))

    def _heard(self, source: Source, poll: Poll, exchange: Exchange, now: float, changed: bool) -> None:
        pause = polling.pause(
            poll.pause or source.every.total_seconds(),
            changed=changed,
            least=source.every_min.total_seconds(),
            most=source.every_max.total_seconds(),
            fresh=polling.fresh_seconds(exchange.headers),
        )
        self._memory.put_poll(replace(poll, asked_at=now, pause=pause, due=now + pause, failures=0))

    def _failed(self, source: Source, poll: Poll, error: FetchError, now: float) -> Found:
        failures = poll.failures + 1
        if error.kind == "put_aside":  # it was not asked
            self._memory.put_poll(replace(poll, due=now, error=error.detail))
        elif poll.depth and failures >= FAILURES:
            self._memory.drop_poll(poll)
        else:
            before = poll.pause or source.every.total_seconds()
            due = now + polling.after_failure(before, failures, source.every_max.total_seconds())
            self._memory.put_poll(replace(poll, asked_at=now, due=due, failures=failures, error=error.detail))
        return Found(counts=Counter({"asked": 1, f"feeds_failed:{error.kind}": 1}))


def polled(source: Source) -> tuple[str, ...]:
    """The addresses of a source that name pages; those of the kind `urls` are pages themselves."""
    return () if source.kind == "urls" else source.endpoints


def for_documents(source: Source, manners: Manners) -> Manners:
    """How to ask for what names pages: a sitemap may be as large as its protocol says."""
    return replace(manners, body_bytes=sitemaps.LIMIT_BYTES) if source.kind == "sitemap" else manners


def read(source: Source, exchange: Exchange, now: float) -> Document:
    """What a fetched feed or sitemap names, by the limits of its source."""
    moment = datetime.fromtimestamp(now, UTC)
    if source.kind == "feed":
        said = exchange.header("content-type")
        found = feeds.read(exchange.body, exchange.url, content_type=said, entries=MOST_ENTRIES)
    else:
        since = moment - source.max_age if source.max_age else None
        found = sitemaps.read(exchange.body, exchange.url, entries=MOST_ENTRIES, since=since)
    return preview.wanted(found, source, now=moment)


def _unverified(entry: Entry) -> Entry:
    return replace(entry, notice=replace(entry.notice, is_tls_verified=False))
