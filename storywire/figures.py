"""What the tables amount to, in all and by capture day: the figures of reports, records and calendars."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict


class Figures(BaseModel):
    """What the tables amount to; captures = articles + revisions + rejected."""

    model_config = ConfigDict(frozen=True)

    captures: int = 0
    articles: int = 0
    rejected: int = 0
    copies: int = 0
    events: int = 0
    stories: int = 0


class DayFigures(BaseModel):
    """What one capture day amounts to in the tables; captures = articles + revisions + rejected.

    `inputs` is a digest over the captures (path, and digest of the bytes) that were taken in.
    """

    model_config = ConfigDict(frozen=True)

    day: date
    inputs: str
    captures: int
    articles: int
    revisions: int
    rejected: int


def in_all(tables: Mapping[str, pa.Table]) -> Figures:
    """The figures of the published tables."""
    articles, rejected = tables["articles"], tables["rejected"].num_rows
    return Figures(
        captures=articles.num_rows + tables["revisions"].num_rows + rejected,
        articles=articles.num_rows,
        rejected=rejected,
        copies=articles.num_rows - (pc.sum(articles["is_lead"]).as_py() or 0),
        events=tables["events"].num_rows,
        stories=tables["stories"].num_rows,
    )


def by_day(index: pa.Table, tables: Mapping[str, pa.Table]) -> tuple[DayFigures, ...]:
    """The figures of each capture day, in order; `index` lists the captures the tables were made of.

    Captures without a day are in no day's figures.
    """
    kinds = ("articles", "revisions", "rejected")
    counts = {kind: Counter(_days(tables[kind])) for kind in kinds}
    inputs = inputs_by_day(index)
    days = sorted({day for day in (*inputs, *(day for of in counts.values() for day in of)) if day is not None})
    return tuple(
        DayFigures(
            day=day,
            inputs=inputs.get(day, NOTHING),
            captures=sum(counts[kind][day] for kind in kinds),
            **{kind: counts[kind][day] for kind in kinds},
        )
        for day in days
    )


def inputs_by_day(index: pa.Table) -> dict[date | None, str]:
    """A digest over the captures of each day, whatever their order."""
    found: dict[date | None, list[str]] = defaultdict(list)
    uris, digests = index["capture_uri"].to_pylist(), index["capture_digest"].to_pylist()
    for day, uri, digest in zip(_days(index), uris, digests, strict=True):
        found[day].append(f"{digest} {uri}")
    return {day: _digest(sorted(lines)) for day, lines in found.items()}


def _days(table: pa.Table) -> list[date | None]:
    return [moment.date() if moment else None for moment in table["captured_at"].to_pylist()]


def _digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


NOTHING = _digest([])
"""The digest of a day on which nothing was captured."""
