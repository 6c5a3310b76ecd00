"""One page: fetched where nobody has it, looked at again where somebody does, and kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from storywire import notice
from storywire.articles import urls
from storywire.store.archive import Archive, Held, Kept
from storywire.store.visits import Page, State, Visits
from storywire.web import address
from storywire.web.asking import Answer, Asker, Manners
from storywire.web.client import FetchError

RUNS = 8
"""Runs in which a page is asked for in vain before it is given up: over three days at the pauses below, for a host may
be down from Friday to Monday."""

FIRST_PAUSE = 3600.0
LONGEST_PAUSE = 86_400.0
"""Seconds between two such runs: an hour at first, twice as long after each, a day at most."""

_SOON_THERE = frozenset({304, 404, 408, 425})
"""Statuses that may pass: a feed may name a page before all servers have it, and a broken cache may say `not modified`
unasked."""

REFUSED = frozenset({"robots", "refused_address", "url"})


class Source(Protocol):
    """What of a listed source is asked here."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def recheck(self) -> tuple[timedelta, ...]:
        """How long after its first fetch a page is looked at again."""

    @property
    def full_every(self) -> timedelta:
        """How long an unchanged validator is believed."""

    def takes(self, url: str) -> bool:
        """Whether a page of that address is wanted."""


class KnownError(Exception):
    """The way leads to a page that is known under another address."""


class Pages:
    """Fetches pages and remembers them.

    Args:
        asker: Asks the hosts.
        memory: What is known of every page.
        archive: Takes in what came.
    """

    def __init__(self, asker: Asker, memory: Visits, archive: Archive, *, now: Callable[[], float] = time.time) -> None:
        self._asker = asker
        self._memory = memory
        self._archive = archive
        self._now = now

    async def fetch(self, source: Source, manners: Manners, page: Page) -> str:
        """Fetch a page that is due and note how it stands; returns what it came to, as tallies call it.

        Raises:
            StoreError: The archive cannot be written.
        """
        claimed: list[str] = []
        headers = self._validators(source, page)
        try:
            answer = await self._asker.ask(
                page.url, manners, headers, follow=lambda further: self._follow(source, page, further, claimed)
            )
            _expect(answer, is_conditional=bool(headers))
        except KnownError as error:
            self._settle(claimed, State.ALIAS)
            self._memory.put(replace(page, state=State.ALIAS, due=None, error=str(error)))
            return "known"
        except FetchError as error:
            return self._in_vain(page, error, claimed)
        return self._keep(source, page, answer, claimed)

    def _keep(self, source: Source, page: Page, answer: Answer, claimed: list[str]) -> str:
        """Store a page and remember it, with nothing in between that could end the run.

        Not in a thread: the .5 to 2 ms a usual page costs are less than what two threads lose to Python's lock.
        """
        known = notice.read(page.notice)
        known = replace(known, is_tls_verified=known.is_tls_verified and answer.is_tls_verified)
        kept = self._archive.keep(answer.exchange, known, page.source, answer.hops, held(page))
        self._settle(claimed, State.HAD)
        self._memory.put(had(page, kept, source.recheck))
        return "unchanged" if kept.is_unchanged else "had"

    def let_go(self, page: Page) -> str:
        """Give up a page that waits and that no source names any more; returns what it came to."""
        why = f"{address.shown(page.url)}: no source names it any more, and it could not be had before"
        error = FetchError("expired", f"{why}{f': {page.error}' if page.error else '.'}")
        self._give_up(page, error, [])
        return f"failed:{error.kind}"

    def _validators(self, source: Source, page: Page) -> dict[str, str]:
        """What makes a server answer 304; left out now and then, for servers get it wrong."""
        if held(page) is None or not is_believed(page.full_at, self._now(), source.full_every):
            return {}
        return validators(page.etag, page.modified)

    def _follow(self, source: Source, page: Page, further: str, claimed: list[str]) -> None:
        """Claim the address a page leads to, before anybody waits: two that lead to one page fetch it once.

        A claim lasts until the page is settled: it says `waiting`, and is never due by itself. One that is known to
        lead on itself is followed, so that addresses that lead in a ring are told as what they are.

        Raises:
            KnownError: It is known already, by its own name or from another page.
            FetchError: It is known not to be had, or of a host the source does not want.
        """
        if not source.takes(further):
            why = f"it leads to {address.shown(further)}, and the source takes pages of its `hosts` alone"
            raise FetchError("redirects", f"{address.shown(page.url)}: {why}.")
        there = urls.canonical(further)
        if there is None or there == page.address or there in claimed:
            return
        known, mine = self._memory.page(there), f"reached from {page.address}"
        if known is None:
            now = self._now()
            self._memory.put(Page(there, further, page.source, page.notice, now, now, error=mine))
            claimed.append(there)
        elif known.state in (State.GONE, State.REFUSED):
            raise FetchError("redirects", f"{address.shown(page.url)}: it leads to {there}, which cannot be had.")
        elif known.state is not State.ALIAS and known.error != mine:
            raise KnownError(f"leads to {there}")

    def _settle(self, claimed: list[str], state: State) -> None:
        for there in claimed:
            if known := self._memory.page(there):
                self._memory.put(replace(known, state=state))

    def _in_vain(self, page: Page, error: FetchError, claimed: list[str]) -> str:
        """Note that a page could not be had: for now, or for good."""
        now, is_aside = self._now(), error.kind == "put_aside"
        tries = page.tries + (not is_aside)
        failed = replace(page, tries=tries, error=error.detail)
        if error.retry and tries < RUNS:
            pause = 0.0 if is_aside else min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
            self._memory.put(replace(failed, due=now + pause))
        elif page.had:  # what is had stays had
            self._memory.put(replace(failed, due=None))
        else:
            self._give_up(failed, error, claimed)
            return f"failed:{error.kind}"
        self._memory.drop_claims(claimed)  # it may lead elsewhere the next time, and others may name them
        return f"failed:{error.kind}"

    def _give_up(self, page: Page, error: FetchError, claimed: list[str]) -> None:
        self._archive.failed(page.url, error.kind, error.detail, notice.read(page.notice), page.source)
        state = State.REFUSED if error.kind in REFUSED else State.GONE
        self._settle(claimed, state)
        self._memory.put(replace(page, state=state, due=None))


def is_believed(full_at: float | None, now: float, full_every: timedelta) -> bool:
    """Whether validators of a whole answer may be used: not for ever, and not where a clock was set back since."""
    return full_at is not None and 0 <= now - full_at < full_every.total_seconds()


def validators(etag: str | None, modified: str | None) -> dict[str, str]:
    """Headers that make a server answer 304 where nothing changed."""
    said = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {name: value for name, value in said.items() if value}


def had(page: Page, kept: Kept, recheck: tuple[timedelta, ...]) -> Page:
    """How a page stands after it was kept."""
    at = kept.at.timestamp()
    first = page.first_had if page.first_had is not None else at
    again = sorted(one.total_seconds() for one in recheck)[page.had : page.had + 1]
    is_whole = kept.status != 304
    # What a redirected page's server says to validate it by is not asked of the first hop.
    etag, modified = (kept.etag, kept.last_modified) if not kept.hops else (None, None)
    return replace(
        page,
        state=State.HAD,
        due=max(first + again[0], at + 1.0) if again else None,
        tries=0,
        had=page.had + 1,
        first_had=first,
        last_had=at,
        full_at=at if is_whole else page.full_at,
        etag=etag if is_whole else page.etag,
        modified=modified if is_whole else page.modified,
        digest=kept.held.digest,
        record=kept.held.record,
        held_at=kept.held.at.isoformat(),
        payload_digest=kept.held.payload_digest,
        error=None,
    )


def held(page: Page) -> Held | None:
    """Where the bytes of a page lie, if they do."""
    if not (page.digest and page.record and page.held_at and page.payload_digest):
        return None
    return Held(page.digest, page.record, datetime.fromisoformat(page.held_at), page.payload_digest)


def _expect(answer: Answer, *, is_conditional: bool) -> None:
    """Any status but of success brings no page; `not modified` counts where that was asked, of this very address.

    Raises:
        FetchError: It is another.
    """
    status = answer.exchange.status
    if 200 <= status <= 299 or (status == 304 and is_conditional and not answer.hops):
        return
    why = f"{address.shown(answer.exchange.url)}: status {status} brings no page."
    raise FetchError("status", why, retry=status in _SOON_THERE)
