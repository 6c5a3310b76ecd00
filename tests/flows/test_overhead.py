"""What a run costs beside its own work, against a running server."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from benchmarks import corpus
from tests.flows.serving import serving

pytestmark = pytest.mark.slow

PAGES = 5_000
MOST_OUTSIDE = 0.05
"""Share of a run's time that may be spent outside its steps: the start of Python, imports, the server's answers."""


def test_hardly_any_time_is_spent_outside_the_steps(tmp_path: Path) -> None:
    raw, data = tmp_path / "raw", tmp_path / "data"
    assert corpus.write(raw, corpus.pages(date(2026, 3, 2), 10, PAGES // 10)) == PAGES
    with serving(tmp_path / "home") as server:
        began = time.monotonic()
        done = server.command("storywire", "run", "--raw", str(raw), "--data", str(data), timeout=1200)
        took = time.monotonic() - began
        assert done.returncode == 0, done.stderr
        bars = {one["key"]: one["data"] for one in server.ask("artifacts/latest/filter")}
        steps = {run["name"]: run["total_run_time"] for run in server.ask("task_runs/filter")}
    assert {"ingest", "clean-pending", "cluster-pending", "publish-pending"} <= steps.keys()
    assert bars["storywire-clean"] == bars["storywire-normalise"] == 100.0, "long stages showed how far they were"
    outside = 1 - sum(steps.values()) / took
    print(f"{PAGES} pages in {took:.1f} s, {outside:.1%} outside the steps; {steps}")  # noqa: T201 - the figure
    assert 0 <= outside < MOST_OUTSIDE
