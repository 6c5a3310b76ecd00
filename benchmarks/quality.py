"""Run the pipeline's own stages over labelled sets and write predictions for their scorer.

`python -m benchmarks.quality --data DIR --out DIR [--only pages,dates,...]`: DIR holds the sets as
Parquet files (pages, textdumps, dates, languages, duplicates, stories) and `score.py`; the README
says which public benchmarks they come from. The functions called are those the tasks call.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import reliability
from benchmarks.answers import Row, article, compared, identified
from storywire.capture import Capture
from storywire.duplicates import lineage
from storywire.schema import GROUPED
from storywire.settings import Settings
from storywire.stories import clusters
from storywire.work.pool import Pool


def each(function: Callable[[Any], Row], items: list[Any]) -> Iterator[Row]:
    """Results in the order of the items, under the limits of the clean task.

    A page that fails gives an empty row, as an answer that is missing.
    """
    limits = Settings()
    with Pool(
        workers=limits.workers,
        deadline_seconds=limits.page_deadline_seconds,
        recycle_after=limits.recycle_after,
        memory_bytes=limits.worker_memory_bytes,
        preload=("storywire.work.warm",),
    ) as pool:
        for outcome in pool.run_each(function, items):
            if outcome.failure:
                print(f"  {outcome.failure}: {outcome.detail}", file=sys.stderr)
            yield outcome.value or {}


Through = Callable[[Callable[[Any], Row], list[Any]], Iterator[Row]]
"""How a function is called on every item: `each`, or `map`."""


def predict_pages(rows: list[Row]) -> list[Row]:
    """Text, title, authors, date and language of whole pages."""
    captures = [captured(row["html"], row["url"], row.get("crawled_at")) for row in rows]
    empty = dict.fromkeys(("text", "title", "authors", "publication_date", "date_confidence", "language"))
    found = each(article, captures)
    return [
        {"id": row["id"], "benchmark": row["benchmark"]} | empty | got for row, got in zip(rows, found, strict=True)
    ]


def predict_dates(rows: list[Row]) -> list[Row]:
    """Publication dates of whole pages."""
    found = each(article, [captured(row["html"], row["url"], None) for row in rows])
    return [
        {"id": row["id"], "url": row["url"]} | {name: got.get(name) for name in ("publication_date", "date_confidence")}
        for row, got in zip(rows, found, strict=True)
    ]


def predict_textdumps(rows: list[Row]) -> list[Row]:
    """Article text out of page dumps without markup."""
    found = each(article, [Capture(row["dump"].encode(), "dump", row["id"], row["url"]) for row in rows])
    return [{"id": row["id"], "text": got.get("text")} for row, got in zip(rows, found, strict=True)]


def predict_languages(rows: list[Row]) -> list[Row]:
    """The language of single sentences."""
    texts = [row["text"] for row in rows]
    return [{"text": text} | got for text, got in zip(texts, each(identified, texts), strict=True)]


def predict_duplicates(rows: list[Row]) -> list[Row]:
    """Groups of copies among articles with known text and date."""
    table = articles(rows)
    groups = lineage.find(table).grouped
    return [
        {"id": rows[int(key[1:])]["id"], "duplicate_group": group}
        for key, group in zip(groups["article_id"].to_pylist(), groups["duplicate_group"].to_pylist(), strict=True)
    ]


def predict_stories(rows: list[Row], through: Through = each) -> list[Row]:
    """Events and stories among articles with known text and date, each benchmark a corpus of its own."""
    predictions = []
    for benchmark in sorted({row["benchmark"] for row in rows}):
        part = [row for row in rows if row["benchmark"] == benchmark]
        table = articles(part, through).sort_by("article_id")
        groups = lineage.find(table).grouped
        for name in ("duplicate_group", "is_lead", "published_on"):
            position = table.column_names.index(name) if name in table.column_names else None
            column = groups[name]
            table = table.append_column(name, column) if position is None else table.set_column(position, name, column)
        found = clusters.cluster(table.append_column("originator", table["site"])).clustered.to_pylist()
        predictions += [
            {"id": part[int(row["article_id"][1:])]["id"], "benchmark": benchmark}
            | {"story_cluster": row["event_id"], "story_id": row["story_id"] or row["event_id"]}
            for row in found
        ]
    return predictions


PREDICT: dict[str, Callable[[list[Row]], list[Row]]] = {
    "pages": predict_pages,
    "textdumps": predict_textdumps,
    "dates": predict_dates,
    "languages": predict_languages,
    "duplicates": predict_duplicates,
    "stories": predict_stories,
}


TOPICS = "ecb+"
"""The benchmark whose labels name a topic above the event."""

TRUE_DAY = {"pages": "published_at", "dates": "date"}
"""Column of the true day in the sets whose dates show how far a confidence may be trusted."""


def main() -> int:
    """Predict, then print how sure dates were and how often right, and what the scorer says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets and score.py")
    parser.add_argument("--out", type=Path, required=True, help="folder for the predictions")
    parser.add_argument("--only", default=",".join(PREDICT), help="sets to run, parted by commas")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    dated: list[tuple[Row, object]] = []
    for name in given.only.split(","):
        path = given.data / f"{name}.parquet"
        if not path.exists():
            print(f"{name}: left out, {path} is not there", file=sys.stderr)
            continue
        rows = pq.read_table(path).to_pylist()
        predictions = PREDICT[name](rows)
        if name in TRUE_DAY:
            days = [row[TRUE_DAY[name]] for row in rows]
            dated += [(got, day) for got, day in zip(predictions, days, strict=True) if day]
        if name == "duplicates":
            print("same-event pairs of other reports, grouped: {} of {}".format(*strangers_grouped(rows, predictions)))
        if name == "stories":
            print("\n".join(told_of_stories(rows, predictions)))
        pq.write_table(pa.Table.from_pylist(predictions), given.out / f"{name}.parquet")
        print(f"{name}: {len(predictions)} predictions", file=sys.stderr)
    if dated:
        got_of, true_of = zip(*dated, strict=True)
        for least in (1, reliability.ENOUGH):
            print(reliability.markdown(reliability.reliability(got_of, true_of, least)), file=sys.stderr)
    scorer = [sys.executable, str(given.data / "score.py"), str(given.out), str(given.data)]
    return subprocess.run(scorer, check=False).returncode  # noqa: S603 - the scorer the caller named


def strangers_grouped(rows: list[Row], predictions: list[Row]) -> tuple[int, int]:
    """Pairs of articles on one event that are no copies: how many lie in one group, and how many there are.

    The scorer counts copies and what was taken for one among all pairs; these are the pairs that are easily mistaken.
    """
    of_event: dict[str, list[tuple[str, str]]] = {}
    for row, got in zip(rows, predictions, strict=True):
        if row["event"]:
            of_event.setdefault(row["event"], []).append((row["group"], got["duplicate_group"]))
    pairs = [pair for those in of_event.values() for pair in combinations(those, 2) if pair[0][0] != pair[1][0]]
    return sum(one[1] == other[1] for one, other in pairs), len(pairs)


def told_of_stories(rows: list[Row], predictions: list[Row]) -> list[str]:
    """How far the stories are the topics of the labels, and how large the largest event and story are.

    The scorer judges events. ECB+ names an event `ecb-TOPIC-PART`: two happenings of one kind in each topic.
    """
    of_article = {(got["benchmark"], got["id"]): got for got in predictions}
    lines = []
    for benchmark in sorted({row["benchmark"] for row in rows}):
        here = [got for got in predictions if got["benchmark"] == benchmark]
        most = [Counter(got[name] for got in here).most_common(1)[0][1] for name in ("story_cluster", "story_id")]
        lines.append(f"{benchmark}: largest event {most[0]}, largest story {most[1]} articles")
    labelled = [row for row in rows if row["benchmark"] == TOPICS and row["event"]]
    if labelled:
        topics = [row["event"].rpartition("-")[0] for row in labelled]
        precision, recall, f1 = bcubed(topics, [of_article[TOPICS, row["id"]]["story_id"] for row in labelled])
        lines.append(f"{TOPICS} topics: BCubed precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f}")
    return lines


def bcubed(true: list[str], said: list[str]) -> tuple[float, float, float]:
    """BCubed precision, recall and their harmonic mean, of two clusterings of the same things.

    >>> bcubed(["a", "a", "b"], ["x", "y", "y"])
    (0.6666666666666666, 0.6666666666666666, 0.6666666666666666)
    """
    of_true, of_said, of_both = Counter(true), Counter(said), Counter(zip(true, said, strict=True))
    precision = sum(of_both[t, s] / of_said[s] for t, s in zip(true, said, strict=True)) / len(true)
    recall = sum(of_both[t, s] / of_true[t] for t, s in zip(true, said, strict=True)) / len(true)
    return precision, recall, 2 * precision * recall / (precision + recall)


def captured(html: bytes | str, url: str | None, crawled_at: Any) -> Capture:
    """A page of the sets as the pipeline takes it in."""
    body = html if isinstance(html, bytes) else html.encode("utf-8", "replace")
    seen = None
    if crawled_at:
        seen = datetime.fromisoformat(str(crawled_at))
        seen = seen if seen.tzinfo else seen.replace(tzinfo=UTC)
    return Capture(body, "html", url or "", url, seen)


def articles(rows: list[Row], through: Through = each) -> pa.Table:
    """Articles as the deduplicate task reads them, named by their place; compared in one process `through` `map`."""
    known = through(compared, rows)
    full = []
    days = pd.to_datetime(pd.Series([row["published_on"] for row in rows]), format="mixed", errors="coerce")
    for place, (row, got, moment) in enumerate(zip(rows, known, days, strict=True)):
        day = None if pd.isna(moment) else moment.date()
        full.append(
            {
                "article_id": f"a{place}",
                "site": row["source"],
                "title": row["title"],
                "n_words": len(row["text"].split()),
                "published_on": day,
                "date_confidence": 0.95 if day else None,
                "date_source": "given" if day else None,
            }
            | got
        )
    unknown = {name: GROUPED.arrow.field(name).type for name in ("published_at", "wire_agency", "wire_source")}
    unknown |= {"wire_confidence": pa.float64(), "wire_evidence": pa.string(), "captured_at": unknown["published_at"]}
    schema = pa.schema(
        [
            *((name, pa.string()) for name in ("article_id", "site", "title", "date_source", "language")),
            ("n_words", pa.int32()),
            ("published_on", pa.date32()),
            ("date_confidence", pa.float64()),
            ("shingles", pa.list_(pa.uint64())),
            ("terms", pa.list_(pa.string())),
            ("weights", pa.list_(pa.float32())),
            *unknown.items(),
        ]
    )
    return pa.Table.from_pylist(full, schema=schema)


if __name__ == "__main__":
    sys.exit(main())
