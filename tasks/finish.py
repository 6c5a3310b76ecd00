"""Note which capture days are done; the last thing a run does."""

from __future__ import annotations

from datetime import UTC, date, datetime

from storywire.store import completed, manifest
from storywire.store.workspace import Workspace
from tasks.report import Report
from tasks.step import step


@step("finish", retries=2)
def finish(space: Workspace, day: date | None, report: Report) -> None:
    """Write the completion record of the run's day, or of every day in the tables.

    A record that says the same but for the time is left as it is.
    """
    for one in [day] if day else manifest.load(space.processed).days:
        done = completed.read(space.completed, one)
        if done is None or report.changed:
            record = completed.DayDone(
                day=one,
                pipeline_version=report.pipeline_version,
                finished_at=datetime.now(UTC),
            )
            completed.write(space.completed, record)
