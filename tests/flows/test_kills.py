"""A worker that is killed again and again in the middle of a backfill."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest

from storywire.store import attempts, completed, lock
from storywire.store.workspace import Workspace
from tests.flows.runs import FIRST, LAST, tables
from tests.flows.serving import Server, halted, kill, until

pytestmark = pytest.mark.slow

KILLS = 10


def test_a_worker_killed_at_random_moments_leaves_nothing_half_done(
    server: Server, calm: Path, fortnight: Path, folder: Path
) -> None:
    data, space = folder / "killed", Workspace(folder / "killed")
    lot = random.Random(20260302)  # noqa: S311 - moments, not secrets
    parameters = {"start": str(FIRST), "end": str(LAST), "max_active": 2}
    for number in range(KILLS):
        forced: dict[str, Any] = {"reprocess": "completed"} if number % 2 else {}
        server.start("backfill", **parameters | forced)
        with server.worker(data, fortnight, folder / "killed.log") as worker:
            until(lambda: attempts.at_work(space), lambda: worker.poll() is None, folder / "killed.log")
            time.sleep(lot.uniform(0, 6))
            kill(halted(worker))
        assert attempts.at_work(space) == []
    with server.worker(data, fortnight, folder / "killed.log") as worker:
        last = server.ended(server.start("backfill", start=str(FIRST), end=str(LAST)), worker, folder / "killed.log")
        assert last["state_type"] == "COMPLETED", last["state"]
    assert tables(data) == tables(calm)
    assert completed.days(data / "interim/days") == completed.days(calm / "interim/days")
    assert not lock.is_held(space.lock)
    assert not lock.is_held(space.intake)
    assert not list(space.runs.iterdir())
    assert attempts.failures(space) == []
    runs = [run for run in server.flow_runs() if run["name"].startswith("backfill")]
    assert len(runs) > 1
    assert "RUNNING" not in {run["state_type"] for run in runs}, "a killed run must not look alive"
