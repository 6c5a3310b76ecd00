"""Many small files to few, which say the same.

Every new file is whole on disk before an old one goes. A crash in between leaves rows twice; readers
of captures and stages take each once, and the next upkeep ends it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from storywire.schema import RUNS
from storywire.store import attempts
from storywire.store.files import read_as, read_table, refused, sync_folder, write_table
from storywire.store.upkeep.kinds import CAPTURES, CLEANED, NORMALISED, Kind
from storywire.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Compacted:
    """What merging came to: files of captures, stages and runs before and after, and the bytes saved."""

    files_before: int
    files_after: int
    bytes_freed: int


def compact(space: Workspace) -> Compacted:
    """Merge small files of captures, of the stages' results and of the log of runs.

    Captures and stages are left alone while other runs are at work, which may be reading them.

    Raises:
        StoreError: A file is damaged, or the disk is full; what was merged before is sound.
    """
    areas = [space.captures, space.cleaned, space.normalised, space.processed / RUNS.name]
    before = size(areas)
    for _ in steps(space):
        pass
    after = size(areas)
    return Compacted(before[0], after[0], before[1] - after[1])


def steps(space: Workspace) -> Iterator[str]:
    """The same, one durable step at a time: what a test can stop after."""
    yield from _months(space.processed / RUNS.name)
    if any(other.run_id != space.run for other in attempts.at_work(space)):
        return
    for kind, root in ((CAPTURES, space.captures), (CLEANED, space.cleaned), (NORMALISED, space.normalised)):
        for day in sorted(path for path in root.glob("*") if path.is_dir()):
            yield from _merged(day, kind)


def _merged(day: Path, kind: Kind) -> Iterator[str]:
    """Merge the small files of one day."""
    weights = {file: kind.weight(file) for file in sorted(day.glob("*.parquet"))}
    small = [file for file, weight in weights.items() if weight < kind.small]
    if len(small) < 2:
        return
    at_odds = kind.at_odds(weights)
    for lot in _lots([file for file in small if file not in at_odds], weights, kind.full):
        rows = kind.once(pa.concat_tables([read_as(file, kind.table.arrow) for file in lot]))
        target = day / f"{kind.name(rows)}.parquet"
        write_table(rows, target, kind.table.arrow)
        yield f"wrote {target.name}"
        yield from removed(file for file in lot if file != target)


def _lots(files: Iterable[Path], weights: dict[Path, int], full: int) -> Iterator[list[Path]]:
    """Files in order of their names, as many together as fill one; those that stay alone are left out."""
    lot: list[Path] = []
    weight = 0
    for file in files:
        if lot and weight + weights[file] > full:
            if len(lot) > 1:
                yield lot
            lot, weight = [], 0
        lot.append(file)
        weight += weights[file]
    if len(lot) > 1:
        yield lot


def _months(log: Path) -> Iterator[str]:
    """One file for the runs of each past month.

    The newest run keeps a file of its own, the last by name: a month is past once the newest run is of a later one.
    """
    started = {
        file: read_table(file, ["started_at"])["started_at"].to_pylist() for file in sorted(log.glob("*.parquet"))
    }
    months: defaultdict[str, list[Path]] = defaultdict(list)
    for file, moments in started.items():
        months[max((f"{moment:%Y-%m}" for moment in moments), default="")].append(file)
    present = next((month for month, files in months.items() if max(started) in files), "")
    for month, files in sorted(months.items()):
        target = log / f"{month}.parquet"
        if "" < month < present and files != [target]:
            rows = pa.concat_tables([read_table(file) for file in files])
            place = {run: at for at, run in enumerate(rows["run_id"].to_pylist())}
            write_table(rows.take(pa.array(place.values(), pa.int64())).sort_by("run_id"), target, RUNS.arrow)
            yield f"wrote {target.name}"
            yield from removed(file for file in files if file != target)


def removed(files: Iterable[Path]) -> Iterator[str]:
    """Take files away for good, one step each."""
    for file in files:
        with refused(f"{file} cannot be removed"):
            file.unlink(missing_ok=True)
            sync_folder(file.parent)
        yield f"removed {file.name}"


def size(areas: Iterable[Path]) -> tuple[int, int]:
    """Files below some folders, and their bytes."""
    sizes = [path.stat().st_size for area in areas for path in area.rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)
