"""One capture day, from raw pages to published tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from prefect import flow, runtime

from flows.carry import carry
from flows.parameters import CaptureDay, CatchUp
from storywire.settings import Settings
from storywire.store import calendar, captures
from storywire.store.attempts import DaysFailedError
from storywire.store.calendar import State
from storywire.store.workspace import Workspace
from tasks.alarm import alarmed
from tasks.announce import watched_by_server
from tasks.begin import at_work
from tasks.fetch import fetch_if_listed
from tasks.ingest import ingest
from tasks.report import Clock, Report
from tasks.runner import runner


def run_name() -> str:
    """What the run is called in the UI: the day it is for, also where that is a default."""
    return f"daily-{run_day(runtime.flow_run.parameters.get('day')) or 'pending'}"


def run_day(day: date | None) -> date | None:
    """The capture day of a run: the one asked for, else the one before the scheduled time.

    A schedule that fires on the 4th at 02:00 UTC is for the 3rd, which is complete by then, however
    late the run starts. A run nobody scheduled and without a day takes everything that is pending.
    """
    if day is None and runtime.deployment.id:
        scheduled: datetime = runtime.flow_run.scheduled_start_time
        return (scheduled.astimezone(UTC) - timedelta(days=1)).date()
    return day


@flow(name="daily", flow_run_name=run_name, task_runner=runner())
def daily(
    day: CaptureDay | None = None, raw: Path | None = None, data: Path | None = None, catch_up: CatchUp = 0
) -> Report:
    """Take in what arrived on one capture day and publish what it changes.

    Not asked for a day by name, it first fetches what is due of the listed sources.

    Args:
        day: Capture day (UTC). Not given: the day before the scheduled time.
        raw: Folder the captures are taken from; the worker's STORYWIRE_RAW where not given.
        data: Folder that holds the stages and the tables; the worker's STORYWIRE_DATA where not given.
        catch_up: Days before it that are run as well where they have failed, or have captures and never ran.

    Raises:
        DaysFailedError: The captures of a day cannot be read; the other days are in the tables.
    """
    settings = Settings().at(raw, data)
    asked, day = day, run_day(day)
    with alarmed(settings, "daily") as days, at_work(settings, "daily") as run:
        space, clock = run.space, Clock(run.attempt.run_id)
        days += [day] if day else []
        run.works_on(days)
        with watched_by_server():
            if asked is None:  # a day that is past has no pages to be fetched any more
                fetch_if_listed(space, settings)
            ingest(space, settings)
            days += _missed(space, day, catch_up) if day else _pending(space)
            run.works_on(days)
            carried = carry(space, settings, days if day else None, clock)
        if carried.failed:
            raise DaysFailedError(carried.failed, max(len(days), len(carried.failed)))
    return carried.report


def _pending(space: Workspace) -> list[date]:
    """Days with captures that no run has carried through as they are now."""
    return [one.day for one in calendar.calendar(space, captures.days(space.captures)) if one.state is not State.DONE]


def _missed(space: Workspace, day: date, catch_up: int) -> list[date]:
    """Days before this one that failed, or have captures no run has carried through."""
    if not catch_up:
        return []
    before = calendar.span(day - timedelta(days=catch_up), day - timedelta(days=1))
    captured = captures.days(space.captures)
    return [
        one.day
        for one in calendar.calendar(space, before)
        if one.state is State.FAILED or (one.state is State.MISSING and one.day in captured)
    ]
