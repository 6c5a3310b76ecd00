"""Hold the tables that would be published against those that are."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from storywire import schema
from storywire.difference import NEEDED, Difference, between
from storywire.store import manifest, outlines
from storywire.store.files import read_table
from storywire.store.workspace import Workspace
from tasks.step import step
from tasks.tabulate import tabulate


@step("difference")
def difference(space: Workspace, _clustered: Path) -> Difference:
    """What a publish would change in the articles; nothing is written."""
    leaves = manifest.load(space.processed).files
    leaves = leaves.filter(pc.equal(leaves["table"], schema.ARTICLES.name))
    published = [read_table(space.processed / path, NEEDED) for path in leaves["path"].to_pylist()]
    before = pa.concat_tables(published) if published else schema.ARTICLES.empty().select(NEEDED)
    return between(before, outlines.articles(space, tabulate(space, made_by="")["articles"], list(NEEDED)))
