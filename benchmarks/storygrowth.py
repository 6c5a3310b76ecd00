"""What events and stories cost as the corpus grows: articles a CPU second, and what one more day costs.

`python -m benchmarks.storygrowth [--sizes 20000] [--daily 10000,200000] [--cache DIR]`. The reports are those of
`benchmarks.stream`, written once, a file a day (in DIR, where given, for the next time). What is timed is all of
`clusters.cluster` as a run calls it, from the columns of the articles to the tables, with the writing of what is kept
for the next run. `--daily` prints what one more day costs a run that finds the days before kept: the median of several
such runs, in which the sizes take turns, since machines have their moods, and the median of how many times what the
run at the first size took, in the same turn. Each run is a process of its own, whose peak
memory is printed (on Linux, without what is mapped from files).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks import stream
from benchmarks.memory import watched
from storywire.columns import coded
from storywire.schema import ARTICLES, NORMALISED
from storywire.store.shelf import Shelf
from storywire.stories import clusters
from storywire.stories.clusters import Clusters

WANTED = (
    "wanted: 1,000 articles a CPU second at 20,000; a day more at 200,000 within 1.5 times the time and 1.3 times the "
    "memory of one at 10,000"
)

TURNS = 41
"""Runs of one more day at each size: single ones lie up to a third apart, and ratios of medians of 21 up to a tenth."""

GIVEN = (
    *("article_id", "capture_id", "captured_at", "site", "originator", "n_words", "language"),
    *("duplicate_group", "is_lead", "published_on"),
)
"""What the stage has of every article; the rest is read for those that are new."""

_TYPES = {column.name: column.type for column in (*ARTICLES.columns, *NORMALISED.columns)}
SCHEMA = pa.schema([(name, _TYPES.get(name, pa.string())) for name in (*GIVEN, "title", "terms", "weights", "event")])


def lay_aside(folder: Path, count: int) -> None:
    """Write so many articles, a file a day, unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = -(-count // stream.PER_DAY)
    if len(list(folder.glob("day-*.parquet"))) >= wanted:
        return
    for number, rows in enumerate(stream.days(count)):
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), folder / f"day-{number:04}.parquet")


def articles(folder: Path, count: int) -> pa.Table:
    """What the stage is given of the first articles, as `tasks.cluster` gives it."""
    files = sorted(folder.glob("day-*.parquet"))[: -(-count // stream.PER_DAY)]
    found = pa.concat_tables([pq.read_table(file, columns=list(GIVEN)) for file in files]).combine_chunks()
    for name in ("site", "language", "originator"):
        found = found.set_column(found.column_names.index(name), name, coded(found[name]))
    return found


def read(folder: Path, rows: pa.Table, columns: list[str]) -> pa.Table:
    """Further columns of some articles, from the files of their days."""
    days = pc.days_between(
        pa.scalar(stream.FIRST), rows["captured_at"].cast(pa.timestamp("us")).cast(pa.date32(), False)
    )
    there = [name for name in columns if name in SCHEMA.names]
    parts = []
    for number in sorted(set(days.to_pylist())):
        part = pq.read_table(folder / f"day-{number:04}.parquet", columns=["capture_id", *there])
        parts.append(part.filter(pc.is_in(part["capture_id"], rows["capture_id"].combine_chunks())))
    stored = pa.concat_tables(parts or [SCHEMA.empty_table().select(["capture_id", *there])])
    stored = stored.take(pc.index_in(rows["capture_id"], stored["capture_id"].combine_chunks()))
    return pa.table({name: stored[name] if name in there else pa.nulls(len(rows)) for name in columns})


def measured(folder: Path, shelf: Path, count: int) -> dict[str, Any]:
    """What clustering so many articles costs, given what is kept of earlier runs."""
    clusters.cluster(pa.concat_tables([pq.read_table(folder / "day-0000.parquet")]).slice(0, 300).drop_columns("event"))
    table = articles(folder, count)
    with watched() as peak:
        started = time.process_time()
        kept = Shelf(shelf)
        found = clusters.cluster(table, read=partial(read, folder), kept=kept)
        kept.clear()
        seconds = time.process_time() - started
    sizes = Counter(found.clustered["event_id"].to_pylist()).values()
    stories = Counter(story for story in found.clustered["story_id"].to_pylist() if story).values()
    figures = {"seconds": seconds, "peak_mb": max(peak), "event": max(sizes), "story": max(stories)}
    return figures | {"f1": bcubed(folder, found)}


def bcubed(folder: Path, found: Clusters) -> float:
    """BCubed F1 of the events, that a figure is not one of clusters gone wrong (Bagga and Baldwin 1998)."""
    labels: dict[str, str] = {}
    for file in sorted(folder.glob("day-*.parquet")):
        told = pq.read_table(file, columns=["article_id", "event"])
        labels |= dict(zip(told["article_id"].to_pylist(), told["event"].to_pylist(), strict=True))
    got = found.clustered["event_id"].to_pylist()
    want = [labels[article] for article in found.clustered["article_id"].to_pylist()]
    both, mine, theirs = Counter(zip(got, want, strict=True)), Counter(got), Counter(want)
    precision = sum(count * count / mine[one] for (one, _), count in both.items()) / len(got)
    recall = sum(count * count / theirs[other] for (_, other), count in both.items()) / len(got)
    return 2 * precision * recall / (precision + recall)


def _apart(folder: Path, shelf: str, count: int) -> dict[str, Any]:
    """One measurement, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.storygrowth", "--cache", str(folder), "--one", str(count), shelf]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this very program
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def print_daily(folder: Path, sizes: list[int]) -> None:
    """What one more day costs at each size."""
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        shelves = {size: Path(temporary) / str(size) for size in sizes}
        before = {size: _apart(folder, str(shelf), size - stream.PER_DAY) for size, shelf in shelves.items()}
        days: dict[int, list[dict[str, Any]]] = {size: [] for size in sizes}
        for turn in range(TURNS):
            for size in sizes:
                shelf = Path(temporary) / f"{size}-{turn}"
                # Linked: what a copy writes would go to the disk while the run is timed. No file is written in place.
                shutil.copytree(shelves[size], shelf, copy_function=os.link)
                days[size].append(_apart(folder, str(shelf), size))
                shutil.rmtree(shelf)
    heads = ("day CPU s", "least", "most", "times", "all CPU s", "day peak MB", "times", "all peak MB", "events F1")
    print(f"\n{'articles':>10}" + "".join(f"{head:>12}" for head in heads))
    for size in sizes:
        told = {name: [day[name] for day in days[size]] for name in ("seconds", "peak_mb")}
        median = {name: statistics.median(values) for name, values in told.items()}
        # Of runs that followed each other, since the machine's mood at one size need not be that at the other.
        first = {name: [day[name] for day in days[sizes[0]]] for name in told}
        times = {
            name: statistics.median(one / other for one, other in zip(values, first[name], strict=True))
            for name, values in told.items()
        }
        print(
            f"{size:10,}{median['seconds']:12.2f}{min(told['seconds']):12.2f}{max(told['seconds']):12.2f}"
            f"{times['seconds']:12.2f}{before[size]['seconds']:12.1f}{median['peak_mb']:12,.0f}{times['peak_mb']:12.2f}"
            f"{before[size]['peak_mb']:12,.0f}{days[size][0]['f1']:12.4f}",
            flush=True,
        )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="20000", help="numbers of articles, parted by commas")
    parser.add_argument("--daily", default="10000,200000", help="numbers with one day more, parted by commas")
    parser.add_argument("--cache", type=Path, help="folder in which the articles stay for the next time")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measured(given.cache, Path(given.one[1]), int(given.one[0]))))
        return 0
    sizes, daily = ([int(size) for size in told.split(",") if size] for told in (given.sizes, given.daily))
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.cache or Path(temporary)
        lay_aside(folder, max(*sizes, *daily, 0))
        print(f"{'articles':>10}{'a CPU second':>14}{'peak MB':>10}{'events F1':>11}{'largest event':>15}{'story':>8}")
        for size in sizes:
            with tempfile.TemporaryDirectory(dir=folder) as shelf:
                got = _apart(folder, shelf, size)
            figures = f"{got['peak_mb']:10,.0f}{got['f1']:11.4f}{got['event']:15,}{got['story']:8,}"
            print(f"{size:10,}{size / got['seconds']:14,.0f}{figures}", flush=True)
        print_daily(folder, daily)
    print(f"({WANTED})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
