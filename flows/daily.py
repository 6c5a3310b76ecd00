"""One capture day, from raw pages to published tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from prefect import flow, runtime

from storywire.settings import Settings
from storywire.store import lock, swap
from storywire.store.files import sweep
from storywire.store.workspace import Workspace
from tasks.announce import announce
from tasks.clean import clean
from tasks.cluster import cluster
from tasks.deduplicate import deduplicate
from tasks.finish import finish
from tasks.ingest import ingest
from tasks.normalise import normalise
from tasks.publish import compare, publish
from tasks.report import Report, unchanged
from tasks.revise import revise


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


@flow(name="daily", flow_run_name=run_name)
def daily(day: date | None = None, raw: Path | None = None, data: Path | None = None) -> Report:
    """Take in what arrived on one capture day and publish what it changes.

    Args:
        day: Capture day (UTC). None: the day before the scheduled time, or everything pending.
        raw: Folder the captures are taken from; the setting STORYWIRE_RAW where not given.
        data: Folder that holds the stages and the tables; the setting STORYWIRE_DATA where not given.
    """
    started = datetime.now(UTC)
    settings = Settings().at(raw, data)
    day = run_day(day)
    space = Workspace(settings.data).prepare()
    with lock.writer(space.lock, settings.lock_wait_seconds):
        sweep(space.interim)
        swap.recover(space.processed)
        listed = ingest(space, settings, day)
        after = compare(space, settings, listed)
        if after is None:
            report = unchanged(space)
        else:
            cleaned = clean(space, settings, listed)
            normalised = normalise(space, settings, listed, cleaned)
            current = revise(space, listed, cleaned, normalised)
            grouped = deduplicate(space, settings, current)
            clustered = cluster(space, grouped)
            report = publish(space, settings, after, day, started, clustered)
        finish(space, day, report)
    announce(space, report)
    return report
