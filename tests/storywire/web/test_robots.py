from __future__ import annotations

import asyncio
import time

import pytest

from storywire.web import loop, robots
from storywire.web.client import Exchange, FetchError
from storywire.web.lanes import Lanes

HOST = "http://norrby.test"


@pytest.mark.parametrize(
    ("text", "allowed", "disallowed"),
    [
        ("User-agent: *\nDisallow: /shop/", ["/", "/news"], ["/shop/", "/shop/a", "/news/../shop/a", "/%73hop/a"]),
        ("User-agent: *\nDisallow: /\nUser-agent: Storywire\nDisallow: /shop", ["/news"], ["/shop"]),
        ("User-agent: storywire\nDisallow: /\n\nUser-agent: *\nAllow: /", [], ["/", "/news"]),
        ("User-agent: otherbot\nDisallow: /", ["/news"], []),
        ("User-agent: *\nDisallow: /*.pdf$\nAllow: /open/*.pdf$", ["/a.pdf?x", "/open/a.pdf"], ["/a.pdf"]),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", ["/a/b", "/a/b/c"], ["/a", "/a/c"]),
        ("\ufeffUser-agent: *\r\nDisallow: /fö", ["/f"], ["/fö", "/f%C3%B6"]),
        ("User-agent: *\nDisallow:", ["/news"], []),
        ("<!doctype html><p>Not found</p>", ["/news"], []),
        ("", ["/news"], []),
    ],
)
def test_what_a_site_asks_is_kept(text: str, allowed: list[str], disallowed: list[str]) -> None:
    rules = robots.parse(text.encode())
    assert [path for path in allowed + disallowed if rules.allowed(HOST + path)] == allowed


def test_the_longer_of_two_delays_is_kept() -> None:
    assert robots.parse(b"User-agent: *\nCrawl-delay: 2.5").delay == 2.5
    assert robots.parse(b"User-agent: *\nCrawl-delay: 2.5\nRequest-rate: 1/10").delay == 10.0
    assert robots.parse(b"User-agent: storywire\nCrawl-delay: 7\nUser-agent: *\nCrawl-delay: 1").delay == 7.0
    for nonsense in (b"nan", b"inf", b"-3", b"soon", b""):
        assert robots.parse(b"User-agent: *\nCrawl-delay: " + nonsense).delay is None


def test_sitemaps_are_named() -> None:
    rules = robots.parse(b"Sitemap: https://norrby.test/news.xml\nUser-agent: *\nSitemap: /b.xml")
    assert rules.sitemaps == ("https://norrby.test/news.xml", "/b.xml")


def test_no_more_than_500_kb_are_read_and_no_half_rule() -> None:
    start, half = b"User-agent: *\n", b"Disallow: /news"
    filler = b"#" * (robots.PARSED_BYTES - len(start) - len(half) - 1) + b"\n"
    rules = robots.parse(start + filler + half + b"-of-1926\nDisallow: /late\n")
    assert rules.allowed(f"{HOST}/news")
    assert rules.allowed(f"{HOST}/late")
    rules = robots.parse(start + filler[8:] + half + b"\nDisallow: /late\n")
    assert not rules.allowed(f"{HOST}/news")
    assert rules.allowed(f"{HOST}/late")


@pytest.mark.parametrize(
    "text",
    [
        b"User-agent: *\nDisallow: /" + b"*a" * 2_000 + b"$",
        b"User-agent: *\n" + b"Disallow: /*a*a*a*a*a*a*b$\n" * 15_000,
        b"User-agent: " + b"x" * 400_000,
        bytes(range(256)) * 2_000,
    ],
)
def test_no_rule_takes_long(text: bytes) -> None:
    began = time.process_time()
    robots.parse(text).allowed(f"{HOST}/" + "a" * 4_000)
    assert time.process_time() - began < 2.0


def rules_of(serve, client_of, answers: list[bytes], *, times: int = 1) -> tuple[robots.Rules, list[bytes]]:
    """The rules of a host that gives these answers, asked for some times at once."""
    left = list(answers)

    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(left.pop(0) if len(left) > 1 else left[0])

    async def ask() -> tuple[robots.Rules, list[bytes]]:
        async with serve(talk) as server, client_of(read_seconds=0.1) as client:
            known = robots.Robots(client.get)
            got = await asyncio.gather(*(known.rules(server.url(f"/page/{number}")) for number in range(times)))
            assert all(one is got[0] for one in got)
            return got[0], server.heads

    return loop.run(ask())


CLOSED = b"User-agent: *\nDisallow: /"


def test_the_rules_of_a_host_are_asked_for_once_however_many_ask(serve, client_of, answer) -> None:
    rules, heads = rules_of(serve, client_of, [answer(CLOSED)], times=20)
    assert (rules.said, rules.allowed(f"{HOST}/a")) == ("rules", False)
    assert [head.split(b"\r\n")[0] for head in heads] == [b"GET /robots.txt HTTP/1.1"]


@pytest.mark.parametrize("status", ["400 Bad", "401 Who", "403 No", "404 Not Found", "410 Gone", "418 Teapot"])
def test_a_site_that_has_no_rules_allows_everything(serve, client_of, answer, status: str) -> None:
    rules, _ = rules_of(serve, client_of, [answer(CLOSED, status)])
    assert (rules.said, rules.allowed(f"{HOST}/a")) == ("nothing", True)


@pytest.mark.parametrize("status", ["429 Slow", "500 Oh", "502 Bad", "503 Later", "599 Odd"])
def test_a_site_in_trouble_allows_nothing(serve, client_of, answer, status: str) -> None:
    rules, _ = rules_of(serve, client_of, [answer(b"", status)])
    assert (rules.said, rules.allowed(f"{HOST}/a")) == ("unknown", False)
    assert status[:3] in rules.why
    assert rules.kind == "status"


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nUser-agent: *\nAllow: /", b"no HTTP\r\n\r\n"]
)
def test_rules_that_do_not_come_whole_allow_nothing(serve, client_of, said: bytes) -> None:
    rules, _ = rules_of(serve, client_of, [said])
    assert (rules.said, rules.allowed(f"{HOST}/a")) == ("unknown", False)
    assert "/robots.txt" in rules.why
    assert rules.kind in ("timeout", "protocol")


def test_five_redirects_are_followed_and_a_sixth_means_no_rules(serve, client_of, answer) -> None:
    hop = answer(b"", "302 Found", Location="/elsewhere/robots.txt")
    rules, heads = rules_of(serve, client_of, [hop] * 5 + [answer(CLOSED)])
    assert (rules.said, len(heads)) == ("rules", 6)
    rules, heads = rules_of(serve, client_of, [hop])
    assert (rules.said, len(heads)) == ("nothing", 6)


def test_a_redirect_of_the_rules_into_the_house_allows_nothing(serve, client_of, answer) -> None:
    rules, heads = rules_of(serve, client_of, [answer(b"", "302 Found", Location="http://10.0.0.1/robots.txt")])
    assert (rules.said, len(heads)) == ("unknown", 1)
    assert "refused" in rules.why


def test_rules_are_good_for_a_day_and_trouble_for_an_hour(serve, client_of, answer) -> None:
    async def ask() -> None:
        clock = 0.0
        async with serve(answer(CLOSED)) as server, client_of() as client:
            known = robots.Robots(client.get, now=lambda: clock)
            for moment, n_asked in ((0.0, 1), (86_399.0, 1), (86_401.0, 2)):
                clock = moment
                await known.rules(server.url())
                assert len(server.heads) == n_asked
            server.answer = answer(b"", "503 Later")
            for clock in (200_000.0, 203_000.0):  # noqa: B007 (the clock reads it)
                assert (await known.rules(server.url())).said == "unknown"
                assert len(server.heads) == 3
            server.answer = answer(CLOSED)
            clock = 204_000.0
            assert (await known.rules(server.url())).said == "rules"

    loop.run(ask())


def test_the_rules_are_asked_for_in_the_turn_of_the_host(serve, client_of, answer) -> None:
    async def ask() -> None:
        lanes = Lanes()
        async with serve(answer(CLOSED)) as server, client_of() as client:

            async def get(url: str) -> Exchange:
                async with lanes.turn("norrby.test"):
                    return await client.get(url)

            known = robots.Robots(get)
            await asyncio.wait_for(asyncio.gather(*(known.rules(server.url()) for _ in range(3))), 5)
            assert len(server.heads) == 1

    loop.run(ask())


def test_what_is_no_address_has_no_rules_and_is_not_allowed() -> None:
    assert not robots.parse(b"").allowed("file:///etc/passwd")

    async def get(url: str) -> Exchange:
        raise AssertionError(url)

    with pytest.raises(FetchError, match="http or https"):
        loop.run(robots.Robots(get).rules("file:///etc/passwd"))


def test_rules_from_a_day_that_is_still_to_come_are_asked_for_anew(serve, client_of, answer) -> None:
    """A clock was set back since they were kept."""

    class Kept:
        moment = 0.0

        def robots(self, origin: str, since: float) -> tuple[float, bytes] | None:
            return (self.moment, b"User-agent: *\nDisallow: /") if self.moment >= since else None

        def put_robots(self, origin: str, now: float, body: bytes) -> None:
            self.moment = now

    async def ask(kept: Kept) -> bool:
        async with serve(answer(b"User-agent: *\nAllow: /")) as server, client_of() as client:
            rules = await robots.Robots(client.get, now=lambda: 1_000_000.0, shelf=kept).rules(server.url())
            assert len(server.heads) == rules.allowed(server.url())
            return rules.allowed(server.url())

    kept = Kept()
    for moment, is_asked in ((1_000_000.0 - 60, False), (1_000_000.0 + 1e6, True), (0.0, True)):
        kept.moment = moment
        assert loop.run(ask(kept)) is is_asked
    assert kept.moment == 1_000_000.0
