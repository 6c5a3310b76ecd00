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
    swap.publish(
        folder / "processed", swap.prepare(folder / "processed", before, parts, Manifest(before.files, "x", ()))
    )
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


def test_days_may_be_given_as_pandas_gives_them_and_nonsense_is_named(tmp_path: Path, table_of: TableOf) -> None:
    published(tmp_path, articles=table_of(schema.ARTICLES, *ROWS))
    assert len(read_articles(tmp_path, dates=pd.Timestamp("2026-02-09"))) == 2
    assert len(read_articles(tmp_path, dates="undated")) == 2
    with pytest.raises(ValueError, match="'yesterday' is no day"):
        read_articles(tmp_path, dates="yesterday")
    with pytest.raises(ValueError, match="backwards"):
        read_articles(tmp_path, dates=("2026-02-09", "2026-02-01"))
    with pytest.raises(ValueError, match="no column headline"):
        read_articles(tmp_path, columns=["headline"])
    assert list(read_articles(tmp_path, columns=["title", "story_cluster"]).columns) == [
        "title",
        "story_cluster",
        "publication_date",
    ]


def test_an_empty_table_is_there_and_says_so(tmp_path: Path) -> None:
    published(tmp_path, articles=schema.ARTICLES.empty(), rejected=schema.REJECTED.empty())
    assert pd.read_parquet(tmp_path / "processed/articles").empty
    assert pd.read_parquet(tmp_path / "processed/rejected").empty
    assert read_articles(tmp_path).empty


def test_a_leaf_that_was_taken_away_comes_back_and_a_stray_one_goes(tmp_path: Path, table_of: TableOf) -> None:
    rows = table_of(schema.ARTICLES, *ROWS)
    published(tmp_path, articles=rows)
    leaves = sorted((tmp_path / "processed/articles").rglob("*.parquet"))
    stray = tmp_path / "processed/articles/story_cluster=s-gone/publication_date=undated/articles.parquet"
    stray.parent.mkdir(parents=True)
    leaves[0].rename(stray)
    assert not manifest.load(tmp_path / "processed").is_whole(tmp_path / "processed")
    published(tmp_path, articles=rows)
    assert sorted((tmp_path / "processed/articles").rglob("*.parquet")) == leaves


def test_times_of_capture_may_have_fractions(table_of: TableOf) -> None:
    rows = table_of(schema.REJECTED, {"captured_at": datetime(2026, 2, 4, 8, 10, 0, 250_000, tzinfo=UTC)})
    assert [part.path for part in layout.parts(schema.REJECTED, rows)] == [
        "rejected/capture_month=2026-02/rejected.parquet"
    ]


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
