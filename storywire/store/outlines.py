"""Articles whose outline is known, with what their pages say: read where a file has to be written."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from storywire import assembly
from storywire.schema import ARTICLES, DATE_EVIDENCE
from storywire.store import current, layout
from storywire.store.files import conform
from storywire.store.layout import Part
from storywire.store.workspace import Workspace

OUTLINED = (ARTICLES.name, DATE_EVIDENCE.name)
"""Tables whose files are known by outlines, see `assembly.outline`."""

AT_ONCE = 20_000
"""Articles whose texts are in memory at a time, some 100 MB, unless one file has more."""


def articles(space: Workspace, outline: pa.Table, columns: list[str]) -> pa.Table:
    """Some columns of the articles of an outline, in its order.

    Raises:
        StoreError: The result of a stage for one of them is gone.
    """
    read = current.of(space, outline, [name for name in columns if name not in outline.column_names])
    return pa.table({name: (read if name in read.column_names else outline)[name] for name in columns})


def told(space: Workspace, parts: list[Part]) -> Iterator[pa.Table]:
    """The rows of some files, in their order.

    Raises:
        StoreError: See `articles`.
    """
    for some in _batches(parts):
        table = some[0].table
        if table.name == ARTICLES.name:
            outline = pa.concat_tables([part.rows for part in some]).combine_chunks()
            rows = conform(articles(space, outline, table.names), table.arrow)
            begin = 0
            for part in some:
                yield rows.slice(begin, part.rows.num_rows)
                begin += part.rows.num_rows
        elif table.name == DATE_EVIDENCE.name:
            for part in some:
                rows = articles(space, part.rows, [*assembly.EVIDENCE_OF, "evidence"])
                yield layout.ordered(table, conform(assembly.date_evidence(rows), table.arrow))
        else:
            yield from (part.rows for part in some)


def _batches(parts: list[Part]) -> Iterator[list[Part]]:
    """Neighbouring parts of one table, as many at a time as have `AT_ONCE` rows, and a larger one by itself."""
    some: list[Part] = []
    size = 0
    for part in parts:
        if some and (part.table != some[0].table or size + part.rows.num_rows > AT_ONCE):
            yield some
            some, size = [], 0
        some.append(part)
        size += part.rows.num_rows
    if some:
        yield some
