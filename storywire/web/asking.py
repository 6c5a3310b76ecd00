"""Asking for one page until it is there or lost: robots, turns, tries, redirects."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count

from pydantic import SecretStr

from storywire.web import address, redirects
from storywire.web.client import Client, Exchange, FetchError
from storywire.web.lanes import Lanes
from storywire.web.robots import Robots, Shelf

TRIES = 4
"""Requests for one address in one run, where the host is in trouble: its pauses grow from one to the next."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How a source's pages are asked for: seconds between requests to a host, and what only its own hosts are told.

    `body_bytes` is what an answer may have where that is more than a page may.
    """

    delay: float = 0.0
    secret: Mapping[str, SecretStr] | None = None
    own_hosts: frozenset[str] = frozenset()
    body_bytes: int = 0

    def secrets_for(self, url: str) -> Mapping[str, SecretStr] | None:
        """What is secret and may be told where an address leads: over https alone, whoever names or redirects to it."""
        where = address.parse(url)
        return self.secret if where.scheme == "https" and where.host in self.own_hosts else None


@dataclass(frozen=True, slots=True)
class Answer:
    """The last exchange, which redirects no further, and the redirects before it: address asked, status answered.

    `is_tls_verified` is false where the certificate of any host on the way was not checked: who poses as one of them
    chooses what comes in the end.
    """

    exchange: Exchange
    hops: tuple[tuple[str, int], ...]
    is_tls_verified: bool


class Asker:
    """Asks politely. One for a run: who shares it shares the turns of hosts (`lanes`) and the rules of origins."""

    def __init__(self, client: Client, lanes: Lanes, *, shelf: Shelf | None = None) -> None:
        self._client = client
        self.lanes = lanes
        self._robots = Robots(self._ask_for_rules, now=time.time, shelf=shelf)

    async def ask(
        self,
        url: str,
        manners: Manners,
        headers: Mapping[str, str] | None = None,
        *,
        follow: Callable[[str], None] = lambda further: None,
    ) -> Answer:
        """Ask for an address and follow where it leads, each hop in the turn of its host and by the rules there.

        `headers` go with the first request alone: what they say of a page holds of no other. `follow` is told of
        every hop before it is made, and ends the way by raising.

        Raises:
            FetchError: There was no answer; a status of 429 or 5xx, in all tries, is none.
        """
        hops: list[tuple[str, int]] = []
        is_verified = True
        while True:
            exchange = await self._patiently(url, manners, {} if hops else headers or {})
            is_verified = is_verified and exchange.is_tls_verified
            further = redirects.target(exchange)
            if further is None:
                return Answer(exchange, tuple(hops), is_verified)
            hops.append((exchange.url, exchange.status))
            if further in {asked for asked, _ in hops} or len(hops) > self._client.limits.redirects:
                why = f"redirects lead on without end, from {address.shown(hops[0][0])}"
                raise FetchError("redirects", f"{address.shown(exchange.url)}: {why}.")
            follow(further)
            url = further

    async def _patiently(self, url: str, manners: Manners, headers: Mapping[str, str]) -> Exchange:
        """One hop, by the rules of its origin."""
        rules = await self._robots.rules(url)
        if not rules.allowed(url):
            why = rules.why or f"{address.shown(url)}: robots.txt asks that it not be fetched."
            raise FetchError(rules.kind, why, retry=rules.said == "unknown")
        return await self._in_tries(url, manners, max(manners.delay, rules.delay or 0.0), headers)

    async def _in_tries(self, url: str, manners: Manners, delay: float, headers: Mapping[str, str]) -> Exchange:
        host = address.parse(url).host  # in its one spelling, or one host would have two turns at a time
        for number in count(1):
            try:
                async with self.lanes.turn(host, delay) as turn:
                    exchange = await self._client.get(
                        url, headers=headers, secret=manners.secrets_for(url), body_bytes=manners.body_bytes
                    )
                    turn.answered(exchange)
            except FetchError as error:
                if not error.retry or error.kind == "put_aside" or number == TRIES:
                    raise
                continue
            if exchange.status != 429 and exchange.status < 500:
                return exchange
            if number == TRIES:
                why = f"status {exchange.status}, {TRIES} times; it is asked again in a later run"
                raise FetchError("status", f"{address.shown(url)}: {why}.", retry=True)
        raise AssertionError("unreachable: the last try returns or raises")

    async def _ask_for_rules(self, url: str) -> Exchange:
        return await self._in_tries(url, Manners(), 0.0, {})
