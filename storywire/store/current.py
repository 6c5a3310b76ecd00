"""The articles as they stand between the stages, each column read from where it lives."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from storywire.schema import CAPTURES, CLEANED, NORMALISED
from storywire.store import stages
from storywire.store.files import read_table
from storywire.store.workspace import Workspace


def read(space: Workspace, columns: list[str]) -> pa.Table:
    """The given columns of every article's newest capture, in order of capture id.

    A column that two stages know is taken from the later one.
    """
    current = read_table(space.passing("current")).sort_by("capture_id")
    ids = current["capture_id"].to_pylist()
    found = {name: current[name] for name in current.column_names}
    rest = [name for name in columns if name not in found]
    for folder, table in ((space.normalised, NORMALISED), (space.cleaned, CLEANED)):
        names = [name for name in rest if name in table.names and name not in found]
        if names:
            rows = stages.read(folder, ids, table, names)
            found |= {name: rows[name] for name in names}
    names = [name for name in rest if name not in found and name in CAPTURES.names]
    if names:
        captures = read_table(space.passing("captures"))
        place = {key: n for n, key in reversed(list(enumerate(captures["capture_id"].to_pylist())))}
        rows = captures.take(pa.array([place[key] for key in ids], pa.int64()))
        found |= {name: rows[name] for name in names}
    return pa.table({name: found[name] for name in columns})


def texts(space: Workspace, batches: Iterable[Collection[str]]) -> Iterator[dict[str, str]]:
    """The texts of each batch of articles; no more than one batch is in memory, and only its files are opened."""
    rows = read_table(space.passing("current"), ["article_id", "capture_id"])
    capture_of = dict(zip(rows["article_id"].to_pylist(), rows["capture_id"].to_pylist(), strict=True))
    held: dict[str, list[Path]] = {}
    for file in sorted(space.cleaned.glob("*/*.parquet")):
        for capture in read_table(file, ["capture_id"])["capture_id"].to_pylist():
            held.setdefault(capture, []).append(file)
    for batch in batches:
        article_of = {capture_of[article]: article for article in batch}
        wanted = pa.array(sorted(article_of), pa.string())
        found: dict[str, str] = {}
        for file in sorted({file for capture in article_of for file in held[capture]}):
            rows = read_table(file, ["capture_id", "text"])
            rows = rows.filter(pc.and_(pc.is_in(rows["capture_id"], wanted), pc.is_valid(rows["text"])))
            for capture, text in zip(rows["capture_id"].to_pylist(), rows["text"].to_pylist(), strict=True):
                found[article_of[capture]] = text
        yield found
