"""What one fetch of a source would give: by the same rules as a run, and with nothing kept."""

from __future__ import annotations

import asyncio
import gzip
import random
from pathlib import Path

import pytest

from benchmarks import archives
from storywire.settings import Settings
from storywire.sources.entries import Document
from storywire.sources.source import Source
from storywire.store.files import StoreError
from storywire.web import loop, peek
from storywire.web.client import FetchError
from tests.storywire.web.fileservers import FileServer, serving
from tests.storywire.web.small import Small, feed, index, page

FEED = (
    '[[source]]\nname = "norrby"\nkind = "feed"\nurl = "http://norrby.test:{port}/feed.xml"\noutlet = "Norrby Post"\n'
)


def settings(**given: object) -> Settings:
    told = {"contact": "desk@norrby.test", "allowed_networks": ("127.0.0.0/8",), "known_hosts": {"*.test": "127.0.0.1"}}
    return Settings(backoff_seconds=0.01, **told | given)


def peeked(web: Small, toml: str, **given: object) -> Document:
    async def look() -> Document:
        async with web.serving():
            return await asyncio.to_thread(peek.peek, web.sources(toml)[0], settings(**given))

    return loop.run(look())


def test_what_a_feed_names_is_shown_and_no_page_is_asked_for(web: Small) -> None:
    web.answers["/feed.xml"] = feed("http://norrby.test/a", "http://sodra.test/b")
    found = peeked(web, FEED + 'hosts = ["norrby.test"]\n')
    assert [(one.url, one.notice.site_name) for one in found.entries] == [("http://norrby.test/a", "Norrby Post")]
    assert (found.n_left_out, found.why) == (1, ("1 entry on another host",))
    assert web.pages() == ["norrby.test/feed.xml"]
    assert not list(web.folder.iterdir())


def test_several_addresses_are_one_answer(web: Small) -> None:
    toml = FEED.replace("url = ", "urls = [").replace(
        'feed.xml"\n', 'feed.xml", "http://norrby.test:{port}/more.xml"]\n'
    )
    web.answers = {"/feed.xml": feed("http://norrby.test/a"), "/more.xml": feed("http://norrby.test/b")}
    assert [one.url for one in peeked(web, toml).entries] == ["http://norrby.test/a", "http://norrby.test/b"]


def test_the_sitemaps_an_index_names_are_told_and_not_asked(web: Small) -> None:
    web.answers["/feed.xml"] = index("http://norrby.test/map.xml")
    found = peeked(web, FEED.replace('"feed"', '"sitemap"'))
    assert found.further == ("http://norrby.test/map.xml",)
    assert web.pages() == ["norrby.test/feed.xml"]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "status 404 brings no feed; correct the address in the list"),
        ({"/robots.txt": page("User-agent: *\nDisallow: /"), "/feed.xml": feed()}, "robots.txt asks that it not be"),
    ],
)
def test_what_keeps_a_feed_away_is_said(web: Small, answers: dict[str, bytes], said: str) -> None:
    web.answers |= answers
    with pytest.raises(FetchError, match=said):
        peeked(web, FEED)


def test_this_machine_is_not_asked_without_a_setting_and_nobody_without_a_contact(web: Small) -> None:
    with pytest.raises(FetchError, match="refused"):
        peeked(web, FEED, allowed_networks=())
    with pytest.raises(StoreError, match="STORYWIRE_CONTACT"):
        peeked(web, FEED, contact=None)
    assert web.asked == []


def archive(pages: int, paragraphs: int = 8) -> bytes:
    """An archive, by one gzip member a record: one page in ten is none, one in three English, the others Swedish."""
    lot = random.Random(1)  # noqa: S311 - no secret
    return b"".join(
        archives.packed(one) for number in range(pages) for one in archives.exchange(lot, number, paragraphs)
    )


def test_of_an_archive_the_beginning_is_read_as_a_run_would(tmp_path: Path) -> None:
    (tmp_path / "in.warc.gz").write_bytes(archive(30))
    (tmp_path / "paths.txt").write_text("in.warc.gz\nmore.warc.gz\n")
    source = Source(name="agency", kind="warc", list=str(tmp_path / "paths.txt"), languages=["sv"])
    before = sorted(tmp_path.iterdir())
    found = peek.look_into(source, settings())
    assert [one.url for one in found.captures] == [
        f"https://{archives.HOSTS[number % 4]}/reports/{number}"
        for number in range(30)
        if number % 10 != 9 and number % 3
    ]
    assert (found.n_inputs, found.left_out) == (2, {"language": 9, "not_a_page": 3})
    assert sorted(tmp_path.iterdir()) == before


def test_of_an_archive_elsewhere_no_more_is_asked_for_than_is_read() -> None:
    large = archive(3_000, paragraphs=20)
    with serving(FileServer({"/in.warc.gz": large})) as server:
        source = Source(name="agency", kind="warc", url=server.url("/in.warc.gz"), hosts=["norrby.example"])
        found = peek.look_into(source, settings())
        furthest = max(int(block.rpartition("-")[2]) for block in server.blocks())
        assert furthest < 3 * peek.LOOK_BYTES < len(large)
    assert {one.url.split("/")[2] for one in found.captures} == {"norrby.example"}
    assert found.left_out["host"] > 100


@pytest.mark.parametrize("held", [None, gzip.compress(b"WARC/1.0\r\n")[:-4]], ids=["missing", "cut short"])
def test_an_archive_that_cannot_be_read_is_said_to_be_so(tmp_path: Path, held: bytes | None) -> None:
    if held is not None:
        (tmp_path / "in.warc.gz").write_bytes(held)
    with pytest.raises(StoreError, match=r'source "agency": .*in\.warc\.gz'):
        peek.look_into(Source(name="agency", kind="warc", path=tmp_path / "in.warc.gz"), settings())
