"""Real articles in any order, by any runs, killed or not: the same events, stories and ids.

They are those of the labelled set of events (see docs/quality.md), where it is at hand.
"""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storywire.duplicates import lineage
from storywire.duplicates.sets import Sets, from_lists
from storywire.store.shelf import Shelf
from storywire.stories.clusters import Clusters, cluster

SET = Path(__file__).parents[4] / "shared/eval/stories.parquet"
ROUNDS = 6
READ = ["title", "language", "terms", "weights"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SET.exists(), reason="the labelled set of events is not beside the project"),
]


@pytest.fixture(scope="module")
def real() -> pa.Table:
    """The quarter with the most labelled reports, strangers among them."""
    from benchmarks import quality

    rows = [row for row in pq.read_table(SET).to_pylist() if row["benchmark"] == "allsides"]
    days = pd.to_datetime(pd.Series([row["published_on"] for row in rows]), format="mixed", errors="coerce")
    quarters = days.dt.to_period("Q").astype(str).tolist()
    labelled = Counter(quarter for row, quarter in zip(rows, quarters, strict=True) if row["event"])
    busiest = min(labelled, key=lambda quarter: (-labelled[quarter], quarter))
    rows = [row for row, quarter in zip(rows, quarters, strict=True) if quarter == busiest]
    table = quality.articles(rows)
    return table.append_column("capture_id", pc.binary_join_element_wise("c", table["article_id"], "-"))


def run(articles: pa.Table, everything: pa.Table, shelf: Shelf | None) -> Clusters:
    """Copies, events and stories of some articles, as the two stages find them; what is kept lies on the shelf."""

    def shingles(rows: pa.Table) -> Sets:
        place = pc.index_in(rows["capture_id"], everything["capture_id"].combine_chunks())
        return from_lists(everything["shingles"].combine_chunks().take(place.combine_chunks()))

    def read(rows: pa.Table, columns: list[str]) -> pa.Table:
        place = pc.index_in(rows["capture_id"], everything["capture_id"].combine_chunks())
        there = everything.column_names
        return pa.table({n: everything[n].take(place) if n in there else pa.nulls(len(rows)) for n in columns})

    bare = articles.drop_columns(["shingles"])
    found = lineage.find(bare, read=shingles, kept=shelf)
    compared = bare.drop_columns([*READ, "published_on"]).sort_by("article_id")
    for name in ("duplicate_group", "is_lead", "published_on"):
        compared = compared.append_column(name, found.grouped[name])
    return cluster(compared.append_column("originator", compared["site"]), read=read, kept=shelf)


def pick(real: pa.Table, places: list[int]) -> pa.Table:
    return real.take(pa.array(places, pa.int64()))


def same(one: Clusters, other: Clusters) -> bool:
    return all(getattr(one, name).equals(getattr(other, name)) for name in ("clustered", "events", "stories"))


@given(st.integers(0, 1 << 30), st.integers(1, 40), st.integers(0, 2))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_and_any_runs_end_in_the_same_clusters(
    real: pa.Table, tmp_path_factory: pytest.TempPathFactory, seed: int, count: int, runs: int
):
    """A sample in its own order, all at once; and shuffled, in several runs by day or at random, some of it twice."""
    lot = random.Random(seed)  # noqa: S311 - invented orders, no secrets
    start = lot.randrange(len(real))
    near = [(start + step) % len(real) for step in range(count)]
    whole = run(pick(real, near), real, None)
    by_day = sorted(near, key=lambda row: str(real["published_on"][row]))
    order = by_day if lot.random() < 0.5 else lot.sample(near, len(near))
    shelf = Shelf(tmp_path_factory.mktemp("kept"))
    for _ in range(runs):
        some = order[: lot.randrange(len(order) + 1)]
        run(pick(real, lot.sample(some, len(some))), real, shelf)
    assert same(run(pick(real, lot.sample(order, len(order))), real, shelf), whole)


def test_a_kill_at_any_moment_is_never_to_be_seen(real: pa.Table, tmp_path: Path):
    """A process that does nothing but cluster what comes in is killed again and again, and the next one goes on."""
    source, folder = tmp_path / "real.parquet", tmp_path / "kept"
    pq.write_table(real, source)
    lot = random.Random(7)  # noqa: S311 - invented moments, no secrets
    killed = 0
    for round_ in range(ROUNDS):
        command = [sys.executable, "-c", f"from {__name__} import forever; forever({str(source)!r}, {str(folder)!r})"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as process:
            assert process.stdout
            assert process.stdout.readline() == b"begun\n"
            # The last one has kept something, however slow the machine; the others are killed whatever they were at.
            while round_ == ROUNDS - 1 and not any(folder.glob("*.arrays")) and process.poll() is None:
                time.sleep(0.01)
            try:
                process.wait(timeout=lot.uniform(0.01, 0.6) * (1 + round_))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
    assert killed == ROUNDS
    assert any(folder.glob("*.arrays"))
    assert same(run(real, real, Shelf(folder)), run(real, real, None))


def forever(source: str, folder: str) -> None:
    """Cluster a little more each time, then all anew."""
    real = pq.read_table(source)
    shelf = Shelf(Path(folder))
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    while True:
        for count in range(20, len(real), 20):
            run(real.slice(0, count), real, shelf)
