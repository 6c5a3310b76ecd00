"""Choose the capture that stands for each article."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from storywire import changes
from storywire.articles import revisions
from storywire.schema import CLEANED, NORMALISED, REJECTED, REVISIONS
from storywire.store import current, stages
from storywire.store.files import read_table, write_table
from storywire.store.workspace import Workspace
from tasks.progress import stage
from tasks.step import step


@step("revise")
def revise(space: Workspace, listed: Path) -> Path:
    """Settle which capture is the row, which are revisions and which are left out; see `articles.revisions`."""
    captures = read_table(listed)
    with stage("revise", captures.num_rows) as advance:
        ids = captures["capture_id"].to_pylist()
        columns = ["capture_id", "reason", "detail"]
        settled = revisions.settle(
            captures,
            stages.read(space.cleaned, ids, CLEANED, [*columns, "article_id"]),
            stages.read(space.normalised, ids, NORMALISED, columns),
            lambda rows: current.of(space, rows, list(revisions.READ)),
        )
        rejected = pa.concat_tables([settled.rejected, read_table(space.passing("refused"))])
        write_table(settled.current, space.passing("current"), settled.current.schema)
        superseded = changes.of_captures(settled.revisions, settled.newest)
        write_table(superseded, space.passing("revisions"), REVISIONS.arrow)
        write_table(rejected, space.passing("rejected"), REJECTED.arrow)
        advance(captures.num_rows)
    return space.passing("current")
