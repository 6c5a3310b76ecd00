"""A range of days: those that are missing, failed, or are to be done again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from prefect import flow, runtime
from pydantic import BaseModel

from flows.carry import carry, foresee
from flows.parameters import By, CaptureDay, MaxActive, Reprocess
from storywire.difference import Difference
from storywire.settings import Settings
from storywire.store import attempts, calendar, manifest
from storywire.store.attempts import DaysFailedError
from storywire.store.calendar import State
from storywire.store.files import StoreError
from storywire.store.workspace import Workspace
from tasks.alarm import alarmed
from tasks.announce import announce_difference, announce_table, watched_by_server
from tasks.begin import at_work
from tasks.ingest import ingest
from tasks.report import Clock, Report
from tasks.runner import runner

NEVER_RAN = {State.MISSING, State.FAILED, State.LATE}


class Choice(BaseModel):
    """Whether a day of the range runs, and why."""

    day: date
    state: State
    runs: bool
    why: str


class Backfilled(BaseModel):
    """What a backfill did, or would do: each day of the range, and the figures after each publish."""

    plan: list[Choice]
    reports: list[Report] = []
    difference: Difference | None = None


def run_name() -> str:
    """What the run is called in the UI: its range."""
    given = runtime.flow_run.parameters
    return f"backfill-{given['start']}-{given['end']}"


@flow(name="backfill", flow_run_name=run_name, task_runner=runner())
def backfill(
    start: CaptureDay,
    end: CaptureDay,
    reprocess: Reprocess = Reprocess.FAILED,
    max_active: MaxActive = 4,
    run_backwards: bool = False,
    by: By = By.CAPTURE,
    dry_run: bool = False,
    diff: bool = False,
    raw: Path | None = None,
    data: Path | None = None,
) -> Backfilled:
    """Run the days of a range that need it; any order, any repeat and any restart gives the same tables.

    What is done is read from the data folder, so a backfill that was stopped, or had days that
    failed, goes on where it was when it is run again.

    Args:
        start: First day of the range (UTC).
        end: Last day of the range (UTC), included.
        reprocess: Which days run beside those that never did or have late captures. `none`: no others; `failed`:
            those that failed; `completed`: all, and every page is read again.
        max_active: Days that are read side by side and published together.
        run_backwards: Newest day first.
        by: `capture`: the range names days of capture. `publication`: the days on which articles published in the
            range were captured, as far as the tables know, and those of the range that never ran.
        dry_run: Only say which days would run, and why.
        diff: Compute the tables, publish nothing, and say what would change in them.
        raw: Folder the captures are taken from; the worker's STORYWIRE_RAW where not given.
        data: Folder that holds the stages and the tables; the worker's STORYWIRE_DATA where not given.

    Raises:
        StoreError: The range runs backwards, or both a dry run and a diff are asked for.
        DaysFailedError: Some days could not be carried through; the others are in the tables.
    """
    if start > end:
        raise StoreError(f"the range starts on {start}, after its end on {end}; give the earlier day first")
    if dry_run and diff:
        raise StoreError("a dry run only says which days would run, a diff computes them: give one of the two")
    settings = Settings().at(raw, data)
    if dry_run:
        return _shown(Backfilled(plan=plan(_there(settings.data), start, end, reprocess, by)))
    with alarmed(settings, "backfill") as days, at_work(settings, "backfill") as run:
        space, clock = run.space, Clock(run.attempt.run_id)
        with watched_by_server():
            ingest(space, settings)
            done = Backfilled(plan=plan(space, start, end, reprocess, by))
            days += [choice.day for choice in done.plan if choice.runs]
            if diff:
                done.difference = foresee(space, settings, days, anew=reprocess is Reprocess.COMPLETED)
                announce_difference(done.difference)
                return _shown(done)
            run.works_on(days)
            failed: dict[date, str] = {}
            for wave in _waves(sorted(days, reverse=run_backwards), max_active):
                part = Clock(f"{clock.run_id}-{len(done.reports) + 1}")
                try:
                    carried = carry(space, settings, wave, part, anew=reprocess is Reprocess.COMPLETED)
                except StoreError as error:
                    if not failed:
                        raise
                    rest = dict.fromkeys(attempts.unfinished(space, run.attempt), str(error))
                    raise DaysFailedError(rest | failed, len(days)) from error
                done.reports.append(carried.report)
                failed |= carried.failed
        _shown(done)
        if failed:
            raise DaysFailedError(failed, len(days))
    return done


def _there(data: Path) -> Workspace:
    """The data folder, of which only the state is looked at."""
    space = Workspace(data).there()
    manifest.load(space.processed)
    return space


def plan(space: Workspace, start: date, end: date, reprocess: Reprocess, by: By) -> list[Choice]:
    """Which days of a range run, and why."""
    days = set(calendar.span(start, end))
    if by is By.PUBLICATION:
        held = calendar.captured_for(space, start, end)
        never = {one.day for one in calendar.calendar(space, days) if one.state in NEVER_RAN}
        days = held | never
    return [_choice(one, reprocess) for one in calendar.calendar(space, days)]


def _choice(day: calendar.Day, reprocess: Reprocess) -> Choice:
    match day.state:
        case State.RUNNING:
            return Choice(day=day.day, state=day.state, runs=False, why=day.why)
        case State.MISSING | State.LATE:
            return Choice(day=day.day, state=day.state, runs=True, why=day.why)
        case State.FAILED:
            runs = reprocess is not Reprocess.NONE
            return Choice(day=day.day, state=day.state, runs=runs, why=f"failed: {day.why}")
        case State.DONE | State.STALE:
            return Choice(day=day.day, state=day.state, runs=reprocess is Reprocess.COMPLETED, why=day.why)


def _shown(done: Backfilled) -> Backfilled:
    """Show the plan in the UI, where there is one."""
    rows = [{"day": str(c.day), "state": c.state, "runs": "yes" if c.runs else "no", "why": c.why} for c in done.plan]
    announce_table("storywire-backfill", rows, "Days of the backfill before it ran")
    return done


def _waves(days: list[date], size: int) -> Iterator[list[date]]:
    for start in range(0, len(days), size):
        yield days[start : start + size]
