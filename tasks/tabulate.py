"""The tables as they should be published: articles in outline, the others in full."""

from __future__ import annotations

import logging

import pyarrow as pa
import pyarrow.compute as pc

from storywire import assembly, schema, version
from storywire.store import current, layout, manifest, outlines, published
from storywire.store.files import StoreError, conform, read_table
from storywire.store.layout import Part
from storywire.store.workspace import Workspace
from storywire.stories import identity

LOG = logging.getLogger("storywire.tabulate")


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
    """Which story each published article is in, as the tables stand now.

    Read off the leaves where it is not remembered of this very state: also of those that no manifest lists, as it
    may have been lost. What one held that is damaged, or may be gone, is taken from the last state that is remembered.
    """
    standing = manifest.load(space.processed)
    state, remembered = published.stories(space.published)
    if standing.fingerprint and state == standing.fingerprint:
        return remembered
    whole = bool(standing.files.num_rows) and standing.is_whole(space.processed)
    named = schema.CLUSTERED.empty().select(["article_id", "story_id"])
    found = [named]
    for leaf in sorted((space.processed / schema.ARTICLES.name).rglob("*.parquet")):
        try:
            found.append(conform(read_table(leaf, named.schema.names), named.schema))
        except (StoreError, ValueError, pa.ArrowException) as error:
            LOG.warning("whose stories are in %s is taken from what is remembered: %s", leaf, error)
            whole = False
    seen = pa.concat_tables(found)
    if whole:
        return seen
    lost = pc.invert(pc.is_in(remembered["article_id"], seen["article_id"].combine_chunks()))
    return pa.concat_tables([seen, remembered.filter(lost).replace_schema_metadata(None)])


def _aliases(space: Workspace) -> pa.Table:
    """The ids that were retired before now.

    Raises:
        StoreError: They cannot be read: nothing can make them again, so no run goes on without them by itself.
    """
    path = space.processed / schema.STORY_ALIASES.layout
    try:
        if path.exists():
            return read_table(path)
    except StoreError as error:
        raise StoreError(
            f"{error}; put it back from a backup, or remove it: ids retired so far lead nowhere then"
        ) from error
    if path.name in manifest.load(space.processed).files["path"].to_pylist():
        LOG.warning("%s is gone: ids retired so far lead nowhere until it is put back from a backup", path)
    return schema.STORY_ALIASES.empty()
