"""Backfills on a real server: days that fail, workers that are killed, a scheduled run in between."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from storywire.store import attempts, completed
from storywire.store.workspace import Workspace
from tests.flows.commands import command
from tests.flows.runs import DAYS, FIRST, LAST, tables
from tests.flows.serving import Server, until

pytestmark = pytest.mark.slow

FAILING = [FIRST + timedelta(days=4), FIRST + timedelta(days=9)]


def records(data: Path) -> dict[date, completed.DayDone]:
    """The completion record of every day that is done."""
    found = {day: completed.read(data / "interim/days", day) for day in completed.days(data / "interim/days")}
    return {day: record for day, record in found.items() if record is not None}


def test_a_backfill_with_failing_days_names_them_and_a_rerun_does_exactly_these(
    server: Server, calm: Path, fortnight: Path, folder: Path
) -> None:
    own, data = folder / "own-raw", folder / "failing"
    shutil.copytree(fortnight, own)
    taken = command("run", "--day", str(FIRST), "--raw", str(own), "--data", str(data))
    assert taken.returncode == 0, taken.stderr
    for day in FAILING:  # the captures are damaged, and their raw files were tidied away
        for file in (data / "interim/captures" / str(day)).glob("*.parquet"):
            file.write_bytes(file.read_bytes()[:-20])
        (own / str(day)).rename(folder / f"away-{day}")
    alarm, log = folder / "alarm.json", folder / "worker.log"
    with server.worker(data, own, log, STORYWIRE_FAILURE_COMMAND=f"tee {alarm}") as worker:

        def run(**parameters: str) -> tuple[str, str]:
            ended = server.ended(server.start("backfill", start=str(FIRST), end=str(LAST), **parameters), worker, log)
            return ended["state_type"], ended["state"]["message"] or ""

        state, failed = run()
        assert state == "FAILED", failed
        assert f"2 of {DAYS - 1} days failed" in failed
        assert all(str(day) in failed for day in FAILING)
        assert all(str(day) in json.loads(alarm.read_text())["error"] for day in FAILING)
        before = records(data)
        assert before.keys() == {FIRST + timedelta(days=n) for n in range(DAYS)} - set(FAILING)
        assert [one.day for one in attempts.failures(Workspace(data))] == FAILING

        for day in FAILING:
            (folder / f"away-{day}").rename(own / str(day))
        state, said = run()
        assert state == "COMPLETED", said
        assert tables(data) == tables(calm)
        after = records(data)
        new = {record.run_id for record in after.values()} - {record.run_id for record in before.values()}
        assert len(new) == 1
        assert sorted(day for day, record in after.items() if record.run_id in new) == FAILING
        assert attempts.failures(Workspace(data)) == []

        stamps = {path: path.stat().st_mtime_ns for path in (data / "processed").rglob("*")}
        state, said = run(reprocess="completed")
        assert state == "COMPLETED", said
        assert {path: path.stat().st_mtime_ns for path in (data / "processed").rglob("*")} == stamps
        assert tables(data) == tables(calm)


def test_a_scheduled_run_during_a_backfill_shares_the_work(
    server: Server, calm: Path, fortnight: Path, folder: Path
) -> None:
    data, log = folder / "shared", folder / "shared.log"
    middle = str(FIRST + timedelta(days=6))
    started = server.start("backfill", start=str(FIRST), end=str(LAST), max_active=2)
    with server.worker(data, fortnight, log) as worker:
        until(lambda: attempts.at_work(Workspace(data)), lambda: worker.poll() is None, log)
        for run in (server.start("daily", day=middle), started):
            ended = server.ended(run, worker, log)
            assert ended["state_type"] == "COMPLETED", ended["state"]
    assert tables(data) == tables(calm)
    assert records(data).keys() == records(calm).keys()


def test_days_published_in_a_range_are_found_by_publication(calm: Path, fortnight: Path) -> None:
    """What was published on a day may have been captured on the next."""
    last = str(FIRST + timedelta(days=2))
    done = command(
        *("backfill", last, last, "--by", "publication", "--reprocess", "completed", "--dry-run", "--json"),
        *("--raw", str(fortnight), "--data", str(calm)),
    )
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)["plan"]
    assert {one["day"] for one in plan if one["runs"]} >= {last}
    assert all(one["state"] == "done" for one in plan)
