"""Storywire's own archives, read as captures: with what announced the page, and with what could not be had."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from storywire.capture import Capture, Rejection
from storywire.notice import NOTHING, Notice
from storywire.sources import folder, warc
from storywire.sources.sidecar import Facts
from storywire.store.archive import Archive, form
from tests.storywire.store.archive.exchanges import MOMENT, PAGE, URL, Made

NOTICE = Notice(origin="feed", title="Ice closes the sound", published_at="Mon, 03 Mar 2031 07:00:00 GMT")


def captures(raw: Path) -> list[Capture | Rejection]:
    found = folder.find(raw)
    assert not found.ignored
    return [one for path in found.inputs for one in folder.read(raw, path)]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path, MOMENT, "storywire/0.1", clock=lambda: MOMENT)


def test_the_notice_and_the_source_come_with_the_page_they_speak_of_and_no_other(archive, tmp_path) -> None:
    first = archive.keep(Made(), NOTICE, "norrby")
    packed = gzip.compress(PAGE)
    second = archive.keep(
        Made(url=f"{URL}/2", payload=packed, headers=(("Content-Encoding", "gzip"),)), NOTHING, "norrby"
    )
    unverified = archive.keep(Made(url=f"{URL}/3", is_tls_verified=False), NOTICE, "norrby")
    archive.close()
    found = captures(tmp_path)
    assert [(one.uri, one.url, one.notice, one.source) for one in found] == [
        (first.place, URL, NOTICE, "norrby"),
        (second.place, f"{URL}/2", NOTHING, "norrby"),
        (unverified.place, f"{URL}/3", Notice(**NOTICE.facts() | {"is_tls_verified": False}), "norrby"),
    ]
    assert {(one.body, one.captured_at, one.digest) for one in found} == {(PAGE, MOMENT, first.held.digest)}


def test_an_address_that_could_not_be_had_is_rejected_with_the_reason(archive, tmp_path) -> None:
    missed = archive.failed(URL, "dns", "norrby.example has no address", NOTICE, "norrby")
    archive.keep(Made(url=f"{URL}/2"), NOTICE, "norrby")
    archive.close()
    rejection, capture = captures(tmp_path)
    assert (rejection.reason, rejection.url, rejection.captured_at) == ("not_fetched", URL, MOMENT)
    assert rejection.detail == f"{missed.place}: {missed.detail} (dns)"
    assert capture.notice == NOTICE


def test_a_page_that_was_found_unchanged_is_no_second_capture(archive, tmp_path) -> None:
    kept = archive.keep(Made(), NOTICE, "norrby")
    archive.keep(Made(), NOTICE, "norrby", unchanged_since=kept.held)
    archive.keep(Made(status=304, payload=b"", body=b""), NOTICE, "norrby", unchanged_since=kept.held)
    archive.close()
    assert [one.uri for one in captures(tmp_path)] == [kept.place]


def test_what_the_headers_say_against_mining_is_part_of_the_notice(archive, tmp_path) -> None:
    headers = (("Content-Type", "text/html"), ("X-Robots-Tag", "noai"), ("TDM-Reservation", "1"))
    archive.keep(Made(headers=headers), NOTICE, "norrby")
    archive.close()
    (capture,) = captures(tmp_path)
    assert capture.notice == Notice(**NOTICE.facts() | {"opt_out": ("noai", "tdm-reservation")})


def test_half_a_letter_in_a_feed_does_no_harm(archive, tmp_path) -> None:
    archive.keep(Made(), Notice(origin="feed", title="Ice \ud83d", tags=("\udc00",)), "norrby")
    archive.close()
    (capture,) = captures(tmp_path)
    assert capture.notice == Notice(origin="feed", title="Ice ?", tags=("?",))
    assert len(capture.id) == 32


def told(facts: object, concurrent: str = "<urn:1>", kind: str = "application/json") -> bytes:
    fields = [("WARC-Target-URI", URL), ("WARC-Concurrent-To", concurrent), ("Content-Type", kind)]
    return form.record("metadata", fields, facts if isinstance(facts, bytes) else json.dumps(facts).encode())


PAGE_RECORD = form.record(
    "response",
    [("WARC-Record-ID", "<urn:1>"), ("WARC-Target-URI", URL), ("Content-Type", "application/http; msgtype=response")],
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE,
)
OURS = {"source": "norrby", "digest": "0", "title": "Ice"}


@pytest.mark.parametrize(
    "record",
    [
        told({"title": "Ice"}),
        told(OURS | {"source": 7}),
        told(OURS, concurrent="<urn:2>"),
        told(OURS, kind="application/warc-fields"),
        told([OURS]),
        told(b"{" * 100_000),
        told(b'{"source": "norrby", "digest": "0", "title": "' + b"x" * warc.FACTS_LIMIT + b'"}'),
    ],
    ids=["no source", "no name", "of another", "of another kind", "a list", "nested", "endless"],
)
def test_records_of_other_crawlers_and_of_other_pages_say_nothing_of_a_page(tmp_path, record: bytes) -> None:
    file = tmp_path / "crawl.warc.gz"
    file.write_bytes(told(OURS) + PAGE_RECORD)
    (ours,) = warc.read(file, "crawl.warc.gz", Facts(), 100_000)
    assert (ours.notice, ours.source) == (Notice(title="Ice"), "norrby")
    file.write_bytes(record + PAGE_RECORD)
    (capture,) = warc.read(file, "crawl.warc.gz", Facts(source="crawl"), 100_000)
    assert (capture.notice, capture.source, capture.body) == (NOTHING, "crawl", PAGE)
