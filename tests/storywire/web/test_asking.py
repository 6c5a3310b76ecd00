"""Asking for one page: tries, redirects, robots, and who is told a secret."""

from __future__ import annotations

import asyncio
import ssl
import time

import pytest
from pydantic import SecretStr

from storywire.web import loop
from storywire.web.asking import TRIES, Manners
from storywire.web.client import FetchError
from storywire.web.lanes import Lanes
from tests.storywire.web.small import BUSY, MISSING, Small, moved, page

SECRET = SecretStr("Bearer 71ce-opaque")


def test_a_host_in_trouble_is_asked_again_and_not_for_ever(web: Small) -> None:
    web.answers = {"/once": [BUSY, page()], "/never": BUSY}

    async def ask() -> None:
        async with web.serving(), web.asker(Lanes(base=0.0, patience=50)) as asker:
            assert (await asker.ask(web.url("/once"), Manners())).exchange.status == 200
            with pytest.raises(FetchError, match=f"status 503, {TRIES} times") as error:
                await asker.ask(web.url("/never"), Manners())
            assert (error.value.kind, error.value.retry) == ("status", True)

    loop.run(ask())
    assert web.pages() == ["norrby.test/once"] * 2 + ["norrby.test/never"] * TRIES


def test_a_page_that_is_missing_is_an_answer(web: Small) -> None:
    async def ask() -> None:
        async with web.serving(), web.asker() as asker:
            answer = await asker.ask(web.url("/none"), Manners())
            assert (answer.exchange.status, answer.hops, answer.is_tls_verified) == (404, (), True)

    loop.run(ask())
    assert web.pages() == ["norrby.test/none"]


def test_every_hop_is_told_of_before_it_is_made_and_asks_without_validators(web: Small) -> None:
    web.answers = {"/a": moved("/b"), "/b": moved("/c"), "/c": page()}
    told: list[tuple[str, int]] = []

    async def ask() -> None:
        async with web.serving(), web.asker() as asker:
            headers = {"If-None-Match": '"1"'}
            answer = await asker.ask(
                web.url("/a"), Manners(), headers, follow=lambda url: told.append((url, len(web.pages())))
            )
            assert answer.hops == ((web.url("/a"), 301), (web.url("/b"), 301))
            assert answer.exchange.url == web.url("/c")
        assert told == [(web.url("/b"), 1), (web.url("/c"), 2)]

    loop.run(ask())
    assert [b'If-None-Match: "1"' in head for head in web.heads if b"robots" not in head] == [True, False, False]


def test_a_ring_of_redirects_and_one_without_end_are_left(web: Small) -> None:
    web.answers = {"/ring": moved("/other"), "/other": moved("/ring")}
    web.answers |= {f"/{number}": moved(f"/{number + 1}") for number in range(20)}

    async def ask() -> None:
        async with web.serving(), web.asker() as asker:
            for path in ("/ring", "/0"):
                with pytest.raises(FetchError, match="lead on without end") as error:
                    await asker.ask(web.url(path), Manners())
                assert (error.value.kind, error.value.retry) == ("redirects", False)

    loop.run(ask())
    assert len(web.pages()) == 2 + 11


def test_the_rules_of_the_host_a_page_leads_to_count_too(web: Small) -> None:
    web.answers = {"sodra.test/robots.txt": page("User-agent: *\nDisallow: /private/")}

    async def ask() -> None:
        async with web.serving(), web.asker() as asker:
            web.answers["/a"] = moved(web.url("/private/b", "sodra.test"))
            with pytest.raises(FetchError, match=r"robots.txt asks that it not be fetched") as error:
                await asker.ask(web.url("/a"), Manners())
            assert (error.value.kind, error.value.retry) == ("robots", False)

    loop.run(ask())
    assert web.pages() == ["norrby.test/a"]


def test_a_host_whose_rules_cannot_be_had_is_not_asked_and_asked_later(web: Small) -> None:
    web.answers = {"/robots.txt": BUSY, "/a": page()}

    async def ask() -> None:
        async with web.serving(), web.asker() as asker:
            with pytest.raises(FetchError) as error:
                await asker.ask(web.url("/a"), Manners())
            assert (error.value.kind, error.value.retry) == ("status", True)

    loop.run(ask())
    assert web.pages() == []


def test_one_host_has_one_turn_however_its_name_is_spelled(web: Small) -> None:
    at_once = most = 0

    async def slowly(_: bytes) -> bytes:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.02)
        at_once -= 1
        return page()

    async def ask() -> None:
        web.answers = {"/a": slowly, "/b": slowly, "/c": slowly}
        async with web.serving(), web.asker() as asker:
            spelled = ("norrby.test", "norrby.test.", "NORRBY.test")
            await asyncio.gather(
                *(asker.ask(web.url(path, host), Manners()) for path, host in zip(web.answers, spelled, strict=True))
            )

    loop.run(ask())
    assert len(web.pages()) == 3
    assert most == 1


def test_a_host_that_asks_for_an_hour_is_left_alone_for_it(web: Small) -> None:
    web.answers = {"/a": BUSY.replace(b"Content", b"Retry-After: 3600\r\nContent")}

    async def ask() -> None:
        lanes = Lanes(base=0.0)
        async with web.serving(), web.asker(lanes) as asker:
            for path in ("/a", "/b"):
                with pytest.raises(FetchError, match="put aside") as error:
                    await asker.ask(web.url(path), Manners())
                assert (error.value.kind, error.value.retry) == ("put_aside", True)
            assert 3590 < lanes.pauses()["norrby.test"] <= 3600
            later = Lanes(base=0.0)
            later.resume(lanes.pauses())
        async with web.asker(later) as asker:
            with pytest.raises(FetchError, match="put aside"):
                await asker.ask(web.url("/b"), Manners())

    loop.run(ask())
    assert web.pages() == ["norrby.test/a"]


def test_nobody_waits_beyond_the_end_of_a_run(web: Small) -> None:
    web.answers = {"/a": page(), "/b": page()}

    async def ask() -> None:
        async with web.serving(), web.asker(Lanes(base=0.0, until=time.monotonic() + 5.0)) as asker:
            with pytest.raises(FetchError, match="after the end of the run") as error:  # robots.txt was asked for
                await asker.ask(web.url("/a"), Manners(delay=30.0))
            assert (error.value.kind, error.value.retry) == ("put_aside", True)

    began = time.monotonic()
    loop.run(ask())
    assert time.monotonic() - began < 4.0


def test_a_secret_goes_to_its_own_hosts_over_https_and_nowhere_else(web: Small, secured: ssl.SSLContext) -> None:
    plain = Small(web.folder)
    manners = Manners(secret={"Authorization": SECRET}, own_hosts=frozenset({"norrby.test"}))

    async def ask() -> None:
        async with web.serving(secured), plain.serving(), web.asker(unverified=["norrby.test", "sodra.test"]) as asker:
            web.answers = {
                "/a": moved(web.url("/b", "sodra.test", "https")),
                "/b": moved(plain.url("/c")),
                "/robots.txt": MISSING,
            }
            plain.answers = {"/c": page()}
            answer = await asker.ask(web.url("/a", scheme="https"), manners)
            assert answer.exchange.url == plain.url("/c")
            assert answer.exchange.is_tls_verified
            assert not answer.is_tls_verified  # the hops before it were not

    loop.run(ask())
    told = {asked: SECRET.get_secret_value().encode() in head for asked, head in zip(web.asked, web.heads, strict=True)}
    assert told == {
        "norrby.test/robots.txt": False,
        "norrby.test/a": True,
        "sodra.test/robots.txt": False,
        "sodra.test/b": False,
    }
    assert plain.pages() == ["norrby.test/c"]
    assert not any(SECRET.get_secret_value().encode() in head for head in plain.heads)
