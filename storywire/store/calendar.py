"""How each capture day stands: done, failed, at work, missing, or made by other code.

Everything is read from the data folder: records of days, notes of failures, and the locks of runs
that live. Nothing is asked of an orchestrator.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import pyarrow.compute as pc

from storywire import version
from storywire.figures import NOTHING, inputs_by_day
from storywire.schema import ARTICLES
from storywire.store import attempts, captures, completed, ledger, manifest
from storywire.store.completed import DayDone
from storywire.store.files import StoreError, read_table
from storywire.store.ledger import Given
from storywire.store.workspace import Workspace


class State(StrEnum):
    """How a day stands."""

    DONE = "done"
    FAILED = "failed"
    RUNNING = "running"
    MISSING = "missing"
    LATE = "late"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Day:
    """One capture day: how it stands and why, and the record of the run that carried it through."""

    day: date
    state: State
    why: str
    record: DayDone | None = None


def calendar(space: Workspace, days: Collection[date]) -> list[Day]:
    """How some days stand, in their order."""
    busy = {day: attempt for attempt in attempts.at_work(space) for day in attempt.days}
    killed = {day: attempt for attempt in attempts.dead(space) for day in attempts.unfinished(space, attempt)}
    with ledger.opened(space.ledger, to_read=True) as book:
        given = book.given()
    return [_day(space, day, busy.get(day), killed.get(day), given) for day in sorted(set(days))]


def _day(
    space: Workspace,
    day: date,
    busy: attempts.Attempt | None,
    killed: attempts.Attempt | None,
    given: Given,
) -> Day:
    record = completed.read(space.completed, day)
    if busy and not (record and record.run_id == busy.run_id):
        return Day(day, State.RUNNING, f"{busy} is at work since {busy.started_at:%Y-%m-%d %H:%M} UTC", record)
    if killed:
        return Day(day, State.FAILED, attempts.obituary(killed), record)
    if failed := attempts.failure(space, day):
        return Day(day, State.FAILED, failed.error, record)
    if record is None:
        return Day(day, State.MISSING, "no run has carried it through", record)
    try:
        found = inputs_by_day(captures.index(space.captures, str(day), given)).get(day, NOTHING)
    except StoreError as error:
        return Day(day, State.FAILED, str(error), record)
    if found != record.inputs:
        return Day(day, State.LATE, "captures came in, or were corrected, since it was run", record)
    if record.pipeline_version != version.pipeline():
        return Day(day, State.STALE, f"made by {record.pipeline_version}, this is {version.pipeline()}", record)
    return Day(day, State.DONE, f"done on {record.finished_at:%Y-%m-%d %H:%M} UTC", record)


def span(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included.

    >>> [str(day) for day in span(date(2026, 2, 27), date(2026, 3, 1))]
    ['2026-02-27', '2026-02-28', '2026-03-01']
    """
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def known(space: Workspace) -> set[date]:
    """Every day anything is known of: captures, a record, or a failure."""
    failed = {one.day for one in attempts.failures(space)}
    return captures.days(space.captures) | completed.days(space.completed) | failed


def captured_for(space: Workspace, first: date, last: date) -> set[date]:
    """The capture days of the articles that were published in a range, as the tables know them.

    Read again where a publish comes in between.
    """
    while True:
        state = manifest.load(space.processed)
        try:
            return _captured_for(space, state, first, last)
        except StoreError:
            if manifest.load(space.processed).fingerprint == state.fingerprint:
                raise


def _captured_for(space: Workspace, state: manifest.Manifest, first: date, last: date) -> set[date]:
    leaves = state.files.filter(pc.equal(state.files["table"], ARTICLES.name))
    found: set[date] = set()
    for leaf in leaves.to_pylist():
        if str(first) <= leaf["publication_date"] <= str(last):
            moments = read_table(space.processed / leaf["path"], ["captured_at"])["captured_at"]
            found |= {moment.date() for moment in moments.to_pylist() if moment}
    return found
