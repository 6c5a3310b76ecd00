"""Runs in a hostile environment: one sentence and the right exit code, and one more run mends it to the byte."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from storywire.store import captures, completed, manifest
from storywire.store.files import read_table, table_bytes
from storywire.store.workspace import Workspace
from tests.flows.commands import CommandLine, Ended, line
from tests.flows.runs import ROOT, articles, tables, with_pages_read
from tests.flows.trouble import FIRST, PAGES, SECOND, Disk, land, mounted

pytestmark = pytest.mark.slow

FIGURES = (8, 5, 1, 1)
"""Captures, articles, copies and rejected of the pages; two more are revisions."""

Here = Callable[..., Ended]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """The command line, run in this process."""
    from flows import cli

    def run(*arguments: str | Path) -> Ended:
        monkeypatch.setattr(sys, "argv", ["storywire", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return Ended(int(ended.value.code or 0), *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def elsewhere(offline: None) -> CommandLine:
    """The command line in processes of its own."""
    return line()


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return land(tmp_path_factory.mktemp("landing") / "raw")


@pytest.fixture(scope="module")
def undisturbed(raw: Path, tmp_path_factory: pytest.TempPathFactory, offline: None) -> Path:
    """The data folder after one undisturbed run."""
    from flows.daily import daily

    data = tmp_path_factory.mktemp("undisturbed")
    report = daily.fn(raw=raw, data=data)
    assert (report.figures.captures, report.figures.articles, report.figures.copies, report.figures.rejected) == FIGURES
    return data


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    (tmp_path / "disk").mkdir()
    mount = contextlib.contextmanager(mounted)("-t", "tmpfs", "-o", "size=16m", "none", str(tmp_path / "disk"))
    try:
        mount.__enter__()
    except PermissionError as error:
        pytest.skip(f"a disk can only be mounted by root ({error})")
    with contextlib.ExitStack() as stack:
        stack.push(mount)
        yield Disk(tmp_path / "disk")


def is_one_sentence(ended: Ended, *words: str, code: int = 2) -> None:
    assert ended.code == code, ended
    assert len(ended.err.strip().splitlines()) == 1, ended.err
    for word in words:
        assert word in ended.err, ended.err


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file of a folder, as far as a write would change it."""
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*") if path.is_file()}


def published(data: Path) -> dict[str, str]:
    """The tables, without what a publish that did not count has left for the next run to take away."""
    return {path: digest for path, digest in tables(data).items() if not path.startswith(("_staged", "_journal"))}


def is_tidy(data: Path) -> None:
    """No trace of a run that is over."""
    assert not list((data / "interim/run").iterdir())
    assert not list((data / "processed").rglob(".*.tmp"))
    assert not list((data / "processed").glob("_[sj]*"))


def test_somebody_is_told_where_the_data_folder_cannot_be_used(here: Here, raw: Path, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    told = tmp_path / "told.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORYWIRE_FAILURE_COMMAND", f"tee {told}")
        assert here("run", "--raw", raw, "--data", tmp_path / "data").code == 2
    assert "cannot be made" in json.loads(told.read_text())["error"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["backfill", "0001-01-01", "2026-02-03"], ["START: 0001-01-01 lies before there were pages"]),
        (["run", "--day", "2099-01-01"], ["--day: 2099-01-01 lies in the future", "today is"]),
        (["run", "--catch-up", "-1"], ["--catch-up: ", "greater than or equal to 0", "got -1"]),
        (["backfill", "2026-02-03", "2099-01-01"], ["END: 2099-01-01 lies in the future", "today is"]),
        (["backfill", "2026-02-06", "2026-02-03"], ["2026-02-06", "2026-02-03", "give the earlier day first"]),
        (["backfill", "2026-02-03", "2026-02-06", "--dry-run", "--diff"], ["give one of the two"]),
        (["backfill", "2026-02-03", "2026-02-06", "--max-active", "0"], ["--max-active: ", "or equal to 1", "got 0"]),
        (["backfill", "2026-02-03", "2026-02-06", "--max-active", "1000"], ["--max-active: ", "to 64", "got 1000"]),
        (
            ["backfill", "2026-02-03", "2026-02-06", "--reprocess", "nonsense"],
            ["reprocess", "'none', 'failed' or 'completed'", "got nonsense"],
        ),
    ],
)
def test_what_cannot_be_asked_for_is_refused_before_anything_is_touched(
    here: Here, raw: Path, tmp_path: Path, arguments: list[str], words: list[str]
) -> None:
    is_one_sentence(here(*arguments, "--raw", raw, "--data", tmp_path / "data"), *words)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("day", ["2026-02-30", "yesterday"])
def test_what_is_no_date_is_refused_with_the_form_of_one(here: Here, raw: Path, tmp_path: Path, day: str) -> None:
    for arguments in (["run", "--day", day], ["backfill", day, "2026-02-06"], ["backfill", "2026-02-03", day]):
        refused = here(*arguments, "--raw", raw, "--data", tmp_path / "data")
        assert refused.code == 2
        assert day in refused.err
        assert "%Y-%m-%d" in refused.err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("arguments", [["run"], ["backfill", "2026-02-03", "2026-02-06"]])
def test_a_raw_folder_that_is_gone_or_a_file_is_named_and_one_that_is_empty_is_no_error(
    here: Here, undisturbed: Path, raw: Path, tmp_path: Path, arguments: list[str]
) -> None:
    data = with_pages_read(tmp_path / "data", undisturbed)
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "empty").mkdir()
    for wrong in ("gone", "file"):
        ended = here(*arguments, "--raw", tmp_path / wrong, "--data", data)
        is_one_sentence(ended, f"the raw folder {tmp_path / wrong} does not exist, or is no folder", "--raw")
        assert not list((data / "processed").iterdir())
    assert here(*arguments, "--raw", tmp_path / "empty", "--data", data).code == 0
    assert articles(data).empty
    assert here("run", "--raw", raw, "--data", data).code == 0
    assert tables(data) == tables(undisturbed)


def test_a_day_without_captures_is_done_and_what_comes_late_for_it_is_taken_in_by_the_next_run(
    here: Here, undisturbed: Path, tmp_path: Path
) -> None:
    data = with_pages_read(tmp_path / "data", undisturbed)
    late = [path for path in PAGES if path.startswith("2026-02-04")]
    raw = land(tmp_path / "raw", sorted(set(PAGES) - set(late)))
    for day in ("2026-02-03", "2026-02-04", "2026-02-05"):
        assert here("run", "--day", day, "--raw", raw, "--data", data).code == 0
    record = completed.read(Workspace(data).completed, date(2026, 2, 4))
    assert record is not None
    assert (record.captures, record.articles, record.rejected) == (0, 0, 0)
    land(raw, late)
    assert here("run", "--day", "2026-02-06", "--raw", raw, "--data", data).code == 0
    assert tables(data) == tables(undisturbed)
    record = completed.read(Workspace(data).completed, date(2026, 2, 4))
    assert record is not None
    assert record.captures == 2


@pytest.mark.parametrize("what", ["size", "nr_inodes"])
def test_a_disk_without_room_costs_the_run_and_nothing_else(
    here: Here, undisturbed: Path, disk: Disk, tmp_path: Path, what: str
) -> None:
    data, raw = disk.folder / "data", land(tmp_path / "raw", FIRST)
    if what == "nr_inodes":  # pages that were read before bring the run to its publish sooner
        with_pages_read(data, undisturbed)
    assert here("run", "--raw", raw, "--data", data).code == 0
    before, count = tables(data), len(articles(data))
    land(raw, SECOND)
    used, step = (disk.used(), 24_576) if what == "size" else (disk.inodes(), 4)
    refused = set()
    for n in range(60):
        disk.remount(f"{what}={max(used + n * step, disk.used() if what == 'size' else disk.inodes())}")
        ended = here("run", "--raw", raw, "--data", data)
        if ended.code == 0:
            break
        assert ended.code in {1, 2}, ended
        assert "Traceback" not in ended.err
        assert "No space left" in ended.err or "has room" in ended.err, ended.err
        assert published(data) == before, ended.err
        assert len(articles(data)) == count
        refused |= {place for place in ("ledger", "captures", "cleaned", "normalised", "_staged") if place in ended.err}
    else:
        pytest.fail("no run went through, however much room there was")
    assert "_staged" in refused
    assert what == "nr_inodes" or ("captures" in refused and refused & {"cleaned", "normalised"})
    assert tables(data) == tables(undisturbed)
    disk.remount("size=16m,nr_inodes=0")
    assert here("run", "--raw", raw, "--data", data).code == 0
    is_tidy(data)


def test_a_disk_that_is_read_only_is_said_and_nothing_is_lost(
    here: Here, undisturbed: Path, disk: Disk, tmp_path: Path
) -> None:
    data, raw = with_pages_read(disk.folder / "data", undisturbed), land(tmp_path / "raw", FIRST)
    assert here("run", "--raw", raw, "--data", data).code == 0
    before = everything(data)
    land(raw, SECOND)
    disk.remount("ro")
    for arguments in (["run"], ["backfill", "2026-02-03", "2026-02-06"]):
        ended = here(*arguments, "--raw", raw, "--data", data)
        is_one_sentence(ended, str(data), "is not writable; give another with --data")
    assert everything(data) == before
    disk.remount("rw")
    assert here("run", "--raw", raw, "--data", data).code == 0
    assert tables(data) == tables(undisturbed)


MOMENTS = {
    "it has begun": "interim/run/*/attempt.json",
    "its captures are being stored": "interim/captures/*/*.parquet",
    "its pages are being read": "interim/run/*/refused.parquet",
    "it has the tables for itself": "interim/run/*/current.parquet",
    "its files grow": "processed/_staged/*",
}
"""What a run makes in the course of its life."""


def until(data: Path, moment: str) -> dict[str, Any]:
    """For a command that is to stop as soon as it has made this."""
    return {"folder": data, "pattern": moment}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_disk_that_becomes_read_only_in_the_middle_of_a_run_costs_that_run(
    here: Here, elsewhere: CommandLine, undisturbed: Path, raw: Path, disk: Disk, moment: str
) -> None:
    data = with_pages_read(disk.folder / "data", undisturbed)
    run = elsewhere.start("run", "--raw", raw, "--data", data, watch=until(data, MOMENTS[moment]))
    run.stopped()
    # A disk with open files cannot be made read-only; a read-only view laid over it can, and hides it.
    with contextlib.contextmanager(mounted)("--bind", str(data), str(data)):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(data)], check=True)
        run.go_on()
        ended = run.ended()
    is_one_sentence(ended, str(data), ": Read-only file system")
    assert here("run", "--raw", raw, "--data", data).code == 0
    assert tables(data) == tables(undisturbed)
    is_tidy(data)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_data_folder_that_is_taken_away_ends_the_run_and_is_as_good_as_new_when_put_back(
    here: Here, elsewhere: CommandLine, undisturbed: Path, raw: Path, tmp_path: Path, moment: str
) -> None:
    data = with_pages_read(tmp_path / "data", undisturbed)
    run = elsewhere.start("run", "--raw", raw, "--data", data, watch=until(data, MOMENTS[moment]))
    run.stopped()
    data.rename(tmp_path / "away")
    run.go_on()
    is_one_sentence(run.ended(), str(data), "was taken away", "put it back")
    assert not data.exists()
    (tmp_path / "away").rename(data)
    assert here("run", "--raw", raw, "--data", data).code == 0
    assert tables(data) == tables(undisturbed)
    is_tidy(data)


@pytest.mark.parametrize("moment", MOMENTS)
def test_stages_that_are_removed_under_a_run_are_made_again_by_the_next(
    here: Here, elsewhere: CommandLine, undisturbed: Path, raw: Path, tmp_path: Path, moment: str
) -> None:
    data = with_pages_read(tmp_path / "data", undisturbed)
    run = elsewhere.start("run", "--raw", raw, "--data", data, watch=until(data, MOMENTS[moment]))
    run.stopped()
    (data / "interim").rename(tmp_path / "removed")
    run.go_on()
    is_one_sentence(run.ended(), str(data), "was taken away", "run again")
    with_pages_read(data, undisturbed)
    assert here("run", "--raw", raw, "--data", data).code == 0
    assert tables(data) == tables(undisturbed)
    is_tidy(data)


def reading(data: Path, raw: Path) -> dict[str, Any]:
    """For a command that is to stop in the middle of its raw folder: all is listed, and some of it is read."""
    return {"folder": data, "before": raw / "2026-02-04/ferry.html"}


def test_a_raw_folder_that_vanishes_while_it_is_read_ends_the_run_and_costs_no_capture(
    here: Here, elsewhere: CommandLine, undisturbed: Path, tmp_path: Path
) -> None:
    data, raw = with_pages_read(tmp_path / "data", undisturbed), land(tmp_path / "raw")
    run = elsewhere.start("run", "--raw", raw, "--data", data, watch=reading(data, raw))
    run.stopped()
    raw.rename(tmp_path / "away")
    run.go_on()
    is_one_sentence(run.ended(), f"the raw folder {raw} vanished while it was read", "put it back")
    assert not list((data / "processed").iterdir())
    (tmp_path / "away").rename(raw)
    assert here("run", "--raw", raw, "--data", data).code == 0
    assert tables(data) == tables(undisturbed)


def test_a_raw_file_that_is_listed_and_gone_is_a_row_until_it_is_back(
    here: Here, elsewhere: CommandLine, undisturbed: Path, tmp_path: Path
) -> None:
    data, raw = with_pages_read(tmp_path / "data", undisturbed), land(tmp_path / "raw")
    run = elsewhere.start("run", "--raw", raw, "--data", data, watch=reading(data, raw))
    run.stopped()
    (raw / "2026-02-04/towed.html").rename(tmp_path / "towed.html")
    run.go_on()
    assert run.ended().code == 0
    rejected = pd.read_parquet(data / "processed/rejected").set_index("capture_uri")
    assert rejected.reason["2026-02-04/towed.html"] == "unreadable"
    assert len(articles(data)) == 4
    (tmp_path / "towed.html").rename(raw / "2026-02-04/towed.html")
    assert here("run", "--raw", raw, "--data", data).code == 0
    assert tables(data) == tables(undisturbed)


def test_a_raw_file_that_may_be_read_again_is_read_though_it_has_not_changed(
    here: Here, undisturbed: Path, tmp_path: Path
) -> None:
    data, raw = with_pages_read(tmp_path / "data", undisturbed), land(tmp_path / "raw")
    (raw / "2026-02-04/towed.html").chmod(0)
    # Root may read everything, unless it gives that up.
    humbly = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    if humbly and not shutil.which("setpriv"):
        pytest.skip("root reads files of mode 0, and there is no setpriv (Debian: util-linux) to forbid it")
    storywire = Path(sys.executable).with_name("storywire")
    arguments = [*humbly, str(storywire), "run", "--raw", str(raw), "--data", str(data)]
    subprocess.run(arguments, cwd=ROOT, check=True, capture_output=True)
    rejected = pd.read_parquet(data / "processed/rejected").set_index("capture_uri")
    assert rejected.reason["2026-02-04/towed.html"] == "unreadable"
    (raw / "2026-02-04/towed.html").chmod(0o644)
    assert here("run", "--raw", raw, "--data", data).code == 0
    assert tables(data) == tables(undisturbed)


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory, offline: None) -> Iterator[tuple[CommandLine, Path]]:
    """A command line that reads the time from a file; the clock that only goes forward is the machine's."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None:
        pytest.skip("there is no libfaketime (Debian: apt-get install faketime)")
    folder = tmp_path_factory.mktemp("clock")
    (folder / "now").write_text("+0")
    settings = {"DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1", "FAKETIME_NO_CACHE": "1", "NO_FAKE_UTIME": "1"}
    preload = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(folder / "now")}
    with contextlib.closing(CommandLine(folder, **settings, **preload)) as made:
        yield made, folder / "now"


def test_a_clock_that_is_years_off_changes_no_byte_and_no_figure(
    clock: tuple[CommandLine, Path], undisturbed: Path, raw: Path, tmp_path: Path
) -> None:
    command, now = clock
    data = with_pages_read(tmp_path / "data", undisturbed)
    for offset, day in (("-12y", "2026-02-03"), ("+30y", "2026-02-04"), ("-12y", None), ("+30y", None)):
        now.write_text(offset)
        ended = command.run("run", *(["--day", day] if day and offset == "+30y" else []), "--raw", raw, "--data", data)
        assert ended.code == 0, ended.err
    assert tables(data) == tables(undisturbed)
    assert "Nothing new" in ended.out
    captured, published, rejected, copies = re.findall(r"\d+", ended.out.partition("┡")[2])[:4]
    assert tuple(map(int, (captured, published, copies, rejected))) == FIGURES
    is_valid_at_any_time(data)
    now.write_text("-12y")
    refused = command.run("run", "--day", "2026-02-03", "--raw", raw, "--data", data)
    year = time.gmtime().tm_year - 12
    assert refused.code == 2
    assert f"2026-02-03 lies in the future (today is {year}" in refused.err


@pytest.mark.parametrize("offset", ["-12y", "+30y"])
def test_a_clock_that_jumps_in_the_middle_of_a_run_changes_no_byte(
    clock: tuple[CommandLine, Path], undisturbed: Path, raw: Path, tmp_path: Path, offset: str
) -> None:
    command, now = clock
    data = with_pages_read(tmp_path / "data", undisturbed)
    now.write_text("+0")
    moment = until(data, MOMENTS["its captures are being stored"])
    run = command.start("run", "--raw", raw, "--data", data, watch=moment)
    run.stopped()
    now.write_text(offset)
    run.go_on()
    ended = run.ended()
    assert ended.code == 0, ended.err
    assert tables(data) == tables(undisturbed)
    is_valid_at_any_time(data)


def is_valid_at_any_time(data: Path) -> None:
    """Durations are what they were, and every day has its record."""
    runs = pd.read_parquet(data / "processed/runs")
    assert runs.seconds.between(0, 100).all()
    space = Workspace(data)
    assert completed.days(space.completed) == captures.days(space.captures)
    for day in captures.days(space.captures):
        record = completed.read(space.completed, day)
        assert record is not None
        assert 0 <= record.seconds < 100
        assert record.captures == 2


@pytest.fixture
def newer(undisturbed: Path, tmp_path: Path) -> Path:
    """A data folder whose tables were written by a newer version."""
    data = tmp_path / "data"
    shutil.copytree(undisturbed, data)
    path = data / "processed" / manifest.NAME
    table = read_table(path)
    path.write_bytes(table_bytes(table.replace_schema_metadata({**table.schema.metadata, b"schema_version": b"99"})))
    return data


HOLDS = """
import sys
from pathlib import Path
from storywire.store import lock
with lock.held(Path(sys.argv[1]), 0):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.parametrize("arguments", [["run"], ["backfill", "2026-02-03", "2026-02-06"]])
@pytest.mark.parametrize("locked", [False, True])
def test_tables_of_a_newer_schema_are_left_alone_also_while_their_owner_is_at_work(
    here: Here, newer: Path, tmp_path: Path, arguments: list[str], locked: bool
) -> None:
    raw = land(tmp_path / "raw")
    (raw / "2026-02-06/more.txt").write_text(PAGES["2026-02-06/bread.txt"].replace("rye", "barley"))
    with contextlib.ExitStack() as stack:
        if locked:
            holder = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", HOLDS, str(Workspace(newer).lock)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
        before = everything(newer)
        is_one_sentence(here(*arguments, "--raw", raw, "--data", newer), "schema version 99", "upgrade Storywire")
        assert everything(newer) == before
        if locked:
            holder.communicate("\n", timeout=30)


def test_two_runs_at_the_same_time_give_the_bytes_of_one(
    elsewhere: CommandLine, undisturbed: Path, raw: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    daily = elsewhere.start("run", "--raw", raw, "--data", data)
    backfill = elsewhere.start("backfill", "2026-02-03", "2026-02-06", "--raw", raw, "--data", data)
    for run in (daily, backfill):
        assert run.ended().code == 0, run.ended().err
    assert tables(data) == tables(undisturbed)
    is_tidy(data)


@pytest.mark.parametrize("then", [signal.SIGCONT, signal.SIGKILL])
def test_a_run_that_hangs_is_named_after_a_while_and_in_nobodys_way_once_it_is_gone(
    here: Here,
    elsewhere: CommandLine,
    undisturbed: Path,
    raw: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    then: signal.Signals,
) -> None:
    data = with_pages_read(tmp_path / "data", undisturbed)
    moment = until(data, MOMENTS["it has the tables for itself"])
    hung = elsewhere.start("run", "--raw", raw, "--data", data, watch=moment)
    hung.stopped()
    monkeypatch.setenv("STORYWIRE_LOCK_WAIT_SECONDS", "3")
    began = time.monotonic()
    try:
        ended = here("run", "--raw", raw, "--data", data)
    finally:
        os.kill(hung.pid, then)
    assert 3 <= time.monotonic() - began < 30
    assert ended.code == 2
    for word in (f"process {hung.pid} ", "after 3 s of waiting", "STORYWIRE_LOCK_WAIT_SECONDS"):
        assert word in ended.err.strip().splitlines()[-1]
    assert hung.ended().code == (0 if then == signal.SIGCONT else -signal.SIGKILL)
    assert here("run", "--raw", raw, "--data", data).code == 0
    assert tables(data) == tables(undisturbed)
    is_tidy(data)


def test_runs_killed_at_every_stage_of_their_lives_leave_what_one_more_run_mends(
    elsewhere: CommandLine, undisturbed: Path, raw: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    early, (late, last) = list(MOMENTS.values())[:3], list(MOMENTS.values())[3:]
    for pattern in (*early, "interim/cleaned-*/*/*.parquet", late, last, "processed/_journal.json"):
        run = elsewhere.start("run", "--raw", raw, "--data", data, watch=until(data, pattern))
        run.stopped()
        os.kill(run.pid, signal.SIGKILL)
        assert run.ended().code == -signal.SIGKILL
    ended = elsewhere.run("run", "--raw", raw, "--data", data)
    assert ended.code == 0, ended.err
    assert tables(data) == tables(undisturbed)
    is_tidy(data)
    assert not list((data / "interim/days").glob("*.failed.json"))
    assert json.loads((data / "interim/days/2026-02-03.json").read_bytes())["captures"] == 2
