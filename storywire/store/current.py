"""The articles as they stand between the stages, each column read from where it lives."""

from __future__ import annotations

import pyarrow as pa

from storywire.schema import CAPTURES, CLEANED, NORMALISED
from storywire.store import stages
from storywire.store.files import read_table
from storywire.store.workspace import Workspace


def read(space: Workspace, columns: list[str]) -> pa.Table:
    """The given columns of every article's newest capture, in order of capture id.

    A column that two stages know is taken from the later one.
    """
    current = read_table(space.passing("current")).sort_by("capture_id")
    ids = current["capture_id"].to_pylist()
    found = {name: current[name] for name in current.column_names}
    rest = [name for name in columns if name not in found]
    for folder, table in ((space.normalised, NORMALISED), (space.cleaned, CLEANED)):
        names = [name for name in rest if name in table.names and name not in found]
        if names:
            rows = stages.read(folder, ids, table, names)
            found |= {name: rows[name] for name in names}
    names = [name for name in rest if name not in found and name in CAPTURES.names]
    if names:
        captures = read_table(space.passing("captures"))
        place = {key: n for n, key in reversed(list(enumerate(captures["capture_id"].to_pylist())))}
        rows = captures.take(pa.array([place[key] for key in ids], pa.int64()))
        found |= {name: rows[name] for name in names}
    return pa.table({name: found[name] for name in columns})
