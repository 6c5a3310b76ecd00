"""The tables as they should be published: articles in outline, their pages read where a file has to be written."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from storywire import assembly, schema, version
from storywire.store import current, layout, manifest, published
from storywire.store.files import conform, read_table
from storywire.store.layout import Part
from storywire.store.workspace import Workspace
from storywire.stories import identity

_OUTLINED = (schema.ARTICLES.name, schema.DATE_EVIDENCE.name)

AT_ONCE = 20_000
"""Articles whose texts are in memory at a time: some 100 MB."""


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
        for part in (layout.outlined if table.name in _OUTLINED else layout.parts)(table, tables[table.name])
    ]


def articles(space: Workspace, outline: pa.Table, columns: list[str]) -> pa.Table:
    """Some columns of the articles of an outline, in its order."""
    read = current.of(space, outline, [name for name in columns if name not in outline.column_names])
    return pa.table({name: (read if name in read.column_names else outline)[name] for name in columns})


def told(space: Workspace, parts: list[Part]) -> Iterator[pa.Table]:
    """The rows of some files, in their order; of articles those of `AT_ONCE` at a time."""
    for some in _batches(parts):
        table = some[0].table
        if table.name == schema.ARTICLES.name:
            outline = pa.concat_tables([part.rows for part in some]).combine_chunks()
            rows = conform(articles(space, outline, table.names), table.arrow)
            begin = 0
            for part in some:
                yield rows.slice(begin, part.rows.num_rows)
                begin += part.rows.num_rows
        elif table.name == schema.DATE_EVIDENCE.name:
            for part in some:
                rows = articles(space, part.rows, [*assembly.EVIDENCE_OF, "evidence"])
                yield layout.ordered(table, conform(assembly.date_evidence(rows), table.arrow))
        else:
            yield from (part.rows for part in some)


def _batches(parts: list[Part]) -> Iterator[list[Part]]:
    """Neighbouring parts of one table, as many at a time as have `AT_ONCE` rows between them."""
    some: list[Part] = []
    for part in parts:
        if some and (part.table != some[0].table or sum(each.rows.num_rows for each in some) >= AT_ONCE):
            yield some
            some = []
        some.append(part)
    if some:
        yield some


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
