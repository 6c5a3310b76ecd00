"""What the tables are made from: the captures, the ledger, and the results of the stages."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from storywire.schema import CAPTURES, CLEANED, NORMALISED, UNDATED
from storywire.store.captures import of_row
from storywire.store.files import UNREADABLE, StoreError, completed, conform, read_table
from storywire.store.shelf import damaged
from storywire.store.verification.findings import COMPARE, MEND, Finding, columns
from storywire.store.workspace import Workspace

PROMISES = {
    "capture_files": "Every file of captures can be read in full.",
    "capture_bytes": "Every capture has the bytes, the size and the day it is stored under.",
    "captures_kept": "Every capture the tables rest on is stored.",
    "stage_files": "Every stored result of a stage can be read in full.",
    "shelf_files": "What is kept of comparisons between runs is what was written.",
    "ledger": "The ledger of raw files is sound.",
    "unfinished_files": "No file that a crash stopped from growing is older than a day.",
}

GROWING = timedelta(days=1)
"""Age at which a file is no longer growing: the longest write takes minutes."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The captures in files that can be read, by path and digest; and the files that cannot, with the reason."""

    places: frozenset[tuple[str, str]]
    damaged: tuple[tuple[Path, str], ...]
    false: tuple[Finding, ...]


def captures(space: Workspace) -> Stored:
    """Read every stored capture, with its bytes, one file at a time."""
    places: set[tuple[str, str]] = set()
    damaged, false = [], []
    for path in sorted(space.captures.glob("*/*.parquet")):
        try:
            rows = conform(completed(_in_full(path), CAPTURES.arrow), CAPTURES.arrow)
        except (StoreError, ValueError) as error:
            damaged.append((path, _line(error)))
            continue
        for row in rows.to_pylist():
            places.add((row["capture_uri"], row["capture_digest"]))
            if differing := _false(row, path.parent.name):
                where = path.relative_to(space.root).as_posix()
                what = f"{row['capture_uri']} is not what it is stored as: {', '.join(differing)} differ."
                false.append(Finding("capture_bytes", where, what, _reread([row["capture_uri"]])))
    return Stored(frozenset(places), tuple(damaged), tuple(false))


def _false(row: Mapping[str, Any], day: str) -> list[str]:
    """What of a stored capture its bytes do not bear out."""
    capture = of_row(row)
    true = {"digest": capture.digest, "size": len(capture.body), "day": str(capture.day or UNDATED)}
    said = {"digest": row["capture_digest"], "size": row["size"], "day": day}
    if true == said and capture.id != row["capture_id"]:
        return ["its id"]
    return [name for name in true if true[name] != said[name]]


def missing(space: Workspace, stored: Stored, tables: Mapping[str, pa.Table]) -> Iterator[Finding]:
    """Captures that are damaged, and those the tables rest on that are nowhere."""
    gone: list[str] = []
    if "captured" in tables:
        resting: set[Any] = set(columns(tables["captured"], "capture_uri", "capture_digest"))
        gone = sorted(uri for uri, _ in resting - stored.places)
    for path, why in stored.damaged:
        where = path.relative_to(space.root).as_posix()
        yield Finding("capture_files", where, f"it cannot be read ({why}).", _reread(gone))
    if not stored.damaged:
        remedy = "Put its raw file back and run; it is read again."
        for uri in gone:
            yield Finding("captures_kept", uri, "the tables rest on it, and it is not among the captures.", remedy)


def _reread(uris: list[str]) -> str:
    """Only the raw files hold the bytes once more."""
    of = f", {uris[0]}{f' and {len(uris) - 1} more' * (len(uris) > 1)}," if uris else ""
    return f"Make sure that its raw files{of} are in place, remove it and run; they are read again."


def stages(space: Workspace) -> Iterator[Finding]:
    """Results of the stages, of any version of their code, that cannot be read, or have not the columns they should."""
    declared = {space.cleaned: CLEANED.arrow, space.normalised: NORMALISED.arrow}
    for path in sorted(
        path for stage in ("cleaned", "normalised") for path in space.interim.glob(f"{stage}-*/**/*.parquet")
    ):
        where = path.relative_to(space.root).as_posix()
        try:
            found = _in_full(path).schema
        except StoreError as error:
            yield Finding("stage_files", where, f"it cannot be read ({_line(error)}).", MEND, "remove")
            continue
        if not found.equals(declared.get(path.parent.parent, found)):
            yield Finding("stage_files", where, "its columns are not as declared.", MEND, "remove")


def shelves(space: Workspace) -> Iterator[Finding]:
    """Arrays that are not those that were written; the tables, and other arrays, may rest on them."""
    for path in (path for folder in space.shelves() for path in damaged(folder)):
        where = path.relative_to(space.root).as_posix()
        yield Finding("shelf_files", where, "what is in it is not what was written to it.", COMPARE, "compare")


def ledger(space: Workspace) -> Iterator[Finding]:
    """What the database finds wrong with itself."""
    if not space.ledger.exists():
        return
    where = space.ledger.relative_to(space.root).as_posix()
    remedy = "Put it back from a backup, or remove it: the raw folder is read anew, with sidecars as they are now."
    try:
        with contextlib.closing(
            sqlite3.connect(f"file:{quote(str(space.ledger))}?mode=rw", timeout=60, uri=True)
        ) as book:
            said = [str(row[0]) for row in book.execute("PRAGMA integrity_check")]
    except sqlite3.Error as error:
        said = [str(error)]
    if said != ["ok"]:
        yield Finding("ledger", where, f"it is damaged ({said[0]}).", remedy)


def unfinished(space: Workspace, now: datetime) -> Iterator[Finding]:
    """Files that were growing when a crash came."""
    for path in old_growths(space, now):
        what = "a crash stopped it from growing, more than a day ago."
        yield Finding(
            "unfinished_files",
            path.relative_to(space.root).as_posix(),
            what,
            "`storywire verify --repair` takes it away.",
            "remove",
        )


def old_growths(space: Workspace, now: datetime) -> list[Path]:
    """Files that began to grow more than a day ago and never were finished."""
    oldest = (now - GROWING).timestamp()
    growing = [path for root in (space.interim, space.processed) for path in root.rglob(".*.tmp")]
    return sorted(path for path in growing if path.is_file() and path.stat().st_mtime < oldest)


def _in_full(path: Path) -> pa.Table:
    """Every value of a file, texts held to UTF-8.

    Raises:
        StoreError: The file is damaged.
    """
    rows = read_table(path)
    try:
        rows.validate(full=True)
    except UNREADABLE as error:
        raise StoreError(f"{path} holds values that are none ({error})") from error
    return rows


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
