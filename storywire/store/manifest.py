"""What the published tables are made of: their files, and the captures they rest on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa
from pydantic import TypeAdapter

from storywire.figures import DayFigures, Figures
from storywire.schema import MANIFEST, SCHEMA_VERSION
from storywire.store.files import StoreError, read_table, table_bytes

NAME = "_manifest.parquet"

_DAYS = TypeAdapter(tuple[DayFigures, ...])


@dataclass(frozen=True, slots=True)
class Manifest:
    """One published state of the tables.

    `fingerprint` stands for everything they are a function of: captures, settings, code. `days`
    are the capture days they take in, `figures` what the tables amount to.
    """

    files: pa.Table
    fingerprint: str = ""
    days: tuple[DayFigures, ...] = ()
    figures: Figures = field(default_factory=Figures)

    @property
    def capture_days(self) -> set[date]:
        """The capture days the tables take in."""
        return {one.day for one in self.days}

    def encoded(self) -> bytes:
        """The manifest as it lies on disk."""
        facts = {
            "schema_version": str(SCHEMA_VERSION),
            "fingerprint": self.fingerprint,
            "days": _DAYS.dump_json(self.days).decode(),
            "figures": self.figures.model_dump_json(),
        }
        rows = self.files.sort_by("path")
        return table_bytes(rows.replace_schema_metadata({**(MANIFEST.arrow.metadata or {}), **facts}))

    def is_whole(self, processed: Path) -> bool:
        """Whether every file is there, and the log of a run that wrote them."""
        files = all((processed / path).exists() for path in self.files["path"].to_pylist())
        return files and any((processed / "runs").glob("*.parquet"))


def load(processed: Path) -> Manifest:
    """The manifest of a data folder; an empty one where nothing was published yet.

    Raises:
        StoreError: The tables were written by a newer version of Storywire.
    """
    path = processed / NAME
    if not path.exists():
        return Manifest(MANIFEST.empty())
    files = read_table(path)
    facts = {key.decode(): value.decode() for key, value in (files.schema.metadata or {}).items()}
    version = int(facts.get("schema_version", "0"))
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{processed} holds tables of schema version {version}, newer than this program's {SCHEMA_VERSION}; "
            "upgrade Storywire, or give another folder with --data"
        )
    try:
        days, figures = _DAYS.validate_json(facts["days"]), Figures.model_validate_json(facts["figures"])
        return Manifest(files.cast(MANIFEST.arrow), facts["fingerprint"], days, figures)
    except (KeyError, ValueError) as error:
        raise StoreError(f"{path} is no manifest of Storywire's; `storywire verify --repair` makes one anew") from error
