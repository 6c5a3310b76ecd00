"""Which capture days are done: a record per day, written after everything else.

The record is the truth about a day. What an orchestrator remembers of its runs is not: it does
not survive a new database, and a run may end after its work was published.
"""

from __future__ import annotations

import contextlib
from datetime import date, datetime
from pathlib import Path

from pydantic import ValidationError

from storywire.figures import DayFigures
from storywire.store.files import write_whole


class DayDone(DayFigures):
    """One capture day, carried through to the tables: by which run and code, when, and how long that run took."""

    run_id: str
    pipeline_version: str
    seconds: float
    finished_at: datetime

    def says_the_same(self, other: DayDone | None) -> bool:
        """Whether two records differ in the run alone."""
        own = {"run_id", "seconds", "finished_at"}
        return other is not None and self.model_dump(exclude=own) == other.model_dump(exclude=own)


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
        with contextlib.suppress(ValueError):  # the note of a failure, and what a file manager left
            found.add(date.fromisoformat(path.stem))
    return found
