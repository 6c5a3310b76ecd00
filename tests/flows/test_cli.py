"""The command line, as its user meets it: figures at the end, one sentence when something is wrong."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.flows.commands import command
from tests.flows.runs import SAMPLE, articles, installed

pytestmark = pytest.mark.slow

ARTICLE = """Bakers of Ostrava Street win prize

By Jana Holub

The bakers of Ostrava Street have won the regional prize for rye bread for the third year in a row,
the jury said on Friday.
Their sourdough was praised for its crust and for a crumb that kept its moisture for a week in the judges' pantry.
"We have been feeding the same starter since 1987," said the owner, Milena Kral,
who runs the shop with her two brothers.
The prize comes with a grant of 4,000 euros, which the family wants to spend on a new stone oven before the winter.
Runner-up was a mill bakery from the neighbouring valley, which had entered the contest for the first time this year.
"""


def test_a_run_ends_with_its_figures_and_where_to_look(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "bread.txt").write_text(ARTICLE)
    run = installed("run", "--raw", str(raw), "--data", str(tmp_path / "data"), COLUMNS="160")
    assert run.returncode == 0, run.stderr
    for word in ("captures", "articles", "rejected", "copies", "events", "stories", "files written", "processed"):
        assert word in run.stdout
    assert "Traceback" not in run.stderr
    assert articles(tmp_path / "data").title.tolist() == ["Bakers of Ostrava Street win prize"]


def test_a_day_without_captures_is_told_and_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    run = command("run", "--day", "2026-02-03", "--raw", str(tmp_path / "raw"), "--data", str(tmp_path / "data"))
    assert (run.returncode, "No capture of 2026-02-03 is known." in run.stdout) == (0, True)


def test_an_empty_raw_folder_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    run = command("run", "--raw", str(tmp_path / "raw"), "--data", str(tmp_path / "data"))
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--raw", "no/such/folder"], "the raw folder no/such/folder does not exist"),
        (["run", "--raw", str(SAMPLE), "--data", "/proc/nowhere"], "cannot be made"),
        (["backfill", "2026-02-03", "2026-02-01", "--raw", str(SAMPLE)], "starts on 2026-02-03, after its end"),
    ],
)
def test_what_an_operator_can_mend_is_one_sentence_and_exit_code_2(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    if "--data" not in arguments:
        arguments = [*arguments, "--data", str(tmp_path)]
    run = installed(*arguments)
    assert run.returncode == 2, run.stderr
    assert said in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_a_setting_out_of_bounds_names_itself(tmp_path: Path) -> None:
    run = installed("run", "--raw", str(SAMPLE), "--data", str(tmp_path), STORYWIRE_WORKERS="0")
    assert run.returncode == 2
    assert "storywire: STORYWIRE_WORKERS: Input should be greater than or equal to 1 (got '0')" in run.stderr
    assert "Traceback" not in run.stderr


def test_every_setting_out_of_bounds_is_told_at_once(tmp_path: Path) -> None:
    wrong = {"STORYWIRE_WORKERS": "many", "STORYWIRE_SILENT_DAYS": "0"}
    run = installed("run", "--raw", str(SAMPLE), "--data", str(tmp_path), **wrong)
    assert run.returncode == 2
    assert [line.split(":")[1].strip() for line in run.stderr.splitlines()] == [
        "STORYWIRE_WORKERS",
        "STORYWIRE_SILENT_DAYS",
    ]


def test_a_setting_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    run = installed("run", "--raw", str(SAMPLE), "--data", str(tmp_path), STORYWIRE_WORKER="1")
    assert (run.returncode, run.stderr.count("\n")) == (2, 1)
    assert "there is no setting STORYWIRE_WORKER; did you mean STORYWIRE_WORKERS?" in run.stderr


def test_a_second_writer_is_refused_at_once(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom storywire.store import lock\n"
        "from storywire.store.workspace import Workspace\nspace = Workspace(Path(sys.argv[1])).prepare()\n"
        "with lock.held(space.lock, 0):\n    print('held', flush=True)\n    sys.stdin.readline()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    run = command("run", "--raw", str(SAMPLE), "--data", str(tmp_path), STORYWIRE_LOCK_WAIT_SECONDS="0")
    holder.communicate("\n", timeout=30)
    assert run.returncode == 2
    assert f"process {holder.pid}" in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_tables_of_a_newer_schema_are_refused(tmp_path: Path) -> None:
    from storywire.store import manifest
    from storywire.store.files import read_table, table_bytes

    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/bread.txt").write_text(ARTICLE)
    arguments = ("run", "--raw", str(tmp_path / "raw"), "--data", str(tmp_path / "data"))
    assert command(*arguments).returncode == 0
    path = tmp_path / "data/processed" / manifest.NAME
    table = read_table(path)
    path.write_bytes(table_bytes(table.replace_schema_metadata({**table.schema.metadata, b"schema_version": b"99"})))
    run = command(*arguments)
    assert run.returncode == 2
    assert "schema version 99" in run.stderr


def test_bad_input_of_every_kind_is_a_row_and_the_rest_goes_on(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "good.txt").write_text(ARTICLE)
    (raw / "empty.html").write_bytes(b"")
    (raw / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    (raw / "index.html").write_text(
        "<html><body><ul>" + "<li><a href='/x'>Ten things</a></li>" * 60 + "</ul></body></html>"
    )
    (raw / "lines.jsonl").write_text("this is no JSON\n")
    (raw / "huge.html").write_bytes(b"<p>word " * 1_400_000)
    (raw / "deep.html").write_text("<html><body>" + "<div><p>" * 600_000 + "</body></html>")
    (raw / "cut.warc.gz").write_bytes(
        gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 900\r\n\r\nHTTP/1.1 2")[:-6]
    )
    (raw / "unreadable.html").symlink_to(raw / "gone")
    run = command("run", "--raw", str(raw), "--data", str(tmp_path / "data"))
    assert run.returncode == 0, run.stderr
    assert articles(tmp_path / "data").capture_uri.tolist() == ["good.txt"]
    rejected = pd.read_parquet(tmp_path / "data/processed/rejected")
    reasons = {row.capture_uri.partition("#")[0]: row.reason for row in rejected.itertuples()}
    assert reasons.pop("deep.html") in {"no_article", "timeout", "crashed"}
    assert reasons == {
        "empty.html": "empty",
        "picture.html": "not_a_page",
        "index.html": "no_article",
        "lines.jsonl": "bad_record",
        "huge.html": "too_large",
        "cut.warc.gz": "truncated",
        "unreadable.html": "unreadable",
    }
    assert rejected.detail.str.len().min() > 20
