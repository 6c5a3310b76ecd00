"""What a run costs beside its own work, against a running server."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from benchmarks import corpus
from tests.flows.serving import Server

pytestmark = pytest.mark.slow

PAGES = 5_000
MOST_OUTSIDE = 0.05
"""Share of a flow run's time that may be spent outside its steps: states, the server's answers, our own flow code."""

CARRIED = ("take", "clean", "normalise", "take", "compare", "revise", "deduplicate", "cluster", "publish", "finish")
STEPS = ("ingest", *(f"{name}-pending" for name in (*CARRIED, "announce")), "stand")
"""Task runs of which the server has heard when it has heard of all that took time."""


def test_hardly_any_time_is_spent_outside_the_steps(server: Server, tmp_path: Path) -> None:
    raw, data = tmp_path / "raw", tmp_path / "data"
    assert corpus.write(raw, corpus.pages(date(2026, 3, 2), 10, PAGES // 10)) == PAGES
    began = time.monotonic()
    done = server.command("storywire", "run", "--raw", str(raw), "--data", str(data))
    took = time.monotonic() - began
    assert done.returncode == 0, done.stderr
    bars = {one["key"]: one["data"] for one in server.ask("artifacts/latest/filter")}
    (run,) = server.flow_runs()
    assert run["state_type"] == "COMPLETED"
    steps = server.steps(run["id"], STEPS)
    assert bars["storywire-clean"] == bars["storywire-normalise"] == 100.0, "long stages showed how far they were"
    inside, whole = sum(step["total_run_time"] for step in steps), run["total_run_time"]
    outside = 1 - inside / whole
    start = took - whole  # Python, imports, and what is told to the server at the end
    print(f"{PAGES} pages: {inside:.1f} s in steps, {outside:.1%} of {whole:.1f} s outside, {start:.1f} s to start")  # noqa: T201 - the figures
    assert 0 <= outside < MOST_OUTSIDE
