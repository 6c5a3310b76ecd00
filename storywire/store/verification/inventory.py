"""Which files the tables have, by the manifest and by the disk."""

from __future__ import annotations

import pyarrow.parquet as pq

from storywire import schema
from storywire.store import manifest
from storywire.store.files import StoreError
from storywire.store.manifest import Manifest
from storywire.store.swap import JOURNAL, STAGED, read_journal
from storywire.store.verification.findings import MEND, REBUILD, Finding
from storywire.store.workspace import Workspace

PROMISES = {
    "publish": "No publish was interrupted: there is no journal and nothing is staged.",
    "manifest": "The manifest can be read, lists files of every table and stands for the captures they rest on.",
    "listed_files": "Every file the manifest lists is there.",
    "unlisted_files": "Every Parquet file among the tables is listed, the log of runs aside.",
}

BY_NAME = {table.name: table for table in schema.PUBLISHED}
LISTED = [name for name in BY_NAME if name not in {schema.RUNS.name, schema.MANIFEST.name}]
"""Tables whose files the manifest lists."""

KEPT = {schema.STORY_ALIASES.layout: "Put it back from a backup; without it, ids that were retired lead nowhere."}
"""Files no run can make anew, and what to do about them: they are the history of what the tables were."""


def interrupted(space: Workspace) -> list[Finding]:
    """What an interrupted publish left."""
    journal = space.processed / JOURNAL
    if journal.exists():
        try:
            read_journal(space.processed)
        except StoreError as error:
            what = f"the journal of a publish cannot be used ({error.__cause__})."
            return [Finding("publish", f"processed/{JOURNAL}", what, MEND, "remove")]
        what = "a publish was interrupted after it counted; some files are new and some old."
        remedy = "`storywire verify --repair`, or the next run, carries it through."
        return [Finding("publish", f"processed/{JOURNAL}", what, remedy, "recover")]
    if (space.processed / STAGED).exists():
        what = "a publish was interrupted before it counted; the tables are as they were."
        remedy = "`storywire verify --repair`, or the next run, takes the beginnings away."
        return [Finding("publish", f"processed/{STAGED}", what, remedy, "recover")]
    return []


def read_manifest(space: Workspace) -> tuple[Manifest | None, list[Finding]]:
    """The manifest, `None` where there is none that can be trusted, and what is wrong with it."""
    path = space.processed / manifest.NAME
    where = f"processed/{manifest.NAME}"
    if not path.exists():
        if _own_files(space):
            return None, [Finding("manifest", where, "there are tables but no manifest of them.", REBUILD, "rebuild")]
        what = f"{space.root} holds no tables: nothing was published here."
        return None, [
            Finding("manifest", where, what, "`storywire run` makes them, or give another folder with --data.")
        ]
    try:
        found = manifest.load(space.processed)
    except StoreError as error:
        if is_newer(space):
            return None, [
                Finding("manifest", where, f"{error}.", "Upgrade Storywire, or give another folder with --data.")
            ]
        return None, [Finding("manifest", where, f"{error}.", REBUILD, "rebuild")]
    findings = []
    names = set(found.files["table"].to_pylist())
    for name in sorted(names ^ set(LISTED)):
        what = f"it lists {'no file of the table' if name in BY_NAME else 'files of an unknown table'} `{name}`."
        findings.append(Finding("manifest", where, what, REBUILD, "rebuild"))
    if not found.fingerprint:
        what = "it does not say which captures and code the tables were made of; a repair cleared that."
        findings.append(Finding("manifest", where, what, "`storywire run` publishes the tables anew."))
    return found, findings


def is_newer(space: Workspace) -> bool:
    """Whether a newer version of Storywire wrote the tables, which this one must leave alone."""
    try:
        facts = pq.read_schema(space.processed / manifest.NAME).metadata or {}
        return int(facts.get(b"schema_version", b"0")) > schema.SCHEMA_VERSION
    except (OSError, ValueError):
        return False


def table_of(path: str) -> schema.Table | None:
    """The table a file below `processed/` belongs to by its name; `None` for one no manifest lists."""
    for name in LISTED:
        table = BY_NAME[name]
        if path == table.layout or (path.startswith(f"{name}/") and path.endswith(f"/{name}.parquet")):
            return table
    return None


def against_disk(space: Workspace, listed: Manifest) -> list[Finding]:
    """Files that are listed and not there, or there and not listed."""
    own = _own_files(space)
    names = set(listed.files["path"].to_pylist())
    missing = [
        Finding("listed_files", f"processed/{path}", "it is listed and not there.", KEPT[path])
        if path in KEPT
        else Finding(
            "listed_files", f"processed/{path}", "it is listed and not there.", "The next run makes it anew.", "rebuild"
        )
        for path in sorted(names - own)
    ]
    what = "the manifest does not list it; `pd.read_parquet` reads it all the same."
    return missing + [
        Finding("unlisted_files", f"processed/{path}", what, MEND, "remove") for path in sorted(own - names)
    ]


def _own_files(space: Workspace) -> set[str]:
    """The Parquet files that a manifest should list, by path below `processed/`."""
    there = {path.relative_to(space.processed).as_posix() for path in space.processed.rglob("*.parquet")}
    return {path for path in there if path.split("/")[0] not in {STAGED, manifest.NAME, schema.RUNS.name}}
