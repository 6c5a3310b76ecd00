from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storywire.web.client import Exchange, FetchError
from storywire.web.lanes import RETRY_AFTER_LIMIT, Lanes


class Clock:
    """Time that passes only where somebody waits for it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        due = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, due)


def lanes_of(clock: Clock, chance: Callable[[], float] = lambda: 1.0, **how: float) -> Lanes:
    return Lanes(clock=clock, sleep=clock.sleep, chance=chance, **how)


def answered(status: int, **headers: str) -> Exchange:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Exchange("http://a.test/", status, "", "HTTP/1.1", (), named, b"", b"", "127.0.0.1", datetime.now(UTC))


async def pause_after(lanes: Lanes, clock: Clock, exchange: Exchange, delay: float = 0.0) -> float:
    """How long the host of an answer is then left alone."""
    async with lanes.turn("a.test", delay) as turn:
        turn.answered(exchange)
    ended = clock()
    async with lanes.turn("a.test"):
        return clock() - ended


def test_the_delay_runs_from_the_end_of_one_request_to_the_start_of_the_next() -> None:
    async def ask() -> None:
        clock = Clock()
        lanes = lanes_of(clock)
        seen: list[tuple[float, float]] = []

        async def one() -> None:
            async with lanes.turn("a.test", 2.0):
                start = clock()
                clock.now += 5.0  # the request takes its time
                seen.append((start, clock()))

        await asyncio.gather(*(one() for _ in range(4)))
        assert seen == [(0.0, 5.0), (7.0, 12.0), (14.0, 19.0), (21.0, 26.0)]

    asyncio.run(ask())


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 5), st.floats(0, 5)), max_size=25))
def test_no_host_is_asked_twice_at_a_time_or_too_soon(requests: list[tuple[str, float, float]]) -> None:
    async def ask() -> None:
        clock = Clock()
        lanes = lanes_of(clock, connections=2)
        ended: dict[str, tuple[float, float]] = {}
        busy: set[str] = set()

        async def one(host: str, delay: float, takes: float) -> None:
            async with lanes.turn(host, delay):
                assert host not in busy
                assert len(busy) < 2
                busy.add(host)
                before, behind = ended.get(host, (float("-inf"), 0.0))
                assert clock() >= before + max(behind, delay)
                if takes:
                    await clock.sleep(takes)
                busy.discard(host)
                ended[host] = (clock(), delay)

        await asyncio.gather(*(one(*request) for request in requests))

    asyncio.run(ask())


def test_a_host_that_is_being_asked_has_its_delay_still_to_come() -> None:
    async def ask() -> None:
        clock = Clock()
        lanes = lanes_of(clock)
        async with lanes.turn("a.test", 3.0):
            clock.now += 1.0
            assert lanes.pauses() == {"a.test": 2.0}

    asyncio.run(ask())


def test_hosts_do_not_wait_for_each_others_pauses() -> None:
    async def ask() -> None:
        lanes = Lanes(connections=1)
        async with lanes.turn("slow.test", 30.0):
            pass
        waiting = asyncio.create_task(_enter(lanes, "slow.test"))
        await asyncio.sleep(0)
        await asyncio.wait_for(_enter(lanes, "quick.test"), 5)
        assert not waiting.done()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(ask())


async def _enter(lanes: Lanes, host: str) -> None:
    async with lanes.turn(host):
        pass


def test_who_gives_up_waiting_blocks_nobody() -> None:
    async def ask() -> None:
        lanes = Lanes(connections=1)
        async with lanes.turn("a.test"):
            same = asyncio.create_task(_enter(lanes, "a.test"))
            other = asyncio.create_task(_enter(lanes, "b.test"))
            await asyncio.sleep(0)
            for task in (same, other):
                task.cancel()
            await asyncio.wait([same, other])
        await asyncio.wait_for(asyncio.gather(_enter(lanes, "a.test"), _enter(lanes, "b.test")), 5)

    asyncio.run(ask())


def test_retry_after_is_kept_in_seconds_and_as_a_date() -> None:
    async def ask() -> None:
        for status in (429, 503):
            clock = Clock()
            assert await pause_after(lanes_of(clock), clock, answered(status, Retry_After="30")) == 30.0
        clock = Clock()
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
        assert 38.0 <= await pause_after(lanes_of(clock), clock, answered(429, Retry_After=date)) <= 40.0
        clock = Clock()
        past = "Wed, 21 Oct 2015 07:28:00 GMT"
        assert await pause_after(lanes_of(clock), clock, answered(429, Retry_After=past), delay=3.0) == 3.0

    asyncio.run(ask())


@pytest.mark.parametrize("nonsense", ["soon", "-5", "1e9", "", "²", "Wed, 99 Foo 2015", "1.5"])
def test_a_retry_after_that_says_nothing_leaves_our_own_pause(nonsense: str) -> None:
    async def ask() -> None:
        clock = Clock()
        assert await pause_after(lanes_of(clock, base=4.0), clock, answered(503, Retry_After=nonsense)) == 4.0

    asyncio.run(ask())


def test_pauses_double_with_each_trouble_in_a_row_and_end_with_the_first_good_answer() -> None:
    async def ask() -> None:
        clock = Clock()
        lanes = lanes_of(clock, base=1.0, longest_backoff=5.0, patience=9)
        troubles = [await pause_after(lanes, clock, answered(500)) for _ in range(5)]
        assert troubles == [1.0, 2.0, 4.0, 5.0, 5.0]
        assert await pause_after(lanes, clock, answered(404)) == 0.0
        assert await pause_after(lanes, clock, answered(502)) == 1.0

    asyncio.run(ask())


def test_a_pause_is_a_random_part_but_never_less_than_the_delay() -> None:
    async def ask() -> None:
        clock = Clock()
        lanes = lanes_of(clock, lambda: 0.25, base=8.0)
        assert await pause_after(lanes, clock, answered(500)) == 2.0
        assert await pause_after(lanes, clock, answered(500), delay=7.0) == 7.0

    asyncio.run(ask())


@pytest.mark.parametrize("kind", ["connect", "timeout", "protocol", "truncated", "tls", "dns"])
def test_a_host_that_keeps_failing_is_put_aside_for_the_run(kind: str) -> None:
    async def ask() -> None:
        clock = Clock()
        lanes = lanes_of(clock, patience=3)
        for _ in range(3):
            with pytest.raises(FetchError, match="no answer"):
                async with lanes.turn("a.test"):
                    raise FetchError(kind, "no answer", retry=True)
        with pytest.raises(FetchError, match="put aside for the rest of the run") as error:
            await _enter(lanes, "a.test")
        assert (error.value.kind, error.value.retry) == ("put_aside", True)
        assert list(lanes.put_aside()) == ["a.test"]
        await _enter(lanes, "b.test")

    asyncio.run(ask())


def test_who_waits_for_a_host_that_is_put_aside_learns_it() -> None:
    async def ask() -> None:
        lanes = Lanes(patience=1)

        async def lose() -> None:
            async with lanes.turn("a.test"):
                await asyncio.sleep(0)  # the others come to wait
                raise FetchError("connect", "lost")

        waiting = (_enter(lanes, "a.test") for _ in range(3))
        failures = await asyncio.wait_for(asyncio.gather(lose(), *waiting, return_exceptions=True), 5)
        assert [getattr(one, "kind", None) for one in failures] == ["connect", *["put_aside"] * 3]

    asyncio.run(ask())


def test_a_page_that_is_at_fault_itself_does_not_count_against_its_host() -> None:
    async def ask() -> None:
        lanes = Lanes(patience=1)
        for kind in ("too_large", "undecodable", "url", "redirects"):
            with pytest.raises(FetchError):
                async with lanes.turn("a.test"):
                    raise FetchError(kind, "the page")
        assert lanes.put_aside() == {}

    asyncio.run(ask())


def test_a_connection_that_went_stale_does_not_count_against_its_host() -> None:
    async def ask() -> None:
        lanes = Lanes(patience=1)
        with pytest.raises(FetchError):
            async with lanes.turn("a.test"):
                raise FetchError("connect", "lost", retry=True, is_stale=True)
        assert lanes.put_aside() == {}
        await asyncio.wait_for(_enter(lanes, "a.test"), 1)

    asyncio.run(ask())


def test_a_host_that_asks_for_more_than_a_run_waits_is_put_aside_at_once() -> None:
    async def ask() -> None:
        clock = Clock()
        lanes = lanes_of(clock, longest_pause=600.0)
        async with lanes.turn("a.test") as turn:
            turn.answered(answered(429, Retry_After="999999999999"))
        with pytest.raises(FetchError, match=f"{RETRY_AFTER_LIMIT:g} s"):
            await _enter(lanes, "a.test")
        assert clock() == 0.0

    asyncio.run(ask())


def test_a_delay_longer_than_a_run_waits_leaves_one_request_a_run() -> None:
    async def ask() -> None:
        clock = Clock()
        lanes = lanes_of(clock, longest_pause=600.0)
        async with lanes.turn("a.test", 3600.0):
            pass
        assert list(lanes.put_aside()) == ["a.test"]
        async with lanes.turn("b.test", 1.0):  # its robots.txt, which asks for more
            pass
        for host in ("a.test", "b.test"):
            with pytest.raises(FetchError, match="3600 s"):
                async with lanes.turn(host, 3600.0):
                    pass
        assert clock() == 0.0

    asyncio.run(ask())


def test_what_robots_txt_asks_for_is_kept_from_its_own_request_on() -> None:
    async def ask() -> None:
        clock = Clock()
        lanes = lanes_of(clock)
        async with lanes.turn("a.test", 1.0):
            pass
        async with lanes.turn("a.test", 7.0):
            assert clock() == 7.0

    asyncio.run(ask())


def test_real_time_is_kept_too(serve, client_of, answer) -> None:
    async def ask() -> None:
        times: list[tuple[float, float]] = []
        loop = asyncio.get_running_loop()

        async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
            start = loop.time()
            writer.write(answer())
            times.append((start, loop.time()))

        async with serve(talk) as server, client_of() as client:
            lanes = Lanes()

            async def one(number: int) -> None:
                async with lanes.turn("norrby.test", 0.03) as turn:
                    turn.answered(await client.get(server.url(f"/{number}")))

            await asyncio.gather(*(one(number) for number in range(5)))
        assert len(times) == 5
        assert all(start - end >= 0.03 for (_, end), (start, _) in itertools.pairwise(times))

    asyncio.run(ask())
