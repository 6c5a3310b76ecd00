"""Few files say what many said; a kill in between, or a second time, changes nothing."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from storywire import schema
from storywire.capture import Capture
from storywire.schema import CLEANED, NORMALISED, RUNS
from storywire.store import attempts, captures, stages
from storywire.store.files import read_table, table_bytes, write_whole
from storywire.store.upkeep import compact, expire, kinds, merging, superseded
from storywire.store.workspace import Workspace

TableOf = Callable[..., pa.Table]

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)
DAY = "2026-02-03"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def page(number: int, **facts: Any) -> Capture:
    return Capture(f"<p>Ferry {number}</p>".encode(), "html", f"{number}.html", captured_at=NOON, **facts)


def verdict(capture: str, limits: str | None = None, **values: Any) -> dict[str, Any]:
    return (
        dict.fromkeys(CLEANED.names) | {"capture_id": capture, "article_id": f"a-{capture}", "limits": limits} | values
    )


@pytest.fixture
def space(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, table_of: TableOf) -> Workspace:
    """A day that came in drop by drop, crashes included, and runs of three months; built once, copied for each."""
    built = tmp_path_factory.getbasetemp() / "drop by drop"
    if not built.exists():
        build(Workspace(built).prepare(), table_of)
    return Workspace(Path(shutil.copytree(built, tmp_path / "data")))


def build(space: Workspace, table_of: TableOf) -> None:
    """Write what `space` holds."""
    for first in range(6):
        captures.keep(space.captures, [page(first), page(first + 1)])  # each but the ends is there twice
    captures.keep(space.captures, [Capture(b"<p>Choir</p>", "html", "choir.html")])
    stages.keep(
        space.cleaned, DAY, [verdict("c1"), verdict("c2", limits="1 s", reason="timeout", detail="1 s")], CLEANED
    )
    stages.keep(space.cleaned, DAY, [verdict("c2", title="Ferry"), verdict("c3")], CLEANED)
    stages.keep(
        space.cleaned, DAY, [verdict("c3"), verdict("c4", limits="1 s", reason="timeout", detail="1 s")], CLEANED
    )
    for name in ("c1", "c2"):
        row = dict.fromkeys(NORMALISED.names) | {"capture_id": name, "article_id": "a", "shingles": [2**63, 1]}
        stages.keep(space.normalised, DAY, [row], NORMALISED)
    for month, day in ((1, 5), (1, 20), (2, 3), (2, 14), (3, 1)):
        run = f"r2026{month:02}{day:02}"
        row = table_of(RUNS, {"run_id": run, "started_at": datetime(2026, month, day, tzinfo=UTC)})
        write_whole(space.processed / f"runs/{run}.parquet", table_bytes(row))


def said(space: Workspace) -> dict[str, Any]:
    """All that readers get from captures and stages."""
    ids = {row.id for row in map(page, range(7))}
    return {
        "listed": captures.index(space.captures, DAY, {}).to_pylist(),
        "undated": captures.index(space.captures, "undated", {}).to_pylist(),
        "places": captures.places(space.captures),
        "bodies": sorted((one.id, one.uri, one.body) for one in captures.bodies(space.captures, DAY, ids)),
        "cleaned": stages.read(space.cleaned, ["c1", "c2", "c3", "c4"], CLEANED).to_pylist(),
        "normalised": stages.read(space.normalised, ["c1", "c2"], NORMALISED).to_pylist(),
        "done": [stages.done(space.cleaned, DAY, limits) for limits in ("1 s", "2 s")],
    }


def runs(space: Workspace) -> list[str]:
    return sorted(
        run for path in space.processed.glob("runs/*.parquet") for run in read_table(path)["run_id"].to_pylist()
    )


def files(space: Workspace) -> dict[str, bytes]:
    return {str(path.relative_to(space.root)): path.read_bytes() for path in sorted(space.root.rglob("*.parquet"))}


def test_few_files_say_what_many_said(space: Workspace) -> None:
    before, count = said(space), len(files(space))
    done = compact(space)
    assert said(space) == before
    assert (done.files_before, done.files_after) == (count, len(files(space)))
    assert done.bytes_freed > 0
    assert len(list((space.captures / DAY).iterdir())) == 1
    assert len(list((space.cleaned / DAY).iterdir())) == 1
    assert len(list((space.normalised / DAY).iterdir())) == 1


def test_the_second_time_nothing_is_left_to_do(space: Workspace) -> None:
    compact(space)
    once = files(space)
    assert list(merging.steps(space)) == []
    assert files(space) == once


def test_what_comes_later_is_merged_too_and_crashes_leave_no_rows_behind(space: Workspace) -> None:
    compact(space)
    captures.keep(space.captures, [page(3), page(9)])
    before = said(space)
    compact(space)
    assert said(space) == before
    (file,) = (space.captures / DAY).iterdir()
    assert read_table(file).num_rows == 8


def test_files_from_before_a_column_was_added_are_merged_with_those_after(space: Workspace) -> None:
    before = said(space)
    for file in sorted((space.captures / DAY).glob("*.parquet"))[::2]:
        file.write_bytes(table_bytes(read_table(file).drop_columns(["notice"])))
    assert said(space) == before
    compact(space)
    assert said(space) == before
    (file,) = (space.captures / DAY).iterdir()
    assert read_table(file).schema.equals(schema.CAPTURES.arrow, check_metadata=True)


@pytest.mark.slow
def test_a_walk_stopped_after_any_step_leaves_everything_readable_and_the_next_ends_it(
    space: Workspace, tmp_path: Path
) -> None:
    before, of_runs = said(space), runs(space)
    undisturbed = Workspace(Path(shutil.copytree(space.root, tmp_path / "undisturbed")))
    names = list(merging.steps(undisturbed))
    assert len(names) >= 15, "every write and removal is stopped after"
    for stop in range(1, len(names)):
        copy = Workspace(Path(shutil.copytree(space.root, tmp_path / f"stopped-{stop}")))
        for _ in itertools.islice(merging.steps(copy), stop):
            pass
        assert said(copy) == before, names[stop - 1]
        assert set(runs(copy)) == set(of_runs), names[stop - 1]
        compact(copy)
        assert files(copy) == files(undisturbed), names[stop - 1]


CHILD = """
import os, sys
from pathlib import Path
from storywire.store.upkeep import merging
from storywire.store.workspace import Workspace

for number, _ in enumerate(merging.steps(Workspace(Path(sys.argv[1]))), start=1):
    if number == int(sys.argv[2]):
        os._exit(9)
"""


@pytest.mark.slow
def test_a_kill_is_mended_by_the_next_upkeep(space: Workspace) -> None:
    before, of_runs = said(space), runs(space)
    killed = subprocess.run([sys.executable, "-c", CHILD, str(space.root), "7"], check=False)
    assert killed.returncode == 9
    assert said(space) == before
    compact(space)
    assert said(space) == before
    assert runs(space) == of_runs


def test_files_that_say_different_things_of_a_capture_stay_as_they_are(space: Workspace) -> None:
    captures.keep(space.captures, [page(1, source="norrby"), page(20)])
    stages.keep(space.cleaned, DAY, [verdict("c4", limits="1 s", reason="crashed", detail="died")], CLEANED)
    before = said(space)
    compact(space)
    assert said(space) == before
    assert len(list((space.captures / DAY).iterdir())) > 1
    assert len(list((space.cleaned / DAY).iterdir())) > 1


def test_no_file_grows_past_what_a_merge_may_hold(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(page(1).body)
    monkeypatch.setattr(merging, "CAPTURES", kinds.Kind(**of(kinds.CAPTURES) | {"small": 3 * size, "full": 4 * size}))
    before = said(space)
    compact(space)
    assert said(space) == before
    sizes = [read_table(file).num_rows for file in (space.captures / DAY).iterdir()]
    assert 1 < len(sizes) < 6
    assert max(sizes) <= 4


def of(kind: kinds.Kind) -> dict[str, Any]:
    return {name: getattr(kind, name) for name in ("table", "key", "compared", "weighed", "small", "full")}


def test_pages_are_left_alone_while_another_run_may_be_reading_them(space: Workspace) -> None:
    before = files(space)
    with attempts.begun(space, "daily"):
        compact(space)
        assert {path for path in files(space) if "runs/" not in path} == {
            path for path in before if "runs/" not in path
        }
    with attempts.begun(space, "maintain") as own:
        compact(own.space)
    assert len(list((space.captures / DAY).iterdir())) == 1


def test_runs_of_past_months_share_a_file_and_the_newest_stays_last(space: Workspace) -> None:
    before = runs(space)
    compact(space)
    assert sorted(path.name for path in space.processed.glob("runs/*")) == [
        "2026-01.parquet",
        "2026-02.parquet",
        "r20260301.parquet",
    ]
    assert runs(space) == before


def old(path: Path, days: float) -> None:
    moment = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))


def expired(space: Workspace, *, stages_days: int = 14, runs_days: int = 0) -> Any:
    return expire(space, stages_days=stages_days, runs_days=runs_days, now=NOW)


def test_results_of_other_code_go_once_nothing_was_added_for_so_long(space: Workspace) -> None:
    for version, days in (("cleaned-0", 15), ("normalised-0", 13)):
        stages.keep(space.interim / version, DAY, [verdict("c1")], CLEANED)
        for file in (space.interim / version).rglob("*.parquet"):
            old(file, days)
    for file in space.cleaned.rglob("*.parquet"):
        old(file, 100)
    assert [path.name for path in superseded(space)] == ["cleaned-0", "normalised-0"]
    before = said(space)
    done = expired(space)
    assert [path.name for path in superseded(space)] == ["normalised-0"]
    assert (done.stages, done.files_before - done.files_after) == (1, 1)
    assert done.bytes_freed > 0
    assert said(space) == before


def test_what_crashes_left_goes_after_a_day(space: Workspace) -> None:
    growing = [space.captures / DAY / ".a.tmp", space.processed / "runs" / ".b.tmp", space.interim / "run/r1/.c.tmp"]
    for path in [*growing, space.interim / "run/r2/listed.parquet", space.cleaned / ".young.tmp"]:
        write_whole(path, b"half")
        old(path, 0.5 if "young" in path.name else 2)
    done = expired(space)
    assert not any(path.exists() for path in growing)
    assert [path.name for path in space.runs.iterdir()] == []
    assert (space.cleaned / ".young.tmp").exists()
    assert done.leftovers == 4


def test_the_folder_of_a_run_that_lives_or_is_still_to_be_told_of_stays(space: Workspace) -> None:
    with attempts.begun(space, "backfill") as run:
        (run.space.own / attempts.NOTE).rename(space.interim / "note")
        for path in run.space.own.iterdir():
            old(path, 2)
        expired(space)
        assert run.space.own.is_dir(), "a lock is held in it"
        (space.interim / "note").rename(run.space.own / attempts.NOTE)
    write_whole(space.runs / "dead" / attempts.NOTE, b"{}")
    old(space.runs / "dead" / attempts.NOTE, 2)
    expired(space)
    assert (space.runs / "dead").is_dir(), "its days have failed, which is noted first"


def test_old_rows_of_the_log_go_but_the_newest_run_never_does(space: Workspace) -> None:
    compact(space)
    assert expired(space).runs == 0
    assert runs(space) == ["r20260105", "r20260120", "r20260203", "r20260214", "r20260301"]
    assert expired(space, runs_days=50).runs == 1
    assert runs(space) == ["r20260120", "r20260203", "r20260214", "r20260301"]
    far = expire(space, stages_days=14, runs_days=1, now=NOW.replace(year=2030))
    assert (far.runs, runs(space)) == (3, ["r20260301"])


def test_an_empty_data_folder_needs_no_upkeep(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    assert compact(space).files_after == 0
    assert expired(space, runs_days=1).leftovers == 0


def test_a_month_of_runs_has_the_declared_columns(space: Workspace) -> None:
    compact(space)
    file = space.processed / "runs/2026-01.parquet"
    assert read_table(file).schema.equals(schema.RUNS.arrow)
    assert date(2026, 1, 5) == read_table(file)["started_at"][0].as_py().date()
