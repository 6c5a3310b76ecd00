"""Run a per-page function over what a stage has no result for yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from storywire.pages import Row
from storywire.schema import Table
from storywire.settings import Settings
from storywire.store import stages
from storywire.work.pool import Pool
from tasks.progress import Advance


def keep_results(
    batches: Iterable[Sequence[Any]],
    function: Callable[[Any], Row],
    refused: Callable[[Any, str, str], Row],
    folder: Path,
    table: Table,
    settings: Settings,
    advance: Advance,
) -> None:
    """Compute and store a stage batch by batch; a page that fails becomes a row that says so.

    `refused` makes that row of the item, the reason and the detail.
    """
    pool = Pool(
        workers=settings.workers,
        deadline_seconds=settings.page_deadline_seconds,
        recycle_after=settings.recycle_after,
        memory_bytes=settings.worker_memory_bytes,
        preload=("storywire.work.warm",),
    )
    with pool:
        for batch in batches:
            rows = []
            for outcome in pool.run_each(function, batch):
                if outcome.value is not None:
                    rows.append(outcome.value)
                else:
                    reason = "timeout" if outcome.failure == "timeout" else "crashed"
                    rows.append(refused(outcome.item, reason, outcome.detail) | {"limits": settings.page_limits})
                advance(1)
            stages.keep(folder, rows, table)
