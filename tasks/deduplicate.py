"""Find out which articles are the same report."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storywire.duplicates import lineage
from storywire.duplicates.sets import Sets, from_lists
from storywire.schema import DUPLICATES, GROUPED, NORMALISED
from storywire.settings import Settings
from storywire.store import current, stages
from storywire.store.files import write_table
from storywire.store.shelf import Shelf
from storywire.store.workspace import Workspace
from tasks.progress import stage
from tasks.step import step

COLUMNS = [
    *("article_id", "capture_id", "site", "title", "n_words", "captured_at"),
    *("published_on", "published_at", "date_source", "date_confidence"),
    *("wire_agency", "wire_source", "wire_confidence", "wire_evidence"),
]


@step("deduplicate")
def deduplicate(space: Workspace, settings: Settings, _current: Path) -> Path:
    """Group copies around their lead and let dates and credits pass inside a group.

    Texts are read and compared for the months whose articles changed; what is kept of the others stands.
    """
    articles = current.read(space, COLUMNS)
    shelf = Shelf(space.copies)
    with stage("deduplicate", articles.num_rows) as advance:
        found = lineage.find(
            articles, window_days=settings.duplicate_window_days, read=partial(_shingles, space), keep=shelf.keep
        )
        shelf.clear()
        write_table(found.edges, space.passing("duplicates"), DUPLICATES.arrow)
        write_table(found.grouped, space.passing("grouped"), GROUPED.arrow)
        advance(articles.num_rows)
    return space.passing("grouped")


def _shingles(space: Workspace, articles: pa.Table) -> Sets:
    """The shingles of some articles, from the days they were captured on."""
    parts = [
        stages.read(space.normalised, ids, NORMALISED, ["capture_id", "shingles"], day)
        for day, ids in stages.by_day(articles).items()
    ]
    stored = pa.concat_tables(parts).combine_chunks()
    found = from_lists(stored["shingles"].combine_chunks())
    return found.take(pc.index_in(articles["capture_id"], stored["capture_id"]).to_numpy().astype(np.int64))
