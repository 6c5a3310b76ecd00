"""Show a run where its operator looks: an artifact in the Prefect UI."""

from __future__ import annotations

import pyarrow.compute as pc
from prefect.artifacts import create_markdown_artifact
from prefect.context import FlowRunContext

from storywire import schema
from storywire.store.files import read_table
from storywire.store.workspace import Workspace
from tasks.report import Report, markdown
from tasks.step import step

TOP = 10
"""Stories shown: what fits on a screen."""


@step("announce")
def announce(space: Workspace, report: Report) -> str:
    """Write the run's page; kept in the UI where there is one. Returns its text."""
    stories = read_table(space.processed / schema.STORIES.layout)
    stories = stories.sort_by([("n_articles", "descending"), ("story_id", "ascending")]).slice(0, TOP)
    counts: dict[str, int] = {}
    for path in sorted((space.processed / "rejected").rglob("*.parquet")):
        for one in pc.value_counts(read_table(path, ["reason"])["reason"]).to_pylist():
            counts[one["values"]] = counts.get(one["values"], 0) + one["counts"]
    page = markdown(report, stories.to_pylist(), dict(sorted(counts.items())))
    if FlowRunContext.get():
        create_markdown_artifact(page, key="storywire-run", description="Figures of the run")
    return page
