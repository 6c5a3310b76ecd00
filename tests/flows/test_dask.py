"""Pages read on a Dask cluster: the same bytes as here."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from benchmarks import corpus
from tests.flows.commands import command
from tests.flows.runs import tables
from tests.flows.serving import Server, free_port, running, until

pytestmark = pytest.mark.slow

FIRST, DAYS = date(2026, 3, 2), 4


@contextlib.contextmanager
def cluster(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """A scheduler and two workers, each a process of its own, as an operator starts them."""
    address = f"tcp://127.0.0.1:{free_port()}"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", address, "--no-dashboard"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
    with contextlib.ExitStack() as stack:
        scheduler = stack.enter_context(running(dask, environment, folder / "scheduler.log"))
        until(lambda: "Scheduler at" in (folder / "scheduler.log").read_text(), lambda: scheduler.poll() is None)
        for number in range(2):
            log = folder / f"worker-{number}.log"
            process = stack.enter_context(
                running([*worker, "--local-directory", str(folder / f"w{number}")], environment, log)
            )
            until(lambda log=log: "Registered to" in log.read_text(), lambda p=process: p.poll() is None, log)
        yield address


def test_two_dask_workers_give_the_same_bytes(server: Server, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    corpus.write(raw, corpus.pages(FIRST, DAYS, 6))
    span = (str(FIRST), str(FIRST + timedelta(days=DAYS - 1)))
    calm = command("backfill", *span, "--raw", str(raw), "--data", str(tmp_path / "calm"))
    assert calm.returncode == 0, calm.stderr
    with cluster(tmp_path, server.environment) as address:
        done = server.command(
            *("storywire", "backfill", *span, "--raw", str(raw), "--data", str(tmp_path / "data")),
            STORYWIRE_TASK_RUNNER="dask",
            STORYWIRE_DASK_ADDRESS=address,
            STORYWIRE_BATCH_CAPTURES="3",
            STORYWIRE_WORKERS="1",
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert tables(tmp_path / "data") == tables(tmp_path / "calm")
    (run,) = server.flow_runs()
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    batches = [f"{stage}-batch-{day}" for stage in ("clean", "normalise") for day in days for _ in range(2)]
    assert len(server.steps(run["id"], batches)) > len(batches) == 2 * DAYS * 2, "two stages, two batches a day"
    read = [(tmp_path / f"worker-{number}.log").read_text() for number in range(2)]
    assert all("clean-batch" in log for log in read), "both workers read pages"


def test_a_dask_runner_without_an_address_or_a_server_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    where = ("run", "--raw", str(tmp_path / "raw"), "--data", str(tmp_path / "data"))
    bare = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    assert "PREFECT_API_URL" not in bare
    without = command(*where, STORYWIRE_TASK_RUNNER="dask")
    assert without.returncode == 2
    assert "STORYWIRE_DASK_ADDRESS" in without.stderr
    unserved = command(
        *where, STORYWIRE_TASK_RUNNER="dask", STORYWIRE_DASK_ADDRESS="tcp://127.0.0.1:9", PREFECT_API_URL=""
    )
    assert unserved.returncode == 2
    assert "needs a Prefect server" in unserved.stderr
