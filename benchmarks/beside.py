"""Events as we find them beside other ways of clustering: one run, the same articles, the same scorer.

`python -m benchmarks.beside --data DIR --out DIR [--python PYTHON] [--only storywire,components,...]`: DIR holds
`stories.parquet` and `score.py`. PYTHON is that of the environment of clusterers.lock (docs/quality.md), where
`benchmarks/clusterers.py` runs; `--only storywire` needs none. Every other method runs through a small grid, and what
suits the labels best is printed: its best setting for each benchmark, which no one could have known, and the best
single one for all of them. Ours has one setting. CPU seconds are those from texts to clusters, in one process.
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.answers import compared
from benchmarks.quality import predict_stories

METHODS = ("components", "leiden", "centroid", "tfidf-linkage", "hdbscan", "minilm-linkage")

CLUSTERERS = Path(__file__).with_name("clusterers.py")

LIMIT_SECONDS = 3 * 3600
"""No method may take longer for its whole grid."""

Score = Callable[[pd.DataFrame, pd.DataFrame], dict[str, dict[str, float]]]


@dataclass(frozen=True, slots=True)
class Result:
    """One setting on one benchmark: the scorer's figures, ours beside them."""

    setting: str
    benchmark: str
    precision: float
    recall: float
    f1: float
    largest: int
    seconds: float
    same_shuffled: float | None


def agreement(one: Sequence[object], other: Sequence[object]) -> float:
    """The adjusted Rand index of two partitions of the same articles: 1 where they are the same, about 0 by chance.

    >>> agreement("aabb", "xxyy"), round(agreement("aabb", "abab"), 6)
    (1.0, -0.5)
    """
    both = sum(comb(count, 2) for count in Counter(zip(one, other, strict=True)).values())
    left, right = (sum(comb(count, 2) for count in Counter(part).values()) for part in (one, other))
    expected = left * right / comb(len(one), 2)
    most = (left + right) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def best(results: list[Result]) -> dict[str, Result]:
    """The result with the highest F1 of each benchmark; of equals the first."""
    chosen: dict[str, Result] = {}
    for result in results:
        if result.benchmark not in chosen or result.f1 > chosen[result.benchmark].f1:
            chosen[result.benchmark] = result
    return chosen


def best_single(results: list[Result]) -> dict[str, Result]:
    """The results of the setting with the highest mean F1 over all benchmarks; of equals the first."""
    f1: dict[str, float] = {}
    for result in results:
        f1[result.setting] = f1.get(result.setting, 0.0) + result.f1
    setting = max(f1, key=lambda name: f1[name])
    return {result.benchmark: result for result in results if result.setting == setting}


def main() -> int:
    """Run every method named, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of stories.parquet and score.py")
    parser.add_argument("--out", type=Path, required=True, help="folder for predictions and embeddings")
    parser.add_argument("--python", help="the interpreter of the other methods' environment")
    parser.add_argument("--only", default=",".join(("storywire", *METHODS)), help="methods to run, parted by commas")
    given = parser.parse_args()
    names = given.only.split(",")
    if set(names) != {"storywire"} and not given.python:
        parser.error("--python is needed: other methods live in an environment of their own")
    given.out.mkdir(parents=True, exist_ok=True)
    source = given.data / "stories.parquet"
    gold = pd.read_parquet(source)
    scorer: Score = runpy.run_path(str(given.data / "score.py"))["stories"]
    print("| method | benchmark | setting | P | R | F1 | largest | articles a CPU second | same when shuffled |")
    print("|---|---|---|---:|---:|---:|---:|---:|---:|")
    for name in names:
        target = given.out / f"{name}.parquet"
        seconds = ours(source, target) if name == "storywire" else other(given.python, name, source, target, given.out)
        results = scored(pd.read_parquet(target), gold, seconds, scorer)
        sizes = gold.groupby("benchmark").size()
        for row in best(results).values():
            print(line(name, row, int(sizes[row.benchmark])), flush=True)
        if len(seconds) > 1:
            for row in best_single(results).values():
                print(line(f"{name}, one setting for all", row, int(sizes[row.benchmark])), flush=True)
    return 0


def ours(source: Path, target: Path) -> dict[str, dict[str, float]]:
    """Our own events, copies found and all, in this process; the seconds by benchmark."""
    rows = pq.read_table(source).to_pylist()
    compared(rows[0])  # the tables of words are read before the clock starts
    predictions: list[dict[str, Any]] = []
    seconds: dict[str, float] = {}
    for benchmark in sorted({row["benchmark"] for row in rows}):
        started = time.process_time()
        predictions += predict_stories([row for row in rows if row["benchmark"] == benchmark], map)
        seconds[benchmark] = time.process_time() - started
    pq.write_table(pa.Table.from_pylist([{"setting": "own", "shuffled": None} | row for row in predictions]), target)
    return {"own": seconds}


def other(python: str, name: str, source: Path, target: Path, cache: Path) -> dict[str, dict[str, float]]:
    """The clusters of another method, with every setting of its grid; the seconds by setting and benchmark."""
    command = [python, str(CLUSTERERS), name, str(source), str(target), str(cache / "embeddings")]
    one_thread = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(  # noqa: S603 - the caller named the interpreter
        command, check=True, stdout=subprocess.PIPE, text=True, env=one_thread, timeout=LIMIT_SECONDS
    )
    seconds: dict[str, dict[str, float]] = json.loads(done.stdout)
    return seconds


def scored(
    found: pd.DataFrame, gold: pd.DataFrame, seconds: dict[str, dict[str, float]], scorer: Score
) -> list[Result]:
    """What the scorer says of every setting, with the largest cluster, the seconds, and what a shuffle left alike."""
    results = []
    for setting, part in found.groupby("setting", sort=False):
        figures = scorer(gold, part)
        for benchmark, those in part.groupby("benchmark"):
            clusters, shuffled = those["story_cluster"].tolist(), those["shuffled"]
            results.append(
                Result(
                    str(setting),
                    str(benchmark),
                    figures[str(benchmark)]["bcubed_p"],
                    figures[str(benchmark)]["bcubed_r"],
                    figures[str(benchmark)]["bcubed_f1"],
                    max(Counter(clusters).values()),
                    seconds[str(setting)][str(benchmark)],
                    None if shuffled.isna().all() else agreement(clusters, shuffled.tolist()),
                )
            )
    return results


def line(name: str, of: Result, articles: int) -> str:
    """A row of the table."""
    same = "" if of.same_shuffled is None else f"{of.same_shuffled:.3f}"
    figures = f"{of.precision:.3f} | {of.recall:.3f} | {of.f1:.3f} | {of.largest} | {articles / of.seconds:,.0f}"
    return f"| {name} | {of.benchmark} | {of.setting} | {figures} | {same} |"


if __name__ == "__main__":
    sys.exit(main())
