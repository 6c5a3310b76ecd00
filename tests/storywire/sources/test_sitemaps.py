from __future__ import annotations

import gzip
import time
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.notice import Notice
from storywire.sources import sitemaps
from storywire.sources.entries import MOST_ENTRIES, Document

SITEMAP = "https://norrby.example/sitemap.xml"
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'


def read(body: str | bytes, *, entries: int = 100, since: datetime | None = None) -> Document:
    return sitemaps.read(body.encode() if isinstance(body, str) else body, SITEMAP, entries=entries, since=since)


def urlset(*urls: str, spaces: str = SPACE) -> str:
    return f'<?xml version="1.0"?><urlset {spaces}>{"".join(f"<url>{url}</url>" for url in urls)}</urlset>'


def index(*sitemaps: str) -> str:
    return f"<sitemapindex {SPACE}>{''.join(f'<sitemap>{one}</sitemap>' for one in sitemaps)}</sitemapindex>"


NEWS_URL = """
<loc> https://norrby.example/bro?a=1&amp;b=2 </loc><lastmod>2026-02-04T09:00:00+01:00</lastmod>
<n:news><n:publication><n:name>Norrby Post</n:name><n:language>sv</n:language></n:publication>
<n:publication_date>2026-02-03</n:publication_date><n:title>Bridge &amp; ferry</n:title>
<n:keywords>bridge, ferry,bridge</n:keywords></n:news>
<image:image xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><image:loc>https://img.example/a.jpg
</image:loc><image:title>A photo</image:title></image:image>
"""


@pytest.mark.parametrize("spaces", [f"{SPACE} {NEWS}", SPACE, NEWS, ""])
def test_a_news_sitemap_gives_date_title_keywords_and_outlet_of_each_page(spaces: str):
    body = urlset(NEWS_URL, spaces=spaces)
    if NEWS not in spaces:  # nobody declared the prefix, but it is the usual one
        body = body.replace("<n:", "<news:").replace("</n:", "</news:")
    (entry,) = read(body).entries
    assert entry.url == "https://norrby.example/bro?a=1&b=2"
    assert entry.notice == Notice(
        origin="sitemap",
        published_at="2026-02-03",
        modified_at="2026-02-04T09:00:00+01:00",
        title="Bridge & ferry",
        tags=("bridge", "ferry"),
        site_name="Norrby Post",
        language="sv",
    )
    assert entry.listed_at == datetime(2026, 2, 4, 8, tzinfo=UTC)


def test_a_lastmod_is_no_date_of_publication():
    (entry,) = read(urlset("<loc>https://norrby.example/a</loc><lastmod>2026-02-03</lastmod>")).entries
    assert entry.notice == Notice(origin="sitemap", modified_at="2026-02-03")


def test_an_index_names_sitemaps_the_latest_first_and_those_unchanged_are_left_out():
    body = index(
        "<loc>https://norrby.example/old.xml</loc><lastmod>2026-01-01</lastmod>",
        "<loc>https://norrby.example/undated.xml</loc>",
        "<loc>/a.xml.gz</loc><lastmod>2026-02-03</lastmod>",
        "<loc>https://maps.example/b.xml</loc><lastmod>2026-02-04T01:00:00Z</lastmod>",
        "<loc>ftp://norrby.example/c.xml</loc>",
    )
    document = read(body)
    assert document.further == (
        "https://maps.example/b.xml",
        "https://norrby.example/a.xml.gz",
        "https://norrby.example/old.xml",
        "https://norrby.example/undated.xml",
    )
    assert (document.entries, document.n_left_out) == ((), 1)
    recent = read(body, since=datetime(2026, 2, 1, tzinfo=UTC))
    assert recent.further == tuple(one for one in document.further if "old" not in one)
    assert recent.why[-1] == "1 sitemap not changed since 2026-02-01 00:00 UTC"
    assert recent.n_left_out == 2


def test_a_gzipped_sitemap_is_unpacked_whatever_it_is_called():
    assert len(read(gzip.compress(urlset("<loc>/a</loc>").encode())).entries) == 1


def test_a_sitemap_in_plain_text_has_an_address_a_line():
    document = read("\ufeffhttps://norrby.example/a\r\nhttps://norrby.example/b\r\n\r\n")
    assert [one.url for one in document.entries] == ["https://norrby.example/a", "https://norrby.example/b"]
    assert {one.notice for one in document.entries} == {Notice(origin="sitemap")}
    assert len(read(gzip.compress(b"https://norrby.example/a")).entries) == 1


def test_a_feed_in_a_sitemaps_place_is_read_as_a_feed():
    (entry,) = read("<rss><channel><item><link>/a</link><title>Rain</title></item></channel></rss>").entries
    assert (entry.notice.origin, entry.notice.title) == ("feed", "Rain")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html><body>Log in</body></html>", "no sitemap: an HTML page"),
        (b"", "no sitemap: neither XML nor"),
        (b"\x1f\x8bgarbage", "damaged gzip data"),
        (gzip.compress(b"x" * 100)[:-20], "damaged gzip data"),
        (b" " * 50_000_001, "too large: 50 MB"),
    ],
)
def test_what_is_no_sitemap_says_so(body: bytes, said: str):
    document = read(body)
    assert document.entries == ()
    assert said in document.why[0]


def test_a_gzip_bomb_is_not_unpacked():
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join([*(packer.compress(b" " * 1_000_000) for _ in range(51)), packer.flush()])
    start = time.process_time()
    assert read(bomb).why[0].startswith("too large: more than 50 MB when unpacked")
    assert time.process_time() - start < 2


def test_more_addresses_than_the_protocol_allows_are_not_read():
    body = urlset(*(f"<loc>https://norrby.example/{n}</loc>" for n in range(MOST_ENTRIES + 10)))
    document = read(body, entries=10)
    assert (len(document.entries), document.n_left_out) == (10, MOST_ENTRIES - 10)
    assert document.why[0] == "read up to entry 50,000, as many as the protocol allows"


def test_no_entity_opens_a_file_and_nothing_unfolds(tmp_path):
    (tmp_path / "secret").write_text("the-password")
    uri = (tmp_path / "secret").as_uri()
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    prolog = f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "{uri}"><!ENTITY l0 "lol">{bomb}]>'
    document = read(f"{prolog}<urlset><url><loc>https://norrby.example/&x;&l9;</loc></url></urlset>")
    assert [one.url for one in document.entries] == ["https://norrby.example/&x;&l9;"]


PIECES = """<urlset> <sitemapindex> <url> </url> <sitemap> </sitemap> <loc> </loc> <lastmod> </lastmod> <news:news> /a &
</news:news> <news:publication> <news:title> </news:title> https://norrby.example/b http://[ <!DOCTYPE [ ] > 2026"""
MARKUP = st.lists(st.sampled_from([*PIECES.split(), "\n", "\x00"]), max_size=30).map(lambda all: "".join(all).encode())


@given(st.binary(max_size=200) | MARKUP)
@settings(max_examples=300)
def test_no_bytes_make_it_raise(body: bytes):
    for given_body in (body, gzip.compress(body), b"\x1f\x8b" + body):
        document = read(given_body)
        assert all(one.url.startswith(("http://", "https://")) for one in document.entries)
        assert all(one.startswith(("http://", "https://")) for one in document.further)
