"""Show a run where its operator looks: artifacts and events in the Prefect UI."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import UUID

import pyarrow.compute as pc
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.context import FlowRunContext
from prefect.events import emit_event

from storywire import schema
from storywire.settings import Settings
from storywire.store import manifest, status
from storywire.store.files import read_table
from storywire.store.workspace import Workspace
from tasks import progress
from tasks.report import Report, bars, cell, markdown
from tasks.step import step

if TYPE_CHECKING:
    from storywire.difference import Difference

LOG = logging.getLogger("storywire.announce")

TOP = 10
"""Stories shown: what fits on a screen."""

CHARTED = 28
"""Days charted, the last ones: four weeks."""

LONG = 200
"""Pages past which a stage shows how far it is: some seconds of work."""

EVERY_SECONDS = 3.0
"""Time between two updates of a progress bar: each is a request to the server."""

MOST_EVENTS = 1_000
"""Partitions that get an event of their own; a run that touches more (new code, say) sends the first and the totals."""


@step("announce")
def announce(space: Workspace, report: Report) -> str:
    """Write the run's page, and tell of each partition it changed; kept by the server where there is one."""
    stories = read_table(space.processed / schema.STORIES.layout)
    stories = stories.sort_by([("n_articles", "descending"), ("story_id", "ascending")]).slice(0, TOP)
    counts: dict[str, int] = {}
    for path in sorted((space.processed / "rejected").rglob("*.parquet")):
        for one in pc.value_counts(read_table(path, ["reason"])["reason"]).to_pylist():
            counts[one["values"]] = counts.get(one["values"], 0) + one["counts"]
    days = manifest.load(space.processed).days[-CHARTED:]
    chart = bars({one.day: one.articles for one in days})
    page = markdown(report, stories.to_pylist(), dict(sorted(counts.items())), chart)
    if FlowRunContext.get():
        create_markdown_artifact(page, key="storywire-run", description=f"Figures of the run for {report.title}")
        _tell_of_partitions(report)
    return page


def announce_table(key: str, rows: list[dict[str, str]], description: str) -> None:
    """Show rows as a table in the UI, where there is one."""
    if FlowRunContext.get():
        with harmless():
            create_table_artifact(rows, key=key, description=description)


@contextlib.contextmanager
def harmless() -> Iterator[None]:
    """What is shown of a run must neither fail it nor hide why it failed, whatever the server says."""
    try:
        yield
    except Exception as error:
        LOG.warning("could not be shown in the UI (%s)", type(error).__name__)


@contextlib.contextmanager
def standing_shown(space: Workspace, settings: Settings) -> Iterator[None]:
    """Show in the UI, where there is one, how the last known days stand and who is silent, once a run is over."""
    try:
        yield
    finally:
        with harmless():
            if FlowRunContext.get():
                show_standing(space, settings)


@step("stand")
def show_standing(space: Workspace, settings: Settings) -> None:
    """Read how the days stand and who is silent, which opens every recent partition, and show it."""
    found = status.status(space, settings.silent_days, most=CHARTED)
    names = ("day", "state", "captures", "articles", "rejected", "why")
    rows = [{name: str(getattr(one, name)) for name in names} for one in found.days]
    silent = ", ".join(f"{one.name} (since {one.last})" for one in found.silent) or "nobody"
    announce_table("storywire-status", rows, f"The last {len(rows)} known capture days. Silent: {silent}.")


def announce_difference(found: Difference) -> None:
    """Show in the UI, where there is one, what a backfill would change."""
    if FlowRunContext.get():
        lines = ["| change | articles |", "|---|---:|", *(f"| {k} | {n} |" for k, n in found.changed.items())]
        lines += ["", "| article | change | before | after |", "|---|---|---|---|"]
        lines += [f"| `{c.article_id}` | {c.kind} | {cell(c.before)} | {cell(c.after)} |" for c in found.samples]
        page = "\n".join(lines)
        with harmless():
            create_markdown_artifact(page, key="storywire-diff", description="What the backfill would change")


def _tell_of_partitions(report: Report) -> None:
    leaves = [(path, "published") for path in report.written] + [(path, "removed") for path in report.removed]
    leaves = [(path, what) for path, what in leaves if path.startswith("articles/")]
    run = {"run": report.run_id, "days": report.title}
    for path, what in leaves[:MOST_EVENTS]:
        name = path.removeprefix("articles/").removesuffix("/articles.parquet")
        resource = {"prefect.resource.id": f"storywire.partition.{quote(name, safe='=.-')}"}
        emit_event(f"storywire.partition.{what}", resource=resource | {"prefect.resource.name": name}, payload=run)
    if report.changed:
        counts = {
            "written": str(len(report.written)),
            "removed": str(len(report.removed)),
            "partitions": str(len(leaves)),
        }
        emit_event(
            "storywire.tables.published", resource={"prefect.resource.id": "storywire.tables"}, payload=run | counts
        )


@contextlib.contextmanager
def watched_by_server() -> Iterator[None]:
    """Show long stages that run inside as progress artifacts; leaves alone whoever is watching already."""
    if not FlowRunContext.get():
        yield
        return
    with progress.watched(_progress):
        yield


@contextlib.contextmanager
def _progress(title: str, total: int) -> Iterator[Callable[[int], None]]:
    if total < LONG:
        yield lambda _done: None
        return
    artifact: UUID | None = None
    with harmless():
        artifact = create_progress_artifact(0.0, key=f"storywire-{title}", description=f"{title}: {total} pages")  # type: ignore[assignment]  # made without await
    done, shown = 0, time.monotonic()

    def show(share: float) -> None:
        if artifact is not None:
            with harmless():
                update_progress_artifact(artifact, min(share, 100.0))

    def advance(more: int) -> None:
        nonlocal done, shown
        done += more
        if time.monotonic() - shown >= EVERY_SECONDS:
            shown = time.monotonic()
            show(100.0 * done / total)

    yield advance
    show(100.0)
