"""A range of capture days, one after the other."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from prefect import flow
from prefect.context import FlowRunContext

from flows.daily import daily
from storywire.store.files import StoreError
from tasks.report import Report


@flow(name="backfill", flow_run_name="backfill-{start}-{end}")
def backfill(start: date, end: date, raw: Path | None = None, data: Path | None = None) -> list[Report]:
    """Run `daily` for every day of a range, both ends included; any order or repeat gives the same tables.

    Args:
        start: First capture day (UTC).
        end: Last capture day (UTC).
        raw: Folder the captures are taken from; the setting STORYWIRE_RAW where not given.
        data: Folder that holds the stages and the tables; the setting STORYWIRE_DATA where not given.

    Raises:
        StoreError: The range runs backwards.
    """
    if start > end:
        raise StoreError(f"the range starts on {start}, after its end on {end}; give the earlier day first")
    run = daily if FlowRunContext.get() else daily.fn
    return [run(day, raw, data) for day in days(start, end)]


def days(start: date, end: date) -> list[date]:
    """Every day from `start` to `end`, both included.

    >>> [str(day) for day in days(date(2026, 2, 27), date(2026, 3, 1))]
    ['2026-02-27', '2026-02-28', '2026-03-01']
    """
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]
