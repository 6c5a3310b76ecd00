import gzip
import os
from datetime import UTC, datetime

import pytest

from storywire.capture import REASONS, Capture, Rejection
from storywire.sources import folder, sidecar

PAGE = b"<html><p>The bridge at Norrby opens on Monday.</p></html>"


@pytest.fixture
def raw(tmp_path):
    folder = tmp_path / "raw"
    folder.mkdir()
    return folder


@pytest.fixture
def put(raw):
    """Write a file below the raw folder, and its folders."""

    def put(path, content=PAGE):
        file = raw / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    return put


def read(root, path, **options):
    return list(folder.read(root, path, **options))


def test_inputs_are_found_at_any_depth_in_one_order_and_the_rest_is_named(raw, put):
    taken = ["a.html", "A.HTM", "b/c/d.txt", "b/e.jsonl", "b/f.jsonl.gz", "g.warc", "g.WARC.GZ"]
    ignored = ["README.txt", "b/photo.jpg", "expected.json", "page.html.gz"]
    hidden = [".git/a.html", "_tmp/a.html", "b/.a.html", "b/_part.warc"]
    for path in [*taken, *ignored, *hidden, "b/captures.jsonl"]:
        put(path)
    found = folder.find(raw)
    assert found.inputs == tuple(sorted(taken))
    assert found.ignored == tuple(sorted(ignored))
    assert found.sidecars == ("b/captures.jsonl",)
    assert found.rejections == ()


def test_a_folder_that_links_to_itself_is_read_once(raw, put, tmp_path):
    put("news/a.html")
    (raw / "news" / "again").symlink_to(raw)
    (raw / "knot.html").symlink_to(raw / "knot.html")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "b.html").write_bytes(PAGE)
    (raw / "linked").symlink_to(elsewhere)
    (raw / "another").symlink_to(elsewhere)
    found = folder.find(raw)
    assert [path for path in found.inputs if path != "knot.html"] == ["another/b.html", "news/a.html"]
    assert "knot.html" in [*found.inputs, *(rejection.uri for rejection in found.rejections)]


def test_a_missing_raw_folder_is_an_error_with_a_remedy(raw):
    with pytest.raises(NotADirectoryError, match="name the folder"):
        folder.find(raw / "nowhere")


def test_a_name_that_is_no_utf8_is_rejected_and_can_be_written_down(raw, put):
    put("a.html")
    try:
        (raw / os.fsdecode(b"caf\xe9.html")).write_bytes(PAGE)
    except OSError:
        pytest.skip("this file system takes no such name")
    found = folder.find(raw)
    assert found.inputs == ("a.html",)
    assert [(rejection.uri, rejection.reason) for rejection in found.rejections] == [("caf\\xe9.html", "unreadable")]


@pytest.mark.parametrize(("name", "kind"), [("a.html", "html"), ("a.HTM", "html"), ("a.txt", "dump")])
def test_a_loose_file_is_one_page(raw, put, name, kind):
    put(name)
    assert read(raw, name) == [Capture(PAGE, kind, name)]


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "empty"), (b"\xef\xbb\xbf \n\t\n", "empty"), (b"x" * 2001, "too_large")]
)
def test_a_page_that_is_empty_or_too_large_is_rejected(raw, put, content, reason):
    put("2026-02-03/a.html", content)
    (rejection,) = read(raw, "2026-02-03/a.html", limit_bytes=2000)
    assert isinstance(rejection, Rejection)
    assert rejection.reason == reason
    assert rejection.captured_at == datetime(2026, 2, 3, tzinfo=UTC)
    assert (rejection.digest is None) == (reason == "too_large")


def test_a_limit_names_the_size_and_the_setting(raw, put):
    put("a.txt", b"x" * 12_400)
    (rejection,) = read(raw, "a.txt", limit_bytes=10_000)
    assert rejection.detail == ("a.txt: 12.4 kB is past the limit of 10 kB; raise STORYWIRE_MAX_PAGE_BYTES to take it.")


def test_a_page_at_the_limit_is_taken(raw, put):
    put("a.txt", b"x" * 2000)
    assert isinstance(read(raw, "a.txt", limit_bytes=2000)[0], Capture)


def test_a_file_that_vanished_is_one_rejection(raw):
    for name in ["a.html", "a.jsonl", "a.warc.gz"]:
        (rejection,) = read(raw, name)
        assert (rejection.uri, rejection.reason) == (name, "unreadable")


def test_a_pipe_is_not_waited_for(raw):
    os.mkfifo(raw / "a.html")
    assert folder.find(raw).ignored == ("a.html",)
    assert read(raw, "a.html")[0].reason == "unreadable"


def test_the_sidecar_says_what_a_loose_file_cannot(raw, put):
    put("news/a.html")
    put(
        "news/captures.jsonl",
        b'{"path": "a.html", "url": "https://norrby.example/a", "captured_at": "2026-02-03T08:10:00+01:00",'
        b' "source": "norrby", "charset": "ISO-8859-1"}\n',
    )
    found = folder.find(raw)
    (capture,) = read(raw, "news/a.html", sidecars=sidecar.load(raw, found.sidecars))
    moment = datetime(2026, 2, 3, 7, 10, tzinfo=UTC)
    assert capture == Capture(PAGE, "html", "news/a.html", "https://norrby.example/a", moment, "norrby", "iso-8859-1")


def test_the_time_of_the_file_is_never_the_time_of_capture(raw, put):
    os.utime(put("a.html"), (1_700_000_000, 1_700_000_000))
    assert read(raw, "a.html")[0].captured_at is None


def test_the_raw_folder_itself_may_be_named_after_the_day(tmp_path):
    root = tmp_path / "2026-02-03"
    root.mkdir()
    (root / "a.html").write_bytes(PAGE)
    assert read(root, "a.html")[0].day.isoformat() == "2026-02-03"


def test_a_container_without_times_takes_the_day_of_its_path(raw, put):
    put("2026/02/03/a.jsonl.gz", gzip.compress(b'{"html": "<p>Rain.</p>"}\n'))
    (capture,) = read(raw, "2026/02/03/a.jsonl.gz")
    assert capture.captured_at == datetime(2026, 2, 3, tzinfo=UTC)


def test_a_stamp_tells_when_a_file_or_its_sidecar_changed(raw, put):
    file = put("a.html")
    first = folder.stamp(raw, "a.html", sidecar.load(raw, ()))
    assert folder.stamp(raw, "a.html", sidecar.load(raw, ())) == first
    put("captures.jsonl", b'{"path": "a.html", "source": "norrby"}')
    described = folder.stamp(raw, "a.html", sidecar.load(raw, ["captures.jsonl"]))
    file.write_bytes(PAGE + b"more")
    assert len({str(first), str(described), str(folder.stamp(raw, "a.html"))}) == 3


def test_every_reason_is_one_that_the_table_knows(raw, put):
    put("a.html", b"")
    put("b.jsonl", b"[]\n{")
    put("c.warc", b"nonsense")
    for path in folder.find(raw).inputs:
        for rejection in read(raw, path):
            assert rejection.reason in REASONS
            assert rejection.detail.startswith(rejection.uri)
