"""Runs at work are told from runs that died, by real processes and real locks."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from storywire.store import attempts, completed
from storywire.store.attempts import DaysFailedError
from storywire.store.files import StoreError
from storywire.store.workspace import Workspace

THIRD, FOURTH = date(2026, 2, 3), date(2026, 2, 4)

AT_WORK = """
import sys
from datetime import date
from pathlib import Path
from storywire.store import attempts
from storywire.store.workspace import Workspace
with attempts.begun(Workspace(Path(sys.argv[1])), "backfill") as run:
    run.works_on([date(2026, 2, 3), date(2026, 2, 4)])
    print(run.attempt.run_id, flush=True)
    sys.stdin.readline()
"""


def done(day: date, run_id: str) -> completed.DayDone:
    return completed.DayDone(
        day=day,
        inputs="none",
        captures=0,
        articles=0,
        revisions=0,
        rejected=0,
        run_id=run_id,
        pipeline_version="0.1.0+abc",
        seconds=1.5,
        finished_at=datetime(2026, 2, 5, tzinfo=UTC),
    )


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path).prepare()


def started(space: Workspace) -> tuple[subprocess.Popen[str], str]:
    worker = subprocess.Popen(
        [sys.executable, "-c", AT_WORK, str(space.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    return worker, worker.stdout.readline().strip()


def run_that_ends_by(error: Exception, space: Workspace) -> None:
    """A run of two days that finished the first."""
    with attempts.begun(space, "backfill") as run:
        run.works_on([THIRD, FOURTH])
        completed.write(space.completed, done(THIRD, run.attempt.run_id))
        raise error


def test_a_run_at_work_is_seen_and_left_alone(space: Workspace) -> None:
    worker, run_id = started(space)
    (seen,) = attempts.at_work(space)
    assert (seen.run_id, seen.days, seen.process) == (run_id, (THIRD, FOURTH), worker.pid)
    assert attempts.bury(space) == []
    worker.communicate("end\n", timeout=30)
    assert worker.returncode == 0
    assert attempts.at_work(space) == []
    assert attempts.failures(space) == []
    assert not list(space.runs.iterdir())


def test_a_killed_run_is_noticed_at_once_and_its_unfinished_days_have_failed(space: Workspace) -> None:
    worker, run_id = started(space)
    completed.write(space.completed, done(THIRD, run_id))
    worker.send_signal(signal.SIGKILL)
    worker.communicate(timeout=30)
    assert attempts.at_work(space) == []
    (dead,) = attempts.bury(space)
    assert dead.run_id == run_id
    assert [one.day for one in attempts.failures(space)] == [FOURTH]
    failure = attempts.failure(space, FOURTH)
    assert failure is not None
    assert f"process {worker.pid}" in failure.error
    assert attempts.bury(space) == []
    assert not list(space.runs.iterdir())


def test_a_run_that_ends_by_an_error_leaves_a_note_for_the_days_it_did_not_finish(space: Workspace) -> None:
    with pytest.raises(StoreError):
        run_that_ends_by(StoreError("no room on the disk"), space)
    assert [(one.day, one.error) for one in attempts.failures(space)] == [(FOURTH, "no room on the disk")]
    attempts.mended(space, FOURTH)
    assert attempts.failures(space) == []


def test_days_that_failed_are_noted_and_the_others_are_not(space: Workspace) -> None:
    with pytest.raises(DaysFailedError, match=r"1 of 2 days failed: 2026-02-04 \(2026-02-04: torn file\)"):
        run_that_ends_by(DaysFailedError({FOURTH: "torn file"}, 2), space)
    assert [one.day for one in attempts.failures(space)] == [FOURTH]


def test_a_record_that_differs_in_the_run_alone_says_the_same() -> None:
    assert done(THIRD, "r1").says_the_same(done(THIRD, "r2"))
    assert not done(THIRD, "r1").says_the_same(done(THIRD, "r1").model_copy(update={"articles": 2}))
    assert not done(THIRD, "r1").says_the_same(None)


def test_a_damaged_record_is_no_record(space: Workspace) -> None:
    path = completed.write(space.completed, done(THIRD, "r1"))
    assert completed.read(space.completed, THIRD) == done(THIRD, "r1")
    assert completed.days(space.completed) == {THIRD}
    path.write_text("{")
    assert completed.read(space.completed, THIRD) is None
