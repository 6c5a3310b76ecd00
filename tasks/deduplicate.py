"""Find out which articles are the same report."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from storywire import changes
from storywire.duplicates import lineage
from storywire.schema import DUPLICATES, GROUPED
from storywire.settings import Settings
from storywire.store import current
from storywire.store.files import write_table
from storywire.store.workspace import Workspace
from tasks.progress import stage
from tasks.step import step

COLUMNS = [
    *("article_id", "site", "title", "n_words", "language", "captured_at", "shingles"),
    *("published_on", "published_at", "date_source", "date_confidence"),
    *("wire_agency", "wire_source", "wire_confidence", "wire_evidence"),
]


PAIRS = 4_000
"""Pairs whose texts are laid side by side in one go: some 30 MB of texts of usual length."""


@step("deduplicate")
def deduplicate(space: Workspace, settings: Settings, _current: Path) -> Path:
    """Group copies around their lead and let dates and credits pass inside a group."""
    articles = current.read(space, COLUMNS)
    with stage("deduplicate", articles.num_rows) as advance:
        found = lineage.find(articles, window_days=settings.duplicate_window_days)
        write_table(_with_passages(space, found.edges), space.passing("duplicates"), DUPLICATES.arrow)
        write_table(found.grouped, space.passing("grouped"), GROUPED.arrow)
        advance(articles.num_rows)
    return space.passing("grouped")


def _with_passages(space: Workspace, edges: pa.Table) -> pa.Table:
    """The edges with what each article shares with its original, added to it and left out of it."""
    batches = [edges.slice(start, PAIRS) for start in range(0, edges.num_rows, PAIRS)]
    named = [{*batch["article_id"].to_pylist(), *batch["original_id"].to_pylist()} for batch in batches]
    texts = current.texts(space, named) if named else iter(())
    found = [changes.of_copies(batch, of_batch) for batch, of_batch in zip(batches, texts, strict=True)]
    return pa.concat_tables([DUPLICATES.empty(), *found])
