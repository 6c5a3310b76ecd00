"""What is fetched lies in archives that any tool reads, and that tell what was kept."""

from __future__ import annotations

import gzip
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from fastwarc.warc import ArchiveIterator as Fastwarc
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as Warcio

from storywire.notice import Notice
from storywire.store.archive import Archive, recover, scan
from storywire.store.archive.files import Growing
from storywire.store.files import StoreError
from tests.storywire.store.archive.exchanges import MOMENT, PAGE, URL, Made

AGENT = "storywire/0.1 (+https://norrby.example/bot)"
NOTICE = Notice(origin="feed", title="Ice closes the sound\ud800", tags=("sea", "ice"))
PACKED = Made(
    url=f"{URL}/2",
    http_version="HTTP/2",
    reason="",
    headers=(("content-type", "text/html"), ("content-encoding", "gzip"), ("last-modified", "yesterday")),
    payload=gzip.compress(PAGE, mtime=0),
)


@pytest.fixture
def archive(tmp_path):
    with Archive(tmp_path, MOMENT, AGENT, clock=lambda: MOMENT) as archive:
        yield archive


def only(raw):
    (file,) = raw.glob("*/*.warc.gz")
    return file


def by_warcio(file):
    """Kind, headers and unpacked content of every record, its digests checked."""
    with file.open("rb") as stream:
        return [
            (r.rec_type, dict(r.rec_headers.headers), r.http_headers, r.content_stream().read())
            for r in Warcio(stream, check_digests="raise")
        ]


def by_fastwarc(file):
    """Kind, headers and raw block of every record, its digest checked."""
    with file.open("rb") as stream:
        return [
            (str(r.record_type), dict(r.headers), r.verify_block_digest(), r.reader.read())
            for r in Fastwarc(stream, parse_http=False)
        ]


def test_a_page_is_three_records_that_other_tools_read_and_the_response_comes_last(archive, tmp_path):
    kept = archive.keep(PACKED, NOTICE, "norrby", hops=((URL, 301),))
    archive.close()
    info, request, metadata, response = by_warcio(only(tmp_path))
    assert [info[0], request[0], metadata[0], response[0]] == ["warcinfo", "request", "metadata", "response"]
    assert f"http-header-user-agent: {AGENT}" in info[3].decode()
    assert request[1]["WARC-Concurrent-To"] == metadata[1]["WARC-Concurrent-To"] == response[1]["WARC-Record-ID"]
    assert json.loads(metadata[3]) == {
        "origin": "feed",
        "title": "Ice closes the sound\ud800",
        "tags": ["sea", "ice"],
        "source": "norrby",
        "hops": [[URL, 301]],
        "http_version": "HTTP/2",
        "digest": kept.held.digest,
    }
    assert response[3] == PAGE
    assert response[2].get_statuscode() == "200"
    headers = response[1]
    assert (headers["WARC-Protocol"], headers["WARC-IP-Address"]) == ("h2", "192.0.2.7")
    assert headers["WARC-Date"] == "2031-03-03T08:10:00.250000Z"
    kinds = [(kind, sound) for kind, _, sound, _ in by_fastwarc(only(tmp_path))]
    assert kinds == [("warcinfo", True), ("request", True), ("metadata", True), ("response", True)]


def test_a_place_is_where_the_response_begins(archive, tmp_path):
    archive.keep(Made(), NOTICE, "norrby")
    kept = archive.keep(PACKED, NOTICE, "norrby")
    archive.close()
    path, _, offset = kept.place.partition("#offset=")
    rest = tmp_path / "rest.warc.gz"
    rest.write_bytes((tmp_path / path).read_bytes()[int(offset) :])
    ((kind, headers, _, _),) = by_warcio(rest)
    assert (kind, headers["WARC-Target-URI"]) == ("response", PACKED.url)


def test_a_page_whose_bytes_are_held_is_not_stored_again(archive, tmp_path):
    first = archive.keep(Made(), NOTICE, "norrby")
    later = Made(at=MOMENT + timedelta(hours=1), payload=gzip.compress(PAGE), headers=(("Content-Encoding", "gzip"),))
    same = archive.keep(later, NOTICE, "norrby", unchanged_since=first.held)
    told = archive.keep(Made(status=304, payload=b"", body=b""), NOTICE, "norrby", unchanged_since=same.held)
    changed = archive.keep(
        Made(body=b"<p>New.</p>", payload=b"<p>New.</p>"), NOTICE, "norrby", unchanged_since=told.held
    )
    archive.close()
    assert [one.is_unchanged for one in (first, same, told, changed)] == [False, True, True, False]
    assert same.held == told.held == first.held
    records = by_warcio(only(tmp_path))
    revisits = [(headers, content) for kind, headers, _, content in records if kind == "revisit"]
    for headers, content in revisits:
        assert content == b""
        assert headers["WARC-Refers-To"] == first.held.record
        assert headers["WARC-Refers-To-Date"] == "2031-03-03T08:10:00.250000Z"
        assert headers["WARC-Payload-Digest"] == first.held.payload_digest
    assert [headers["WARC-Profile"].rpartition("/")[2] for headers, _ in revisits] == [
        "identical-payload-digest",
        "server-not-modified",
    ]
    assert [content for kind, _, _, content in records if kind == "response"] == [PAGE, b"<p>New.</p>"]
    assert all(sound for _, _, sound, _ in by_fastwarc(only(tmp_path)))


def test_a_304_for_a_page_that_nobody_holds_is_refused(archive):
    with pytest.raises(ValueError, match="304"):
        archive.keep(Made(status=304, payload=b"", body=b""), NOTICE, "norrby")


def test_what_keep_said_can_be_read_back(archive, tmp_path):
    first = archive.keep(Made(), NOTICE, "norrby", hops=((f"{URL}/old", 301), (f"{URL}/older", 308)))
    kept = [
        first,
        archive.keep(PACKED, Notice(), "norrby"),
        archive.failed(f"{URL}/ä b\r\nX: y", "dns", "norrby.example has no address", NOTICE, "norrby"),
        archive.keep(Made(at=MOMENT + timedelta(hours=1)), NOTICE, "norrby", unchanged_since=first.held),
    ]
    archive.close()
    assert list(scan(tmp_path, only(tmp_path))) == kept
    assert (kept[0].etag, kept[1].last_modified, kept[0].status) == ('"one"', "yesterday", 200)


def test_a_record_lies_in_the_folder_of_its_own_day(archive, tmp_path):
    midnight = datetime(2031, 3, 4, tzinfo=UTC)
    archive.keep(Made(at=midnight - timedelta(microseconds=1)), NOTICE, "norrby")
    archive.keep(Made(at=midnight), NOTICE, "norrby")
    archive.keep(Made(at=midnight), NOTICE, "soedra")
    archive.close()
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.glob("*/*")) == [
        "2031-03-03/norrby-20310303T081000Z.warc.gz",
        "2031-03-04/norrby-20310303T081000Z.warc.gz",
        "2031-03-04/soedra-20310303T081000Z.warc.gz",
    ]


def test_nothing_is_seen_of_an_archive_before_it_is_whole(archive, tmp_path):
    archive.keep(Made(), NOTICE, "norrby")
    assert list(tmp_path.glob("*/[!.]*")) == []
    archive.close()
    assert only(tmp_path).is_file()


def test_a_source_that_is_through_is_seen_while_the_others_go_on(archive, tmp_path):
    archive.keep(Made(), NOTICE, "norrby")
    archive.keep(Made(), NOTICE, "soedra")
    archive.close("norrby")
    assert [path.name for path in tmp_path.glob("*/[!.]*")] == ["norrby-20310303T081000Z.warc.gz"]
    archive.keep(Made(), NOTICE, "soedra")
    archive.close()
    archive.close()
    assert len(list(tmp_path.glob("*/[!.]*"))) == 2


def test_an_archive_never_takes_the_place_of_another(tmp_path):
    for _ in range(3):
        with Archive(tmp_path, MOMENT, AGENT) as archive:
            archive.keep(Made(), NOTICE, "norrby")
            archive.close()
            archive.keep(Made(), NOTICE, "norrby")
    assert len(list(tmp_path.glob("*/*.warc.gz"))) == 6


@pytest.mark.parametrize("source", ["../norrby", "", ".norrby", "a/b", "Norrby\n"])
def test_no_name_of_a_source_leads_elsewhere(archive, tmp_path, source):
    with pytest.raises(ValueError, match="name"):
        archive.keep(Made(), NOTICE, source)
    assert list(tmp_path.iterdir()) == []


def test_what_a_server_sends_cannot_forge_a_header_and_credentials_are_left_out(archive, tmp_path):
    forged = Made(
        url=f"{URL}?a=ä b",
        reason="OK\r\nX-Forged: 1",
        headers=(("X\r\nX-Forged", "1"), ("Server", "a\r\n\r\nWARC/1.1\r\nX-Forged: 1"), ("X-Latin", "\xe9")),
        sent=(("authorization", "Bearer hunter2"), ("Cookie", "id=hunter2"), ("Accept", "*/*")),
    )
    archive.keep(forged, NOTICE, "norrby")
    archive.close()
    written = gzip.decompress(only(tmp_path).read_bytes())
    assert b"hunter2" not in written
    assert b"\nX-Forged" not in written
    request, response = (http for kind, _, http, _ in by_warcio(only(tmp_path)) if kind in ("request", "response"))
    assert request.get_header("Host") == "norrby.example"
    assert response.get_header("X-Latin") == "\xe9"
    assert response.get_statuscode() == "200"


def test_a_page_that_does_not_fit_on_the_disk_leaves_the_archive_as_it_was(archive, tmp_path, monkeypatch):
    archive.keep(Made(), NOTICE, "norrby")
    write = os.pwrite

    def full(handle, data, offset):
        if len(data) < 100:
            raise OSError(28, "No space left on device")
        return write(handle, data[:-99], offset)  # a disk takes what it can

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(StoreError, match="No space left"):
        archive.keep(PACKED, NOTICE, "norrby")
    with pytest.raises(StoreError, match="No space left"):
        archive.keep(PACKED, NOTICE, "soedra")
    monkeypatch.undo()
    last = archive.keep(replace(PACKED, url=f"{URL}/3"), NOTICE, "norrby")
    archive.close()
    assert [one.url for one in scan(tmp_path, only(tmp_path))] == [URL, last.url]
    assert len(by_warcio(only(tmp_path))) == 7


def test_an_archive_of_another_tool_tells_nothing(tmp_path):
    file = tmp_path / "2031-03-03" / "crawl.warc.gz"
    file.parent.mkdir()
    for content in (b"", gzip.compress(b"WARC/1.1\r\nContent-Length: 0\r\n\r\n\r\n\r\n"), b"no gzip", b"\x1f\x8b\x08"):
        file.write_bytes(content)
        assert list(scan(tmp_path, file)) == []


def test_pages_of_many_threads_lie_whole_beside_each_other(archive, tmp_path):
    def keep(number):
        return archive.keep(replace(PACKED, url=f"{URL}/{number}"), NOTICE, "norrby")

    with ThreadPoolExecutor(8) as threads:
        kept = list(threads.map(keep, range(200)))
    archive.close()
    assert sorted(scan(tmp_path, only(tmp_path)), key=lambda one: one.url) == sorted(kept, key=lambda one: one.url)
    assert len(by_warcio(only(tmp_path))) == 601


def test_nothing_is_added_to_an_archive_that_was_given_its_name(tmp_path):
    file = Growing(tmp_path / "norrby.warc.gz", 10)
    file.add(b"page")
    assert file.finish().read_bytes() == b"page"
    with (tmp_path / "other").open("wb"), pytest.raises(StoreError):  # has the number the archive had
        file.add(b"late")
    assert (tmp_path / "norrby.warc.gz").read_bytes() == b"page"
    assert (tmp_path / "other").read_bytes() == b""


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    raw = tmp_path_factory.mktemp("sound")
    with Archive(raw, MOMENT, AGENT, clock=lambda: MOMENT) as archive:
        kept = archive.keep(Made(), NOTICE, "norrby", hops=((f"{URL}/old", 301),))
        archive.keep(Made(), NOTICE, "norrby", unchanged_since=kept.held)
        archive.failed(URL, "dns", "no address", NOTICE, "norrby")
    return raw, only(raw), list(scan(raw, only(raw)))


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_no_damage_breaks_what_reads_an_archive_back(sound, data):
    """Damage inside the packed data, and damage that a packer packed again."""
    raw, file, kept = sound
    damaged = file.with_name("damaged.warc.gz")
    content = file.read_bytes()
    unpacked = data.draw(st.booleans())
    content = bytearray(gzip.decompress(content) if unpacked else content)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    if unpacked:
        begins = [found.start() for found in re.finditer(rb"WARC/1\.1\r\n", content)]
        pieces = [content[begin:end] for begin, end in pairwise([*begins, len(content)])]
        content = b"".join(map(gzip.compress, pieces))
    damaged.write_bytes(content)
    found = list(scan(raw, damaged))
    assert len(found) <= len(kept)


def test_recovery_leaves_an_archive_alone_that_is_being_written(archive, tmp_path):
    kept = archive.keep(Made(), NOTICE, "norrby")
    assert recover(tmp_path) == []
    archive.close()
    assert list(scan(tmp_path, only(tmp_path))) == [kept]
