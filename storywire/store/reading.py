"""What an analyst reads with, without Prefect and without knowing how files lie."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from storywire import schema
from storywire.settings import Settings
from storywire.store import manifest
from storywire.store.files import StoreError, read_table
from storywire.store.swap import JOURNAL

Day = date | str
PATIENCE_SECONDS = 30.0
"""How long a read waits for a publish to end: many times what swapping ten thousand leaves takes."""


def read_articles(
    data: Path | str | None = None,
    *,
    story: str | Iterable[str] | None = None,
    dates: Day | tuple[Day | None, Day | None] | None = None,
    columns: list[str] | None = None,
) -> pd.DataFrame:
    """The articles of some stories, or of some days, or all of them.

    Opens only the files that can hold such rows, and never mixes two published states: when a
    publish happens in between it reads again.

    Args:
        data: The data folder; the setting `STORYWIRE_DATA` (default `data`) where not given.
        story: One story id or several; retired ids are followed. `unclustered` for the rest.
        dates: A publication day, or a first and a last one, both included, `None` for open.
        columns: The columns wanted; all by default. `story_cluster` and `publication_date` come along.

    Raises:
        StoreError: Nothing was published in that folder.
    """
    processed = Path(data if data is not None else Settings().data) / "processed"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        before = _state(processed)
        try:
            frame = _read(processed, story, dates, columns)
        except StoreError:
            if _state(processed) == before and before[1] is False:
                raise
            frame = None
        if frame is not None and _state(processed) == before and not before[1]:
            return frame
        if time.monotonic() > deadline:
            raise StoreError(f"a publish into {processed} was interrupted; `storywire run` finishes it")
        time.sleep(0.05)


def resolve(story_id: str, data: Path | str | None = None) -> str | None:
    """The id a story has today; follows merges and renames, `None` for one that dissolved."""
    processed = Path(data if data is not None else Settings().data) / "processed"
    path = processed / schema.STORY_ALIASES.layout
    if not path.exists():
        return story_id
    aliases = read_table(path, ["retired_id", "story_id"])
    pairs = zip(aliases["retired_id"].to_pylist(), aliases["story_id"].to_pylist(), strict=True)
    known: dict[str, str | None] = dict(pairs)
    return known.get(story_id, story_id)


def _state(processed: Path) -> tuple[tuple[int, int], bool]:
    """Which published state this is, and whether one is being swapped in."""
    try:
        now = (processed / manifest.NAME).stat()
        return (now.st_ino, now.st_mtime_ns), (processed / JOURNAL).exists()
    except FileNotFoundError:
        if (processed / JOURNAL).exists():
            return (0, 0), True
        raise StoreError(f"{processed} holds no tables; `storywire run` makes them") from None


def _read(
    processed: Path,
    story: str | Iterable[str] | None,
    dates: Day | tuple[Day | None, Day | None] | None,
    columns: list[str] | None,
) -> pd.DataFrame:
    leaves = manifest.load(processed).files
    leaves = leaves.filter(pc.equal(leaves["table"], schema.ARTICLES.name))
    if story is not None:
        asked = [story] if isinstance(story, str) else list(story)
        stories = {resolve(one, processed.parent) or one for one in asked}
        leaves = leaves.filter(pc.is_in(leaves["story_cluster"], pa.array(sorted(stories), pa.string())))
    if dates is not None:
        first, last = dates if isinstance(dates, tuple) else (dates, dates)
        dated = pc.not_equal(leaves["publication_date"], schema.UNDATED)
        if first is not None:
            dated = pc.and_(dated, pc.greater_equal(leaves["publication_date"], str(first)))
        if last is not None:
            dated = pc.and_(dated, pc.less_equal(leaves["publication_date"], str(last)))
        leaves = leaves.filter(dated)
    names = columns if columns is not None else schema.ARTICLES.names
    parts = []
    for leaf in leaves.to_pylist():
        rows = read_table(processed / leaf["path"], names)
        for key in ("story_cluster", "publication_date"):
            rows = rows.append_column(key, pa.array([leaf[key]] * rows.num_rows, pa.string()))
        parts.append(rows)
    if not parts:
        keys = [pa.field("story_cluster", pa.string()), pa.field("publication_date", pa.string())]
        parts = [pa.schema([*(schema.ARTICLES.arrow.field(name) for name in names), *keys]).empty_table()]
    frame: pd.DataFrame = pa.concat_tables(parts).to_pandas(date_as_object=False)
    return frame
