"""Put the tables together and swap them in."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pyarrow as pa

from storywire import figures, schema, version
from storywire.settings import Settings
from storywire.store import captures, manifest, outlines, published, swap
from storywire.store.files import StoreError, read_table
from storywire.store.manifest import Manifest
from storywire.store.workspace import Workspace
from tasks.progress import stage
from tasks.report import Clock, Report
from tasks.step import step
from tasks.tabulate import parts, tabulate

DECIDED_BY = ("max_page_bytes", "duplicate_window_days", "story_horizon_days", "language_detector", "page_limits")
"""Settings the tables are a function of."""


@step("compare")
def compare(space: Workspace, settings: Settings, listed: Path) -> Manifest | None:
    """The state the tables should have next, `None` where they already have it.

    Raises:
        StoreError: Captures the tables rest on are gone; going on would make articles vanish.
    """
    before = manifest.load(space.processed)
    index = read_table(listed)
    digest = hashlib.sha256(_decided_by(settings))
    for table in (index, read_table(space.passing("refused"))):
        for row in table.sort_by([(name, "ascending") for name in table.column_names]).to_pylist():
            digest.update(repr(sorted(row.items())).encode())
    if digest.hexdigest() == before.fingerprint and before.is_whole(space.processed):
        return None
    _stop_if_captures_are_gone(space)
    return Manifest(before.files, digest.hexdigest())


def _decided_by(settings: Settings) -> bytes:
    """The code and the settings that the tables are a function of."""
    return version.pipeline().encode() + b"".join(f"{name}={getattr(settings, name)}\n".encode() for name in DECIDED_BY)


def _stop_if_captures_are_gone(space: Workspace) -> None:
    path = space.processed / schema.CAPTURED.layout
    if not path.exists():
        return
    rows = read_table(path)
    resting = set(zip(rows["capture_uri"].to_pylist(), rows["capture_digest"].to_pylist(), strict=True))
    if gone := sorted(resting - captures.places(space.captures)):
        raise StoreError(
            f"{len(gone)} captures that the tables rest on are no longer in {space.captures}, {gone[0][0]} for one; "
            f"put their raw files back and run again, or remove {space.processed} to build anew from what is there "
            "(of story_aliases.parquet and runs/ in it keep a copy: nothing can make them again)"
        )


@step("publish", retries=2)
def publish(
    space: Workspace, settings: Settings, after: Manifest, days: Collection[date], clock: Clock, _clustered: Path
) -> Report:
    """Write what changed, all of it or nothing; see `storywire.store.swap` for how."""
    tables = tabulate(space, hashlib.sha256(_decided_by(settings)).hexdigest())
    _check_that_nothing_vanished(space, tables)
    after = replace(
        after,
        days=figures.by_day(read_table(space.passing("found")), tables),
        figures=figures.in_all(tables),
    )
    with stage("publish", 1) as advance:
        before = manifest.load(space.processed)
        # A manifest that claims no state had something to be mended: every file is made, and held against it.
        known = published.made(space.published) if before.fingerprint else {}
        plan = swap.prepare(space.processed, before, parts(tables), after, known, partial(outlines.told, space))
        report = Report(
            run_id=clock.run_id,
            started_at=clock.started_at,
            seconds=clock.seconds(),
            days=tuple(sorted(days)),
            pipeline_version=version.pipeline(),
            written=tuple(sorted(plan.put)),
            removed=plan.remove,
            figures=after.figures,
        )
        run = pa.Table.from_pylist([report.row(settings.raw)], schema=schema.RUNS.arrow)
        swap.publish(space.processed, swap.with_run(space.processed, plan, report.run_id, run))
        published.keep(space.published, plan.made, read_table(space.passing("clustered")), after.fingerprint)
        advance(1)
    return report


def _check_that_nothing_vanished(space: Workspace, tables: dict[str, pa.Table]) -> None:
    """Every capture is an article, a revision or rejected, and none is two of them."""
    came = sum(read_table(space.passing(name), ["capture_uri"]).num_rows for name in ("captures", "refused"))
    kept = sum(tables[name].num_rows for name in ("articles", "revisions", "rejected"))
    if came != kept:
        raise RuntimeError(f"{came} captures came in but {kept} are accounted for; the tables stay as they were")
