"""Choose the capture that stands for each article."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from storywire.articles import revisions
from storywire.schema import CLEANED, NORMALISED, REJECTED, REVISIONS
from storywire.store import stages
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
        columns = ["capture_id", "article_id", "n_words", "reason", "detail"]
        compared = [name for name in revisions.COMPARED if name in CLEANED.names]
        settled = revisions.settle(
            captures,
            stages.read(space.cleaned, ids, CLEANED, [*columns, *compared]),
            stages.read(
                space.normalised, ids, NORMALISED, ["capture_id", "published_on", "modified_at", "reason", "detail"]
            ),
        )
        rejected = pa.concat_tables([settled.rejected, read_table(space.passing("refused"))])
        write_table(settled.current, space.passing("current"), settled.current.schema)
        write_table(settled.revisions, space.passing("revisions"), REVISIONS.arrow)
        write_table(rejected, space.passing("rejected"), REJECTED.arrow)
        advance(captures.num_rows)
    return space.passing("current")
