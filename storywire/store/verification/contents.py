"""What is in each file of the tables, held to the manifest and to the schema."""

from __future__ import annotations

import os
from base64 import b64decode
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from storywire import schema
from storywire.schema import Table
from storywire.store.files import UNREADABLE, digest
from storywire.store.manifest import Manifest
from storywire.store.verification.findings import MEND, REBUILD, Finding
from storywire.store.verification.inventory import BY_NAME, KEPT
from storywire.store.workspace import Workspace

PROMISES = {
    "file_bytes": "Every file of the tables is, byte for byte, the one that was published.",
    "file_columns": "Every file has exactly the declared columns and types, and nulls only where they may stand.",
    "row_order": "Rows lie in their table's declared order.",
    "row_keys": "No key of a table comes twice in a file.",
}

SEEN = {
    "articles": (
        *("article_id", "site", "published_on", "date_inherited_from", "captured_at", "capture_uri", "capture_digest"),
        *("wire_agency", "wire_inherited_from", "duplicate_group", "duplicate_kind", "is_lead", "duplicate_of"),
        *("event_id", "story_id", "revision"),
    ),
    "stories": (
        *("story_id", "first_on", "last_on", "n_articles", "n_reports", "n_events", "n_sites", "n_sources"),
        "lead_article",
    ),
    "events": (
        *("event_id", "story_id", "first_on", "last_on", "n_articles", "n_reports", "n_sites", "n_sources"),
        "lead_article",
    ),
    "revisions": ("article_id", "revision", "captured_at", "capture_uri", "capture_digest", "superseded_by"),
    "duplicates": ("article_id", "original_id"),
    "date_evidence": ("article_id", "rank", "day", "chosen"),
    "rejected": ("capture_uri", "capture_digest", "captured_at", "stage", "reason"),
    "story_aliases": ("retired_id", "story_id"),
    "runs": ("run_id",),
    "captured": ("capture_uri", "capture_digest"),
}
"""Columns the checks look at; texts are left where they are, their bytes are vouched for by the digest."""

REPEATABLE = {"articles", "rejected", "captured"}
"""Tables whose order is no key within a file: a capture may come twice, and articles are held to all leaves."""

RUN_REMEDY = "Put it back from a backup, or remove it: the log has a gap then, and the tables do not depend on it."


@dataclass(frozen=True, slots=True)
class File:
    """One file of the tables: the rows of the columns seen, `None` where it is damaged, and what is wrong with it."""

    path: str
    table: Table
    rows: pa.Table | None
    findings: tuple[Finding, ...] = ()


def read(space: Workspace, listed: Manifest) -> list[File]:
    """Every listed file that is there, and the log of runs; each opened once, side by side."""
    wanted = [
        (BY_NAME[table], path, rows, content)
        for path, table, rows, content in zip(
            *(listed.files[name].to_pylist() for name in ("path", "table", "rows", "digest")), strict=True
        )
        if table in BY_NAME and (space.processed / path).exists()
    ]
    runs = sorted(path.relative_to(space.processed).as_posix() for path in space.processed.glob("runs/*.parquet"))
    with ThreadPoolExecutor(os.cpu_count()) as readers:
        return list(
            readers.map(
                lambda one: _file(space.processed, *one), [*wanted, *((schema.RUNS, run, None, None) for run in runs)]
            )
        )


def whole(files: Iterable[File], listed: Manifest) -> dict[str, pa.Table]:
    """The tables none of whose files is damaged or missing; articles name their file in the column `file`."""
    found: dict[str, list[pa.Table]] = {}
    good = {file.path: file.rows for file in files if file.rows is not None}
    incomplete = set()
    for path, table in zip(listed.files["path"].to_pylist(), listed.files["table"].to_pylist(), strict=True):
        if path not in good:
            incomplete.add(table)
            continue
        rows = good[path]
        if table == schema.ARTICLES.name:
            rows = rows.append_column("file", pa.array([path] * rows.num_rows, pa.string()))
        found.setdefault(table, []).append(rows)
    return {
        table: pa.concat_tables([part.replace_schema_metadata(None) for part in parts])
        for table, parts in found.items()
        if table not in incomplete
    }


def _file(processed: Path, table: Table, path: str, rows: int | None, content: str | None) -> File:
    """One file; what a run can make anew is to be removed where it is not what was published."""

    def flaw(check: str, what: str, *, rebuild: bool = False) -> Finding:
        where = f"processed/{path}"
        if table.name == schema.RUNS.name:
            return Finding(check, where, what, RUN_REMEDY)
        if rebuild:
            return Finding(check, where, what, REBUILD, "rebuild")
        return Finding(check, where, what, KEPT[path]) if path in KEPT else Finding(check, where, what, MEND, "remove")

    try:
        data = (processed / path).read_bytes()
        if content is not None and digest(data) != content:
            what = f"its digest is {digest(data)}, the manifest lists {content}."
            return File(path, table, None, (flaw("file_bytes", what),))
        file = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
        differing = _differing(table.name, (file.metadata.metadata or {}).get(b"ARROW:schema", b""))
        if differing:
            what = f"columns are not as declared: {', '.join(differing)}."
            return File(path, table, None, (flaw("file_columns", what, rebuild=True),))
        # What no digest vouches for is read in full.
        found = file.read(columns=list(SEEN[table.name]) if content else None, use_threads=False)
        found = found.select(list(SEEN[table.name]))
    except UNREADABLE as error:
        return File(path, table, None, (flaw("file_bytes", f"it cannot be read as Parquet ({_line(error)})."),))
    findings = []
    if rows is not None and found.num_rows != rows:
        what = f"it has {found.num_rows} rows, the manifest lists {rows}."
        findings.append(flaw("file_bytes", what, rebuild=True))
    if found.num_rows > 1:
        findings += [flaw(check, what, rebuild=True) for check, what in _out_of_order(found, table)]
    return File(path, table, found, tuple(findings))


def _out_of_order(rows: pa.Table, table: Table) -> Iterator[tuple[str, str]]:
    """Rows that are not in the table's order, and keys that come twice."""
    by_key = [(name, "ascending") for name in table.order]
    if not pc.sort_indices(rows, by_key).equals(pa.array(range(rows.num_rows), pa.uint64())):
        yield "row_order", f"rows are not ordered by {', '.join(table.order)}."
    if table.name not in REPEATABLE:
        times = rows.group_by(list(table.order)).aggregate([([], "count_all")])
        for row in times.filter(pc.greater(times["count_all"], 1)).sort_by(by_key).to_pylist():
            yield "row_keys", f"{' '.join(str(row[name]) for name in table.order)} comes {row['count_all']} times."


@cache
def _differing(table: str, written: bytes) -> tuple[str, ...]:
    """Columns that are missing, too many, or of another type, by the schema a file carries.

    Decoded once for all files that carry the same: with thousands of small leaves it is a third of the work.
    """
    if not written:
        return ("all, as another program wrote them",)
    found, declared = pa.ipc.read_schema(pa.py_buffer(b64decode(written))), BY_NAME[table].arrow
    names = dict.fromkeys([*declared.names, *found.names])
    odd = tuple(name for name in names if _fields(found, name) != _fields(declared, name))
    return odd or (() if found.equals(declared) else ("their order",))


def _fields(of: pa.Schema, name: str) -> list[pa.Field]:
    """The fields of a name; a file that another program made may have two."""
    return [of.field(place) for place in of.get_all_field_indices(name)]


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
