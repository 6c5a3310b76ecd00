"""From one published state to the next, so that no reader and no crash ever meets half of it.

New files grow under `_staged/`, which Arrow ignores, one after the other as they are made. A journal names every rename
and removal that is to come; writing it is the moment the publish counts. From then on each step may be
repeated, so a start that finds a journal carries it through, and one that finds only staged
files takes them away. The manifest is replaced last.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
from pydantic import BaseModel, field_validator

from storywire.schema import MANIFEST
from storywire.store import manifest
from storywire.store.files import (
    StoreError,
    digest,
    make_folder,
    refused,
    sweep,
    sync_folder,
    table_bytes,
    write_whole,
)
from storywire.store.layout import Part
from storywire.store.manifest import Manifest
from storywire.store.published import Made

JOURNAL = "_journal.json"
STAGED = "_staged"


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to change on disk: files to put, which lie staged, files to remove, the manifest to end with.

    `made` says of what rows or outline each file is made, to be remembered.
    """

    put: tuple[str, ...]
    remove: tuple[str, ...]
    manifest: Manifest
    made: Made = field(default_factory=dict)


Tell = Callable[[list[Part]], Iterable[pa.Table]]
"""Gives the rows of some files, in their order, where their parts are outlines."""


def as_they_are(parts: list[Part]) -> Iterable[pa.Table]:
    """The rows of parts that have all of them."""
    return (part.rows for part in parts)


def prepare(
    processed: Path,
    before: Manifest,
    parts: Iterable[Part],
    after: Manifest,
    made: Made | None = None,
    tell: Tell = as_they_are,
) -> Plan:
    """Compare the tables as they should be with the files that are there, and stage what differs.

    Of rows that files were `made` of, and still are, nothing is encoded, nor told where there are outlines of them.

    `after` brings the facts of the new state; its list of files is made here. A file whose bytes
    are the same is left alone, down to its modification time; one that was taken away comes back,
    and one that no table knows goes. Of all files, one is in memory at a time.

    Raises:
        StoreError: The disk is full or the folder not writable; what was staged is taken away.
    """
    walk = staging(processed, before, parts, after, made or {}, tell)
    try:
        while True:
            next(walk)
    except StopIteration as done:
        change: Plan = done.value
        return change
    except BaseException:
        if not (processed / JOURNAL).exists():
            shutil.rmtree(processed / STAGED, ignore_errors=True)
        raise


def staging(
    processed: Path, before: Manifest, parts: Iterable[Part], after: Manifest, made: Made, tell: Tell
) -> Generator[str, None, Plan]:
    """See `prepare`; one durable step at a time."""
    there = {
        path.relative_to(processed).as_posix()
        for path in processed.rglob("*.parquet")
        if path.relative_to(processed).parts[0] not in {STAGED, manifest.NAME, "runs"}
    }
    parts = list(parts)
    keys = {part.path: part.digest for part in parts}
    known = {row["path"]: row for row in before.files.to_pylist() if row["path"] in there}
    files = {
        path: (known[path]["rows"], known[path]["digest"])
        for path, key in keys.items()
        if path in known and made.get((path, key)) == known[path]["digest"]
    }
    put = []
    fresh = [part for part in parts if part.path not in files]
    for part, rows in zip(fresh, tell(fresh), strict=True):
        data = table_bytes(rows)
        files[part.path] = rows.num_rows, digest(data)
        if part.path not in known or known[part.path]["digest"] != digest(data):
            write_whole(processed / STAGED / part.path, data)
            put.append(part.path)
            yield f"staged {part.path}"
    listed = pa.Table.from_pylist([_listed(part, *files[part.path]) for part in parts], schema=MANIFEST.arrow)
    told = {(path, key): files[path][1] for path, key in keys.items()}
    return Plan(tuple(put), tuple(sorted(there - keys.keys())), replace(after, files=listed), told)


def _listed(part: Part, rows: int, content: str) -> dict[str, Any]:
    """The row of a file in the manifest."""
    return {
        "path": part.path,
        "table": part.table.name,
        "story_cluster": part.story_cluster,
        "publication_date": part.publication_date,
        "rows": rows,
        "digest": content,
    }


def with_run(processed: Path, change: Plan, run_id: str, row: pa.Table) -> Plan:
    """The plan with one more file: the run's row in the log of runs, which no manifest lists.

    Raises:
        StoreError: The disk is full or the folder not writable.
    """
    path = f"runs/{run_id}.parquet"
    write_whole(processed / STAGED / path, table_bytes(row))
    return replace(change, put=(*change.put, path))


def publish(processed: Path, change: Plan) -> None:
    """Carry a plan out.

    Raises:
        StoreError: The disk is full or the folder not writable; the old state stands.
    """
    for _ in steps(processed, change):
        pass


def steps(processed: Path, change: Plan) -> Iterator[str]:
    """The same, one durable step at a time: what a test can stop after."""
    write_whole(processed / STAGED / manifest.NAME, change.manifest.encoded())
    yield f"staged {manifest.NAME}"
    # What needs room is done before the journal: from there on are renames and removals alone.
    with refused(f"a folder in {processed} cannot be made"):
        for path in change.put:
            make_folder((processed / path).parent)
    journal = Journal(put=tuple(sorted(change.put)), remove=change.remove)
    write_whole(processed / JOURNAL, journal.model_dump_json().encode())
    yield "journal written"
    yield from _carry_through(processed)


def recover(processed: Path) -> str | None:
    """Finish what a crash interrupted, or undo what it had only begun; says which, or `None`."""
    sweep(processed)
    if (processed / JOURNAL).exists():
        for _ in _carry_through(processed):
            pass
        return "carried an interrupted publish through"
    if (processed / STAGED).exists():
        with refused(f"{processed / STAGED} cannot be taken away; make it writable and run again"):
            for path in (processed / STAGED).rglob("*.parquet"):
                _remove_empty((processed / path.relative_to(processed / STAGED)).parent, processed)
            shutil.rmtree(processed / STAGED)
        return "took away the beginnings of an interrupted publish"
    return None


class Journal(BaseModel, extra="forbid", frozen=True):
    """The renames and removals of a publish that counts, by paths below `processed/`."""

    put: tuple[str, ...]
    remove: tuple[str, ...]

    @field_validator("put", "remove")
    @classmethod
    def _stays_inside(cls, paths: tuple[str, ...]) -> tuple[str, ...]:
        for path in paths:
            if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
                raise ValueError(f"{path} lies outside the tables")
        return paths


def read_journal(processed: Path) -> Journal:
    """The journal of the publish that was interrupted.

    Raises:
        StoreError: It cannot be read, or is damaged.
    """
    path = processed / JOURNAL
    try:
        with refused(f"{path} cannot be read; run again once it can"):
            return Journal.model_validate_json(path.read_bytes())
    except ValueError as error:
        raise StoreError(f"{path} is damaged; `storywire verify --repair` takes it away") from error


def _carry_through(processed: Path) -> Iterator[str]:
    journal = read_journal(processed)
    staged = processed / STAGED
    with refused(f"{processed} cannot be changed; run again once it can"):
        for path in journal.put:
            if (staged / path).exists():
                make_folder((processed / path).parent)
                (staged / path).replace(processed / path)
                sync_folder((processed / path).parent)
                yield f"put {path}"
        for path in journal.remove:
            if (processed / path).exists():
                (processed / path).unlink()
                sync_folder((processed / path).parent)
                yield f"removed {path}"
            _remove_empty((processed / path).parent, processed)
        if (staged / manifest.NAME).exists():
            (staged / manifest.NAME).replace(processed / manifest.NAME)
            sync_folder(processed)
            yield "manifest replaced"
        (processed / JOURNAL).unlink()
        sync_folder(processed)
        yield "journal removed"
        shutil.rmtree(staged, ignore_errors=True)
        yield "done"


def _remove_empty(folder: Path, stop: Path) -> None:
    """Remove folders a removal left empty, from the inside out."""
    while folder != stop and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
        sync_folder(folder)
