"""A run of the fetcher: memory, archive, client and turns put together."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from storywire import version
from storywire.settings import Settings
from storywire.sources.source import POLLED, Source
from storywire.store import lock, visits
from storywire.store.archive import Archive
from storywire.store.files import StoreError
from storywire.store.visits import Visits
from storywire.store.workspace import Workspace
from storywire.web import loop
from storywire.web.asking import Asker
from storywire.web.catching_up import catch_up
from storywire.web.client import Client, Limits
from storywire.web.crawl import Crawl, Watch
from storywire.web.guard import Guard
from storywire.web.lanes import Lanes
from storywire.web.remote import Remote
from storywire.web.streaming import stream


def fetch(
    space: Workspace,
    settings: Settings,
    sources: Sequence[Source],
    *,
    force: bool = False,
    watch: Watch = lambda source, what, count: None,
) -> dict[str, Counter[str]]:
    """Fetch what is due of some sources into the raw folder; returns what became of it, by source.

    One run at a time. `force` asks every feed, due or not; no page is fetched earlier for that.

    Raises:
        StoreError: Nobody is named who runs this, another run does not end, or the disk cannot be written.
    """
    wanted = [source for source in sources if source.kind in POLLED]
    archives = [source for source in sources if source.kind == "warc" and not source.paused]
    if not wanted and not archives:
        return {}
    until = time.time() + settings.fetch_minutes * 60
    with lock.held(space.fetching, settings.lock_wait_seconds), visits.opened(space.visits) as memory:
        settings.raw.mkdir(parents=True, exist_ok=True)
        catch_up(settings.raw, memory, {source.name: source.recheck for source in sources})
        found: dict[str, Counter[str]] = {}
        if wanted:
            crawl = _run(settings, wanted, memory, user_agent(settings), until=until, force=force, watch=watch)
            found |= loop.run(crawl)
        for source in archives:
            with remote(settings, source) as way:
                limit = settings.max_page_bytes
                found[source.name] = stream(
                    settings.raw, source, memory, way, page_bytes=limit, until=until, watch=watch
                )
        memory.forget(time.time() - timedelta(days=settings.remember_days).total_seconds(), settings.remember_pages)
        memory.commit()
    return found


async def _run(
    settings: Settings,
    sources: Sequence[Source],
    memory: Visits,
    agent: str,
    *,
    until: float,
    force: bool,
    watch: Watch,
) -> dict[str, Counter[str]]:
    with Archive(settings.raw, datetime.now(UTC), agent) as archive:
        async with client(settings, sources, agent) as asked:
            lanes = Lanes(
                connections=settings.fetch_connections,
                base=settings.backoff_seconds,
                until=time.monotonic() + until - time.time(),
            )
            crawl = Crawl(
                sources,
                Asker(asked, lanes, shelf=memory),
                memory,
                archive,
                until=until,
                remember=timedelta(days=settings.remember_days).total_seconds(),
                watch=watch,
            )
            await crawl.run(force=force)
    return crawl.tallies


def client(settings: Settings, sources: Sequence[Source], agent: str) -> Client:
    """The client by the settings: who may be connected to, and what an exchange may cost."""
    at_work = [source for source in sources if not source.paused]
    excepted = {host for source in at_work if not source.verify_tls for host in source.own_hosts}
    told_secrets = {host for source in at_work if source.verify_tls and source.headers for host in source.own_hosts}
    return Client(
        agent,
        guard=Guard(settings.allowed_networks, settings.known_hosts),
        limits=Limits(body_bytes=settings.max_page_bytes, idle_hosts=2 * settings.fetch_connections),
        unverified=excepted - told_secrets,  # what one source excepts, another's credentials do not go without
    )


def remote(settings: Settings, source: Source) -> Remote:
    """The way to the archives of a source, by the settings; those on this machine need nobody who asks."""
    own = (source.warc_list or "", source.base or "", *source.endpoints)
    return Remote(
        Guard(settings.allowed_networks, settings.known_hosts),
        user_agent(settings) if settings.contact else None,
        secret=source.secrets(),
        origins=frozenset((parts.scheme, parts.hostname or "") for parts in map(urlsplit, own)),
        verify_tls=source.verify_tls,
        s3_anonymous=settings.s3_anonymous,
    )


def user_agent(settings: Settings) -> str:
    """Who asks.

    Raises:
        StoreError: No contact is set.
    """
    if not settings.contact:
        raise StoreError(
            "nobody is named whom a host could complain to; set STORYWIRE_CONTACT to a mail or web address of yours"
        )
    return f"storywire/{version.PACKAGE} (+{settings.contact})"
