"""A worker that is killed again and again in the middle of a backfill."""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from storywire.store import attempts, completed, lock
from storywire.store.workspace import Workspace
from tests.flows.runs import FIRST, LAST, RANGE, tables
from tests.flows.serving import Server, until

pytestmark = pytest.mark.slow

KILLS = 10


def test_a_worker_killed_at_random_moments_leaves_nothing_half_done(
    server: Server, calm: Path, fortnight: Path, folder: Path
) -> None:
    data, space = folder / "killed", Workspace(folder / "killed")
    lot = random.Random(20260302)  # noqa: S311 - moments, not secrets
    deployment = server.deployment("backfill")
    parameters = {"start": str(FIRST), "end": str(LAST), "max_active": 2}
    for kill in range(KILLS):
        forced: dict[str, Any] = {"reprocess": "completed"} if kill % 2 else {}
        server.ask(f"deployments/{deployment}/create_flow_run", parameters=parameters | forced)
        with server.worker(data, fortnight, folder / "killed.log") as worker:
            until(lambda: attempts.at_work(space), lambda: worker.poll() is None, folder / "killed.log")
            time.sleep(lot.uniform(0, 6))
            kill_all(worker)
        assert attempts.at_work(space) == []
    with server.worker(data, fortnight, folder / "killed.log"):
        run = ("deployment", "run", "backfill/backfill", *RANGE, "--watch")
        done = server.prefect(*run)
        assert done.returncode == 0, done.stdout + done.stderr
    assert tables(data) == tables(calm)
    assert completed.days(data / "interim/days") == completed.days(calm / "interim/days")
    assert not lock.is_held(space.lock)
    assert not lock.is_held(space.intake)
    assert not list(space.runs.iterdir())
    assert attempts.failures(space) == []
    states = [state for name, (state, _) in _all_runs(server) if name.startswith("backfill")]
    assert "RUNNING" not in states, "a killed run must not look alive"


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
