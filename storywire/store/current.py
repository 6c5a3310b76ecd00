"""The articles as they stand between the stages, each column read from where it lives."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from storywire.schema import CAPTURES, CLEANED, NORMALISED
from storywire.store import stages
from storywire.store.files import StoreError, read_table
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


def of(space: Workspace, articles: pa.Table, columns: list[str]) -> pa.Table:
    """The given columns of some articles, in their order; `articles` has `capture_id` and `captured_at`.

    A column that two stages know is taken from the later one. Only files of the days of these captures are opened.

    Raises:
        StoreError: The result of a stage for one of them is gone.
    """
    found: dict[str, pa.ChunkedArray] = {}
    for folder, table in ((space.normalised, NORMALISED), (space.cleaned, CLEANED)):
        names = [name for name in columns if name in table.names and name not in found]
        if not names:
            continue
        days = stages.by_day(articles).items()
        parts = [stages.read(folder, ids, table, ["capture_id", *names], day) for day, ids in days]
        stored = pa.concat_tables([table.empty().select(["capture_id", *names]), *parts])
        place = pc.index_in(articles["capture_id"], stored["capture_id"])
        if place.null_count:
            lost = articles["capture_id"].filter(pc.is_null(place))[0]
            raise StoreError(f"{folder} has no result for capture {lost}; run again, and it is made anew")
        stored = stored.take(place)
        found |= {name: stored[name] for name in names}
    return pa.table({name: found[name] for name in columns})


def texts(space: Workspace, days: Iterable[str], batches: Iterable[Collection[str]]) -> Iterator[dict[str, str]]:
    """The texts of each batch of captures of these days (`undated` for none), one batch in memory at a time."""
    held: dict[str, list[Path]] = {}
    for file in (file for day in sorted(set(days)) for file in sorted((space.cleaned / day).glob("*.parquet"))):
        for capture in read_table(file, ["capture_id"])["capture_id"].to_pylist():
            held.setdefault(capture, []).append(file)
    for batch in batches:
        wanted = pa.array(sorted(batch), pa.string())
        found: dict[str, str] = {}
        for file in sorted({file for capture in batch for file in held[capture]}):
            rows = read_table(file, ["capture_id", "text"])
            rows = rows.filter(pc.and_(pc.is_in(rows["capture_id"], wanted), pc.is_valid(rows["text"])))
            found |= dict(zip(rows["capture_id"].to_pylist(), rows["text"].to_pylist(), strict=True))
        yield found
