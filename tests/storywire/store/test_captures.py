from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from storywire.capture import Capture, Rejection
from storywire.notice import NOTHING, Notice
from storywire.schema import CLEANED, UNDATED
from storywire.store import captures, ledger, lock, stages
from storywire.store.files import StoreError, read_table, table_bytes, write_whole
from storywire.store.ledger import Reading
from storywire.store.workspace import Workspace

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)
DAY = "2026-02-03"
FEED = Notice(origin="feed", title="Ferry aground — again", tags=("sea",), is_tls_verified=False)


def page(uri: str, body: bytes = b"<p>Ferry aground</p>", **facts: object) -> Capture:
    return Capture(body, "html", uri, **facts)  # type: ignore[arg-type]  # the test passes what a source may


def test_a_capture_is_the_same_wherever_its_bytes_lay() -> None:
    assert page("a.html").id == page("b/a.html").id
    assert page("a.html").id != page("a.html", url="https://courier.example/a").id
    assert page("a.html").id != page("a.html", captured_at=NOON).id
    assert page("a.html").id != page("a.html", body=b"other").id


def test_bytes_that_are_not_those_that_were_captured_are_refused(tmp_path: Path) -> None:
    captures.keep(tmp_path, [page("a.html", captured_at=NOON)])
    (file,) = (tmp_path / DAY).glob("*.parquet")
    rows = read_table(file)
    place = rows.column_names.index("body")
    write_whole(file, table_bytes(rows.set_column(place, rows.field(place), pa.array([b"<p>Ferry agroumd</p>"]))))
    with pytest.raises(StoreError, match=r"is damaged: the bytes of a\.html are not those that were captured"):
        captures.bodies(tmp_path, DAY, {page("a.html", captured_at=NOON).id})


def test_what_is_known_of_a_page_beside_its_bytes_is_part_of_it_where_there_is_any() -> None:
    plain = page("a.html", url="https://courier.example/a", captured_at=NOON, source="x", charset="utf-8")
    assert plain.id == "07c215a5fba7953c255430ecc16047ec"  # as before there were notices
    assert plain.id == replace(plain, notice=NOTHING).id
    assert plain.id != replace(plain, notice=FEED).id != replace(plain, notice=Notice(origin="sitemap")).id


def test_a_capture_comes_back_with_what_announced_it(tmp_path: Path) -> None:
    kept = [page("a.html"), page("b.html", notice=FEED)]
    captures.keep(tmp_path, kept)
    given = captures.bodies(tmp_path, UNDATED, {one.id for one in kept})
    assert sorted(given, key=lambda one: one.uri) == kept
    assert sorted(captures.index(tmp_path, UNDATED, {})["notice"].to_pylist(), key=bool) == [None, FEED.as_json()]


def test_captures_that_were_stored_before_there_were_notices_stay_readable(tmp_path: Path) -> None:
    old, new = page("a.html"), page("b.html", notice=FEED)
    captures.keep(tmp_path, [old])
    (file,) = tmp_path.glob("*/*.parquet")
    file.write_bytes(table_bytes(read_table(file).drop_columns(["notice"])))
    captures.keep(tmp_path, [new])
    assert captures.index(tmp_path, UNDATED, {})["capture_uri"].to_pylist() == [
        one.uri for one in sorted((old, new), key=lambda one: one.id)
    ]
    given = captures.bodies(tmp_path, UNDATED, {old.id, new.id})
    assert sorted(given, key=lambda one: one.uri) == [old, new]
    file.write_bytes(table_bytes(read_table(file).drop_columns(["capture_id"])))
    with pytest.raises(StoreError, match="capture_id"):
        captures.index(tmp_path, UNDATED, {})


def test_captures_come_back_by_day_with_those_of_no_day(tmp_path: Path) -> None:
    other = page("c.html", body=b"3", captured_at=NOON.replace(day=4))
    captures.keep(tmp_path, [page("a.html", captured_at=NOON), page("b.html", body=b"2"), other])
    assert captures.days(tmp_path) == {date(2026, 2, 3), date(2026, 2, 4)}
    assert captures.index(tmp_path, "2026-02-03", {})["capture_uri"].to_pylist() == ["a.html"]
    assert captures.index(tmp_path, UNDATED, {})["capture_uri"].to_pylist() == ["b.html"]


def test_the_same_batch_stored_twice_is_there_once(tmp_path: Path) -> None:
    captures.keep(tmp_path, [page("a.html"), page("b.html", body=b"2")])
    captures.keep(tmp_path, [page("b.html", body=b"2"), page("a.html")])
    captures.keep(tmp_path, [page("a.html")])
    assert captures.index(tmp_path, UNDATED, {}).num_rows == 2
    given = captures.bodies(tmp_path, UNDATED, {page("a.html").id, page("b.html", body=b"2").id})
    assert sorted(capture.uri for capture in given) == ["a.html", "b.html"]


def test_a_damaged_file_holds_back_its_own_day_alone(tmp_path: Path) -> None:
    captures.keep(tmp_path, [page("a.html", captured_at=NOON), page("c.html", captured_at=NOON.replace(day=4))])
    (file,) = (tmp_path / "2026-02-03").glob("*.parquet")
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(StoreError, match="cannot be read as Parquet"):
        captures.index(tmp_path, "2026-02-03", {})
    assert captures.index(tmp_path, "2026-02-04", {}).num_rows == 1
    assert captures.stored(tmp_path) == {page("c.html", captured_at=NOON.replace(day=4)).id}
    assert {uri for uri, _ in captures.places(tmp_path)} == {"c.html"}


def reading(path: str, stamp: str, *given: Capture, rejections: tuple[Rejection, ...] = ()) -> Reading:
    return Reading(path, stamp, tuple((one.id, one.uri, one.digest) for one in given), rejections)


def test_a_corrected_sidecar_replaces_what_it_said_before_of_the_same_bytes(tmp_path: Path) -> None:
    wrong = page("a.html", url="https://courier.example/wrong", captured_at=NOON)
    right = page("a.html", url="https://courier.example/right", captured_at=NOON)
    with ledger.opened(tmp_path / "ledger.sqlite") as book:

        def urls() -> list[str]:
            return list(captures.index(tmp_path, DAY, book.given())["url"].to_pylist())

        captures.keep(tmp_path, [wrong])
        assert urls() == ["https://courier.example/wrong"], "before its file is read to its end it counts as found"
        book.record("/raw", [reading("a.html", "1", wrong)])
        captures.keep(tmp_path, [right])
        assert urls() == ["https://courier.example/wrong"], "who looks before the file was read sees what was"
        book.record("/raw", [reading("a.html", "2", right)])
        assert urls() == ["https://courier.example/right"]
        book.record("/raw", [reading("a.html", "3", wrong)])
        assert urls() == ["https://courier.example/wrong"]


def test_a_ledger_that_was_removed_and_made_anew_knows_which_description_holds(tmp_path: Path) -> None:
    wrong = page("a.html", url="https://courier.example/wrong", captured_at=NOON)
    right = page("a.html", url="https://courier.example/right", captured_at=NOON)
    captures.keep(tmp_path, [wrong])
    captures.keep(tmp_path, [right])
    with ledger.opened(tmp_path / "ledger.sqlite") as book:
        book.record("/raw", [reading("a.html", "1", right)])
        listed = captures.index(tmp_path, DAY, book.given())
    assert listed["url"].to_pylist() == ["https://courier.example/right"]


def test_the_same_page_described_otherwise_in_another_folder_stays(tmp_path: Path) -> None:
    one, other = page("a.html", url="https://courier.example/a"), page("a.html", url="https://echo.example/a")
    captures.keep(tmp_path, [one, other])
    with ledger.opened(tmp_path / "ledger.sqlite") as book:
        book.record("/raw", [reading("a.html", "1", one)])
        book.record("/elsewhere", [reading("a.html", "1", other)])
        assert captures.index(tmp_path, UNDATED, book.given()).num_rows == 2


def test_new_bytes_under_an_old_name_leave_the_old_ones_a_capture(tmp_path: Path) -> None:
    one, other = page("a.html"), page("a.html", body=b"<p>Ferry afloat</p>")
    captures.keep(tmp_path, [one, other])
    with ledger.opened(tmp_path / "ledger.sqlite") as book:
        book.record("/raw", [reading("a.html", "1", one)])
        book.record("/raw", [reading("a.html", "2", other)])
        assert captures.index(tmp_path, UNDATED, book.given()).num_rows == 2


def row(capture: str, **columns: object) -> dict[str, object]:
    return dict.fromkeys(CLEANED.names) | {"capture_id": capture} | columns


def test_a_stage_gives_back_what_was_kept_whatever_the_batches_were(tmp_path: Path) -> None:
    stages.keep(tmp_path, DAY, [row("c2", title="On c2"), row("c1", title="On c1")], CLEANED)
    stages.keep(tmp_path, DAY, [row("c1", title="On c1"), row("c3", title="On c3")], CLEANED)
    stages.keep(tmp_path, UNDATED, [row("c4", title="On c4")], CLEANED)
    assert stages.done(tmp_path, DAY, "20 s") == {"c1", "c2", "c3"}
    assert stages.read(tmp_path, ["c3", "c4"], CLEANED, ["title"])["title"].to_pylist() == ["On c3", "On c4"]
    assert stages.read(tmp_path, ["c3", "c4"], CLEANED, ["title"], DAY)["title"].to_pylist() == ["On c3"]
    got = stages.read(tmp_path, ["c3", "c1"], CLEANED, ["title", "capture_id"])
    assert got.to_pylist() == [{"title": "On c1", "capture_id": "c1"}, {"title": "On c3", "capture_id": "c3"}]


def test_a_page_that_took_too_long_is_tried_again_under_other_limits(tmp_path: Path) -> None:
    stages.keep(tmp_path, DAY, [row("c1", reason="timeout", detail="too long", limits="1 s"), row("c2")], CLEANED)
    assert stages.done(tmp_path, DAY, "1 s") == {"c1", "c2"}
    assert stages.done(tmp_path, DAY, "20 s") == {"c2"}
    stages.keep(tmp_path, DAY, [row("c1", title="On c1"), row("c9")], CLEANED)
    assert stages.read(tmp_path, ["c1"], CLEANED, ["title", "reason"]).to_pylist() == [
        {"title": "On c1", "reason": None}
    ]


def test_a_file_that_was_mended_is_no_longer_rejected(tmp_path: Path) -> None:
    refused = Rejection("x.warc#offset=9", "truncated", "ends early", captured_at=NOON)
    with ledger.opened(tmp_path / "ledger.sqlite") as book:
        book.record("/raw", [reading("x.warc", "1", rejections=(refused,)), reading("y.html", "1")])
    with ledger.opened(tmp_path / "ledger.sqlite") as book:
        assert book.stamps("/raw", set()) == {"x.warc": "1", "y.html": "1"}
        assert book.stamps("/elsewhere", set()) == {}
        assert book.rejections(None) == [refused]
        assert book.rejections({date(2026, 2, 4)}) == []
        book.record("/raw", [reading("x.warc", "2")])
        assert book.rejections(None) == []


def test_a_file_is_read_again_where_a_capture_it_gave_was_lost(tmp_path: Path) -> None:
    with ledger.opened(tmp_path / "ledger.sqlite") as book:
        book.record("/raw", [reading("a.html", "1", page("a.html")), reading("b.html", "1", page("b.html", body=b"2"))])
        assert book.stamps("/raw", {page("a.html").id}) == {"a.html": "1"}


def test_a_damaged_ledger_gives_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_text("this is no database, but long enough to look like a file" * 50)
    with pytest.raises(StoreError, match="remove the file"), ledger.opened(tmp_path / "ledger.sqlite"):
        pass


def test_what_a_file_manager_leaves_among_the_captures_is_passed_over(tmp_path: Path) -> None:
    captures.keep(tmp_path, [page("a.html", captured_at=NOON)])
    (tmp_path / ".DS_Store").write_text("")
    assert captures.days(tmp_path) == {NOON.date()}


HOLD = """
import os, signal, sys
from pathlib import Path
from storywire.store import lock
with lock.held(Path(sys.argv[1]), 0):
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
    with pytest.raises(StoreError, match=f"process {holder.pid} .* is writing"), lock.held(space.lock, 0):
        pass
    holder.communicate("die\n", timeout=30)
    with lock.held(space.lock, 0):
        assert "process" in space.lock.with_suffix(".holder").read_text()


def test_a_folder_that_cannot_be_written_gives_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be made"):
        Workspace(tmp_path / "file").prepare()
    with pytest.raises(StoreError, match="cannot be written"):
        write_whole(Path("/proc/nowhere/x"), b"")
