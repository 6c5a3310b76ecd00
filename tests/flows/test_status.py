"""`storywire status`, as an operator and a monitoring job meet it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from storywire.capture import Capture
from storywire.store import captures
from storywire.store.workspace import Workspace
from tests.flows.commands import command
from tests.flows.runs import ROOT, articles, installed

pytestmark = pytest.mark.slow

WITHOUT_PREFECT = """
import sys
from flows.cli import main
sys.argv = ["storywire", "status", "--data", sys.argv[1], "--json"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
assert "prefect" not in sys.modules
"""


@pytest.fixture
def waiting(sample_run: Path, tmp_path: Path) -> Path:
    """The sample's data folder after a page came in on a day no run has carried through."""
    data = tmp_path / "data"
    shutil.copytree(sample_run, data)
    page = Capture(b"<p>Ferry aground</p>", "html", "late.html", captured_at=datetime(2026, 2, 16, 12, tzinfo=UTC))
    captures.keep(Workspace(data).captures, [page])
    return data


def looked(data: Path, *arguments: str) -> dict[str, Any]:
    run = command("status", *arguments, "--data", str(data), "--json")
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def per_day(data: Path, table: str) -> Counter[str]:
    moments = pd.read_parquet(data / "processed" / table)["captured_at"].dropna()
    return Counter(str(moment.date()) for moment in moments)


def test_the_numbers_are_those_that_pandas_reads_from_the_tables(sample_run: Path) -> None:
    found = looked(sample_run)
    assert {one["state"] for one in found["days"]} == {"done"}
    for table in ("articles", "revisions", "rejected"):
        counted = {one["day"]: one[table] for one in found["days"] if one[table]}
        assert counted == per_day(sample_run, table), table
    stored = pd.concat(pd.read_parquet(path) for path in (sample_run / "interim/captures").glob("2*/*.parquet"))
    named = Counter[str]()
    for one in found["days"]:
        named.update(one["by_source"])
    assert named == Counter(stored["source"].astype(object).fillna("(no source)"))
    rows = articles(sample_run)
    assert found["figures"]["articles"] == len(rows)
    assert found["figures"]["copies"] == int((~rows.is_lead.astype(bool)).sum())
    assert found["undated"] == len(pd.read_parquet(sample_run / "interim/captures/undated"))
    assert (found["writer"], found["at_work"], found["last_error"]) == (None, [], None)


def test_a_range_shows_every_day_of_it(sample_run: Path) -> None:
    found = looked(sample_run, "2026-02-01", "2026-02-04")
    assert [(one["day"], one["state"]) for one in found["days"]] == [
        ("2026-02-01", "done"),
        ("2026-02-02", "done"),
        ("2026-02-03", "missing"),
        ("2026-02-04", "done"),
    ]
    assert len(looked(sample_run, "--days", "5")["days"]) == 5


def test_the_view_fits_a_narrow_terminal_and_a_file(waiting: Path) -> None:
    run = command("status", "--data", str(waiting), COLUMNS="80")
    assert run.returncode == 0, run.stderr
    assert "\x1b" not in run.stdout
    _path, *lines = run.stdout.splitlines()
    assert max(len(line) for line in lines) <= 80
    sixteenth = date(2026, 2, 16)
    assert sixteenth.strftime("%a") == "Mon"
    assert any(line.split()[:2] == ["16", "○"] for line in lines)
    for said in ("63 articles", "Feb 2026", "✓ done", "○ missing 1", "no run has carried it through", "Gaps: "):
        assert said in run.stdout


def test_a_terminal_without_unicode_gets_letters(waiting: Path) -> None:
    run = installed("status", "--data", str(waiting), PYTHONIOENCODING="ascii")
    assert run.returncode == 0, run.stderr
    assert "D done" in run.stdout
    assert "M missing 1" in run.stdout


def test_a_check_fails_where_captures_wait_for_a_run(sample_run: Path, waiting: Path) -> None:
    assert command("status", "--check", "--data", str(sample_run)).returncode == 0
    assert command("status", "--data", str(waiting)).returncode == 0
    assert command("status", "--check", "--data", str(waiting)).returncode == 1
    assert command("status", "2026-02-03", "2026-02-03", "--check", "--data", str(waiting)).returncode == 0


def lose_a_leaf(processed: Path) -> None:
    next((processed / "articles").rglob("*.parquet")).unlink()


@pytest.mark.parametrize(
    "harm", [shutil.rmtree, lose_a_leaf, lambda processed: (processed / "_manifest.parquet").unlink()]
)
def test_a_check_fails_where_files_of_the_tables_are_gone(
    sample_run: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    data = Path(shutil.copytree(sample_run, tmp_path / "data"))
    harm(data / "processed")
    run = command("status", "--check", "--data", str(data))
    assert run.returncode == 1
    assert "of the tables; the next run makes what it can anew" in run.stdout
    assert len(json.loads(command("status", "--json", "--data", str(data)).stdout)["missing_files"]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--data", "no/such/folder"], "the data folder no/such/folder does not exist; give another with --data"),
        (["2026-02-03", "2026-02-01"], "starts on 2026-02-03, after its end on 2026-02-01"),
    ],
)
def test_what_an_operator_can_mend_is_one_sentence(tmp_path: Path, arguments: list[str], said: str) -> None:
    run = command("status", *arguments, **({} if "--data" in arguments else {"STORYWIRE_DATA": str(tmp_path)}))
    assert run.returncode == 2, run.stderr
    assert said in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_an_empty_folder_says_what_comes_next(tmp_path: Path) -> None:
    run = command("status", "--data", str(tmp_path))
    assert run.returncode == 0, run.stderr
    assert "`storywire run`" in run.stdout


def test_the_status_is_told_without_loading_prefect(sample_run: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_PREFECT, str(sample_run)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
