"""Find out which articles are the same report."""

from __future__ import annotations

from pathlib import Path

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


@step("deduplicate")
def deduplicate(space: Workspace, settings: Settings, _current: Path) -> Path:
    """Group copies around their lead and let dates and credits pass inside a group."""
    articles = current.read(space, COLUMNS)
    with stage("deduplicate", articles.num_rows) as advance:
        found = lineage.find(articles, window_days=settings.duplicate_window_days)
        write_table(found.edges, space.passing("duplicates"), DUPLICATES.arrow)
        write_table(found.grouped, space.passing("grouped"), GROUPED.arrow)
        advance(articles.num_rows)
    return space.passing("grouped")
