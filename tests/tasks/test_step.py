from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest

from storywire.figures import Figures
from tasks import progress, report
from tasks.step import step

pytestmark = pytest.mark.slow


def test_a_step_is_a_plain_function_outside_a_flow() -> None:
    @step("double")
    def double(number: int) -> int:
        """Twice."""
        return 2 * number

    assert double(21) == 42
    assert double.__doc__ == "Twice."


def test_a_watcher_sees_each_stage_and_how_far_it_came() -> None:
    seen: list[tuple[str, int, int]] = []

    @contextlib.contextmanager
    def watcher(title: str, total: int) -> Iterator[Callable[[int], None]]:
        done: list[int] = []
        yield done.append
        seen.append((title, total, sum(done)))

    with progress.watched(watcher), progress.stage("clean", 3) as advance:
        advance(1)
        advance(2)
    with progress.stage("unwatched", 1) as advance:
        advance(1)
    assert seen == [("clean", 3, 3)]


def test_the_page_of_a_run_shows_figures_stories_and_reasons() -> None:
    figures = report.Report(
        run_id="r1",
        started_at=datetime(2026, 2, 4, 2, tzinfo=UTC),
        seconds=12.34,
        days=(date(2026, 2, 3),),
        figures=Figures(captures=72, articles=63, rejected=8, copies=20, events=30, stories=9),
        written=("stories.parquet",),
        pipeline_version="0.1.0+abc",
    )
    story = {"story_id": "s20260120-aa", "n_articles": 9, "n_reports": 5, "n_sites": 6, "label": "Ferry | reef"}
    page = report.markdown(figures, [story], {"empty": 1}, report.bars({date(2026, 2, 3): 63}))
    assert "# 2026-02-03" in page
    assert "| 72 | 63 | 8 | 20 | 30 | 9 |" in page
    assert r"Ferry \| reef" in page
    assert "| empty | 1 |" in page
    assert "2026-02-03 ████" in page
