"""Backfills on a real server: days that fail, workers that are killed, a scheduled run in between."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchmarks import corpus
from storywire.store import attempts, completed, lock
from storywire.store.workspace import Workspace
from tests.flows.runs import command, tables
from tests.flows.serving import Server, serving, until

pytestmark = pytest.mark.slow

FIRST, DAYS, PER_DAY = date(2026, 3, 2), 14, 4
LAST = FIRST + timedelta(days=DAYS - 1)
RANGE = ("--param", f"start={FIRST}", "--param", f"end={LAST}")
FAILING = [FIRST + timedelta(days=4), FIRST + timedelta(days=9)]
KILLS = 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backfills")


@pytest.fixture(scope="module")
def raw(folder: Path) -> Path:
    corpus.write(folder / "raw", corpus.pages(FIRST, DAYS, PER_DAY))
    return folder / "raw"


@pytest.fixture(scope="module")
def calm(folder: Path, raw: Path) -> Path:
    """The data folder after an undisturbed backfill."""
    done = command("backfill", str(FIRST), str(LAST), "--raw", str(raw), "--data", str(folder / "calm"))
    assert done.returncode == 0, done.stderr
    return folder / "calm"


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with serving(folder / "home") as server:
        server.deploy()
        yield server


def records(data: Path) -> dict[date, completed.DayDone]:
    """The completion record of every day that is done."""
    found = {day: completed.read(data / "interim/days", day) for day in completed.days(data / "interim/days")}
    return {day: record for day, record in found.items() if record is not None}


def test_a_backfill_with_failing_days_names_them_and_a_rerun_does_exactly_these(
    server: Server, calm: Path, raw: Path, folder: Path
) -> None:
    own, data = folder / "own-raw", folder / "failing"
    shutil.copytree(raw, own)
    taken = command("run", "--day", str(FIRST), "--raw", str(own), "--data", str(data))
    assert taken.returncode == 0, taken.stderr
    for day in FAILING:  # the captures are damaged, and their raw files were tidied away
        for file in (data / "interim/captures" / str(day)).glob("*.parquet"):
            file.write_bytes(file.read_bytes()[:-20])
        (own / str(day)).rename(folder / f"away-{day}")
    run = ("deployment", "run", "backfill/backfill", *RANGE, "--watch")
    alarm = folder / "alarm.json"
    with server.worker(data, own, folder / "worker.log", STORYWIRE_FAILURE_COMMAND=f"tee {alarm}"):
        first = server.prefect(*run)
        assert first.returncode == 1, first.stdout + first.stderr
        (failed,) = [message for state, message in server.flow_runs().values() if state == "FAILED"]
        assert f"2 of {DAYS - 1} days failed" in failed
        assert all(str(day) in failed for day in FAILING)
        assert all(str(day) in json.loads(alarm.read_text())["error"] for day in FAILING)
        before = records(data)
        assert before.keys() == {FIRST + timedelta(days=n) for n in range(DAYS)} - set(FAILING)
        assert [one.day for one in attempts.failures(Workspace(data))] == FAILING

        for day in FAILING:
            (folder / f"away-{day}").rename(own / str(day))
        again = server.prefect(*run)
        assert again.returncode == 0, again.stdout + again.stderr
        assert tables(data) == tables(calm)
        after = records(data)
        new = {record.run_id for record in after.values()} - {record.run_id for record in before.values()}
        assert len(new) == 1
        assert sorted(day for day, record in after.items() if record.run_id in new) == FAILING
        assert attempts.failures(Workspace(data)) == []

        stamps = {path: path.stat().st_mtime_ns for path in (data / "processed").rglob("*")}
        redone = server.prefect(*run, "--param", "reprocess=completed")
        assert redone.returncode == 0, redone.stdout + redone.stderr
        assert {path: path.stat().st_mtime_ns for path in (data / "processed").rglob("*")} == stamps
        assert tables(data) == tables(calm)


def test_a_worker_killed_at_random_moments_leaves_nothing_half_done(
    server: Server, calm: Path, raw: Path, folder: Path
) -> None:
    data, space = folder / "killed", Workspace(folder / "killed")
    lot = random.Random(20260302)  # noqa: S311 - moments, not secrets
    deployment = server.deployment("backfill")
    parameters = {"start": str(FIRST), "end": str(LAST), "max_active": 2}
    for kill in range(KILLS):
        forced: dict[str, Any] = {"reprocess": "completed"} if kill % 2 else {}
        server.ask(f"deployments/{deployment}/create_flow_run", parameters=parameters | forced)
        with server.worker(data, raw, folder / "killed.log") as worker:
            until(lambda: attempts.at_work(space), lambda: worker.poll() is None, folder / "killed.log")
            time.sleep(lot.uniform(0, 8))
            kill_all(worker)
        assert attempts.at_work(space) == []
    with server.worker(data, raw, folder / "killed.log"):
        run = ("deployment", "run", "backfill/backfill", *RANGE, "--watch")
        done = server.prefect(*run)
        assert done.returncode == 0, done.stdout + done.stderr
    assert tables(data) == tables(calm)
    assert records(data).keys() == records(calm).keys()
    assert not lock.is_held(space.lock)
    assert not lock.is_held(space.intake)
    assert not list(space.runs.iterdir())
    assert attempts.failures(space) == []
    states = [state for name, (state, _) in _all_runs(server) if name.startswith("backfill")]
    assert "RUNNING" not in states, "a killed run must not look alive"


def test_a_scheduled_run_during_a_backfill_shares_the_work(server: Server, calm: Path, raw: Path, folder: Path) -> None:
    data = folder / "shared"
    middle = str(FIRST + timedelta(days=6))
    started = server.ask(
        f"deployments/{server.deployment('backfill')}/create_flow_run",
        parameters={"start": str(FIRST), "end": str(LAST), "max_active": 2},
    )
    with server.worker(data, raw, folder / "shared.log") as worker:
        until(lambda: attempts.at_work(Workspace(data)), lambda: worker.poll() is None, folder / "shared.log")
        daily = server.prefect("deployment", "run", "daily/daily", "--param", f"day={middle}", "--watch")
        assert daily.returncode == 0, daily.stdout + daily.stderr
        until(lambda: server.state(started["id"]) not in {"RUNNING", "PENDING", "SCHEDULED"}, lambda: True)
    assert server.state(started["id"]) == "COMPLETED"
    assert tables(data) == tables(calm)
    assert records(data).keys() == records(calm).keys()


def test_days_published_in_a_range_are_found_by_publication(calm: Path, raw: Path) -> None:
    """What was published on a day may have been captured on the next."""
    last = str(FIRST + timedelta(days=2))
    done = command(
        *("backfill", last, last, "--by", "publication", "--reprocess", "completed", "--dry-run", "--json"),
        *("--raw", str(raw), "--data", str(calm)),
    )
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)["plan"]
    assert {one["day"] for one in plan if one["runs"]} >= {last}
    assert all(one["state"] == "done" for one in plan)


def kill_all(worker: subprocess.Popen[bytes]) -> None:
    """SIGKILL for the worker and everything it started, in whatever group."""
    with contextlib.suppress(psutil.NoSuchProcess):
        head = psutil.Process(worker.pid)
        family = [head, *head.children(recursive=True)]
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        psutil.wait_procs(family, timeout=20)


def _all_runs(server: Server) -> list[tuple[str, tuple[str, str]]]:
    found = server.ask("flow_runs/filter", sort="EXPECTED_START_TIME_ASC")
    return [(run["name"], (run["state_type"], (run["state"] or {}).get("message") or "")) for run in found]
