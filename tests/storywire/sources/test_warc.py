import gzip
import io
import tracemalloc
import zlib
from datetime import UTC, datetime

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from storywire.capture import Capture, Rejection
from storywire.sources import warc
from storywire.sources.sidecar import Facts

URL = "https://norrby.example/news"
PAGE = "<html><p>Der Föhn hält an.</p></html>".encode()
DATE = "2026-02-03T08:10:00Z"
MOMENT = datetime(2026, 2, 3, 8, 10, tzinfo=UTC)


class Writer(WARCWriter):
    """Keeps records in memory; warcio's own leaves its temporary files open."""

    @staticmethod
    def _create_temp_file():
        return io.BytesIO()


def response(body=PAGE, *, status="200 OK", url=URL, date=DATE, **headers):
    """What a writer needs for one response; header names are written with `_` for `-`."""
    fields = {"Content-Type": "text/html; charset=UTF-8"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    http = StatusAndHeaders(status, [(n, v) for n, v in fields.items() if v is not None], protocol="HTTP/1.1")
    return {"uri": url, "payload": body, "http_headers": http, "date": date}


def archive(*records, packed=False):
    """An archive as bytes."""
    stream = io.BytesIO()
    writer = Writer(stream, gzip=packed)
    for record in records:
        kind = record.get("kind", "response")
        writer.write_record(
            writer.create_warc_record(
                record["uri"],
                kind,
                payload=io.BytesIO(record["payload"]),
                http_headers=record.get("http_headers"),
                warc_content_type=record.get("type", ""),
                warc_headers_dict={"WARC-Date": record.get("date", DATE)},
            )
        )
    return stream.getvalue()


@pytest.fixture
def read(tmp_path):
    def read(content, *, facts=Facts(), limit_bytes=100_000):  # noqa: B008 - frozen
        file = tmp_path / "crawl.warc"
        file.write_bytes(content)
        return list(warc.read(file, "crawl.warc", facts, limit_bytes))

    return read


@pytest.mark.parametrize("packed", [False, True])
def test_a_crawl_gives_its_pages_with_address_time_and_place(read, packed):
    records = [
        response(),
        response(b"Rain again.", Content_Type="text/plain; charset=latin-1", url=f"{URL}/2"),
        {"uri": f"{URL}/3", "payload": PAGE, "kind": "resource", "type": "application/xhtml+xml"},
        {"uri": f"{URL}/4", "payload": b"Rain.", "kind": "conversion", "type": "text/plain"},
    ]
    content = archive(*records, packed=packed)
    captures = read(content)
    assert [(c.body, c.kind, c.url, c.charset) for c in captures] == [
        (PAGE, "html", URL, "utf-8"),
        (b"Rain again.", "dump", f"{URL}/2", "latin-1"),
        (PAGE, "html", f"{URL}/3", None),
        (b"Rain.", "dump", f"{URL}/4", None),
    ]
    assert {c.captured_at for c in captures} == {MOMENT}
    for capture in captures:
        offset = int(capture.uri.removeprefix("crawl.warc#offset="))
        assert read(content[offset:])[0].body == capture.body


def test_the_book_keeping_of_a_crawl_is_passed_over(read):
    stream = io.BytesIO()
    writer = Writer(stream, gzip=False)
    writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "crawler"}))
    http = StatusAndHeaders("GET / HTTP/1.1", [("Host", "norrby.example")], is_http_request=True)
    writer.write_record(writer.create_warc_record(URL, "request", http_headers=http))
    writer.write_record(writer.create_warc_record(URL, "metadata", payload=io.BytesIO(b"a: b")))
    writer.write_record(writer.create_revisit_record(URL, "sha1:ABC", URL, DATE))
    writer.write_record(
        writer.create_warc_record(
            "dns:norrby.example", "response", payload=io.BytesIO(b"1.2.3.4"), warc_content_type="text/dns"
        )
    )
    assert read(stream.getvalue()) == []


@pytest.mark.parametrize(
    ("record", "reason", "named"),
    [
        (response(status="404 Not Found"), "not_a_page", "404"),
        (response(status="301 Moved"), "not_a_page", "301"),
        (response(b"\x89PNG", Content_Type="image/png"), "not_a_page", "image/png"),
        (response(b"\x89PNG", Content_Type=None), "not_a_page", "no type"),
        (response(b" \n"), "empty", "white space"),
        (response(b"x" * 100_001), "too_large", "STORYWIRE_MAX_PAGE_BYTES"),
        (response(gzip.compress(bytes(200_000), mtime=0), Content_Encoding="gzip"), "too_large", "unpacked"),
        (response(zlib.compress(bytes(200_000)), Content_Encoding="deflate"), "too_large", "unpacked"),
        (response(brotli.compress(bytes(200_000)), Content_Encoding="br"), "too_large", "unpacked"),
        (response(gzip.compress(PAGE, mtime=0)[:-9], Content_Encoding="gzip"), "undecodable", "end early"),
        (response(brotli.compress(PAGE)[:-3], Content_Encoding="br"), "undecodable", "end early"),
        (response(b"\x00\x01\x02\xff", Content_Encoding="br"), "undecodable", ""),
        (response(gzip.compress(PAGE, mtime=0), Content_Encoding="dcz"), "undecodable", "'dcz'"),
        (response(gzip.compress(PAGE, mtime=0), Content_Encoding="zstd"), "undecodable", "no Zstandard"),
        (response(zstandard.compress(bytes(200_000)), Content_Encoding="zstd"), "too_large", "unpacked"),
        (response(zstandard.compress(PAGE)[:-3], Content_Encoding="zstd"), "undecodable", "end early"),
        (response(date="soon"), "bad_record", "'soon'"),
    ],
)
def test_what_is_no_page_is_rejected_with_its_address_and_the_next_is_read(read, record, reason, named):
    rejection, capture = read(archive(record, response(url=f"{URL}/next")))
    assert (rejection.reason, rejection.url) == (reason, URL)
    assert named in rejection.detail
    assert capture.url == f"{URL}/next"


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(PAGE, mtime=0)),
        ("x-gzip", gzip.compress(PAGE[:9], mtime=0) + gzip.compress(PAGE[9:], mtime=0)),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE)[2:-4]),
        ("br", brotli.compress(PAGE)),
        ("zstd", zstandard.compress(PAGE)),
        ("zstd", zstandard.compress(PAGE[:9]) + zstandard.compress(PAGE[9:]) + b"\n"),
        ("deflate, GZIP", gzip.compress(zlib.compress(PAGE), mtime=0)),
        ("identity", PAGE),
        ("gzip", PAGE),
        ("br", PAGE),
        ("zstd", PAGE),
        ("utf-8", PAGE),
    ],
    ids=lambda value: value if isinstance(value, str) else "body",
)
@pytest.mark.parametrize("chunked", [False, True])
def test_a_page_is_unpacked_however_it_was_sent(read, coding, body, chunked):
    """The last three: crawlers that unpack the page but keep the header, servers that misuse it."""
    headers = {"Content_Encoding": coding}
    if chunked:
        body = b"5\r\n" + body[:5] + b"\r\n" + f"{len(body) - 5:x}".encode() + b"\r\n" + body[5:] + b"\r\n0\r\n\r\n"
        headers["Transfer_Encoding"] = "chunked"
    (capture,) = read(archive(response(body, **headers)))
    assert capture.body == PAGE


def test_a_header_that_says_chunked_over_a_plain_page_does_no_harm(read):
    (capture,) = read(archive(response(Transfer_Encoding="chunked")))
    assert capture.body == PAGE


def test_a_response_without_a_type_is_a_page_if_it_begins_with_markup(read):
    (capture,) = read(archive(response(Content_Type=None)))
    assert (capture.kind, capture.charset) == ("html", None)


def test_what_is_known_of_the_file_stands_in_for_a_missing_date(read):
    content = archive(response()).replace(f"WARC-Date: {DATE}\r\n".encode(), b"")
    moment = datetime(2026, 2, 4, tzinfo=UTC)
    (capture,) = read(content, facts=Facts(captured_at=moment, source="norrby"))
    assert (capture.captured_at, capture.source) == (moment, "norrby")


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("cut", [1, 5, 30, 200, 400])
def test_an_archive_cut_off_gives_its_whole_records_and_one_rejection(read, packed, cut):
    content = archive(response(url=f"{URL}/1"), response(url=f"{URL}/2"), response(url=f"{URL}/3"), packed=packed)
    *captures, last = read(content[:-cut])
    if not packed and cut == 1:  # half of the newline that follows the last record
        assert isinstance(last, Capture)
        return
    assert isinstance(last, Rejection)
    assert last.reason == "truncated"
    assert [c.url for c in captures] == [f"{URL}/{number}" for number in (1, 2, 3)][: len(captures)]
    assert len(captures) >= 1
    assert all(c.body == PAGE for c in captures)


def test_a_record_that_claims_too_much_does_not_swallow_its_neighbour(read):
    long = gzip.compress(archive(response(url=f"{URL}/1")).replace(b"Content-Length: ", b"Content-Length: 9"))
    truncated, capture = read(long + archive(response(url=f"{URL}/2"), packed=True))
    assert truncated.reason == "truncated"
    assert capture.url == f"{URL}/2"


def test_an_archive_gzipped_as_one_is_read_and_its_places_stay_apart(read):
    content = archive(response(url=f"{URL}/1"), response(url=f"{URL}/2"))
    half = len(content) // 3
    for packed in (gzip.compress(content), gzip.compress(content[:half]) + gzip.compress(content[half:]) + bytes(512)):
        first, second = read(packed)
        assert (first.url, second.url) == (f"{URL}/1", f"{URL}/2")
        assert first.uri == "crawl.warc#offset=0"
        assert second.uri.startswith("crawl.warc#offset=0+")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"nothing like an archive\n" * 50, "bad_record"),
        (bytes(100_000), "bad_record"),
        (gzip.compress(b"nothing like an archive", mtime=0), "bad_record"),
        (b"\x1f\x8b\xff\xff\xff\xff", "undecodable"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n\r\nbody", "bad_record"),
        (archive(response(), packed=True) + b"trailing", "undecodable"),
    ],
)
def test_a_file_that_is_no_archive_is_one_rejection(read, content, reason):
    rejections = [found for found in read(content) if isinstance(found, Rejection)]
    assert [rejection.reason for rejection in rejections] == [reason]


def test_a_small_record_that_unpacks_to_200_megabytes_costs_little_memory(tmp_path):
    pack = zlib.compressobj(wbits=-15)
    megabyte = pack.compress(bytes(1_000_000)) + pack.flush(zlib.Z_FULL_FLUSH)  # may be repeated as it is
    bomb = b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + megabyte * 200
    file = tmp_path / "bomb.warc.gz"
    file.write_bytes(archive(response(bomb, Content_Encoding="gzip"), response(), packed=True))
    tracemalloc.start()
    try:
        rejection, capture = warc.read(file, "bomb.warc.gz", Facts(), 2_000_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert rejection.reason == "too_large"
    assert capture.body == PAGE
    assert peak < 8_000_000


SOUND = archive(response(), response(gzip.compress(PAGE), Content_Encoding="gzip", Transfer_Encoding="chunked"))


@given(
    st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), max_size=6),
    st.integers(0, len(SOUND)),
    st.booleans(),
)
@settings(max_examples=80, deadline=None)
def test_no_damage_breaks_the_reader(tmp_path_factory, flips, length, packed):
    content = bytearray(SOUND)
    for position, value in flips:
        content[position] = value
    file = tmp_path_factory.getbasetemp() / "damaged.warc"
    file.write_bytes(gzip.compress(content[:length]) if packed else content[:length])
    for found in warc.read(file, "damaged.warc", Facts(), 10_000):
        assert isinstance(found, Capture | Rejection)
