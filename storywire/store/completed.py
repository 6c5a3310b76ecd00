"""Which capture days are done: a record per day, written after everything else.

The record is the truth about a day. What an orchestrator remembers of its runs is not: it does
not survive a new database, and a run may end after its work was published.
"""

from __future__ import annotations

import contextlib
from datetime import date, datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from storywire.store.files import write_whole


class DayDone(BaseModel):
    """One capture day, carried through to the tables."""

    day: date
    pipeline_version: str
    finished_at: datetime


def write(folder: Path, record: DayDone) -> Path:
    """Note a day as done."""
    return write_whole(folder / f"{record.day}.json", record.model_dump_json(indent=1).encode())


def read(folder: Path, day: date) -> DayDone | None:
    """The record of a day, `None` while it is not done or where the record is damaged."""
    try:
        return DayDone.model_validate_json((folder / f"{day}.json").read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def days(folder: Path) -> set[date]:
    """Every day that is done."""
    found = set()
    for path in folder.glob("*.json"):
        with contextlib.suppress(ValueError):
            found.add(date.fromisoformat(path.stem))
    return found
