"""Whose turn it is: one request at a time to a host, at its pace, and a host in trouble left alone."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

from storywire.web.exchange import Exchange, FetchError

RETRY_AFTER_LIMIT = 86_400.0
"""Seconds; a host that asks for longer is asked again tomorrow."""

_TROUBLE = frozenset({"connect", "timeout", "protocol", "truncated", "tls", "dns"})
"""Failures that speak of the host, not of the page."""


class Lanes:
    """Turns of hosts.

    Between the end of one request to a host and the start of the next lies its delay. After an answer of
    429 or 5xx, or none, lies what `Retry-After` asks for, or else a random part of `base * 2**(n-1)`
    seconds after the n-th trouble in a row ("full jitter": hosts that fell together are not asked
    together). A host is put aside for the rest of the run after `patience` troubles in a row, or when
    it asks for a longer pause than a run waits for, by `Retry-After` or by its delay.

    Args:
        connections: Requests at once, over all hosts.
        base: Seconds of the first pause after trouble.
        longest_backoff: Seconds of the longest pause of our own making.
        longest_pause: Seconds that a run waits for a host at most.
        patience: Troubles in a row after which a host is put aside.
        chance: A number from 0 to 1.
        until: When the run ends, by the clock: who had to wait beyond it is put aside.
    """

    def __init__(
        self,
        *,
        connections: int = 50,
        base: float = 1.0,
        longest_backoff: float = 120.0,
        longest_pause: float = 600.0,
        patience: int = 5,
        chance: Callable[[], float] = random.random,
        until: float = float("inf"),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._free = asyncio.Semaphore(connections)
        self.base = base
        self.longest_backoff = longest_backoff
        self.longest_pause = longest_pause
        self.patience = patience
        self.chance = chance
        self.until = until
        self.clock = clock
        self.sleep = sleep
        self._lanes: dict[str, _Lane] = {}

    def turn(self, host: str, delay: float = 0.0) -> Turn:
        """The right to ask a host once: `async with lanes.turn(host, 2.0) as turn: ...`.

        Entering waits until the host is free and its pause is over, and raises FetchError (`put_aside`)
        where it is no longer asked. A FetchError that leaves the block is noted as trouble of the host;
        what was answered is told by `turn.answered`. The delay lies before this request and behind it: what
        robots.txt asks for is kept from its own request on.
        """
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = _Lane(host)
        return Turn(self, lane, self._free, delay)

    def pauses(self) -> dict[str, float]:
        """The hosts whose pause outlasts this moment, and for how many seconds: the next run begins with them.

        A host that is being asked has its delay from the moment it was: who asks may not live to see the answer.
        """
        left = {host: lane.ended_at + lane.pause - self.clock() for host, lane in sorted(self._lanes.items())}
        return {host: seconds for host, seconds in left.items() if seconds > 0}

    def resume(self, pauses: Mapping[str, float]) -> None:
        """Begin with the pauses that an earlier run left."""
        for host, seconds in pauses.items():
            lane = self._lanes[host] = _Lane(host)
            lane.ended_at = self.clock()
            lane.pause = min(seconds, RETRY_AFTER_LIMIT)
            if lane.pause > self.longest_pause:
                lane.aside = f"it asked for a longer pause, {lane.pause:.0f} s of which are left"

    def put_aside(self) -> dict[str, str]:
        """The hosts that are no longer asked, each with the reason."""
        return {host: lane.aside for host, lane in sorted(self._lanes.items()) if lane.aside}


class _Lane:
    __slots__ = ("aside", "ended_at", "host", "lock", "pause", "troubles")

    def __init__(self, host: str) -> None:
        self.host = host
        self.lock = asyncio.Lock()
        self.ended_at = float("-inf")
        self.pause = 0.0
        self.troubles = 0
        self.aside = ""


class Turn:
    """One request to a host."""

    __slots__ = ("_delay", "_free", "_lane", "_lanes", "_pause")

    def __init__(self, lanes: Lanes, lane: _Lane, free: asyncio.Semaphore, delay: float) -> None:
        self._lanes = lanes
        self._lane = lane
        self._free = free
        self._delay = delay
        self._pause = 0.0

    async def __aenter__(self) -> Self:
        lane, lanes = self._lane, self._lanes
        await lane.lock.acquire()
        try:
            self._check()
            if lane.ended_at > float("-inf"):
                self._too_long(self._delay, "the delay between its requests")
                self._check()
            # A timer may fire a little early by its clock; a host counts by its own.
            while (wait := lane.ended_at + max(lane.pause, self._delay) - lanes.clock()) > 0:
                if lanes.clock() + wait > lanes.until:
                    raise FetchError("put_aside", f"{lane.host}: its turn comes after the end of the run.", retry=True)
                await lanes.sleep(wait)
            await self._free.acquire()
        except BaseException:
            lane.lock.release()
            raise
        lane.ended_at, lane.pause = lanes.clock(), self._delay
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if isinstance(error, FetchError) and error.kind in _TROUBLE and not error.is_stale:
                self._trouble(error.detail)
            self._lane.ended_at = self._lanes.clock()
            self._lane.pause = max(self._delay, self._pause)
            self._too_long(self._delay, "the delay between its requests")
        finally:
            self._free.release()
            self._lane.lock.release()

    def answered(self, exchange: Exchange) -> None:
        """Note what came: trouble, and the pause the host asks for, or that all is well."""
        asked = _retry_after(exchange.header("retry-after"))
        if exchange.status == 429 or exchange.status >= 500:
            self._trouble(f"{self._lane.host} answered with status {exchange.status}", asked)
        else:
            self._lane.troubles = 0
            self._lane.aside = ""

    def _trouble(self, why: str, asked: float | None = None) -> None:
        lane, lanes = self._lane, self._lanes
        lane.troubles += 1
        growing = lanes.base * 2.0 ** min(lane.troubles - 1, 30)
        self._pause = lanes.chance() * min(lanes.longest_backoff, growing) if asked is None else asked
        self._too_long(self._pause, why)
        if lane.troubles >= lanes.patience:
            lane.aside = f"{lane.troubles} requests in a row failed ({why})"

    def _too_long(self, pause: float, why: str) -> None:
        if pause > self._lanes.longest_pause:
            self._lane.aside = f"it asks for a pause of {pause:g} s ({why})"

    def _check(self) -> None:
        if self._lane.aside:
            why = f"{self._lane.host}: the host is put aside for the rest of the run: {self._lane.aside}"
            raise FetchError("put_aside", f"{why}; the next run asks it again.", retry=True)


def _retry_after(value: str | None) -> float | None:
    """Seconds that a `Retry-After` asks for: a number, or a date."""
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return min(float(value), RETRY_AFTER_LIMIT)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - datetime.now(UTC)).total_seconds(), 0.0), RETRY_AFTER_LIMIT)
