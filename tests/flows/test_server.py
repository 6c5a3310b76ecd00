"""The same flow on a real Prefect server: names, states, tags and the artifact with the figures."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.flows.runs import ROOT, SAMPLE, tables

pytestmark = [
    pytest.mark.slow,
    # Prefect's own server and client warn on every start and stop.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[None]:
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


def read(kind: str) -> list[Any]:
    from prefect.client.orchestration import get_client

    async def ask() -> list[Any]:
        async with get_client() as client:
            return list(await getattr(client, f"read_{kind}")())

    return asyncio.run(ask())


def test_a_run_on_a_server_gives_the_same_bytes_and_a_page_with_its_figures(
    server: None, sample_run: Path, tmp_path: Path
) -> None:
    from flows.daily import daily

    shutil.copytree(sample_run / "interim", tmp_path / "interim", ignore=shutil.ignore_patterns("writer*"))
    report = daily(raw=SAMPLE, data=tmp_path)
    assert tables(tmp_path) == tables(sample_run)
    runs = [run for run in read("flow_runs") if run.state.is_completed()]
    assert "daily-pending" in {run.name for run in runs}
    steps = {run.name.rsplit("-", 1)[0] for run in read("task_runs")}
    assert {"ingest", "compare", "clean", "normalise", "revise", "deduplicate", "cluster", "publish", "finish"} <= steps
    page = next(artifact.data for artifact in read("artifacts") if artifact.key == "storywire-run")
    assert f"| {report.captures} | {report.articles} | {report.rejected} |" in page


def test_a_backfill_runs_a_day_as_a_run_of_its_own(server: None, sample_run: Path, tmp_path: Path) -> None:
    from flows.backfill import backfill

    shutil.copytree(sample_run / "interim", tmp_path / "interim", ignore=shutil.ignore_patterns("writer*", "days"))
    backfill(date(2026, 2, 4), date(2026, 2, 5), raw=SAMPLE, data=tmp_path)
    names = {run.name for run in read("flow_runs")}
    assert {"backfill-2026-02-04-2026-02-05", "daily-2026-02-04", "daily-2026-02-05"} <= names


def test_what_an_operator_can_mend_fails_the_run_with_one_sentence(server: None, tmp_path: Path) -> None:
    from flows.daily import daily
    from storywire.store.files import StoreError

    with pytest.raises(StoreError, match="does not exist"):
        daily(raw=tmp_path / "nowhere", data=tmp_path)


def test_every_deployment_names_a_flow_that_is_there() -> None:
    import importlib

    for deployment in yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]:
        module, _, name = deployment["entrypoint"].rpartition(".")
        assert getattr(importlib.import_module(module), name).name == deployment["name"]
