from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storywire import schema
from storywire.store import layout, manifest, swap
from storywire.store.files import StoreError, table_bytes
from storywire.store.manifest import Manifest
from storywire.store.reading import read_articles, resolve

TableOf = Callable[..., pa.Table]

ROWS = [
    {"article_id": "a1", "story_id": "s20260202-0a", "published_on": date(2026, 2, 2), "title": "Ferry aground"},
    {"article_id": "a2", "story_id": "s20260202-0a", "published_on": date(2026, 2, 9), "title": "Ferry towed"},
    {"article_id": "a3", "story_id": "s20260202-0a", "title": "Ferry owner silent"},
    {"article_id": "a4", "published_on": date(2026, 2, 9), "title": "Choir festival"},
    {"article_id": "a5", "title": "Bakery closes"},
]


def published(folder: Path, **tables: pa.Table) -> Path:
    declared = {table.name: table for table in schema.PUBLISHED}
    parts = [part for name, rows in tables.items() for part in layout.parts(declared[name], rows)]
    before = manifest.load(folder / "processed")
    swap.publish(folder / "processed", swap.plan(before, parts, Manifest(before.files, "x", (), 0)))
    return folder


def test_one_file_per_story_and_day_with_sentinels_for_what_is_not_known(table_of: TableOf) -> None:
    paths = [part.path for part in layout.parts(schema.ARTICLES, table_of(schema.ARTICLES, *ROWS))]
    assert paths == [
        "articles/story_cluster=s20260202-0a/publication_date=2026-02-02/articles.parquet",
        "articles/story_cluster=s20260202-0a/publication_date=2026-02-09/articles.parquet",
        "articles/story_cluster=s20260202-0a/publication_date=undated/articles.parquet",
        "articles/story_cluster=unclustered/publication_date=2026-02-09/articles.parquet",
        "articles/story_cluster=unclustered/publication_date=undated/articles.parquet",
    ]


def test_the_bytes_of_a_leaf_do_not_depend_on_the_order_of_its_rows(table_of: TableOf) -> None:
    shuffled = [ROWS[place] for place in (3, 0, 4, 2, 1)]
    one, other = (
        {part.path: table_bytes(part.rows) for part in layout.parts(schema.ARTICLES, table_of(schema.ARTICLES, *rows))}
        for rows in (
            [
                {
                    **row,
                    "capture_digest": "d",
                    "event_id": "e",
                    "duplicate_group": "g",
                    "pipeline_version": "1",
                    "revision": 1,
                }
                for row in order
            ]
            for order in (ROWS, shuffled)
        )
    )
    assert one == other


def test_monthly_tables_know_the_undated(table_of: TableOf) -> None:
    rows = table_of(schema.REJECTED, {"captured_at": datetime(2026, 2, 28, 23, 59, tzinfo=UTC)}, {})
    assert [part.path for part in layout.parts(schema.REJECTED, rows)] == [
        "rejected/capture_month=2026-02/rejected.parquet",
        "rejected/capture_month=undated/rejected.parquet",
    ]


def test_pandas_reads_the_partitions_as_strings(tmp_path: Path, table_of: TableOf) -> None:
    published(tmp_path, articles=table_of(schema.ARTICLES, *ROWS))
    frame = pd.read_parquet(tmp_path / "processed/articles")
    assert len(frame) == 5
    assert set(frame.story_cluster.astype(str)) == {"s20260202-0a", "unclustered"}
    of_story = pd.read_parquet(tmp_path / "processed/articles", filters=[("story_cluster", "==", "s20260202-0a")])
    assert sorted(of_story.article_id) == ["a1", "a2", "a3"]
    of_day = pd.read_parquet(tmp_path / "processed/articles", filters=[("publication_date", "==", "2026-02-09")])
    assert sorted(of_day.article_id) == ["a2", "a4"]


def test_every_file_carries_the_sentences_of_its_columns(tmp_path: Path, table_of: TableOf) -> None:
    published(tmp_path, articles=table_of(schema.ARTICLES, *ROWS))
    leaf = next((tmp_path / "processed/articles").rglob("*.parquet"))
    field = pq.read_schema(leaf).field("wire_agency")
    assert field.metadata[b"description"].startswith(b"News agency")


def test_read_articles_by_story_day_and_range(tmp_path: Path, table_of: TableOf) -> None:
    published(tmp_path, articles=table_of(schema.ARTICLES, *ROWS))

    def ids(**wanted: object) -> list[str]:
        return sorted(read_articles(tmp_path, **wanted).article_id)  # type: ignore[arg-type]  # the test passes what a user may

    assert ids() == ["a1", "a2", "a3", "a4", "a5"]
    assert ids(story="s20260202-0a") == ["a1", "a2", "a3"]
    assert ids(story=["s20260202-0a", "unclustered"]) == ["a1", "a2", "a3", "a4", "a5"]
    assert ids(dates=date(2026, 2, 9)) == ["a2", "a4"]
    assert ids(dates=("2026-02-01", "2026-02-08")) == ["a1"]
    assert ids(dates=(None, None)) == ["a1", "a2", "a4"]
    assert ids(story="s20260202-0a", dates=("2026-02-09", None)) == ["a2"]
    assert ids(story="s19990101-ff") == []
    frame = read_articles(tmp_path, story="s20260202-0a", columns=["title"])
    assert list(frame.columns) == ["title", "story_cluster", "publication_date"]


def test_a_retired_story_id_still_finds_its_articles(tmp_path: Path, table_of: TableOf) -> None:
    aliases = table_of(schema.STORY_ALIASES, {"retired_id": "s-old", "story_id": "s20260202-0a", "why": "merged"})
    published(tmp_path, articles=table_of(schema.ARTICLES, *ROWS), story_aliases=aliases)
    assert resolve("s-old", tmp_path) == "s20260202-0a"
    assert resolve("s20260202-0a", tmp_path) == "s20260202-0a"
    assert len(read_articles(tmp_path, story="s-old")) == 3


def test_reading_where_nothing_was_published_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="storywire run"):
        read_articles(tmp_path)


def test_a_null_where_none_may_stand_is_refused(table_of: TableOf) -> None:
    rows = table_of(schema.ARTICLES, {"article_id": "a1"}).set_column(
        0, schema.ARTICLES.arrow.field("article_id").with_nullable(True), pa.array([None], pa.string())
    )
    with pytest.raises(ValueError, match="article_id"):
        list(layout.parts(schema.ARTICLES, rows))
