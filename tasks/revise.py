"""Choose the capture that stands for each article."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from storywire import changes
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
        cleaned = stages.read(space.cleaned, ids, CLEANED, [*columns, *compared])
        settled = revisions.settle(
            captures,
            cleaned,
            stages.read(
                space.normalised, ids, NORMALISED, ["capture_id", "published_on", "modified_at", "reason", "detail"]
            ),
        )
        rejected = pa.concat_tables([settled.rejected, read_table(space.passing("refused"))])
        write_table(settled.current, space.passing("current"), settled.current.schema)
        superseded = changes.of_captures(settled.revisions, _newest(settled, cleaned))
        write_table(superseded, space.passing("revisions"), REVISIONS.arrow)
        write_table(rejected, space.passing("rejected"), REJECTED.arrow)
        advance(captures.num_rows)
    return space.passing("current")


def _newest(settled: revisions.Settled, cleaned: pa.Table) -> dict[str, str]:
    """The text of the row of every article that has revisions."""
    revised = settled.current.filter(pc.greater(settled.current["revision"], 1))
    rows = revised.join(cleaned.select(["capture_id", "text"]), "capture_id", join_type="inner")
    return dict(zip(rows["article_id"].to_pylist(), rows["text"].to_pylist(), strict=True))
