"""What a site asks of robots, read as RFC 9309 has it.

| robots.txt | means |
|---|---|
| status 2xx | its rules, the first 500 kB of them, for a day |
| 4xx other than 429; more than five redirects; one that leads nowhere | all may be fetched, for a day |
| 429, 5xx, no answer | nothing may be fetched; asked again after an hour |
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from protego import Protego

from storywire.web import address, redirects
from storywire.web.exchange import Exchange, FailureKind, FetchError

TOKEN = "storywire"  # noqa: S105 (a robot's name is called its token)
"""The name by which a robots.txt may speak of us; ours begins the User-Agent."""

PARSED_BYTES = 500 * 1024
KEPT_SECONDS = 24 * 3600.0
RETRY_SECONDS = 3600.0
HOPS = 5


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin asks of us.

    Attributes:
        said: Whether there are rules, none (`nothing`), or no telling (`unknown`: then nothing is allowed).
        delay: Seconds between two requests, the longer one of `Crawl-delay` and `Request-rate`.
        sitemaps: Addresses the file names, as they stand.
        why: For `unknown`, what happened, and `kind` the class of that failure.
        fetched_at: When, on the clock of `Robots`.
        body: The file as far as it is read; empty where there is none.
    """

    said: Literal["rules", "nothing", "unknown"]
    delay: float | None = None
    sitemaps: tuple[str, ...] = ()
    why: str = ""
    kind: FailureKind = "robots"
    fetched_at: float = 0.0
    body: bytes = b""
    parsed: Protego | None = None

    def allowed(self, url: str) -> bool:
        """Whether an address may be asked for; false for what is no address."""
        if self.said == "unknown":
            return False
        try:
            spelled = address.parse(url).url
        except FetchError:
            return False
        return self.parsed is None or self.parsed.can_fetch(spelled, TOKEN)

    def is_fresh(self, now: float) -> bool:
        """Whether they need not be asked for again."""
        return 0 <= now - self.fetched_at < (RETRY_SECONDS if self.said == "unknown" else KEPT_SECONDS)


def parse(body: bytes, *, fetched_at: float = 0.0) -> Rules:
    r"""The rules in a robots.txt.

    >>> parse(b"User-agent: *\nDisallow: /private/\nCrawl-delay: 4").allowed("https://news.example/private/a")
    False
    """
    text = body[:PARSED_BYTES]
    if len(body) > PARSED_BYTES:  # half a line may say the opposite of the whole
        text = text[: text.rfind(b"\n") + 1]
    rules = Protego.parse(text.decode("utf-8-sig", errors="replace"))
    rate = rules.request_rate(TOKEN)
    delays = [rules.crawl_delay(TOKEN) or 0.0, rate.seconds / rate.requests if rate else 0.0]
    return Rules("rules", max(delays) or None, tuple(rules.sitemaps), fetched_at=fetched_at, body=text, parsed=rules)


class Shelf(Protocol):
    """Where robots.txt files are kept from run to run."""

    def robots(self, origin: str, since: float) -> tuple[float, bytes] | None:
        """When it was asked for and its bytes, if that was after a moment."""

    def put_robots(self, origin: str, now: float, body: bytes) -> None:
        """Keep one; no bytes where there is none."""


class Robots:
    """The rules of every origin that was asked about, each asked for once while it is fresh.

    Args:
        get: Asks for one address, one hop, in the turn of its host. So rules are to be asked for outside of
            a turn, or the asker waits for itself.
        now: The clock, in seconds.
        shelf: Keeps what was answered from run to run.
    """

    def __init__(
        self,
        get: Callable[[str], Awaitable[Exchange]],
        *,
        now: Callable[[], float] = time.monotonic,
        shelf: Shelf | None = None,
    ) -> None:
        self._get = get
        self._now = now
        self._shelf = shelf
        self._known: dict[str, Rules] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def rules(self, url: str) -> Rules:
        """What the origin of an address asks of us; who asks at the same time waits for the same answer.

        Raises:
            FetchError: It is no address of the web (`url`), or its host may not be connected to (`refused_address`).
        """
        origin = address.parse(url).origin
        known = self._known.get(origin)
        if known is not None and known.is_fresh(self._now()):
            return known
        async with self._asking.setdefault(origin, asyncio.Lock()):
            known = self._known.get(origin)
            if known is None or not known.is_fresh(self._now()):
                if (known := self._recalled(origin)) is None:
                    known = await self._ask(f"{origin}/robots.txt")
                    if self._shelf and known.said != "unknown":
                        self._shelf.put_robots(origin, known.fetched_at, known.body)
                self._known[origin] = known
        return known

    def _recalled(self, origin: str) -> Rules | None:
        """What an earlier run was answered; where it had no telling, this one asks."""
        kept = self._shelf.robots(origin, self._now() - KEPT_SECONDS) if self._shelf else None
        rules = parse(kept[1], fetched_at=kept[0]) if kept else None
        return rules if rules and rules.is_fresh(self._now()) else None  # a clock may have been set back

    async def _ask(self, first: str) -> Rules:
        url = first
        try:
            for _ in range(HOPS + 1):
                exchange = await self._get(url)
                try:
                    further = redirects.target(exchange)
                except FetchError:
                    break
                if further is None:
                    return self._read(exchange)
                url = further
        except FetchError as error:
            if error.kind == "refused_address" and url == first:  # it says all about the page too
                raise
            return Rules("unknown", why=error.detail, kind=error.kind, fetched_at=self._now())
        return Rules("nothing", fetched_at=self._now())

    def _read(self, exchange: Exchange) -> Rules:
        if 200 <= exchange.status <= 299:
            return parse(exchange.body, fetched_at=self._now())
        if exchange.status == 429 or exchange.status >= 500:
            why = f"{address.shown(exchange.url)}: status {exchange.status}, so nothing of the host is fetched for now."
            return Rules("unknown", why=why, kind="status", fetched_at=self._now())
        return Rules("nothing", fetched_at=self._now())
