"""What a data folder says of itself, by real files, real processes and real locks."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from storywire import schema, version
from storywire.capture import Capture
from storywire.figures import NOTHING, DayFigures, Figures, inputs_by_day
from storywire.store import attempts, captures, completed, ledger, manifest, swap
from storywire.store.calendar import State
from storywire.store.files import StoreError, read_table, table_bytes
from storywire.store.layout import parts
from storywire.store.ledger import Reading
from storywire.store.manifest import Manifest
from storywire.store.status import DayStatus, Status, status
from storywire.store.workspace import Workspace

THIRD, FOURTH, FIFTH = (date(2026, 2, day) for day in (3, 4, 5))

AT_WORK = """
import sys
from datetime import date
from pathlib import Path
from storywire.store import attempts, lock
from storywire.store.workspace import Workspace
space = Workspace(Path(sys.argv[1]))
with attempts.begun(space, "backfill") as run, lock.held(space.lock, 0):
    run.works_on([date(2026, 2, 3)])
    print("at work", flush=True)
    sys.stdin.readline()
"""

LOOK = """
import sys
from pathlib import Path
from storywire.store.status import status
from storywire.store.workspace import Workspace
print(status(Workspace(Path(sys.argv[1])), 3).model_dump_json())
"""


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path).prepare()


def started(space: Workspace) -> subprocess.Popen[str]:
    """A run at work on the third, which also writes the tables."""
    worker = subprocess.Popen(
        [sys.executable, "-c", AT_WORK, str(space.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "at work\n"
    return worker


def keep(space: Workspace, day: date | None, *uris: str, source: str | None = None) -> None:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) if day else None
    captures.keep(space.captures, [Capture(uri.encode(), "html", uri, captured_at=at, source=source) for uri in uris])


def done(space: Workspace, day: date, code: str | None = None) -> None:
    """A record of the day as its captures are now."""
    index = captures.index(space.captures, str(day), {})
    record = completed.DayDone(
        day=day,
        inputs=inputs_by_day(index).get(day, NOTHING),
        captures=index.num_rows,
        articles=index.num_rows,
        revisions=0,
        rejected=0,
        run_id="r1",
        pipeline_version=code or version.pipeline(),
        seconds=1.5,
        finished_at=datetime(2026, 2, 6, 8, tzinfo=UTC),
    )
    completed.write(space.completed, record)


def published(space: Workspace, articles: pa.Table) -> None:
    """Tables of nothing but these articles."""
    counts: dict[date, int] = {}
    for moment in articles["captured_at"].to_pylist():
        counts[moment.date()] = counts.get(moment.date(), 0) + 1
    days = tuple(
        DayFigures(day=day, inputs="x", captures=n + 1, articles=n, revisions=0, rejected=1)
        for day, n in sorted(counts.items())
    )
    before = manifest.load(space.processed)
    after = Manifest(before.files, "x", days, Figures(captures=9, articles=articles.num_rows))
    swap.publish(space.processed, swap.prepare(space.processed, before, parts(schema.ARTICLES, articles), after))


def failed(space: Workspace, day: date, why: str) -> None:
    with contextlib.suppress(StoreError), attempts.begun(space, "daily") as run:
        run.works_on([day])
        raise StoreError(why)


def on(found: Status, day: date) -> DayStatus:
    return next(one for one in found.days if one.day == day)


def files(root: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in root.rglob("*")}


def test_a_folder_that_does_not_exist_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"the data folder .*nowhere does not exist; give another with --data"):
        status(Workspace(tmp_path / "nowhere"), 3)
    assert not (tmp_path / "nowhere").exists()


def test_an_empty_folder_knows_nothing_and_stays_empty(tmp_path: Path) -> None:
    found = status(Workspace(tmp_path), 3)
    assert (found.days, found.figures, found.writer, found.last_error) == ((), Figures(), None, None)
    assert [one.state for one in status(Workspace(tmp_path), 3, THIRD, FOURTH).days] == [State.MISSING] * 2
    assert not list(tmp_path.iterdir())


def test_each_day_has_its_state_and_the_states_are_counted(space: Workspace) -> None:
    keep(space, THIRD, "a.html", "b.html", source="crawl")
    keep(space, THIRD, "c.html")
    done(space, THIRD)
    keep(space, FOURTH, "d.html")
    failed(space, FOURTH, "the disk is full")
    keep(space, FIFTH, "e.html")
    done(space, date(2026, 2, 7), code="0.0.1+old")
    found = status(space, 3)
    assert {one.day.day: one.state for one in found.days} == {3: "done", 4: "failed", 5: "missing", 7: "stale"}
    assert found.states == {"done": 1, "failed": 1, "missing": 1, "stale": 1}
    assert on(found, THIRD).by_source == {"(no source)": 1, "crawl": 2}
    assert on(found, THIRD).kept == 3
    assert on(found, THIRD).seconds == 1.5
    assert on(found, FOURTH).why == "the disk is full"
    assert found.last_error is not None
    assert (found.last_error.day, found.last_error.error) == (FOURTH, "the disk is full")
    assert [(gap.first.day, gap.days) for gap in found.gaps] == [(6, 1)]
    assert found.pipeline_version == version.pipeline()


def test_only_days_somebody_should_see_to_need_a_run(space: Workspace) -> None:
    keep(space, THIRD, "a.html")
    done(space, THIRD)
    keep(space, THIRD, "late.html")
    keep(space, FIFTH, "b.html")
    found = status(space, 3, THIRD, FIFTH)
    assert [one.state for one in found.days] == [State.LATE, State.MISSING, State.MISSING]
    assert [one.needs_a_run for one in found.days] == [False, False, True]


def test_a_capture_whose_description_was_corrected_is_counted_once(space: Workspace) -> None:
    keep(space, THIRD, "a.html", source="crawl")
    row = captures.index(space.captures, str(THIRD), {}).to_pylist()[0]
    with ledger.opened(space.ledger) as book:
        book.record("/raw", [Reading("a.html", "2", (("c-right", "a.html", row["capture_digest"]),), ())])
    assert on(status(space, 3), THIRD).kept == 0


def test_captures_without_a_day_are_counted_apart(space: Workspace) -> None:
    keep(space, None, "a.html", "b.html")
    found = status(space, 3)
    assert (found.undated, found.days) == (2, ())


def test_the_last_known_days_are_shown_unless_others_are_asked_for(space: Workspace) -> None:
    for day in (3, 4, 9):
        keep(space, date(2026, 2, day), f"{day}.html")
    assert [one.day.day for one in status(space, 3, most=2).days] == [4, 9]
    assert [one.day.day for one in status(space, 3, last=FIFTH, most=1).days] == [4]
    assert [one.day.day for one in status(space, 3, date(2026, 2, 8)).days] == [8, 9]
    assert [one.day.day for one in status(space, 3, date(2026, 2, 20)).days] == [20]
    with pytest.raises(StoreError, match="starts on 2026-02-05, after its end on 2026-02-03"):
        status(space, 3, FIFTH, THIRD)
    with pytest.raises(StoreError, match="give one of at most 3,660"):
        status(space, 3, date(1, 1, 1), date(9999, 12, 31))


def test_a_run_is_at_work_and_holds_the_lock_until_it_dies_whatever_it_leaves(space: Workspace) -> None:
    keep(space, THIRD, "a.html")
    worker = started(space)
    found = status(space, 3)
    assert [one.process for one in found.at_work] == [worker.pid]
    assert on(found, THIRD).state is State.RUNNING
    assert f"process {worker.pid}" in (found.writer or "")
    worker.send_signal(signal.SIGKILL)
    worker.communicate(timeout=30)
    assert space.lock.with_suffix(".holder").exists()
    found = status(space, 3)
    assert (found.at_work, found.writer) == ((), None)
    assert on(found, THIRD).state is State.FAILED
    assert f"process {worker.pid}" in on(found, THIRD).why


def test_figures_are_those_of_the_tables_as_they_are(space: Workspace, table_of: Callable[..., pa.Table]) -> None:
    keep(space, THIRD, "a.html")
    done(space, THIRD)
    at = datetime(2026, 2, 3, 12, tzinfo=UTC)
    published(space, table_of(schema.ARTICLES, {"captured_at": at}, {"captured_at": at}))
    found = status(space, 3)
    day = on(found, THIRD)
    assert (day.captures, day.articles, day.revisions, day.rejected) == (3, 2, 0, 1)
    assert found.figures == Figures(captures=9, articles=2)


def daily(site: str | None, first: int, last: int, **columns: Any) -> list[dict[str, Any]]:
    """An article of an outlet on each of these days of February."""
    moments = [datetime(2026, 2, 1, 12, tzinfo=UTC) + timedelta(days=n - 1) for n in range(first, last + 1)]
    return [{"site": site, "captured_at": at} | columns for at in moments]


def test_an_outlet_is_silent_when_its_articles_stop_coming(space: Workspace, table_of: Callable[..., pa.Table]) -> None:
    rows = [*daily("courier.example", 1, 20), *daily("echo.example", 1, 10), *daily(None, 1, 5)]
    dated = daily("ferry.example", 1, 5, published_on=FIFTH)
    archive = daily("archive.example", 1, 5, published_on=date(1999, 1, 1))
    published(space, table_of(schema.ARTICLES, *rows, *dated, *archive))
    (ferry, echo) = status(space, 3).silent
    assert (ferry.kind, ferry.name, ferry.last, ferry.days) == ("outlet", "ferry.example", FIFTH, 15)
    assert (echo.name, echo.last, echo.days) == ("echo.example", date(2026, 2, 10), 10)


def test_an_outlet_is_not_to_blame_for_days_that_wait_for_a_run(
    space: Workspace, table_of: Callable[..., pa.Table]
) -> None:
    published(space, table_of(schema.ARTICLES, *daily("courier.example", 1, 10)))
    keep(space, date(2026, 2, 20), "a.html")
    assert status(space, 3).silent == ()


def test_a_source_is_silent_when_its_captures_stop_coming(space: Workspace) -> None:
    for day in range(1, 11):
        keep(space, date(2026, 2, day), f"{day}.html", source="feed")
    keep(space, date(2026, 2, 20), "a.html")
    (feed,) = status(space, 3).silent
    assert (feed.kind, feed.name, feed.days) == ("source", "feed", 10)


def test_a_capture_dated_in_the_future_makes_nobody_silent(space: Workspace) -> None:
    today = datetime.now(UTC).date()
    for ago in range(1, 6):
        keep(space, today - timedelta(days=ago), f"{ago}.html", source="feed")
    keep(space, today + timedelta(days=30), "a.html", source="other")
    assert status(space, 3).silent == ()


def test_days_at_both_ends_of_the_calendar_are_no_error(space: Workspace) -> None:
    keep(space, date.min, "a.html", source="feed")
    keep(space, date.max, "b.html", source="feed")
    assert [gap.days for gap in status(space, 3).gaps] == [(date.max - date.min).days - 1]


def test_a_damaged_file_fails_its_day_and_hides_nothing_else(
    space: Workspace, table_of: Callable[..., pa.Table]
) -> None:
    lost = daily("ferry.example", 1, 10, published_on=FIFTH)
    published(space, table_of(schema.ARTICLES, *daily("courier.example", 1, 20), *daily("echo.example", 1, 10), *lost))
    keep(space, THIRD, "a.html")
    done(space, THIRD)
    (space.captures / str(THIRD) / "torn.parquet").write_bytes(b"PAR1")
    leaf = next((space.processed / "articles").rglob("publication_date=2026-02-05/*.parquet"))
    leaf.write_bytes(b"PAR1")
    found = status(space, 3)
    assert on(found, THIRD).state is State.FAILED
    assert "torn.parquet" in on(found, THIRD).why
    assert [one.name for one in found.silent] == ["echo.example"]


def test_tables_of_a_newer_schema_are_refused(space: Workspace, table_of: Callable[..., pa.Table]) -> None:
    published(space, table_of(schema.ARTICLES, *daily("courier.example", 1, 1)))
    path = space.processed / manifest.NAME
    table = read_table(path)
    path.write_bytes(table_bytes(table.replace_schema_metadata({**table.schema.metadata, b"schema_version": b"99"})))
    with pytest.raises(StoreError, match="schema version 99"):
        status(space, 3)


def test_asking_changes_nothing(space: Workspace, table_of: Callable[..., pa.Table]) -> None:
    keep(space, THIRD, "a.html")
    done(space, THIRD)
    published(space, table_of(schema.ARTICLES, *daily("courier.example", 1, 20)))
    before = files(space.root)
    status(space, 3)
    assert files(space.root) == before


def test_who_may_only_read_is_told_the_same(space: Workspace, table_of: Callable[..., pa.Table]) -> None:
    keep(space, THIRD, "a.html")
    failed(space, FOURTH, "the disk is full")
    with ledger.opened(space.ledger):
        pass
    published(space, table_of(schema.ARTICLES, *daily("courier.example", 1, 20), *daily("echo.example", 1, 10)))
    folders = [space.root, *(path for path in space.root.rglob("*") if path.is_dir())]
    for path in space.root.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    space.root.chmod(0o555)
    try:
        # The superuser may write everywhere, unless that right is given up.
        humble = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
        look = subprocess.run(
            [*humble, sys.executable, "-c", LOOK, str(space.root)], capture_output=True, text=True, check=False
        )
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert look.returncode == 0, look.stderr
    assert Status.model_validate_json(look.stdout) == status(space, 3)
