"""What the manifest and the records of days say the tables amount to, counted again."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

import pyarrow as pa
from pydantic import ValidationError

from storywire import figures
from storywire.figures import DayFigures
from storywire.store import manifest
from storywire.store.completed import DayDone
from storywire.store.manifest import Manifest
from storywire.store.verification.findings import REBUILD, Finding
from storywire.store.workspace import Workspace

PROMISES = {
    "figures": "The figures in the manifest, in all and by capture day, are those of the tables.",
    "day_records": "The record of every day that is done can be read and says what the tables say of that day.",
}

COUNTED = ("articles", "revisions", "rejected")
"""Tables whose rows make up the captures of a day."""


def miscounted(listed: Manifest, tables: Mapping[str, pa.Table]) -> Iterator[Finding]:
    """Figures in the manifest that the tables do not bear out."""
    where = f"processed/{manifest.NAME}"
    if tables.keys() >= {*COUNTED, "events", "stories"}:
        found = figures.in_all(tables)
        for name in sorted(figures.Figures.model_fields):
            said, counted = getattr(listed.figures, name), getattr(found, name)
            if said != counted:
                what = f"it says {said} {name}, the tables have {counted}."
                yield Finding("figures", where, what, REBUILD, "rebuild")
    if tables.keys() >= set(COUNTED):
        said_of = {one.day: one for one in listed.days}
        counts = {name: Counter(_days(tables[name])) for name in COUNTED}
        for day in sorted({*said_of, *(day for of in counts.values() for day in of)}):
            rows = {name: counts[name][day] for name in COUNTED} | {"captures": sum(of[day] for of in counts.values())}
            said = _rows(said_of[day]) if day in said_of else {}
            if said != rows:
                what = f"of {day} it says {_told(said)}, the tables have {_told(rows)}."
                yield Finding("figures", where, what, REBUILD, "rebuild")


def unborne(space: Workspace, listed: Manifest | None) -> Iterator[Finding]:
    """Records of days that cannot be read, or say otherwise than the tables; notes of failures are none."""
    held = {one.day: one for one in listed.days} if listed else {}
    for path in sorted(space.completed.glob("*.json")):
        day = None
        with contextlib.suppress(ValueError):
            day = date.fromisoformat(path.stem)
        if day is None:
            continue
        where = path.relative_to(space.root).as_posix()
        remedy = f"`storywire run --day {day}` writes it anew."
        try:
            record = DayDone.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            what = f"it cannot be read ({' '.join(str(error).split())[:200]})."
            yield Finding("day_records", where, what, remedy)
            continue
        if record.day != day:
            yield Finding("day_records", where, f"it is the record of {record.day}.", remedy)
        elif listed and (record.captures or day in held):
            said, rows = _rows(record), _rows(held[day]) if day in held else {}
            if said != rows:
                what = f"it says {_told(said)}, the manifest {_told(rows)}."
                yield Finding("day_records", where, what, remedy)


def _rows(of: DayFigures) -> dict[str, int]:
    return {name: getattr(of, name) for name in ("captures", *COUNTED)}


def _told(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{rows[name]} {name}" for name in ("captures", *COUNTED)) if rows else "nothing"


def _days(table: pa.Table) -> list[date]:
    return [moment.date() for moment in table["captured_at"].to_pylist() if moment]
