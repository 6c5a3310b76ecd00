"""Put the tables together and swap them in."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from storywire import assembly, figures, schema, version
from storywire.settings import Settings
from storywire.store import captures, current, layout, manifest, published, swap
from storywire.store.files import StoreError, read_table
from storywire.store.manifest import Manifest
from storywire.store.workspace import Workspace
from storywire.stories import identity
from tasks.progress import stage
from tasks.report import Clock, Report
from tasks.step import step

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
    digest = hashlib.sha256(version.pipeline().encode())
    for name in DECIDED_BY:
        digest.update(f"{name}={getattr(settings, name)}\n".encode())
    for table in (index, read_table(space.passing("refused"))):
        for row in table.sort_by([(name, "ascending") for name in table.column_names]).to_pylist():
            digest.update(repr(sorted(row.items())).encode())
    if digest.hexdigest() == before.fingerprint and before.is_whole(space.processed):
        return None
    _stop_if_captures_are_gone(space)
    return Manifest(before.files, digest.hexdigest())


def _stop_if_captures_are_gone(space: Workspace) -> None:
    path = space.processed / schema.CAPTURED.layout
    if not path.exists():
        return
    rows = read_table(path)
    resting = set(zip(rows["capture_uri"].to_pylist(), rows["capture_digest"].to_pylist(), strict=True))
    if gone := sorted(resting - captures.places(space.captures)):
        raise StoreError(
            f"{len(gone)} captures that the tables rest on are no longer in {space.captures}, {gone[0][0]} for one; "
            f"put their raw files back and run again, or remove {space.processed} to build anew from what is there"
        )


@step("publish", retries=2)
def publish(
    space: Workspace, settings: Settings, after: Manifest, days: Collection[date], clock: Clock, _clustered: Path
) -> Report:
    """Write what changed, all of it or nothing; see `storywire.store.swap` for how."""
    tables = tabulate(space)
    _check_that_nothing_vanished(space, tables)
    after = replace(
        after,
        days=figures.by_day(read_table(space.passing("found")), tables),
        figures=figures.in_all(tables),
    )
    with stage("publish", 1) as advance:
        parts = [
            part
            for table in schema.PUBLISHED
            if table.name in tables
            for part in layout.parts(table, tables[table.name])
        ]
        before = manifest.load(space.processed)
        plan = swap.plan(space.processed, before, parts, after, published.made(space.published))
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
        swap.publish(space.processed, swap.with_run(plan, report.run_id, run))
        published.keep(space.published, plan.made, read_table(space.passing("clustered")), after.fingerprint)
        advance(1)
    return report


def _check_that_nothing_vanished(space: Workspace, tables: dict[str, pa.Table]) -> None:
    """Every capture is an article, a revision or rejected, and none is two of them."""
    came = sum(read_table(space.passing(name), ["capture_uri"]).num_rows for name in ("captures", "refused"))
    kept = sum(tables[name].num_rows for name in ("articles", "revisions", "rejected"))
    if came != kept:
        raise RuntimeError(f"{came} captures came in but {kept} are accounted for; the tables stay as they were")


def tabulate(space: Workspace) -> dict[str, pa.Table]:
    """Every table but the run log, in full."""
    names = [*schema.ARTICLES.names, "evidence"]
    computed = {*schema.GROUPED.names, *schema.CLUSTERED.names, "pipeline_version"} - {"article_id"}
    own = current.read(space, [name for name in names if name not in computed or name in schema.NORMALISED.names])
    clustered = read_table(space.passing("clustered"))
    return {
        "articles": assembly.articles(own, read_table(space.passing("grouped")), clustered, version.pipeline()),
        "captured": read_table(space.passing("captures"), schema.CAPTURED.names),
        "date_evidence": assembly.date_evidence(own),
        "story_aliases": identity.retire(_story_of_article(space), clustered, _aliases(space)),
        **{
            name: read_table(space.passing(name))
            for name in ("stories", "events", "revisions", "duplicates", "rejected")
        },
    }


def _story_of_article(space: Workspace) -> pa.Table:
    """Which story each published article is in, as the tables stand now."""
    standing = manifest.load(space.processed)
    if (known := published.stories(space.published, standing.fingerprint)) is not None:
        return known
    leaves = standing.files
    leaves = leaves.filter(pc.equal(leaves["table"], schema.ARTICLES.name))
    there = [path for path in leaves["path"].to_pylist() if (space.processed / path).exists()]
    read = [read_table(space.processed / path, ["article_id", "story_id"]) for path in there]
    return pa.concat_tables(read) if read else schema.CLUSTERED.empty().select(["article_id", "story_id"])


def _aliases(space: Workspace) -> pa.Table:
    path = space.processed / schema.STORY_ALIASES.layout
    return read_table(path) if path.exists() else schema.STORY_ALIASES.empty()
