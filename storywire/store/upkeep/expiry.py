"""What nobody uses any more is let go."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from storywire.schema import RUNS
from storywire.store import lock
from storywire.store.attempts import ALIVE, NOTE
from storywire.store.files import read_table, refused, write_table
from storywire.store.upkeep.merging import removed, size
from storywire.store.workspace import Workspace

LEFTOVER = timedelta(days=1)
"""Age at which a growing file, or the folder of a run nobody holds, is given up: no write takes that long."""


@dataclass(frozen=True, slots=True)
class Expired:
    """What was let go: folders of stages, leftovers of crashes, rows of `runs`; and what that came to."""

    stages: int
    leftovers: int
    runs: int
    files_before: int
    files_after: int
    bytes_freed: int


def expire(space: Workspace, *, stages_days: int, runs_days: int, now: datetime) -> Expired:
    """Let go of results of other code, of what crashes left, and of old rows of the log of runs.

    Args:
        space: The data folder.
        stages_days: Days without a new result after which those of another version of the code go; 0: at once.
        runs_days: Days after which rows of `runs` go; 0 keeps all. The newest run is always kept.
        now: The present, with its offset.

    Raises:
        StoreError: Something cannot be removed, or a file of `runs` is damaged.
    """
    areas = [space.interim, space.processed]
    before = size(areas)
    unused = [path for path in superseded(space) if _newest(path) <= (now - timedelta(days=stages_days)).timestamp()]
    leftovers = _leftovers(space, (now - LEFTOVER).timestamp())
    for path in [*unused, *leftovers]:
        with refused(f"{path} cannot be removed"):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    runs = _forget(space.processed / RUNS.name, now - timedelta(days=runs_days)) if runs_days else 0
    after = size(areas)
    return Expired(len(unused), len(leftovers), runs, before[0], after[0], before[1] - after[1])


def superseded(space: Workspace) -> list[Path]:
    """Folders with results of stages that other versions of the code made."""
    found = {
        path
        for stage in ("cleaned", "normalised", "copies", "clusters")
        for path in space.interim.glob(f"{stage}-*")
        if path.is_dir()
    }
    return sorted(found - {space.cleaned, space.normalised, space.copies, space.clusters})


def _leftovers(space: Workspace, before: float) -> list[Path]:
    """Folders of runs that ended without taking theirs along, and files that stopped growing.

    A run that died and left a note is told of first, and taken away, by `attempts.bury`.
    """
    runs = [
        path
        for path in space.runs.glob("*")
        if _newest(path) < before and not (path / NOTE).exists() and not lock.is_held(path / ALIVE)
    ]
    growing = [path for root in (space.interim, space.processed) for path in root.rglob(".*.tmp")]
    old = [path for path in growing if path.is_file() and path.stat().st_mtime < before]
    return sorted({*runs, *(path for path in old if not any(path.is_relative_to(run) for run in runs))})


def _newest(path: Path) -> float:
    """When anything in a folder was last written; the folder itself where it is empty."""
    files = [one for one in path.rglob("*") if one.is_file()]
    return max(one.stat().st_mtime for one in files or [path])


def _forget(log: Path, before: datetime) -> int:
    """Drop the rows of runs that began before a moment, but for the newest, without which tables are not whole."""
    dropped = 0
    for file in sorted(log.glob("*.parquet"))[:-1]:
        rows = read_table(file)
        kept = rows.filter(pc.greater_equal(rows["started_at"], pa.scalar(before, rows["started_at"].type)))
        dropped += rows.num_rows - kept.num_rows
        if not kept.num_rows:
            for _ in removed([file]):
                pass
        elif kept.num_rows < rows.num_rows:
            write_table(kept, file, RUNS.arrow)
    return dropped
