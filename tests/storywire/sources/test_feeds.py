from __future__ import annotations

import io
import json
import time
from datetime import UTC, datetime

import feedparser
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storywire.notice import Notice
from storywire.sources import feeds, xmltext
from storywire.sources.entries import MOST_ENTRIES, Document

FEED = "https://norrby.example/rss/news.xml"


def read(body: str | bytes, *, entries: int = 100, content_type: str | None = None, since: datetime | None = None):
    given = body.encode() if isinstance(body, str) else body
    return feeds.read(given, FEED, content_type=content_type, entries=entries, since=since)


def rss(*items: str, spaces: str = "", prolog: str = '<?xml version="1.0"?>') -> str:
    every = "".join(f"<item>{item}</item>" for item in items)
    return f'{prolog}<rss version="2.0" {spaces}><channel><title>Norrby</title>{every}</channel></rss>'


def only(document: Document) -> tuple[str, Notice]:
    assert len(document.entries) == 1, document
    return document.entries[0].url, document.entries[0].notice


RSS_ITEM = """
<title>Bridge &amp;amp; ferry <![CDATA[<em>reopen</em>]]></title>
<link>https://norrby.example/bro?a=1&amp;b=2</link>
<guid isPermaLink="false">7</guid>
<pubDate>Tue, 03 Feb 2026 08:10:00 +0100</pubDate>
<dc:creator>Ada Moor</dc:creator><author>desk@norrby.test (Per Holm)</author>
<category>Roads</category><category>Roads</category><category domain="x">Harbour</category>
<media:keywords>bridge, Norrby</media:keywords>
<description>&lt;p&gt;The bridge&lt;/p&gt;</description>
<media:content url="https://img.example/a.jpg"><media:title>A photo</media:title></media:content>
"""
SPACES = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'


def test_an_item_of_rss_gives_its_address_and_what_is_printed_of_it():
    document = read(rss(RSS_ITEM, spaces=SPACES))
    url, notice = only(document)
    assert url == "https://norrby.example/bro?a=1&b=2"
    assert notice == Notice(
        origin="feed",
        published_at="Tue, 03 Feb 2026 08:10:00 +0100",
        title="Bridge & ferry reopen",
        authors=("Ada Moor", "Per Holm"),
        tags=("Roads", "Harbour", "bridge", "Norrby"),
    )
    assert document.entries[0].listed_at == datetime(2026, 2, 3, 7, 10, tzinfo=UTC)
    assert (document.n_left_out, document.why) == (0, ())


def test_prefixes_nobody_declared_are_understood_all_the_same():
    assert only(read(rss(RSS_ITEM)))[1].authors == ("Ada Moor", "Per Holm")


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://norrby.example/a/">
<title>Norrby</title><link rel="self" href="feed.xml"/><author><name>The desk</name></author>
<entry xml:base="2026/"><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Bridge <b>opens</b></div></title>
<id>tag:norrby.example,2026:7</id>
<link rel="enclosure" href="https://img.example/a.mp3"/><link rel="replies" href="replies"/>
<link rel="alternate" type="application/json" href="bro.json"/>
<link rel="alternate" type="text/html" href="bro.html#top"/>
<published>2026-02-03T08:10:00Z</published><updated>2026-02-04T09:00:00Z</updated>
<author><name>Ada Moor</name><email>ada@norrby.test</email><uri>https://norrby.example/ada</uri></author>
<author><email>desk@norrby.test</email></author>
<category term="roads" label="Roads"/><category term="http://schemas.example/kind#post"/>
<source><title>Elsewhere</title><updated>2020-01-01T00:00:00Z</updated></source>
</entry></feed>"""


def test_an_entry_of_atom_gives_the_page_it_is_an_alternate_of():
    document = read(ATOM)
    url, notice = only(document)
    assert url == "https://norrby.example/a/2026/bro.html"
    assert notice == Notice(
        origin="feed",
        published_at="2026-02-03T08:10:00Z",
        modified_at="2026-02-04T09:00:00Z",
        title="Bridge opens",
        authors=("Ada Moor",),
        tags=("Roads",),
    )
    assert document.entries[0].listed_at == datetime(2026, 2, 4, 9, tzinfo=UTC)


def test_the_first_rss_has_its_items_beside_the_channel():
    url, notice = only(
        read(
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>N</title></channel>'
            '<item rdf:about="https://norrby.example/bro"><title>Bridge</title><dc:date>2026-02-03</dc:date></item>'
            "</rdf:RDF>"
        )
    )
    assert (url, notice.published_at) == ("https://norrby.example/bro", "2026-02-03")


def json_feed(*items: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Norrby", "items": items})


def test_a_json_feed_of_either_version_is_read():
    new = {
        "id": "7",
        "url": "/bro",
        "title": "Bridge &amp; ferry",
        "date_published": "2026-02-03T08:10:00Z",
        "date_modified": "2026-02-04T08:10:00Z",
        "authors": [{"name": "Ada Moor"}, {"url": "https://norrby.example/x"}],
        "tags": ["roads", 7],
    }
    old = {"id": "https://norrby.example/old", "author": {"name": "Per Holm"}, "title": 7}
    document = read(json_feed(new, old, {"id": "9"}, "no item"))
    assert [one.url for one in document.entries] == ["https://norrby.example/bro", "https://norrby.example/old"]
    assert document.entries[0].notice == Notice(
        origin="feed",
        published_at="2026-02-03T08:10:00Z",
        modified_at="2026-02-04T08:10:00Z",
        title="Bridge & ferry",
        authors=("Ada Moor",),
        tags=("roads",),
    )
    assert document.entries[1].notice == Notice(origin="feed", authors=("Per Holm",))
    assert document.why == ("2 entries without an address of a page that could be fetched",)
    assert document.n_left_out == 2


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<guid>https://norrby.example/g</guid>", "https://norrby.example/g"),
        ('<guid isPermaLink="TRUE">https://norrby.example/g</guid>', "https://norrby.example/g"),
        ('<guid isPermaLink="false">https://norrby.example/g</guid>', None),
        ("<guid>tag:7</guid>", None),
        ("<link>../bro</link>", "https://norrby.example/bro"),
        ("<link>\n  https://norrby.example/bro\n</link>", "https://norrby.example/bro"),
        ("<link></link><guid>https://norrby.example/g</guid>", "https://norrby.example/g"),
        ("<link>file:///etc/hosts</link>", None),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>https://ada:secret@norrby.example/</link>", None),
        (
            '<link>https://feeds.example/~r/7</link><f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">'
            "https://norrby.example/o</f:origLink>",
            "https://norrby.example/o",
        ),
        (
            '<link>https://norrby.example/own</link><a:link xmlns:a="http://www.w3.org/2005/Atom" rel="self" '
            'href="x"/>',
            "https://norrby.example/own",
        ),
        ("<link><![CDATA[https://norrby.example/?a=1&b=2]]></link>", "https://norrby.example/?a=1&b=2"),
        ("<link>https://norrby.example/?a=1&b=2</link>", "https://norrby.example/?a=1&b=2"),
        ("<link>https://norrby.example/väg till</link>", "https://norrby.example/v%C3%A4gtill"),
    ],
)
def test_the_address_of_an_item_is_found_where_it_stands(item: str, url: str | None):
    found = read(rss(f"<title>Bridge</title>{item}")).entries
    assert [one.url for one in found] == ([url] if url else [])


def dated(number: int, day: int | None) -> str:
    date = f"<pubDate>{day:02} Feb 2026 00:00:00 GMT</pubDate>" if day else ""
    return f"<link>https://norrby.example/{number}</link>{date}"


def numbers(document: Document) -> list[int]:
    return [int(one.url.rpartition("/")[2]) for one in document.entries]


def test_the_newest_come_first_then_what_has_no_date_and_the_rest_is_counted():
    feed = rss(dated(1, 3), dated(2, None), dated(3, 9), dated(3, 2), dated(4, None), dated(5, 4))
    assert numbers(read(feed)) == [3, 5, 1, 2, 4]
    assert read(feed).why == ("1 entry named a second time",)
    cut = read(feed, entries=2)
    assert numbers(cut) == [3, 5]
    assert (cut.n_left_out, cut.why[-1]) == (4, "3 entries past the 2 newest")


def test_what_is_too_old_is_left_out_and_what_has_no_date_is_not():
    document = read(rss(dated(1, 3), dated(2, None), dated(3, 9)), since=datetime(2026, 2, 5, tzinfo=UTC))
    assert numbers(document) == [3, 2]
    assert document.why == ("1 entry dated before 2026-02-05 00:00 UTC",)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<html><body>Log in</body></html>", "an HTML page"),
        ("", "neither XML nor JSON"),
        ("Not found", "neither XML nor JSON"),
        ("<opml><body/></opml>", "<opml>"),
        ("{", "begins like JSON"),
        ('{"a": 1}', "no list `items`"),
    ],
)
def test_what_is_no_feed_says_so(body: str, said: str):
    document = read(body)
    assert document.entries == ()
    assert said in document.why[0]
    assert document.why[0].startswith("no feed: ")


def test_a_feed_without_entries_is_a_feed():
    assert read(rss()) == Document()


def test_of_a_feed_cut_short_the_whole_items_are_taken():
    feed = rss(*(dated(number, 3) for number in range(10, 15)))
    for cut in range(len(feed)):
        found = numbers(read(feed[:cut]))
        whole = feed[:cut].count("</item>")
        assert found in (list(range(10, 10 + whole)), list(range(10, 11 + whole)))  # `</ite` closes it as well
        assert len(found) <= feed[:cut].count("</pubDate>")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "windows-1252"])
def test_the_encoding_is_found(encoding: str):
    title = "Föhn över Norrby" if encoding == "latin-1" else "Föhn – över Norrby"
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    feed = rss(f"<title>{title}</title><link>/a</link>", prolog=f'<?xml version="1.0" encoding="{declared}"?>')
    assert only(read(feed.encode(encoding)))[1].title == title


def test_the_headers_word_helps_where_the_document_has_none_and_utf8_is_believed_before_both():
    feed = rss("<title>Снег</title><link>/a</link>")
    assert only(read(feed.encode("windows-1251"), content_type="text/xml; charset=windows-1251"))[1].title == "Снег"
    assert only(read(feed, content_type="text/xml; charset=iso-8859-1"))[1].title == "Снег"


INTERNAL = '<!DOCTYPE rss PUBLIC "-//N//EN" "http://127.0.0.1:9/rss.dtd" [<!-- it\'s ours --><!ENTITY co "Norrby">]>'


def test_entities_declared_inside_a_feed_are_put_in():
    feed = rss("<title>&co; &amp; S&ouml;n, &#8211; R & D &nope;</title><link>/a</link>", prolog=INTERNAL)
    assert only(read(feed))[1].title == "Norrby & Sön, – R & D &nope;"


def test_no_entity_opens_a_file(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the password")
    for prolog in (
        f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>',
        f'junk <br/> <!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>',
        f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p; <!ENTITY x "%p;">]>',
        f'<!DOCTYPE rss SYSTEM "{secret.as_uri()}">',
    ):
        document = read(rss("<title>a &x; b</title><link>/a</link>", prolog=prolog))
        assert "password" not in repr(document)
        if not prolog.startswith("junk"):
            assert only(document)[1].title == "a &x; b"


def test_nothing_unfolds():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{laughs}]>'
    for prolog in (bomb, f"junk <br/>{bomb}", bomb * 3):
        start = time.process_time()
        document = read(rss('<title a="&l9;">&l9;</title><link>/a</link>', prolog=prolog))
        assert time.process_time() - start < 1
        assert all(len(one.notice.title or "") < 100 for one in document.entries)
    many = "&co;" * 200_000
    long = f'<!DOCTYPE rss [<!ENTITY co "{"x" * 200}">]>'
    assert len(xmltext.prepared(rss(f"<title>{many}</title>", prolog=long))) < 6_000_000


MEGABYTES = 2
HOSTILE = {
    "open items": b"<rss><channel>" + b"<item>" * (MEGABYTES * 160_000),
    "open titles": b"<rss><item>" + b"<title>" * (MEGABYTES * 140_000),
    "tags of one item": b"<rss><item>" + b"<category>ab</category>" * (MEGABYTES * 43_000),
    "empty items": b"<rss>" + b"<item/>" * (MEGABYTES * 140_000),
    "deep": b"<rss>" + b"<a>" * (MEGABYTES * 330_000),
    "document types": b"<rss>" + b"<!DOCTYPE [" * (MEGABYTES * 90_000),
    "a document type without end": b"<!DOCTYPE [" + b"<!-- -" * (MEGABYTES * 160_000),
    "quotes": b"<!DOCTYPE [" + b"\"'" * (MEGABYTES * 500_000),
    "entities": b"<!DOCTYPE [" + b'<!ENTITY a "' * (MEGABYTES * 80_000),
    "ampersands": b"<rss><item><title>" + b"&a" * (MEGABYTES * 500_000),
    "comments": b"<!--" * (MEGABYTES * 250_000),
    "attributes": b"<rss><item " + b"".join(b'a%d="" ' % n for n in range(MEGABYTES * 90_000)) + b"/></rss>",
    "one long title": b"<rss><item><title>" + b"a&lt;" * (MEGABYTES * 200_000) + b"</title></item></rss>",
    "brackets": b"{" + b'"items":[' * (MEGABYTES * 110_000),
    "a long number": b'{"items": ' + b"9" * (MEGABYTES * 1_000_000) + b"}",
    "mail addresses": b"<rss><item><link>/a</link><author>"
    + b"a@a " * (MEGABYTES * 250_000)
    + b"</author></item></rss>",
    "spaces": b" " * (MEGABYTES * 1_000_000),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_feed_costs_seconds_at_most(what: str):
    start = time.process_time()
    read(HOSTILE[what])
    assert time.process_time() - start < 5 * MEGABYTES


def test_a_hundred_thousand_entries_are_read_up_to_the_limit():
    feed = rss(*(f"<link>/{number}</link>" for number in range(100_000)))
    start = time.process_time()
    document = read(feed, entries=2_000)
    assert time.process_time() - start < 20
    assert (len(document.entries), document.n_left_out) == (2_000, MOST_ENTRIES - 2_000)
    assert document.why[0] == "read up to entry 50,000"


PIECES = """<rss> <item> </item> <link> </link> /a <title> </title> <entry> </entry> & ; <!DOCTYPE [ ] > <!ENTITY ' a ''
<![CDATA[ ]]> <? ?> <!-- --> &a; &#0; http://[ xml:base=' // <link href=' <guid> <pubDate> 9999999999 <dc:date>"""
MARKUP = st.lists(st.sampled_from([*PIECES.split(), " ", "\ud800", "\x00"]), max_size=30).map(
    lambda pieces: "".join(pieces).encode("utf-8", "surrogatepass")
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just("https://norrby.example/a"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["items", "url", "id", "authors", "author", "name", "tags", "title"]), inner)
    ),
    max_leaves=12,
).map(lambda value: json.dumps({"items": [value, {"url": value}]}).encode())


@given(body=st.binary(max_size=200) | MARKUP | JSON, content_type=st.none() | st.text(max_size=30))
@example(body=b"<rss><item><link>http://[::1</link></item></rss>", content_type=None)
@example(body=b"<rss><item><link>/a</link><pubDate>" + b"9" * 5000 + b"</pubDate></item></rss>", content_type=None)
@example(body=b"\xff<rss/>", content_type="text/xml; charset=hex")
@example(body=b'\xff<?xml version="1.0" encoding="undefined"?><rss/>', content_type="a; charset=idna")
@settings(max_examples=300)
def test_no_bytes_make_it_raise(body: bytes, content_type: str | None):
    document = read(body, content_type=content_type)
    for one in document.entries:
        assert one.url.startswith(("http://", "https://"))
        one.notice.as_json().encode()
        one.url.encode("ascii")


ORACLE = {
    "rss": rss(RSS_ITEM, spaces=SPACES),
    "atom": ATOM,
    "several": rss(*(f"<title>Föhn {n} &#8211; day</title>{dated(n, n + 1)}" for n in range(20))),
    "cdata": rss("<title><![CDATA[Rain & sun]]></title><link>https://norrby.example/r</link>"),
    "permanent": rss("<title>R</title><guid>https://norrby.example/g</guid>"),
    "loose": rss("<title>R & D&nbsp;today</title><link>https://norrby.example/r</link>"),
    "old atom": '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>Rain</title>'
    '<link rel="alternate" type="text/html" href="https://norrby.example/r"/><issued>2026-02-03T08:10:00Z</issued>'
    "<modified>2026-02-04T08:10:00Z</modified><author><name>Ada Moor</name></author></entry></feed>",
}


@pytest.mark.parametrize("name", ORACLE)
def test_feedparser_reads_the_same(name: str):
    """The usual reader as the oracle, where the two mean to say the same."""
    ours = sorted(read(ORACLE[name]).entries, key=lambda one: one.url)
    theirs = sorted(feedparser.parse(io.BytesIO(ORACLE[name].encode())).entries, key=lambda one: one.link)
    assert len(ours) == len(theirs) > 0
    for own, other in zip(ours, theirs, strict=True):
        assert own.url == other.link.partition("#")[0]
        said = other.title.replace("\xa0", " ").replace("&amp;", "&").replace("<em>", "").replace("</em>", "")
        assert own.notice.title == said.replace("<b>", "").replace("</b>", "").replace("<div>", "").replace(
            "</div>", ""
        )
        assert own.notice.published_at == dict.get(other, "published")
        assert own.notice.modified_at == dict.get(other, "updated")
        names = [person["name"] for person in other.get("authors", []) if "@" not in person.get("name", "@")]
        assert list(own.notice.authors) == list(dict.fromkeys(names))
