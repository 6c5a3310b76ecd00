"""Putting right what can be put right without a human: derived files go, and the next run makes them anew."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from storywire import schema
from storywire.figures import DayFigures
from storywire.store import completed, manifest, swap
from storywire.store.files import StoreError, digest, read_table, refused, sync_folder, write_whole
from storywire.store.manifest import Manifest
from storywire.store.verification import inventory, leaves
from storywire.store.verification.checks import verify
from storywire.store.verification.findings import Finding
from storywire.store.workspace import Workspace

RESTED_ON = {"capture_files", "captures_kept", "capture_bytes"}
"""Checks of the captures, without which no table can be made anew."""


def repair(space: Workspace, findings: Iterable[Finding]) -> list[Finding]:
    """Do what is safe about findings; returns those something was done about.

    Afterwards a run brings the tables back, byte for byte. Captures, the ledger, the log of runs and
    retired ids are never touched: nothing could make them anew. Tables of a newer version neither.
    The caller holds the writer's lock.

    Raises:
        StoreError: The folder cannot be written to.
    """
    if inventory.is_newer(space):
        return []
    findings = _unless_captures_are_missing(list(findings))
    done = [finding for finding in findings if finding.check == "publish"]
    if done:
        for finding in done:
            if finding.repair == "remove":
                _remove(space, space.root / finding.where)
        swap.recover(space.processed)
        findings = _unless_captures_are_missing(verify(space))  # what an interrupted publish hid from view
    for finding in findings:
        if finding.repair == "remove":
            _remove(space, space.root / finding.where)
            done.append(finding)
    # A run looks at the manifest before it looks at the files: one that claims no state has it make all tables.
    of_rows = [finding for finding in findings if finding.repair in {"rebuild", "compare"}]
    if any(finding.repair == "compare" for finding in of_rows):
        space.clear_shelves()
    if of_rows:
        _disclaim(space)
    return done + of_rows


def _unless_captures_are_missing(findings: list[Finding]) -> list[Finding]:
    """The findings, but for those about tables where these could not be made anew: what is there is then kept."""
    if not any(finding.check in RESTED_ON for finding in findings):
        return findings
    return [one for one in findings if one.check == "publish" or not one.where.startswith("processed")]


def _remove(space: Workspace, path: Path) -> None:
    """Take a derived file, or an empty folder, away, and the folders that leaves empty."""
    if not os.path.lexists(path):
        return  # two findings may name it
    with refused(f"{path} cannot be removed"):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()
        folder = path.parent
        while folder.parent not in {space.root, folder} and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent
        sync_folder(folder)


def _disclaim(space: Workspace) -> None:
    """Have the manifest claim no state, so that the next run compares every file with what it should be."""
    listed, _ = inventory.read_manifest(space)
    listed = replace(listed, fingerprint="") if listed else _listed_anew(space)
    write_whole(space.processed / manifest.NAME, listed.encoded())


def _listed_anew(space: Workspace) -> Manifest:
    """A manifest of the files that are there, which the next run holds against what they should be."""
    rows = []
    for path in sorted(space.processed.rglob("*.parquet")):
        name = path.relative_to(space.processed).as_posix()
        table, leaf = inventory.table_of(name), leaves.keys_of(name)
        if table is None or (table is schema.ARTICLES and leaf is None):
            continue
        try:
            count = read_table(path, [table.order[0]]).num_rows
        except StoreError:
            continue  # not listed, so the next run replaces it
        rows.append(
            {
                "path": name,
                "table": table.name,
                "story_cluster": leaf[0] if leaf else None,
                "publication_date": leaf[1] if leaf else None,
                "rows": count,
                "digest": digest(path.read_bytes()),
            }
        )
    records = [completed.read(space.completed, day) for day in sorted(completed.days(space.completed))]
    days = tuple(
        DayFigures.model_validate(one.model_dump(include=set(DayFigures.model_fields))) for one in records if one
    )
    return Manifest(pa.Table.from_pylist(rows, schema=schema.MANIFEST.arrow), "", days)
