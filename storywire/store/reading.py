"""What an analyst reads with, without Prefect and without knowing how files lie."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from storywire import schema
from storywire.settings import Settings
from storywire.store import manifest
from storywire.store.files import StoreError, read_table
from storywire.store.swap import JOURNAL
from storywire.stories import identity

R = TypeVar("R")

Day = date | str
PATIENCE_SECONDS = 30.0
"""How long a read waits for a publish to end before it says that one must have been interrupted."""


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
        dates: A publication day, or a first and a last one, both included, `None` for open; `undated`
            for articles without one.
        columns: The columns wanted; all by default. `story_cluster` and `publication_date` come along.

    Raises:
        StoreError: Nothing was published in that folder.
        ValueError: A day, a range or a column that cannot be.
    """
    processed = Path(data if data is not None else Settings().data) / "processed"
    stories = None if story is None else [story] if isinstance(story, str) else list(story)
    days, names = _asked_days(dates), _asked_columns(columns)
    return of_one_state(processed, lambda: _read(processed, stories, days, names))


def resolve(story_id: str, data: Path | str | None = None) -> str | None:
    """The id a story has today; follows merges and renames, `None` for one that dissolved.

    Raises:
        StoreError: Nothing was published in that folder.
    """
    processed = Path(data if data is not None else Settings().data) / "processed"
    _state(processed)
    return identity.resolve(story_id, _aliases(processed))


def of_one_state(processed: Path, read: Callable[[], R]) -> R:
    """What a function reads of the tables, read again when a publish happens in between.

    Raises:
        StoreError: Nothing was published in that folder, or a publish was interrupted.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        before = _state(processed)
        found: list[R] = []
        try:
            found.append(read())
        except StoreError:
            if _state(processed) == before and before[1] is False:
                raise
        if found and _state(processed) == before and not before[1]:
            return found[0]
        if time.monotonic() > deadline:
            raise StoreError(f"a publish into {processed} was interrupted; `storywire run` finishes it")
        time.sleep(0.05)


def _aliases(processed: Path) -> pa.Table:
    path = processed / schema.STORY_ALIASES.layout
    return read_table(path) if path.exists() else schema.STORY_ALIASES.empty()


def _state(processed: Path) -> tuple[tuple[int, int], bool]:
    """Which published state this is, and whether one is being swapped in."""
    try:
        now = (processed / manifest.NAME).stat()
        return (now.st_ino, now.st_mtime_ns), (processed / JOURNAL).exists()
    except FileNotFoundError:
        if (processed / JOURNAL).exists():
            return (0, 0), True
        raise StoreError(f"{processed} holds no tables; `storywire run` makes them") from None


def _read(processed: Path, stories: list[str] | None, days: _Days, names: list[str]) -> pd.DataFrame:
    leaves = manifest.load(processed).files
    leaves = leaves.filter(pc.equal(leaves["table"], schema.ARTICLES.name))
    if stories is not None:
        aliases = _aliases(processed)
        asked = sorted({identity.resolve(story, aliases) or story for story in stories})
        leaves = leaves.filter(pc.is_in(leaves["story_cluster"], pa.array(asked, pa.string())))
    if days is not None:
        leaves = leaves.filter(pa.array([_is_within(day, days) for day in leaves["publication_date"].to_pylist()]))
    keys = [pa.field("story_cluster", pa.string()), pa.field("publication_date", pa.string())]
    parts = [pa.schema([*(schema.ARTICLES.arrow.field(name) for name in names), *keys]).empty_table()]
    for leaf in leaves.to_pylist():
        rows = read_table(processed / leaf["path"], names)
        for key in keys:
            rows = rows.append_column(key, pa.array([leaf[key.name]] * rows.num_rows, pa.string()))
        parts.append(rows)
    frame: pd.DataFrame = pa.concat_tables([part.replace_schema_metadata(None) for part in parts]).to_pandas(
        date_as_object=False
    )
    return frame


_Days = str | tuple[date | None, date | None] | None
"""Days that are asked for: `undated`, a first and a last one, or all."""


def _asked_days(dates: Day | tuple[Day | None, Day | None] | None) -> _Days:
    if dates is None or (isinstance(dates, str) and dates == schema.UNDATED):
        return dates
    if isinstance(dates, (str, date)):
        return _day(dates), _day(dates)
    first, last = (_day(bound) if bound is not None else None for bound in dates)
    if first is not None and last is not None and first > last:
        raise ValueError(f"dates run from {first} to {last}, backwards; give the earlier day first")
    return first, last


def _day(value: Day) -> date:
    if isinstance(value, datetime):  # pandas' Timestamp is one too
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is no day; give a date, YYYY-MM-DD, or `undated`") from None


def _is_within(partition: str, days: str | tuple[date | None, date | None]) -> bool:
    if isinstance(days, str) or partition == schema.UNDATED:
        return partition == days
    first, last = days
    day = date.fromisoformat(partition)
    return (first is None or first <= day) and (last is None or day <= last)


def _asked_columns(columns: list[str] | None) -> list[str]:
    """The columns to read from the files; those of the path come along anyway."""
    names = [name for name in columns or schema.ARTICLES.names if name not in {"story_cluster", "publication_date"}]
    if unknown := sorted(set(names) - set(schema.ARTICLES.names)):
        raise ValueError(f"`articles` has no column {', '.join(unknown)}; docs/data-dictionary.md lists them")
    return names
