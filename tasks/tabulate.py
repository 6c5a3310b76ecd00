"""The tables as they should be published: articles in outline, the others in full."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from storywire import assembly, schema, version
from storywire.store import current, layout, manifest, outlines, published
from storywire.store.files import read_table
from storywire.store.layout import Part
from storywire.store.workspace import Workspace
from storywire.stories import identity


def tabulate(space: Workspace, made_by: str) -> dict[str, pa.Table]:
    """Every table but the run log: articles and date evidence in outline, the others in full.

    An outline has all that may be another tomorrow: `made_by` stands for the settings and code that decide the rest,
    which is read off the capture.
    """
    clustered = read_table(space.passing("clustered"))
    own = current.read(space, list(assembly.OUTLINE))
    outline = assembly.outline(own, read_table(space.passing("grouped")), clustered, version.pipeline())
    outline = outline.replace_schema_metadata({"made by": made_by})
    return {
        "articles": outline,
        "captured": read_table(space.passing("captures"), schema.CAPTURED.names),
        "date_evidence": outline.select(["capture_id", *assembly.EVIDENCE_OF]),
        "story_aliases": identity.retire(_story_of_article(space), clustered, _aliases(space)),
        **{
            name: read_table(space.passing(name))
            for name in ("stories", "events", "revisions", "duplicates", "rejected")
        },
    }


def parts(tables: dict[str, pa.Table]) -> list[Part]:
    """The files of all tables, with the rows they are made from."""
    return [
        part
        for table in schema.PUBLISHED
        if table.name in tables
        for part in (layout.outlined if table.name in outlines.OUTLINED else layout.parts)(table, tables[table.name])
    ]


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
