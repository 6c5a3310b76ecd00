"""From nothing to scheduled runs, as docs/operations.md says: a real server, a real worker, `prefect deploy --all`."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks import corpus
from tests.flows.runs import SAMPLE, articles, tables, with_pages_read
from tests.flows.serving import Server, serving, until

pytestmark = pytest.mark.slow

TRIES = 5
"""Tries to keep a time that is promised of a quiet machine, while other tests run beside; one is enough."""

NOTHING_TO_DO_SECONDS = 10.0
"""What a run with nothing to do may take against a running server: the figure the project promises."""


@pytest.fixture(scope="module")
def server(folder: Path, deployed_home: Path) -> Iterator[Server]:
    """A server with the deployments made, which plans the runs of a schedule; those of the deployments are paused."""
    plans = {"ENABLED": "true", "LOOP_SECONDS": "2"}
    environment = {f"PREFECT_SERVER_SERVICES_SCHEDULER_{name}": value for name, value in plans.items()}
    with serving(Path(shutil.copytree(deployed_home, folder / "home")), **environment) as server:
        yield server


@pytest.fixture(scope="module")
def scheduled(server: Server) -> dict[str, Any]:
    """The daily run that a schedule of once a day made the server plan.

    A busy server may see the schedule after its moment has passed, and plan for tomorrow: then a later one is tried.
    """
    daily = server.deployment("daily")
    for seconds in (5, 20, 80, 320):
        due = datetime.now(UTC) + timedelta(seconds=seconds)
        once_a_day = {"interval": 86400, "anchor_date": due.isoformat(), "timezone": "UTC"}
        (made,) = server.ask(f"deployments/{daily}/schedules", [{"schedule": once_a_day, "active": True}])

        def planned(due: datetime = due) -> list[dict[str, Any]]:
            runs = [run for run in server.flow_runs() if run["auto_scheduled"]]
            return [run for run in runs if abs(expected(run) - due) < timedelta(seconds=1)]

        until(lambda: planned() or datetime.now(UTC) > due, lambda: True)  # noqa: B023 - it is over before the next
        if found := planned():
            return found[0]
        server.ask(f"deployments/{daily}/schedules/{made['id']}", method="DELETE")
    pytest.fail("the server planned no run of a schedule in time")


def expected(run: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(run["expected_start_time"])


@pytest.fixture(scope="module")
def yesterday(scheduled: dict[str, Any]) -> date:
    """The day before the one on which the scheduled run is due, also where midnight is near."""
    return (expected(scheduled) - timedelta(days=1)).date()


@pytest.fixture(scope="module")
def worker(server: Server, folder: Path, yesterday: date) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of a raw folder with pages of yesterday and the day before."""
    corpus.write(folder / "raw", corpus.pages(yesterday - timedelta(days=1), 2, 4))
    with server.worker(folder / "data", folder / "raw", folder / "worker.log") as worker:
        yield worker


def asked_for(server: Server) -> dict[str, dict[str, Any]]:
    """The flow runs somebody asked for, by id; the server's scheduler adds those of the schedules when it likes."""
    return {run["id"]: run for run in server.flow_runs() if not run["auto_scheduled"]}


def test_the_deployments_run_on_schedules_of_their_own(deployed_home: Path) -> None:
    made = json.loads((deployed_home / "deployments.json").read_text())
    schedules = {one["name"]: [(each["schedule"]["cron"], each["active"]) for each in one["schedules"]] for one in made}
    assert schedules == {
        "daily": [("0 2 * * *", True)],
        "fetch": [("*/15 * * * *", True)],
        "backfill": [],
        "maintain": [("0 4 * * 0", True)],
    }


def test_a_schedule_fires_and_its_tables_appear(
    server: Server, scheduled: dict[str, Any], worker: subprocess.Popen[bytes], folder: Path, yesterday: date
) -> None:
    run = server.ended(scheduled["id"], worker, folder / "worker.log")
    assert (run["name"], run["state_type"]) == (f"daily-{yesterday}", "COMPLETED")
    days = set(articles(folder / "data").capture_uri.str[:10])
    assert days == {str(yesterday), str(yesterday - timedelta(days=1))}, "the day itself, and the one that was missed"
    record = json.loads((folder / f"data/interim/days/{yesterday}.json").read_bytes())
    assert (record["day"], record["captures"]) == (str(yesterday), 4)


def test_a_run_from_the_command_line_can_be_waited_for(
    server: Server, worker: subprocess.Popen[bytes], yesterday: date
) -> None:
    day = str(yesterday - timedelta(days=1))
    done = server.prefect("deployment", "run", "daily/daily", "--param", f"day={day}", "--watch")
    assert done.returncode == 0, done.stdout + done.stderr
    (run,) = [run for run in asked_for(server).values() if run["name"] == f"daily-{day}"]
    assert run["state_type"] == "COMPLETED"


@pytest.mark.parametrize(
    ("deployment", "parameters", "said"),
    [
        ("daily/daily", ["day=2199-01-01"], "2199-01-01 lies in the future"),
        ("daily/daily", ["day=the third"], "day"),
        ("backfill/backfill", ["start=2026-02-05", "end=2026-02-01"], "starts on 2026-02-05, after its end"),
        ("backfill/backfill", ["start=2026-02-01", "end=2026-02-05", "max_active=0"], "less than the minimum of 1"),
    ],
)
def test_a_bad_parameter_fails_at_once_with_a_clear_message(
    server: Server, worker: subprocess.Popen[bytes], deployment: str, parameters: list[str], said: str
) -> None:
    given = [part for one in parameters for part in ("--param", one)]
    took: list[float] = []
    while len(took) < TRIES and not (took and took[-1] < 1.0):
        before = asked_for(server).keys()
        done = server.prefect("deployment", "run", deployment, *given, "--watch")
        assert done.returncode == 1, done.stdout + done.stderr
        new = [run for key, run in asked_for(server).items() if key not in before]
        if not new:  # the server held the parameter to the deployment's schema
            assert said in done.stdout + done.stderr
            return
        (run,) = new
        assert run["state_type"] == "FAILED"
        assert said in run["state"]["message"]
        assert run["run_count"] <= 1, "it is not tried again"
        took.append(run["total_run_time"])
    assert min(took) < 1.0, "a bad parameter must fail in the first second"


def test_the_form_of_a_deployment_has_descriptions_and_bounds(server: Server) -> None:
    (found,) = [one for one in server.ask("deployments/filter") if one["name"] == "backfill"]
    form: dict[str, Any] = found["parameter_openapi_schema"]["properties"]
    assert {"start", "end", "reprocess", "max_active", "run_backwards", "by", "dry_run", "diff"} <= form.keys()
    assert all(len(one["description"]) > 10 for one in form.values()), form
    assert (form["max_active"]["minimum"], form["max_active"]["maximum"]) == (1, 64)
    assert found["parameter_openapi_schema"]["definitions"]["Reprocess"]["enum"] == ["none", "failed", "completed"]


def test_a_run_with_nothing_to_do_ends_soon(server: Server, sample_run: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_run, tmp_path / "data")
    took: list[float] = []
    while len(took) < TRIES and not (took and took[-1] < NOTHING_TO_DO_SECONDS):
        began = time.monotonic()
        done = server.command("storywire", "run", "--raw", str(SAMPLE), "--data", str(tmp_path / "data"))
        took.append(time.monotonic() - began)
        assert done.returncode == 0, done.stderr
        assert "Nothing new" in done.stdout
    assert min(took) < NOTHING_TO_DO_SECONDS, took


def test_a_run_on_a_server_shows_its_figures_and_tells_of_each_partition(
    server: Server, sample_run: Path, tmp_path: Path
) -> None:
    data = with_pages_read(tmp_path / "data", sample_run)
    before = asked_for(server).keys()
    done = server.command("storywire", "run", "--raw", str(SAMPLE), "--data", str(data))
    assert done.returncode == 0, done.stderr
    assert tables(data) == tables(sample_run)
    (run,) = asked_for(server).keys() - before
    shown = {one["key"]: one["data"] for one in server.all("artifacts") if one["flow_run_id"] == run}
    page = shown["storywire-run"]
    assert "| 72 | 63 | 8 | 15 | 30 | 9 |" in page
    assert "Largest stories" in page
    assert "2026-02-04 █" in page
    assert "| no_article |" in page
    assert {row["state"] for row in json.loads(shown["storywire-status"])} == {"done"}
    assert "Finished in state" in done.stderr
    logs = "\n".join([*server.log(run), done.stdout, done.stderr])
    texts = [text for text in articles(data).text if text]
    assert not any(text[40:80] in logs for text in texts), "no log holds page text"
    leaves = sorted((data / "processed/articles").rglob("*.parquet"))
    names = {str(leaf.parent.relative_to(data / "processed/articles")) for leaf in leaves}

    def told() -> set[str]:
        page = server.ask("events/filter", limit=50, filter={"event": {"name": ["storywire.partition.published"]}})
        total = {one["resource"]["prefect.resource.name"] for one in page["events"]}
        while page.get("next_page"):
            page = server.ask(page["next_page"], method="GET")
            total |= {one["resource"]["prefect.resource.name"] for one in page["events"]}
        return total

    until(lambda: names <= told(), lambda: True)


def test_a_run_that_is_tried_again_wakes_somebody_once_and_at_the_end(server: Server, tmp_path: Path) -> None:
    told = tmp_path / "told.jsonl"
    done = server.command(
        *("storywire", "run", "--raw", str(tmp_path / "nowhere"), "--data", str(tmp_path / "data")),
        PREFECT_FLOWS_DEFAULT_RETRIES="1",
        PREFECT_FLOWS_DEFAULT_RETRY_DELAY_SECONDS="0",
        STORYWIRE_FAILURE_COMMAND=f"tee -a {told}",
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "nowhere does not exist" in done.stderr
    assert "will be tried again" in done.stderr
    assert told.read_text().count('"flow": "daily"') == 1
