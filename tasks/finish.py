"""Note which capture days are done; the last thing a run does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime

from storywire import version
from storywire.figures import NOTHING, DayFigures
from storywire.store import attempts, completed, manifest
from storywire.store.workspace import Workspace
from tasks.report import Clock
from tasks.step import step


@step("finish", retries=2)
def finish(space: Workspace, days: Collection[date], failed: Collection[str], clock: Clock) -> None:
    """Write the completion records of the days asked for, but for those that failed, and of all it has changed.

    A record that says the same but for the run is left as it is. A day on which nothing was captured
    is done too: what arrives for it later is taken in by the run that finds it.
    """
    held = {one.day: one for one in manifest.load(space.processed).days}
    for day in sorted(held.keys() | set(days) | completed.days(space.completed)):
        if str(day) in failed:
            continue
        nothing = DayFigures(day=day, inputs=NOTHING, captures=0, articles=0, revisions=0, rejected=0)
        record = completed.DayDone(
            **held.get(day, nothing).model_dump(),
            run_id=space.run,
            pipeline_version=version.pipeline(),
            seconds=clock.seconds(),
            finished_at=datetime.now(UTC),
        )
        if not record.says_the_same(completed.read(space.completed, day)):
            completed.write(space.completed, record)
        attempts.mended(space, day)
