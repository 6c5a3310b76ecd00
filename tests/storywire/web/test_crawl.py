"""One run: budgets, hosts side by side, what is left for the next, and trouble that surfaces as itself."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import sqlite3
from datetime import date

import pytest

from storywire.store import visits
from storywire.store.files import StoreError
from storywire.store.visits import Visits
from storywire.web import loop
from tests.storywire.web.small import BUSY, Small, at_work, feed, moved, page

FEED = '[[source]]\nname = "norrby"\nkind = "feed"\nurl = "http://norrby.test:{port}/feed.xml"\n'
OTHER = FEED.replace('norrby"', 'courier"').replace("feed.xml", "other.xml")


def test_a_source_takes_so_many_pages_in_a_run_and_the_rest_in_the_next(web: Small) -> None:
    async def go() -> None:
        web.answers = {f"/{number}": page() for number in range(7)}
        web.answers["/feed.xml"] = feed(*(web.url(f"/{number}") for number in range(7)))
        found = [(await web.run(FEED + "pages_per_run = 3\n"))["norrby"].get("had", 0) for _ in range(4)]
        assert found == [3, 3, 1, 0]

    at_work(web, go)
    assert sorted(web.pages()) == sorted(["norrby.test/feed.xml", *(f"norrby.test/{number}" for number in range(7))])


def test_pages_in_trouble_do_not_use_up_what_a_source_may_take(web: Small) -> None:
    """Of a host that is down many pages wait; those of the others come first."""

    async def go() -> None:
        dead = [f"http://dead.test:1/{number}" for number in range(8)]
        web.answers = {f"/{number}": page() for number in range(4)}
        web.answers["/feed.xml"] = [feed(*dead), feed(*dead, *(web.url(f"/{number}") for number in range(4)))]
        toml = FEED + "pages_per_run = 6\n"
        assert "had" not in (await web.run(toml))["norrby"]
        for number in range(3):
            with web.memory() as memory:  # all of them are due again, and newer than what the feed names next
                memory.connection.execute("UPDATE pages SET due = 0, first_named = 1e12 WHERE url LIKE '%dead%'")
                memory.commit()
            await web.run(toml, force=not number)

    at_work(web, go)
    assert {one.url for one in web.held()} == {web.url(f"/{number}") for number in range(4)}


def test_at_its_end_a_run_begins_nothing_and_leaves_it_all_for_the_next(web: Small) -> None:
    async def go() -> None:
        async def last(_: bytes) -> bytes:
            web.later = 200.0  # the time is up while this page is on its way
            return page()

        web.answers = {"/0": last, "/1": page(), "/2": page()}
        web.answers["/feed.xml"] = feed(*(web.url(f"/{number}") for number in range(3)))
        first = (await web.run(FEED, until=web.now() + 100))["norrby"]
        assert (first["new"], first["had"]) == (3, 1)
        assert dict((await web.run(FEED, until=web.now() - 1))["norrby"]) == {}
        with web.memory() as memory:
            assert memory.waiting() == {"norrby": 2}
        assert (await web.run(FEED))["norrby"]["had"] == 2

    at_work(web, go)
    assert len(web.pages()) == len(set(web.pages())) == 4
    assert not list(web.folder.glob("raw/*/.*"))


def test_hosts_go_on_side_by_side_and_each_one_thing_at_a_time(web: Small) -> None:
    busy: dict[str, int] = {}
    most_of_one = most = 0
    side_by_side = asyncio.Event()

    async def slowly(head: bytes) -> bytes:
        """Answer when four are asked at a time, whatever that takes on this machine, or never will be."""
        nonlocal most_of_one, most
        host = head.partition(b"Host: ")[2].partition(b":")[0].decode()
        busy[host] = busy.get(host, 0) + 1
        most_of_one, most = max(most_of_one, busy[host]), max(most, sum(busy.values()))
        if most >= 4:
            side_by_side.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(side_by_side.wait(), 1.5)
        await asyncio.sleep(0.01)
        busy[host] -= 1
        return page()

    async def go() -> None:
        web.answers = {f"/{number}": slowly for number in range(4)}
        pages = [web.url(f"/{number}", f"host-{host}.test") for host in range(6) for number in range(4)]
        web.answers |= {"/feed.xml": feed(*pages), "/other.xml": feed(*reversed(pages))}
        await web.run(FEED + OTHER)

    at_work(web, go)
    assert len(web.pages()) == 2 + 24
    assert most_of_one == 1
    assert most >= 4


def test_two_sources_whose_pages_lead_to_one_another_bring_each_page_once(web: Small) -> None:
    async def go() -> None:
        web.answers = {
            "/feed.xml": feed(web.url("/a"), web.url("/b"), web.url("/c", "sodra.test")),
            "/other.xml": feed(web.url("/b"), web.url("/d", "sodra.test")),
            "/a": moved(web.url("/c", "sodra.test")),
            "/d": moved(web.url("/b")),
            "/b": page("b"),
            "/c": page("c"),
        }
        found = await web.run(FEED + OTHER)
        assert sum(one.get("had", 0) for one in found.values()) == 2
        assert sum(one.get("known", 0) for one in found.values()) == 2

    at_work(web, go)
    assert sorted(one.url for one in web.held()) == [web.url("/b"), web.url("/c", "sodra.test")]


def test_a_paused_source_is_left_alone(web: Small) -> None:
    async def go() -> None:
        web.answers = {"/feed.xml": feed(web.url("/a")), "/a": page()}
        assert await web.run(FEED + "paused = true\n") == {}

    at_work(web, go)
    assert web.asked == []


def test_a_secret_of_one_source_is_told_to_no_host_of_another(web: Small, secured, monkeypatch) -> None:
    monkeypatch.setenv("NORRBY_TOKEN", "opaque-7d1")
    toml = (FEED + 'headers = { Authorization = "env:NORRBY_TOKEN" }\n').replace("http:", "https:")
    toml += OTHER.replace("http://norrby", "https://sodra")
    plain = Small(web.folder)

    async def go() -> None:
        async with web.serving(secured), plain.serving():
            # Its own page over https, one of its host without, one of another host, and a way out of the house.
            named = [web.url("/a", scheme="https"), plain.url("/b"), plain.url("/c", "sodra.test")]
            web.answers = {"/feed.xml": feed(*named, web.url("/d", scheme="https")), "/other.xml": feed()}
            web.answers |= {"/a": page("a"), "/d": moved(plain.url("/e", "ads.test"))}
            plain.answers = {path: page(path) for path in ("/b", "/c", "/e")}
            found = await web.run(toml, client={"unverified": ["norrby.test", "sodra.test"]})
            assert found["norrby"]["had"] == 4

    loop.run(go())
    told = {asked for asked, head in zip(web.asked, web.heads, strict=True) if b"opaque-7d1" in head}
    assert told == {"norrby.test/feed.xml", "norrby.test/a", "norrby.test/d"}
    assert len(plain.pages()) == 3
    assert not any(b"opaque-7d1" in head for head in plain.heads)
    for path in (web.folder / "raw").rglob("*.warc.gz"):
        assert b"opaque-7d1" not in gzip.decompress(path.read_bytes())
    assert b"opaque-7d1" not in (web.folder / "visits.sqlite").read_bytes()


def test_an_archive_that_cannot_be_written_ends_the_run_with_that(web: Small) -> None:
    async def go() -> None:
        web.answers = {"/feed.xml": feed(*(web.url(f"/{number}") for number in range(3)))}
        web.answers |= {f"/{number}": page() for number in range(3)}
        (web.folder / "raw").write_text("no folder")
        with pytest.raises(StoreError, match="cannot be written"):
            await web.run(FEED)

    at_work(web, go)
    with web.memory() as memory:
        assert memory.waiting() == {"norrby": 3}


def test_a_memory_that_cannot_be_written_ends_the_run_with_that(web: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        web.answers = {"/feed.xml": feed(web.url("/a"), web.url("/b", "sodra.test")), "/a": page(), "/b": page()}

        def full(*_: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        monkeypatch.setattr(Visits, "put", full)
        with pytest.raises(StoreError, match="disk is full"):
            await web.run(FEED)

    at_work(web, go)


def test_what_a_source_came_to_is_counted_by_day_and_shown_while_it_runs(web: Small) -> None:
    shown: list[tuple[str, str, int]] = []

    async def go() -> None:
        web.answers = {"/feed.xml": feed(web.url("/a"), web.url("/b")), "/a": page(), "/b": moved("/a")}
        await web.run(FEED, watch=lambda *told: shown.append(told))

    at_work(web, go)
    with web.memory() as memory:
        counted = {what: count for _, _, what, count in memory.tallies(date.min)}
    assert counted == {"asked": 1, "listed": 2, "new": 2, "had": 1, "known": 1}
    assert {what: count for _, what, count in shown if what in ("had", "known", "new")} == {
        "had": 1,
        "known": 1,
        "new": 2,
    }
    assert sum(count for _, what, count in shown if what == "queued") == 2


def test_what_hosts_ask_for_is_safe_while_the_run_goes_on(web: Small) -> None:
    """A run that is killed leaves behind whom the next one has to leave alone."""

    async def go() -> None:
        end = asyncio.Event()

        async def slowly(_: bytes) -> bytes:
            await end.wait()
            return page()

        busy = BUSY.replace(b"Content", b"Retry-After: 3600\r\nContent")
        web.answers = {"norrby.test/a": busy, "slow.test/b": slowly}
        web.answers["/feed.xml"] = feed(web.url("/a"), web.url("/b", "slow.test"))
        run = asyncio.create_task(web.run(FEED))
        left: dict[str, float] = {}
        while "norrby.test" not in left:
            await asyncio.sleep(0.05)
            with visits.opened(web.folder / "visits.sqlite", to_read=True) as memory:
                left = memory.pauses(web.now())
        assert not run.done()
        assert left["norrby.test"] == pytest.approx(3600, abs=60)
        end.set()
        await run

    at_work(web, go)
    assert web.pages().count("norrby.test/a") == 1


def test_no_host_is_asked_sooner_than_its_delay_in_two_runs_on_end(web: Small) -> None:
    moments: list[float] = []

    def noted(_: bytes) -> bytes:
        moments.append(asyncio.get_running_loop().time())
        return page()

    async def go() -> None:
        web.answers = {"/feed.xml": feed(web.url("/a"), web.url("/b")), "/a": noted, "/b": noted}
        toml = FEED + "delay = 0.15\npages_per_run = 1\n"
        await web.run(toml)
        await web.run(toml)

    at_work(web, go)
    assert len(moments) == 2
    assert moments[1] - moments[0] >= 0.15
