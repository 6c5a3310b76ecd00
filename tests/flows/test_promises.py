"""The tables are a function of the set of captures: any order, any repeat, any kill."""

from __future__ import annotations

import random
import shutil
import signal
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.commands import Started, command, line
from tests.flows.runs import SAMPLE, articles, tables, with_pages_read

pytestmark = pytest.mark.slow

FILES = sorted(str(path.relative_to(SAMPLE)) for path in SAMPLE.rglob("*") if path.is_file())
INPUTS = [path for path in FILES if not path.endswith("captures.jsonl")]


def landing(folder: Path, paths: list[str]) -> Path:
    """Let some of the sample pages arrive, with their sidecar."""
    for path in [*paths, *(path for path in FILES if path not in INPUTS)]:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SAMPLE / path, target)
    return folder


@given(order=st.permutations(INPUTS), cuts=st.tuples(st.integers(0, len(INPUTS)), st.integers(0, len(INPUTS))))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_order_in_three_parts_gives_the_same_bytes(
    sample_run: Path, tmp_path_factory: pytest.TempPathFactory, order: list[str], cuts: tuple[int, int]
) -> None:
    from flows.daily import daily

    data = with_pages_read(tmp_path_factory.mktemp("shuffled"), sample_run)
    first, second = sorted(cuts)
    raw = data / "raw"
    for part in (order[:first], order[first:second], order[second:]):
        daily.fn(raw=landing(raw, part), data=data)
    assert tables(data) == tables(sample_run)
    shutil.rmtree(data)


def test_days_backwards_and_one_twice_give_the_same_bytes(sample_run: Path, tmp_path: Path) -> None:
    from flows.daily import daily
    from storywire.store import captures

    data = with_pages_read(tmp_path, sample_run)
    days = sorted(captures.days(sample_run / "interim/captures"), reverse=True)
    assert len(days) > 10
    for day in [*days, days[3]]:
        daily.fn(day=day, raw=SAMPLE, data=data)
    assert tables(data) == tables(sample_run)


def test_a_day_takes_its_own_captures_and_what_came_late_for_days_that_are_done(
    sample_run: Path, tmp_path: Path
) -> None:
    from flows.daily import daily

    data = with_pages_read(tmp_path, sample_run)
    dated = [path for path in INPUTS if path.startswith(("2026-01-22/", "2026-01-31/"))]
    late = dated.pop(1)
    raw = landing(data / "raw", dated)
    shutil.rmtree(raw / "loose")
    daily.fn(day=date(2026, 1, 22), raw=raw, data=data)
    uris = set(articles(data).capture_uri)
    assert uris
    assert {uri.split("/")[0] for uri in uris} == {"2026-01-22"}
    (raw / late).parent.mkdir(exist_ok=True)
    shutil.copyfile(SAMPLE / late, raw / late)
    daily.fn(day=date(2026, 1, 31), raw=raw, data=data)
    assert set(articles(data).capture_uri) == {*dated, late}


def test_backfill_and_one_run_agree(sample_run: Path, tmp_path: Path) -> None:
    from flows.backfill import backfill

    data = with_pages_read(tmp_path, sample_run)
    done = backfill.fn(date(2026, 1, 20), date(2026, 2, 16), raw=SAMPLE, data=data)
    assert len(done.plan) == 28
    assert all(choice.runs for choice in done.plan)
    assert tables(data) == tables(sample_run)


def test_a_second_run_with_nothing_new_touches_nothing_and_says_so(sample_run: Path) -> None:
    def state() -> dict[str, tuple[int, int]]:
        return {
            str(path): (path.stat().st_mtime_ns, path.stat().st_size)
            for path in [sample_run / "processed", *(sample_run / "processed").rglob("*")]
        }

    before = state()
    run = command("run", "--raw", str(SAMPLE), "--data", str(sample_run))
    assert run.returncode == 0, run.stderr
    assert "Nothing new" in run.stdout
    assert state() == before


def test_interim_can_be_thrown_away(sample_run: Path, tmp_path: Path) -> None:
    from flows.daily import daily

    data = tmp_path / "data"
    shutil.copytree(sample_run / "processed", data / "processed")
    report = daily.fn(raw=SAMPLE, data=data)
    assert not report.changed
    assert tables(data) == tables(sample_run)


def test_captures_that_went_missing_stop_the_run_before_articles_vanish(sample_run: Path, tmp_path: Path) -> None:
    from flows.daily import daily
    from storywire.store.files import StoreError

    data = tmp_path / "data"
    shutil.copytree(sample_run / "processed", data / "processed")
    raw = landing(tmp_path / "raw", INPUTS[:5])
    with pytest.raises(StoreError, match="put their raw files back"):
        daily.fn(raw=raw, data=data)
    assert tables(data) == tables(sample_run)


def test_kills_at_random_moments_of_a_run_leave_the_same_bytes(sample_run: Path, tmp_path: Path) -> None:
    def run(data: Path, **watch: int) -> Started:
        return line().start("run", "--raw", SAMPLE, "--data", data, watch={"folder": data, **watch})

    counted = run(tmp_path / "counted")
    assert counted.ended().code == 0
    moments = random.Random(20260203)  # noqa: S311 - moments of a test, not secrets
    codes = [
        run(tmp_path / "killed", dies_at=int(moments.uniform(0.1, 0.9) * counted.touches)).ended().code
        for _ in range(4)
    ]
    assert -signal.SIGKILL in codes
    assert set(codes) <= {0, -signal.SIGKILL}
    finished = run(tmp_path / "killed").ended()
    assert finished.code == 0, finished.err
    assert tables(tmp_path / "killed") == tables(sample_run)


DIES_IN_PUBLISH = """
import os, signal, sys
from pathlib import Path
from storywire.store import swap

def dying(processed, change):
    for number, step in enumerate(swap.steps(processed, change), start=1):
        if step.startswith(sys.argv[3]) and (sys.argv[3] != "put" or number % 7 == 0):
            os.kill(os.getpid(), signal.SIGKILL)

swap.publish = dying
from flows.daily import daily
daily.fn(raw=Path(sys.argv[1]), data=Path(sys.argv[2]))
"""


@pytest.mark.parametrize("step", ["staged", "journal written", "put", "manifest replaced", "journal removed"])
def test_a_run_killed_in_the_middle_of_its_publish_is_finished_by_the_next(
    sample_run: Path, tmp_path: Path, step: str
) -> None:
    from flows.daily import daily

    data = with_pages_read(tmp_path, sample_run)
    killed = line().start(SAMPLE, data, step, code=DIES_IN_PUBLISH).ended()
    assert killed.code == -signal.SIGKILL, killed.err
    daily.fn(raw=SAMPLE, data=data)
    assert tables(data) == tables(sample_run)
    assert not list((data / "processed").glob("_[sj]*"))
