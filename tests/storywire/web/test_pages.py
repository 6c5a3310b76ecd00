"""One page: had once, looked at again, claimed by who leads to it, given up in the end."""

from __future__ import annotations

import asyncio
import random

import pytest

from storywire.store.archive import Kept, Missed
from storywire.store.visits import State
from storywire.web import loop
from storywire.web.pages import FIRST_PAUSE, RUNS
from tests.storywire.web.small import BUSY, GONE, MISSING, UNCHANGED, Small, feed, moved, page

DAY = 86_400.0
FEED = '[[source]]\nname = "norrby"\nkind = "feed"\nurl = "http://norrby.test:{port}/feed.xml"\n'


def runs(web: Small, *moments: float, toml: str = FEED) -> list[dict[str, int]]:
    """What the runs at these moments came to; the first names /feed.xml's pages as they are written down."""

    async def go() -> list[dict[str, int]]:
        found = []
        for moment in moments:
            web.later = moment
            found.append(dict((await web.run(toml))["norrby"]))
        return found

    async def all_of_them() -> list[dict[str, int]]:
        async with web.serving():
            named = web.answers.pop("named", ["/a"])
            assert isinstance(named, list)
            web.answers.setdefault("/feed.xml", feed(*(web.url(str(path)) for path in named)))
            return await go()

    return loop.run(all_of_them())


def without_feed(web: Small) -> list[str]:
    return [one for one in web.pages() if not one.endswith("/feed.xml")]


def test_a_page_is_looked_at_again_after_a_day_and_its_bytes_are_stored_once(web: Small) -> None:
    web.answers = {"/a": page("Rain", ETag='"1"')}
    first, soon, next_day, later = runs(web, 0, DAY / 2, DAY + 60, 3 * DAY)
    assert (first["had"], first["new"]) == (1, 1)
    assert next_day["unchanged"] == 1
    assert not {"had", "unchanged"} & (soon.keys() | later.keys())
    assert without_feed(web) == ["norrby.test/a"] * 2
    kept = web.held()
    assert [(one.is_unchanged, one.status) for one in kept if isinstance(one, Kept)] == [(False, 200), (True, 200)]
    known = web.known("/a")
    assert known is not None
    assert (known.state, known.had, known.due) == (State.HAD, 2, None)


def test_a_correction_is_stored_though_the_server_calls_it_by_the_same_tag(web: Small) -> None:
    web.answers = {"/a": [page("Rain", ETag='"1"'), page("Snow", ETag='"1"')]}
    _, again = runs(web, 0, DAY + 60)
    assert again["had"] == 1
    assert len({one.held.digest for one in web.held() if isinstance(one, Kept)}) == 2


def test_unchanged_is_believed_for_a_while_and_then_the_page_is_asked_for_in_full(web: Small) -> None:
    def cached(head: bytes) -> bytes:
        return UNCHANGED if b"If-None-Match" in head else page("Rain", ETag='"1"')

    web.answers = {"/a": cached}
    toml = FEED + 'recheck = ["1d", "2d", "8d"]\n'
    found = runs(web, 0, DAY + 60, 2 * DAY + 60, 8 * DAY + 60, toml=toml)
    assert [one.get("unchanged", 0) for one in found] == [0, 1, 1, 1]
    assert [one.status for one in web.held() if isinstance(one, Kept)] == [200, 304, 304, 200]


def test_a_clock_that_was_set_back_does_not_make_a_tag_believed_for_years(web: Small) -> None:
    web.answers = {"/a": page("Rain", ETag='"1"')}

    async def go() -> dict[str, int]:
        async with web.serving():
            web.answers["/feed.xml"] = feed(web.url("/a"), ETag='"2"')
            await web.run(FEED)
            with web.memory() as memory:
                memory.connection.execute("UPDATE pages SET full_at = full_at + 1e9, due = 0")
                memory.connection.execute("UPDATE polls SET full_at = full_at + 1e9, asked_at = 1e10, due = 1e10")
                memory.commit()
            web.heads.clear()
            return dict((await web.run(FEED))["norrby"])

    assert loop.run(go()) == {"asked": 1, "feeds_unchanged": 1, "unchanged": 1}
    assert len(web.heads) == 2
    assert not any(b"If-None-Match" in head for head in web.heads)


@pytest.mark.parametrize("named", [["/a"], ["/a", "/b"]])
def test_not_modified_where_nobody_asked_is_the_trouble_of_one_page(web: Small, named: list[str]) -> None:
    web.answers = {"/a": UNCHANGED, "/b": page(), "named": named}
    (found,) = runs(web, 0)
    assert found["failed:status"] == 1
    assert found.get("had", 0) == len(named) - 1
    known = web.known("/a")
    assert known is not None
    assert (known.state, known.tries) == (State.WAITING, 1)
    assert known.due is not None


def test_not_modified_behind_a_redirect_is_not_believed(web: Small) -> None:
    web.answers = {"/a": [page("Rain", ETag='"1"'), moved("/b")], "/b": UNCHANGED}
    _, again = runs(web, 0, DAY + 60)
    assert again == {"asked": 1, "feeds_unchanged": 1, "failed:status": 1}


def test_two_pages_that_lead_to_one_bring_it_once(web: Small) -> None:
    web.answers = {"/a": moved("/c"), "/b": moved("/c"), "/c": page(), "named": ["/a", "/b"]}
    (found,) = runs(web, 0)
    assert (found["had"], found["known"]) == (1, 1)
    assert web.pages().count("norrby.test/c") == 1
    states = {path: known.state for path in "abc" if (known := web.known(f"/{path}"))}
    assert sorted(states.values()) == [State.ALIAS, State.HAD, State.HAD]
    assert states["c"] is State.HAD


def test_a_page_that_moved_is_looked_at_again_at_its_own_address(web: Small) -> None:
    web.answers = {"/a": moved("/c"), "/c": [page("Rain"), page("Snow")]}
    first, again = runs(web, 0, DAY + 60)
    assert (first["had"], again["had"]) == (1, 1)
    assert len(web.held()) == 2


def test_addresses_that_lead_in_a_ring_are_told_as_lost_and_not_as_known(web: Small) -> None:
    web.answers = {"/a": moved("/b"), "/b": moved("/c"), "/c": moved("/a"), "named": ["/a", "/b", "/c"]}
    (found,) = runs(web, 0)
    assert found["failed:redirects"] == 1
    assert found["known"] == 2
    assert [one.kind for one in web.held() if isinstance(one, Missed)] == ["redirects"]


def test_a_way_that_joins_a_known_one_in_its_middle_is_known(web: Small) -> None:
    web.answers = {
        "/a": moved("/b"), "/b": moved("/c"), "/c": page(), "/d": moved("/b"),
        "/feed.xml": [b"", b""],
    }  # fmt: skip

    async def go() -> None:
        async with web.serving():
            for named in (["/c"], ["/c", "/a"], ["/c", "/a", "/d"]):
                web.later += 3600.0
                web.answers["/feed.xml"] = feed(*map(web.url, named))
                await web.run(FEED)

    loop.run(go())
    assert {path: known.state for path in "abcd" if (known := web.known(f"/{path}"))} == {
        "a": State.ALIAS,
        "b": State.ALIAS,
        "c": State.HAD,
        "d": State.ALIAS,
    }
    assert len(web.held()) == 1


def test_a_page_somebody_led_to_in_vain_is_fetched_where_a_feed_names_it(web: Small) -> None:
    web.answers = {"/a": [moved("/c"), moved("/elsewhere")], "/c": [MISSING, page()], "/elsewhere": page("Snow")}

    async def go() -> None:
        async with web.serving():
            for named in (["/a"], ["/a", "/c"]):
                web.answers["/feed.xml"] = feed(*map(web.url, named))
                await web.run(FEED)
                assert named == ["/a", "/c"] or web.known("/c") is None  # the claim went with the failure
                web.later += 2 * FIRST_PAUSE

    loop.run(go())
    kept = {one.url for one in web.held() if isinstance(one, Kept)}
    assert {url.rpartition("/")[2] for url in kept} == {"c", "elsewhere"}


def test_a_page_is_given_up_after_many_runs_and_told_of_once(web: Small) -> None:
    web.answers = {"/a": MISSING}
    moments = [3 * DAY * number for number in range(RUNS + 2)]
    found = runs(web, *moments)
    assert sum(one.get("failed:status", 0) for one in found) == RUNS
    assert [(one.kind, type(one)) for one in web.held() if isinstance(one, Missed)] == [("status", Missed)]
    known = web.known("/a")
    assert known is not None
    assert (known.state, known.due) == (State.GONE, None)


def test_a_page_that_nobody_names_any_more_does_not_wait_for_ever(web: Small) -> None:
    async def go() -> list[dict[str, int]]:
        async with web.serving():
            web.answers = {"/a": MISSING, "/feed.xml": feed(web.url("/a"))}
            first = await web.run(FEED, remember=90 * DAY)
            web.answers["/feed.xml"] = feed()
            web.later = 100 * DAY
            return [dict(first["norrby"]), dict((await web.run(FEED, remember=90 * DAY))["norrby"])]

    first, then = loop.run(go())
    assert (first["failed:status"], then["failed:expired"], then.get("failed:status")) == (1, 1, None)
    (lost,) = [one for one in web.held() if isinstance(one, Missed)]
    assert (lost.kind, "no source names it any more" in lost.detail, "404" in lost.detail) == ("expired", True, True)
    known = web.known("/a")
    assert known is not None
    assert (known.state, known.due) == (State.GONE, None)


def test_a_page_its_host_says_is_gone_is_told_of_at_once_and_one_that_was_had_stays(web: Small) -> None:
    web.answers = {"/a": GONE, "/b": [page(), GONE], "named": ["/a", "/b"]}
    first, again = runs(web, 0, DAY + 60)
    assert (first["had"], first["failed:status"], again["failed:status"]) == (1, 1, 1)
    assert [one.url.rpartition("/")[2] for one in web.held() if isinstance(one, Missed)] == ["a"]
    known = web.known("/b")
    assert known is not None
    assert (known.state, known.due) == (State.HAD, None)


def test_what_a_source_may_not_have_is_refused_with_the_reason(web: Small) -> None:
    web.answers = {
        "/robots.txt": page("User-agent: *\nDisallow: /private/"),
        "/inside": moved("http://169.254.169.254/latest/"),
        "/away": moved("http://sodra.test:{port}/a"),
        "named": ["/private/a", "/inside", "/away"],
    }
    web.answers["/away"] = lambda _: moved(web.url("/a", "sodra.test"))
    (found,) = runs(web, 0, toml=FEED + 'hosts = ["norrby.test", "169.254.169.254"]\n')
    missed = {one.url.rpartition("/")[2]: one.kind for one in web.held() if isinstance(one, Missed)}
    assert missed == {"a": "robots", "inside": "refused_address", "away": "redirects"}
    assert not [one for one in web.asked if one.startswith("sodra")]
    assert found["failed:robots"] == found["failed:redirects"] == 1


def test_a_host_that_is_put_aside_costs_no_page_a_try(web: Small) -> None:
    web.answers = {"/robots.txt": MISSING, "/a": BUSY, "/b": BUSY, "/c": BUSY, "named": ["/a", "/b", "/c"]}

    (found,) = runs(web, 0)
    assert found["failed:put_aside"] == 2  # the first gave up for this run, the second had the last try of the host
    tried = [known.tries for path in "abc" if (known := web.known(f"/{path}"))]
    assert sorted(tried) == [0, 0, 1]


@pytest.mark.parametrize("n_asked", [2, 5])
def test_what_the_archive_holds_the_memory_knows_though_the_run_be_cancelled(web: Small, n_asked: int) -> None:
    async def go() -> None:
        async with web.serving():
            hosts = [f"host-{number}.test" for number in range(8)]
            web.answers["/feed.xml"] = feed(*(web.url("/a", host) for host in hosts))
            # As hard to pack as they are, so that storing one takes a while.
            lots = {host: random.Random(host) for host in hosts}  # noqa: S311 - no secret hangs on it
            web.answers |= {f"{host}/a": page(lot.randbytes(200_000).hex()) for host, lot in lots.items()}
            run = asyncio.ensure_future(web.run(FEED))
            while len(without_feed(web)) < n_asked or not list(web.folder.glob("raw/*/.*")):
                await asyncio.sleep(0.001)
            run.cancel()
            with pytest.raises(asyncio.CancelledError):
                await run

    loop.run(go())
    kept = {one.url for one in web.held()}
    with web.memory() as memory:
        had = {row[0] for row in memory.connection.execute("SELECT url FROM pages WHERE state = 'had'")}
    assert had == kept != set()
