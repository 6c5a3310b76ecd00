from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from storywire.capture import Capture, Rejection
from storywire.schema import CLEANED
from storywire.store import captures, ledger, lock, stages
from storywire.store.files import StoreError, write_whole
from storywire.store.workspace import Workspace

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)


def page(uri: str, body: bytes = b"<p>Ferry aground</p>", **facts: object) -> Capture:
    return Capture(body, "html", uri, **facts)  # type: ignore[arg-type]  # the test passes what a source may


def test_a_capture_is_the_same_wherever_its_bytes_lay() -> None:
    assert page("a.html").id == page("b/a.html").id
    assert page("a.html").id != page("a.html", url="https://courier.example/a").id
    assert page("a.html").id != page("a.html", captured_at=NOON).id
    assert page("a.html").id != page("a.html", body=b"other").id


def test_captures_come_back_by_day_with_those_of_no_day(tmp_path: Path) -> None:
    other = page("c.html", body=b"3", captured_at=NOON.replace(day=4))
    captures.keep(tmp_path, [page("a.html", captured_at=NOON), page("b.html", body=b"2"), other])
    assert captures.days(tmp_path) == {date(2026, 2, 3), date(2026, 2, 4)}
    listed = captures.index(tmp_path, {date(2026, 2, 3)})
    assert sorted(listed["capture_uri"].to_pylist()) == ["a.html", "b.html"]


def test_the_same_batch_stored_twice_is_there_once(tmp_path: Path) -> None:
    captures.keep(tmp_path, [page("a.html"), page("b.html", body=b"2")])
    captures.keep(tmp_path, [page("b.html", body=b"2"), page("a.html")])
    captures.keep(tmp_path, [page("a.html")])
    assert captures.index(tmp_path, set()).num_rows == 2
    given = [
        capture.uri
        for batch in captures.bodies(tmp_path, {page("a.html").id, page("b.html", body=b"2").id}, 1)
        for capture in batch
    ]
    assert sorted(given) == ["a.html", "b.html"]


def test_a_sidecar_that_comes_later_replaces_the_bare_description(tmp_path: Path) -> None:
    captures.keep(tmp_path, [page("a.html")])
    captures.keep(tmp_path, [page("a.html", url="https://courier.example/a", captured_at=NOON)])
    listed = captures.index(tmp_path, {NOON.date()})
    assert listed["url"].to_pylist() == ["https://courier.example/a"]


def test_a_stage_gives_back_what_was_kept_whatever_the_batches_were(tmp_path: Path) -> None:
    def row(capture: str) -> dict[str, object]:
        return dict.fromkeys(CLEANED.names) | {"capture_id": capture, "title": f"On {capture}"}

    stages.keep(tmp_path, [row("c2"), row("c1")], CLEANED)
    stages.keep(tmp_path, [row("c1"), row("c3")], CLEANED)
    assert stages.done(tmp_path) == {"c1", "c2", "c3"}
    got = stages.read(tmp_path, ["c3", "c1"], CLEANED, ["title", "capture_id"])
    assert got.to_pylist() == [{"title": "On c1", "capture_id": "c1"}, {"title": "On c3", "capture_id": "c3"}]


def test_a_file_that_was_mended_is_no_longer_rejected(tmp_path: Path) -> None:
    refused = Rejection("x.warc#offset=9", "truncated", "ends early", captured_at=NOON)
    with ledger.opened(tmp_path / "ledger.sqlite") as book:
        book.record("/raw", [("x.warc", "1", [refused]), ("y.html", "1", [])])
    with ledger.opened(tmp_path / "ledger.sqlite") as book:
        assert book.stamps("/raw") == {"x.warc": "1", "y.html": "1"}
        assert book.stamps("/elsewhere") == {}
        assert book.rejections(None) == [refused]
        assert book.rejections({date(2026, 2, 4)}) == []
        book.record("/raw", [("x.warc", "2", [])])
        assert book.rejections(None) == []


HOLD = """
import os, signal, sys
from pathlib import Path
from storywire.store import lock
with lock.writer(Path(sys.argv[1]), 0):
    print("held", flush=True)
    sys.stdin.readline()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_second_writer_is_told_who_holds_the_folder_and_a_dead_one_does_not_block(tmp_path: Path) -> None:
    space = Workspace(tmp_path).prepare()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(space.lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StoreError, match=f"process {holder.pid} .* is writing"), lock.writer(space.lock, 0):
        pass
    holder.communicate("die\n", timeout=30)
    with lock.writer(space.lock, 0):
        assert "process" in space.lock.with_suffix(".holder").read_text()


def test_a_folder_that_cannot_be_written_gives_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be made"):
        Workspace(tmp_path / "file").prepare()
    with pytest.raises(StoreError, match="cannot be written"):
        write_whole(Path("/proc/nowhere/x"), b"")
