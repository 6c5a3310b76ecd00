"""What feeds, sitemaps and lists name: asked when due, read once, and nothing of it lost."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

import pytest

from storywire.store.archive import Kept
from storywire.store.health import health
from storywire.web import loop
from storywire.web.lanes import Lanes
from tests.storywire.web.small import BUSY, GONE, UNCHANGED, Small, at_work, feed, index, moved, page, sitemap

HOUR = 3600.0
FEED = (
    '[[source]]\nname = "norrby"\nkind = "feed"\nurl = "http://norrby.test:{port}/feed.xml"\noutlet = "Norrby Post"\n'
)
MAP = '[[source]]\nname = "norrby"\nkind = "sitemap"\nurl = "http://norrby.test:{port}/sitemap.xml"\n'


def test_a_tag_that_lies_hides_no_page_for_longer_than_a_week(web: Small) -> None:
    def stuck(head: bytes) -> bytes:
        return UNCHANGED if b"If-None-Match" in head else feed(*named, ETag='"stuck"')

    named: list[str] = []
    web.answers = {"/feed.xml": stuck, "/a": page(), "/b": page()}

    async def go() -> None:
        named[:] = [web.url("/a")]
        await web.run(FEED)
        named.append(web.url("/b"))
        web.later = 2 * 24 * HOUR
        assert (await web.run(FEED))["norrby"]["feeds_unchanged"] == 1
        web.later = 7.5 * 24 * HOUR
        assert (await web.run(FEED))["norrby"]["new"] == 1

    at_work(web, go)
    assert "norrby.test/b" in web.pages()


def test_a_tag_that_changes_for_nothing_is_seen_through_by_the_body(web: Small) -> None:
    async def go() -> None:
        web.answers = {"/a": page(), "/feed.xml": [feed(web.url("/a"), ETag=f'"{n}"') for n in range(3)]}
        await web.run(FEED)
        assert dict((await web.run(FEED, force=True))["norrby"]) == {"asked": 1, "feeds_unchanged": 1}

    at_work(web, go)


def test_not_modified_where_nobody_asked_is_a_failure_of_the_feed(web: Small) -> None:
    async def go() -> None:
        web.answers = {"/feed.xml": [UNCHANGED, feed(web.url("/a"))], "/a": page()}
        assert dict((await web.run(FEED))["norrby"]) == {"asked": 1, "feeds_failed:status": 1}
        assert (await web.run(FEED, force=True))["norrby"]["had"] == 1

    at_work(web, go)


def test_a_feed_that_moved_is_asked_where_it_is_listed(web: Small) -> None:
    async def go() -> None:
        web.answers = {"/feed.xml": moved("/new.xml"), "/new.xml": feed(web.url("/a"), ETag='"1"'), "/a": page()}
        await web.run(FEED)
        await web.run(FEED, force=True)

    at_work(web, go)
    assert [one.partition("/")[2] for one in web.pages()] == ["feed.xml", "new.xml", "a", "feed.xml", "new.xml"]
    assert not any(b"If-None-Match" in head for head in web.heads)


def test_the_more_a_feed_changes_the_more_often_it_is_asked(web: Small) -> None:
    pauses: list[float] = []

    async def go() -> None:
        for number in range(6):
            web.answers["/feed.xml"] = feed(*(web.url(f"/{n}") for n in range(min(number, 3))))
            await web.run(FEED, force=True)
            with web.memory() as memory:
                pauses.append(memory.polls("norrby")[0].pause or 0.0)

    at_work(web, go)
    first, *busy = pauses[:4]
    assert first > busy[0] > busy[1] > busy[2] == 300.0
    assert pauses[3] < pauses[4] < pauses[5]


def test_a_feed_that_fails_is_asked_less_and_less_and_its_trouble_is_told(web: Small) -> None:
    waits: list[float] = []

    async def go() -> None:
        web.answers["/feed.xml"] = GONE
        for _ in range(4):
            await web.run(FEED, force=True)
            with web.memory() as memory:
                (poll,) = memory.polls("norrby")
                waits.append(round(((poll.due or 0) - (poll.asked_at or 0)) / HOUR, 2))
        assert poll.failures == 4
        assert "status 410 brings no feed" in (poll.error or "")
        web.answers["/feed.xml"] = feed()
        await web.run(FEED, force=True)
        with web.memory() as memory:
            assert memory.polls("norrby")[0].failures == 0

    at_work(web, go)
    assert waits == [0.5, 1.0, 2.0, 4.0]


def test_an_address_that_answers_with_something_else_is_in_trouble_and_a_feed_without_news_is_not(web: Small) -> None:
    async def go() -> None:
        web.answers["/feed.xml"] = page("<!doctype html><html><p>We have moved.</p></html>")
        assert (await web.run(FEED))["norrby"] == {"asked": 1, "feeds_failed:undecodable": 1}
        with web.memory() as memory:
            (one,) = health(memory, datetime.now(UTC))
            assert one.is_failing
            assert "/feed.xml: no feed: an HTML page; give the address" in (one.error or "")
        old = f"<item><link>{web.url('/a')}</link><pubDate>Tue, 04 Mar 2003 06:30:00 GMT</pubDate></item>"
        for quiet in (feed(), page(f"<rss version='2.0'><channel>{old}</channel></rss>")):
            web.answers["/feed.xml"] = quiet
            await web.run(FEED, force=True)
            with web.memory() as memory:
                (one,) = health(memory, datetime.now(UTC))
                assert (one.is_failing, one.error) == (False, None)

    at_work(web, go)


def test_a_feed_taken_off_the_list_is_forgotten_with_its_trouble(web: Small) -> None:
    async def go() -> None:
        web.answers = {"/fed.xml": GONE, "/feed.xml": feed()}
        await web.run(FEED.replace("feed.xml", "fed.xml"))
        await web.run(FEED)
        with web.memory() as memory:
            assert [poll.url.rpartition("/")[2] for poll in memory.polls("norrby")] == ["feed.xml"]

    at_work(web, go)


def test_what_an_index_names_is_asked_in_its_order_over_as_many_runs_as_it_takes(web: Small) -> None:
    async def go() -> None:
        web.answers["/sitemap.xml"] = index(*(web.url(f"/map-{n}.xml") for n in range(5)), ETag='"1"')
        for number in range(5):
            web.answers[f"/map-{number}.xml"] = sitemap(web.url(f"/{number}"))
            web.answers[f"/{number}"] = page()
        for had in (2, 2, 1, 0):
            assert (await web.run(MAP + "documents = 2\n"))["norrby"].get("had", 0) == had

    at_work(web, go)
    assert [one for one in web.pages() if "map" in one] == [
        "norrby.test/sitemap.xml",
        *(f"norrby.test/map-{number}.xml" for number in range(5)),
    ]


def test_no_sitemap_is_asked_twice_in_a_run_though_an_index_names_it_anew(web: Small) -> None:
    async def go() -> None:
        maps = [web.url("/map-0.xml"), web.url("/map-1.xml")]
        web.answers = {
            "/sitemap.xml": [index(maps[0]), index(*maps, web.url("/sitemap.xml"))],
            "/map-0.xml": sitemap(web.url("/0")),
            "/map-1.xml": sitemap(web.url("/1")),
        }
        await web.run(MAP)
        web.asked.clear()
        web.later = 24.5 * HOUR
        await web.run(MAP)
        with web.memory() as memory:
            assert {poll.url: poll.depth for poll in memory.polls("norrby")} == {
                web.url("/sitemap.xml"): 0,
                maps[0]: 1,
                maps[1]: 1,
            }

    at_work(web, go)
    assert sorted(one for one in web.pages() if one.endswith(".xml")) == [
        "norrby.test/map-0.xml",
        "norrby.test/map-1.xml",
        "norrby.test/sitemap.xml",
    ]


def test_indexes_are_followed_so_far_and_no_further(web: Small) -> None:
    async def go() -> None:
        for depth in range(5):
            web.answers["/sitemap.xml" if not depth else f"/{depth}.xml"] = index(web.url(f"/{depth + 1}.xml"))
        found = (await web.run(MAP + "depth = 2\n"))["norrby"]
        assert found["too_deep"] == 1

    at_work(web, go)
    assert web.pages() == [f"norrby.test/{name}.xml" for name in ("sitemap", "1", "2")]


def test_a_sitemap_may_be_larger_than_a_page(web: Small) -> None:
    async def go() -> None:
        named = "".join(f"<url><loc>{web.url(path)}</loc></url>" for path in ("/a", "/large"))
        web.answers["/sitemap.xml"] = page(f"<urlset>{' ' * 1_200_000}{named}</urlset>")
        web.answers |= {"/a": page(), "/large": page("<p>Rain.</p>" * 100_000)}
        found = (await web.run(MAP))["norrby"]
        assert (found["listed"], found["had"], found["failed:too_large"]) == (2, 1, 1)

    at_work(web, go)


def test_sitemaps_not_changed_for_longer_than_the_source_looks_back_are_not_asked(web: Small) -> None:
    async def go() -> None:
        told = f"<sitemap><loc>{web.url('/old.xml')}</loc><lastmod>2004-05-01</lastmod></sitemap>"
        web.answers["/sitemap.xml"] = page(f"<sitemapindex>{told}</sitemapindex>")
        await web.run(MAP)
        assert web.pages() == ["norrby.test/sitemap.xml"]
        await web.run(MAP.replace('norrby"\n', 'other"\nmax_age = ""\n'))

    at_work(web, go)
    assert web.pages()[1:] == ["norrby.test/sitemap.xml", "norrby.test/old.xml"]


def test_a_sitemap_that_is_no_more_is_forgotten_after_some_failures(web: Small) -> None:
    async def go() -> None:
        web.answers = {"/sitemap.xml": index(web.url("/map.xml")), "/map.xml": GONE}
        for _ in range(5):
            await web.run(MAP, force=True)
        with web.memory() as memory:
            assert [poll.depth for poll in memory.polls("norrby")] == [0]

    at_work(web, go)


def test_pages_written_down_are_fetched_and_a_list_is_no_page(web: Small) -> None:
    async def go() -> None:
        web.answers = {path: page() for path in ("/a", "/b", "/c")}
        (web.folder / "desk.txt").write_text(f"# the desk\n{web.url('/a')}\n\n{web.url('/a')}#top\n")
        toml = (
            '[[source]]\nname = "desk"\nkind = "urls"\nfile = "desk.txt"\nlanguage = "sv"\n'
            '[[source]]\nname = "one"\nkind = "urls"\nurl = "http://norrby.test:{port}/b"\n'
            '[[source]]\nname = "row"\nkind = "urls"\nurls = ["http://norrby.test:{port}/c"]\n'
        )
        assert {name: found["had"] for name, found in (await web.run(toml)).items()} == dict.fromkeys(
            ("desk", "one", "row"), 1
        )
        assert all("had" not in found for found in (await web.run(toml)).values())

    at_work(web, go)
    assert sorted(web.pages()) == ["norrby.test/a", "norrby.test/b", "norrby.test/c"]
    notices = {one.source: (one.notice.origin, one.notice.language) for one in web.held()}
    assert notices == {"desk": ("list", "sv"), "one": ("list", None), "row": ("list", None)}


def test_a_list_that_is_not_there_is_the_trouble_of_its_source(web: Small) -> None:
    async def go() -> None:
        web.answers = {"/feed.xml": feed(web.url("/a")), "/a": page()}
        found = await web.run('[[source]]\nname = "desk"\nkind = "urls"\nfile = "desk.txt"\n' + FEED)
        assert found["desk"] == {"feeds_failed:unreadable": 1}
        assert found["norrby"]["had"] == 1

    at_work(web, go)


def test_what_a_feed_says_travels_with_the_page_that_two_sources_name(web: Small) -> None:
    other = FEED.replace("feed.xml", "other.xml").replace('norrby"', 'courier"').replace("Norrby Post", "Courier")

    async def go() -> None:
        named = feed(web.url("/a"), web.url("/a?utm_source=feed"), web.url("/a#top"))
        web.answers = {"/feed.xml": named, "/other.xml": named, "/a": page(), "/a?utm_source=feed": page()}
        found = await web.run(FEED + other)
        assert sum(counts["new"] for counts in found.values()) == 1
        assert sum(counts.get("had", 0) for counts in found.values()) == 1

    at_work(web, go)
    (kept,) = web.held()
    assert (kept.notice.origin, kept.notice.title) == ("feed", f"About {web.url('/a')}")
    assert (kept.source, kept.notice.site_name) in {("norrby", "Norrby Post"), ("courier", "Courier")}


@pytest.mark.parametrize("after", ["renamed", "paused"])
def test_a_page_that_waits_for_a_source_no_longer_asked_goes_to_who_names_it(web: Small, after: str) -> None:
    other = FEED.replace("feed.xml", "other.xml").replace('norrby"', 'courier"')

    async def go() -> None:
        web.answers = {"/feed.xml": feed(web.url("/a"), web.url("/b")), "/a": page(), "/b": page()}
        web.answers["/other.xml"] = web.answers["/feed.xml"]
        await web.run(FEED + "pages_per_run = 1\n")
        found = await web.run((FEED + "paused = true\n" if after == "paused" else "") + other)
        assert (found["courier"]["new"], found["courier"]["had"]) == (1, 1)

    at_work(web, go)
    assert sorted(one for one in web.pages() if not one.endswith(".xml")) == ["norrby.test/a", "norrby.test/b"]
    assert sorted(one.source for one in web.held()) == ["courier", "norrby"]


def test_the_facts_of_a_feed_nobody_vouched_for_say_so(web: Small, secured: ssl.SSLContext) -> None:
    plain = Small(web.folder)
    toml = FEED.replace("http:", "https:") + "verify_tls = false\n"

    async def go() -> None:
        async with web.serving(secured), plain.serving():
            web.answers = {"/feed.xml": feed(plain.url("/a", "sodra.test"))}
            plain.answers = {"/a": page()}
            assert (await web.run(toml, client={"unverified": ["norrby.test"]}))["norrby"]["had"] == 1

    loop.run(go())
    (kept,) = web.held()
    assert isinstance(kept, Kept)
    assert not kept.notice.is_tls_verified


def test_a_host_that_asks_to_be_left_alone_is_asked_by_no_later_run_before_that(web: Small) -> None:
    async def go() -> None:
        web.answers = {"/feed.xml": BUSY.replace(b"Content", b"Retry-After: 7200\r\nContent")}
        lanes = Lanes(base=0.0)
        assert (await web.run(FEED, lanes=lanes))["norrby"] == {"asked": 1, "feeds_failed:put_aside": 1}
        with web.memory() as memory:
            memory.put_pauses(web.now(), lanes.pauses())
            memory.commit()
        later = Lanes(base=0.0)
        with web.memory() as memory:
            later.resume(memory.pauses(web.now()))
            assert memory.pauses(web.now() + 7300) == {}
            assert memory.polls("norrby")[0].failures == 0
        await web.run(FEED, lanes=later)

    at_work(web, go)
    assert web.pages() == ["norrby.test/feed.xml"]
    assert web.known("/feed.xml") is None
