"""Which capture days are done: a record per day, written after everything else.

The record is the truth about a day. What an orchestrator remembers of its runs is not: it does
not survive a new database, and a run may end after its work was published.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

from pydantic import BaseModel

from storywire.store.files import write_whole


class DayDone(BaseModel):
    """One capture day, carried through to the tables."""

    day: date
    captures: int
    rejected: int
    pipeline_version: str
    finished_at: datetime
    seconds: float


def write(folder: Path, record: DayDone) -> Path:
    """Note a day as done."""
    return write_whole(folder / f"{record.day}.json", record.model_dump_json(indent=1).encode())


def read(folder: Path, day: date) -> DayDone | None:
    """The record of a day, `None` while it is not done."""
    path = folder / f"{day}.json"
    return DayDone.model_validate(json.loads(path.read_bytes())) if path.exists() else None


def days(folder: Path) -> set[date]:
    """Every day that is done."""
    return {date.fromisoformat(path.stem) for path in folder.glob("*.json")}
