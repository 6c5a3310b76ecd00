"""What finding copies costs as the corpus grows: articles a CPU second, memory, recall and precision.

`python -m benchmarks.growth [--sizes 10000,100000,500000] [--daily] [--cache DIR] [--against TOOLS --python PYTHON]`.
The texts are those of `benchmarks.newswire`, shingled once and laid aside (some 3 GB at 500,000 articles; in DIR, where
given, for the next time), so that making them counts for nothing. What is timed is all of `lineage.find` as a run calls
it: sketches, candidates, verification, groups, edges, and the writing of what is kept for the next run. Each size is
measured in a process of its own, whose peak memory is printed (on Linux): its own, for what is mapped from a file goes
when others need the room. A smaller corpus is the beginning of a larger one: the days grow in number, not what one day
brings. `--daily` prints what one more day costs a run that finds the days before kept.

`--against`: other tools on the very texts of `--against-sizes`, by `benchmarks/copyfinders.py`, in the environment of
`--python` (docs/quality.md). Shingling counts there, on either side.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks import newswire
from benchmarks.memory import watched
from storywire.duplicates import lineage
from storywire.duplicates.lineage import Lineage
from storywire.duplicates.sets import Sets, from_lists
from storywire.duplicates.shingles import shingle
from storywire.schema import ARTICLES
from storywire.store.shelf import Shelf

WANTED = "wanted: 3,000 articles a CPU second at 100,000; an article at 500,000 within 1.5 times one at 10,000"

TIMED_ALIKE = 30_000
"""A small size is timed several times, until about so many articles have passed; the median counts."""

BLOCK = 10_000
"""Articles between two writes."""

THRESHOLDS = {"datasketch": (0.7, 0.5), "rensa": (0.7, 0.5)}
"""Other tools, and the similarities they are asked for."""

COPYFINDERS = Path(__file__).with_name("copyfinders.py")

LABELS = pa.schema([("report", pa.int64()), ("kind", pa.string()), ("shingles", pa.int64())])
ROWS = pa.schema(
    [
        ARTICLES.arrow.field(name)
        for name in (
            *("article_id", "site", "title", "n_words", "language", "captured_at"),
            *("published_on", "published_at", "date_source", "date_confidence"),
            *("wire_agency", "wire_source", "wire_confidence", "wire_evidence"),
        )
    ]
)


def row(made: newswire.Made) -> dict[str, Any]:
    """What the stages before would tell of a generated article."""
    return dict.fromkeys(ROWS.names) | {
        "article_id": made.article_id,
        "site": made.site,
        "title": made.title,
        "n_words": len(made.text.split()),
        "language": "en",
        "captured_at": made.captured_at,
        "published_on": made.published_on,
        "date_source": made.published_on and "jsonld",
        "date_confidence": made.date_confidence,
        "wire_agency": made.agency,
        "wire_source": made.agency and "dateline",
        "wire_confidence": made.agency and 0.95,
    }


def lay_aside(folder: Path, count: int) -> None:
    """Write rows, labels and shingles of so many articles, unless they are there."""
    rows = folder / "rows.parquet"
    if rows.exists() and pq.read_metadata(rows).num_rows >= count:
        return
    folder.mkdir(parents=True, exist_ok=True)
    schema = pa.schema([*ROWS, *LABELS])
    with (folder / "shingles").open("wb") as hashes, pq.ParquetWriter(folder / "rows.part", schema) as file:
        for block in _blocks(newswire.articles(count)):
            told = []
            for made in block:
                own = shingle(made.text)
                own.tofile(hashes)
                told.append(row(made) | {"report": made.report, "kind": made.kind, "shingles": own.size})
            file.write_table(pa.Table.from_pylist(told, schema))
    (folder / "rows.part").rename(rows)


def articles(folder: Path, count: int) -> tuple[pa.Table, pa.Table]:
    """The first articles laid aside, as the stage hands them over, and their labels; the shingles stay on disk."""
    rows = pq.read_table(folder / "rows.parquet").slice(0, count).combine_chunks()
    ends = np.append(0, np.cumsum(rows["shingles"].to_numpy()))
    hashes = np.memmap(folder / "shingles", np.uint64, "r", shape=(int(ends[-1]),))
    shingles = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.array(hashes))
    return rows.select(ROWS.names).append_column("shingles", shingles), rows.select(LABELS.names)


def measured(folder: Path, count: int) -> dict[str, Any]:
    """What finding the copies of one size costs and finds; peak memory is that of this process."""
    table, labels = articles(folder, count)
    lineage.find(table.slice(0, 500))  # what loads once per process is loaded before the clock starts
    seconds = []
    with watched() as peak:
        for _ in range(max(1, TIMED_ALIKE // count)):
            with tempfile.TemporaryDirectory(dir=folder) as shelf:
                started = time.process_time()
                found = as_a_run_does(table, Path(shelf))
                seconds.append(time.process_time() - started)
    by_id = pc.sort_indices(table["article_id"])  # the order in which groups are told
    groups = found.grouped["duplicate_group"].dictionary_encode().combine_chunks().indices.to_numpy()
    return {
        "articles": count,
        "seconds": median(seconds),
        "peak_mb": max(peak),
        "hashes_mb": table["shingles"].nbytes / 1e6,
        "edges": found.edges.num_rows,
        "largest": int(np.bincount(groups).max()),
        **score(groups, labels.take(by_id)),
    }


def as_a_run_does(table: pa.Table, folder: Path) -> Lineage:
    """The copies among articles, with what is found of each month kept in a folder."""
    shingles = table["shingles"].chunk(0)
    rows = table.drop_columns("shingles").append_column("capture_id", table["article_id"])
    rows = rows.append_column("place", pa.array(range(len(rows))))

    def read(part: pa.Table) -> Sets:
        return from_lists(shingles.take(part["place"].combine_chunks()))

    shelf = Shelf(folder)
    found = lineage.find(rows, read=read, kept=shelf)
    shelf.clear()
    return found


def a_day_more(folder: Path, shelf: Path, count: int) -> dict[str, float]:
    """What a run costs that finds a day more than what was kept; peak memory is that of this process."""
    table, _ = articles(folder, count)
    lineage.find(table.slice(0, 500))
    started = time.process_time()
    with watched() as peak:
        as_a_run_does(table, shelf)
    return {"seconds": time.process_time() - started, "peak_mb": max(peak)}


def score(groups: npt.NDArray[np.int64], labels: pa.Table) -> dict[str, float]:
    """Pairs of copies found and found rightly, and the share of each kind that is with its original."""
    report, kind = labels["report"].to_numpy(), labels["kind"].to_numpy(zero_copy_only=False)
    both = _pairs(np.stack([groups, report], axis=1))
    of_report = dict(zip(report[kind == "original"].tolist(), groups[kind == "original"].tolist(), strict=True))
    found = {"recall": both / _pairs(report[:, None]), "precision": both / max(1, _pairs(groups[:, None]))}
    for each in newswire.KINDS:
        chosen = kind == each
        with_original = [of_report.get(number) for number in report[chosen].tolist()] == groups[chosen]
        found[each] = float(np.mean(with_original))
    return found


def _pairs(keys: npt.NDArray[np.int64]) -> int:
    """Pairs of rows with the same key."""
    sizes = np.unique(keys, axis=0, return_counts=True)[1]
    return int((sizes * (sizes - 1) // 2).sum())


def _blocks(made: Iterator[newswire.Made]) -> Iterator[tuple[newswire.Made, ...]]:
    while block := tuple(islice(made, BLOCK)):
        yield block


def print_growth(folder: Path, sizes: list[int]) -> None:
    """One line for each size, measured in a process of its own."""
    heads = ("articles", "a CPU second", "an article", "peak MB", "recall", "precision", *newswire.KINDS, "largest")
    print("".join(f"{head:>13}" for head in heads))
    first = 0.0
    for size in sizes:
        one = [sys.executable, "-m", "benchmarks.growth", "--cache", str(folder), "--one", str(size)]
        done = subprocess.run(one, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this very program
        found = json.loads(done.stdout)
        cost = found["seconds"] / size
        first = first or cost
        figures = [f"{size:,}", f"{1 / cost:,.0f}", f"x {cost / first:.2f}", f"{found['peak_mb']:,.0f}"]
        figures += [f"{found[name]:.4f}" for name in ("recall", "precision", *newswire.KINDS)]
        print("".join(f"{figure:>13}" for figure in [*figures, f"{found['largest']:,}"]), flush=True)
    print(f"({WANTED})")


def print_daily(folder: Path, sizes: list[int]) -> None:
    """What one more day costs where the days before are kept; a process of its own does each."""
    print(f"\n{'articles':>13}{'day CPU s':>13}{'all CPU s':>13}{'day peak MB':>13}{'all peak MB':>13}")
    for size in sizes:
        with tempfile.TemporaryDirectory(dir=folder) as shelf:
            own = [sys.executable, "-m", "benchmarks.growth", "--cache", str(folder), "--shelf", shelf, "--one"]
            found = []
            for count in (size - newswire.PER_DAY, size):
                done = subprocess.run([*own, str(count)], check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this very program
                found.append(json.loads(done.stdout))
        figures = [day_or_all[name] for name in ("seconds", "peak_mb") for day_or_all in reversed(found)]
        print(f"{size:>13,}" + "".join(f"{figure:13,.1f}" for figure in figures), flush=True)


def print_beside(python: Path, tools: list[str], size: int) -> None:
    """Ours and other tools on the same texts, from the text to the groups; each in a process of its own."""
    with tempfile.TemporaryDirectory() as temporary:
        texts, groups = Path(temporary) / "texts.parquet", Path(temporary) / "groups.parquet"
        made = list(newswire.articles(size))
        labels = pa.Table.from_pylist([{"text": one.text, "report": one.report, "kind": one.kind} for one in made])
        pq.write_table(labels, texts)
        own = [sys.executable, "-m", "benchmarks.growth", "--texts", str(size), str(groups)]
        runs = [("storywire", own)]
        for tool in tools:
            for threshold in THRESHOLDS[tool]:
                other = [str(python), str(COPYFINDERS), tool, str(threshold), str(texts), str(groups)]
                runs.append((f"{tool} {threshold}", other))
        print(f"\n{size:,} articles, shingling included\n{'':20}{'ms/article':>13}", end="")
        print("".join(f"{head:>13}" for head in ("recall", "precision", *newswire.KINDS)))
        for name, command in runs:
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - named by the caller
            seconds = json.loads(done.stdout)["seconds"]
            found = score(pq.read_table(groups)["group"].to_numpy(), labels)
            figures = "".join(f"{found[each]:13.4f}" for each in ("recall", "precision", *newswire.KINDS))
            print(f"{name:20}{1000 * seconds / size:13.2f}{figures}", flush=True)


def from_texts(size: int, target: Path) -> dict[str, float]:
    """Our groups of the first articles, from their texts on, written in their order."""
    made = list(newswire.articles(size))
    told = [row(one) for one in made]
    shingle(made[0].text)
    started = time.process_time()
    shingles = pa.array([shingle(one.text) for one in made], pa.list_(pa.uint64()))
    found = lineage.find(pa.Table.from_pylist(told, ROWS).append_column("shingles", shingles))
    seconds = time.process_time() - started
    group = dict(zip(*(found.grouped[name].to_pylist() for name in ("article_id", "duplicate_group")), strict=True))
    numbers: dict[str, int] = {}
    in_order = [numbers.setdefault(group[one.article_id], len(numbers)) for one in made]
    pq.write_table(pa.table({"group": in_order}), target)
    return {"seconds": seconds}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,500000", help="numbers of articles, parted by commas")
    parser.add_argument("--cache", type=Path, help="folder in which shingles stay for the next time")
    parser.add_argument("--against", default="", help=f"other tools, of {', '.join(THRESHOLDS)}, parted by commas")
    parser.add_argument("--against-sizes", default="10000", help="numbers of articles they are given")
    parser.add_argument("--python", type=Path, help="the Python that has these tools")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--daily", action="store_true", help="what one more day costs, too")
    parser.add_argument("--shelf", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--texts", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.shelf:
        print(json.dumps(a_day_more(given.cache, given.shelf, given.one)))
        return 0
    if given.one:
        print(json.dumps(measured(given.cache, given.one)))
        return 0
    if given.texts:
        print(json.dumps(from_texts(int(given.texts[0]), Path(given.texts[1]))))
        return 0
    if given.against and not given.python:
        parser.error("--against needs --python: these tools live in an environment of their own")
    sizes = sorted(int(size) for size in given.sizes.split(","))
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.cache or Path(temporary)
        lay_aside(folder, sizes[-1])
        print_growth(folder, sizes)
        if given.daily:
            print_daily(folder, sizes)
    for size in given.against_sizes.split(",") if given.against else []:
        print_beside(given.python, given.against.split(","), int(size))
    return 0


if __name__ == "__main__":
    sys.exit(main())
