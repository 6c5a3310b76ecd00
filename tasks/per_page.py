"""Run a per-page function over what a stage has no result for yet, here or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext

from storywire.schema import Table
from storywire.settings import Settings
from storywire.store import stages
from storywire.store.files import StoreError
from storywire.store.workspace import Workspace
from storywire.work.pool import Pool
from tasks.progress import Advance, stage

if TYPE_CHECKING:
    from storywire.pages import Row


@dataclass(frozen=True, slots=True)
class PerPage:
    """A stage that reads one page at a time.

    `load` gives the items of some captures of a day, `function` what makes the row of an item, and `refused` the
    row of an item that failed, from the reason and the detail. All are found by name in other processes; what reads
    pages takes half a second to load, which a run without pages is spared.
    """

    name: str
    table: Table
    folder: Callable[[Workspace], Path]
    load: Callable[[Workspace, str, list[str]], list[Any]]
    function: Callable[[], Callable[[Any], Row]]
    refused: Callable[[Any, str, str], Row]


def compute(work: PerPage, space: Workspace, settings: Settings, missing: dict[str, list[str]]) -> dict[str, str]:
    """Compute and store the results of the captures of each day, batch by batch.

    A page that fails becomes a row that says so. Returns the days whose captures cannot be read at
    all, with the reason; the other days are not held up by them.
    """
    total = sum(map(len, missing.values()))
    with stage(work.name, total) as advance:
        if not total:
            return {}
        if settings.task_runner == "dask" and FlowRunContext.get():
            return _on_cluster(work, space, settings, missing, advance)
        return _here(work, space, settings, missing, advance)


def _here(
    work: PerPage, space: Workspace, settings: Settings, missing: dict[str, list[str]], advance: Advance
) -> dict[str, str]:
    failed: dict[str, str] = {}
    with _pool(settings) as pool:
        for day, ids in _batches(missing, settings.batch_captures):
            if day not in failed:
                try:
                    _read(work, space, settings, day, ids, pool, advance)
                except StoreError as error:
                    failed[day] = str(error)
    return failed


def _on_cluster(
    work: PerPage, space: Workspace, settings: Settings, missing: dict[str, list[str]], advance: Advance
) -> dict[str, str]:
    """The same, each batch as a task of the flow's runner."""
    failed: dict[str, str] = {}
    batch = task(name=f"{work.name}-batch", cache_policy=NO_CACHE, retries=1)(_elsewhere)
    waiting = [
        (day, ids, batch.with_options(task_run_name=f"{work.name}-batch-{day}").submit(work, space, settings, day, ids))
        for day, ids in _batches(missing, settings.batch_captures)
    ]
    for day, ids, future in waiting:
        try:
            future.result()
        except StoreError as error:
            failed[day] = str(error)
        advance(len(ids))
    return failed


def _elsewhere(work: PerPage, space: Workspace, settings: Settings, day: str, ids: list[str]) -> None:
    with _pool(settings) as pool:
        _read(work, space, settings, day, ids, pool, lambda _done: None)


def _read(
    work: PerPage, space: Workspace, settings: Settings, day: str, ids: list[str], pool: Pool, advance: Advance
) -> None:
    rows = []
    for outcome in pool.run_each(work.function(), work.load(space, day, ids)):
        if outcome.value is not None:
            rows.append(outcome.value)
        else:
            reason = "timeout" if outcome.failure == "timeout" else "crashed"
            rows.append(work.refused(outcome.item, reason, outcome.detail) | {"limits": settings.page_limits})
        advance(1)
    stages.keep(work.folder(space), day, rows, work.table)


def _batches(missing: dict[str, list[str]], size: int) -> Iterator[tuple[str, list[str]]]:
    for day, ids in missing.items():
        for start in range(0, len(ids), size):
            yield day, ids[start : start + size]


def _pool(settings: Settings) -> Pool:
    return Pool(
        workers=settings.workers,
        deadline_seconds=settings.page_deadline_seconds,
        recycle_after=settings.recycle_after,
        memory_bytes=settings.worker_memory_bytes,
        preload=("storywire.work.warm",),
    )
