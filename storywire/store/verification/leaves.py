"""Where the rows of `articles` lie: one file per story and publication day."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from storywire.schema import ARTICLES, UNCLUSTERED, UNDATED
from storywire.store.verification.contents import File
from storywire.store.verification.findings import REBUILD, Finding
from storywire.store.workspace import Workspace

PROMISES = {
    "leaf_keys": "Each leaf's keys are its rows' `story_id` and `published_on`, `unclustered` and `undated` for null.",
    "leaf_names": "No key looks like a number, which pandas would read back as one.",
    "one_file_per_leaf": "Each leaf folder holds exactly one file, `articles.parquet`, and nothing else a reader sees.",
}

_LEAF = re.compile(r"articles/story_cluster=([^/]+)/publication_date=([^/]+)/articles\.parquet")
_NUMBER = re.compile(r"[+-]?[0-9]+")


def keys(files: Iterable[File]) -> Iterator[Finding]:
    """Leaves whose folder names are not what their rows say."""
    for file in files:
        if file.table is not ARTICLES:
            continue
        leaf = _LEAF.fullmatch(file.path)
        where = f"processed/{file.path}"
        if not leaf:
            yield Finding(
                "leaf_keys", where, "it lies in no leaf `story_cluster=…/publication_date=…`.", REBUILD, "rebuild"
            )
            continue
        for key in leaf.groups():
            if _NUMBER.fullmatch(key):
                yield Finding("leaf_names", where, f"the key {key} looks like a number.", REBUILD, "rebuild")
        if file.rows is None:
            continue
        stories, days = (set(file.rows[name].to_pylist()) for name in ("story_id", "published_on"))
        for key, sentinel, values in zip(leaf.groups(), (UNCLUSTERED, UNDATED), (stories, days), strict=True):
            if odd := {sentinel if value is None else str(value) for value in values} - {key}:
                what = f"the folder says {key}, its rows say {', '.join(sorted(odd))}."
                yield Finding("leaf_keys", where, what, REBUILD, "rebuild")
            elif key == sentinel and None not in values and values:
                what = f"its rows have the value {key} itself, which stands for null."
                yield Finding("leaf_keys", where, what, REBUILD, "rebuild")


def keys_of(path: str) -> tuple[str, str] | None:
    """The story cluster and the publication date in the path of a leaf."""
    leaf = _LEAF.fullmatch(path)
    return (leaf[1], leaf[2]) if leaf else None


def strangers(space: Workspace, listed: set[str]) -> Iterator[Finding]:
    """What lies among the leaves and is none; names that begin with `.` or `_` are invisible to readers."""
    for name, folders, files in os.walk(space.processed / "articles"):
        folder = Path(name)
        folders[:] = sorted(one for one in folders if not one.startswith((".", "_")))
        below = f"{folder.relative_to(space.processed).as_posix()}/"
        if not folders and not files and not any(path.startswith(below) for path in listed):
            where = folder.relative_to(space.root).as_posix()
            yield Finding("one_file_per_leaf", where, "the folder is empty.", "Remove the folder.", "remove")
        for file in sorted(files):
            if not file.startswith((".", "_")) and not file.endswith(".parquet"):  # those are reported as not listed
                what = "it is no file of the tables, and `pd.read_parquet` stumbles over it."
                where = (folder / file).relative_to(space.root).as_posix()
                yield Finding("one_file_per_leaf", where, what, "Move it out of the tables.")
