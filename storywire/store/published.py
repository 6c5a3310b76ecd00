"""What is remembered of the published files, so that a run need not make, or read, those of which nothing changed.

A table file is a function of its rows, and rows are one of their outline (see `layout.Part`), so what was encoded once
is known by a digest; and who was in which story is told by one file instead of thousands. It is all found again where
it is lost.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from storywire.schema import CLUSTERED
from storywire.store.files import StoreError, read_table, refused, table_bytes, write_whole

Made = Mapping[tuple[str, str], str]
"""The digest of each file, by its path and the digest of what it is made of."""

_MADE = pa.schema([("path", pa.string()), ("rows", pa.string()), ("digest", pa.string())])
_STORIES = CLUSTERED.arrow.empty_table().select(["article_id", "story_id"]).schema
_FINGERPRINT = b"fingerprint"


def made(folder: Path) -> Made:
    """What files were made of; nothing where nothing is remembered."""
    columns = _read(folder / "made.parquet", _MADE).to_pydict()
    return dict(zip(zip(columns["path"], columns["rows"], strict=True), columns["digest"], strict=True))


def forget(folder: Path) -> None:
    """Have the next publish make every file, as what it is made of may be another though nothing says so."""
    with refused(f"{folder / 'made.parquet'} cannot be removed"):
        (folder / "made.parquet").unlink(missing_ok=True)


def stories(folder: Path) -> tuple[str, pa.Table]:
    """The fingerprint of the state that is remembered, and the story of each article in it; empty where none is."""
    found = _read(folder / "stories.parquet", _STORIES)
    return (found.schema.metadata or {}).get(_FINGERPRINT, b"").decode(), found


def keep(folder: Path, files: Made, clustered: pa.Table, fingerprint: str) -> None:
    """Remember a state of the tables, after it was published.

    What cannot be written is not remembered: by now the tables stand, and no run should fail for it.
    """
    told = [{"path": path, "rows": rows, "digest": digest} for (path, rows), digest in files.items()]
    named = clustered.select(_STORIES.names).replace_schema_metadata({_FINGERPRINT: fingerprint.encode()})
    with contextlib.suppress(StoreError):
        write_whole(folder / "made.parquet", table_bytes(pa.Table.from_pylist(told, _MADE)))
        write_whole(folder / "stories.parquet", table_bytes(named))


def _read(path: Path, schema: pa.Schema) -> pa.Table:
    """A file of these columns; without rows where it is missing, damaged or another program's."""
    try:
        found = read_table(path)
    except StoreError:
        return schema.empty_table()
    known = found.schema.names == schema.names and found.schema.types == schema.types
    return found if known else schema.empty_table()
