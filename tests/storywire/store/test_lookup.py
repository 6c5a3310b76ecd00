from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import storywire
from storywire import schema
from storywire.store import layout, lookup, manifest, swap
from storywire.store.files import StoreError

TEXT = "The old ferry ran onto a reef off the island of Norrby on Monday night, the coast guard said there."
MONDAY, MAY = date(2026, 2, 2), date(2026, 5, 4)

ARTICLES: list[dict[str, Any]] = [
    {"article_id": "a1aa", "url": "https://one.example/ferry?utm_source=x", "canonical_url": "https://one.example/ferry",
     "capture_uri": "2026-02-03/one/ferry.html", "published_on": MONDAY, "story_id": "s1", "event_id": "e1"},
    {"article_id": "a2bb", "capture_uri": "2026-02-03/two/ferry.html", "duplicate_of": "a1aa", "published_on": MONDAY,
     "date_inherited_from": "a1aa", "story_id": "s1", "event_id": "e1", "is_lead": False},
    {"article_id": "a3cc", "capture_uri": "feed.jsonl#line=1", "event_id": "e2"},
    {"article_id": "a4dd", "capture_uri": "feed.jsonl#line=2", "event_id": "e3", "published_on": MAY},
]  # fmt: skip


@pytest.fixture
def data(tmp_path: Path, table_of: Callable[..., pa.Table]) -> Path:
    tables = {
        "articles": table_of(schema.ARTICLES, *({"text": TEXT} | row for row in ARTICLES)),
        "duplicates": table_of(
            schema.DUPLICATES,
            {"article_id": "a2bb", "original_id": "a1aa", "published_on": MONDAY, "kind": "copy", "decided_by": "text"},
            {"article_id": "a4dd", "original_id": "a9", "published_on": MAY},
        ),
        "events": table_of(schema.EVENTS, {"event_id": "e1", "label": "Ferry"}, {"event_id": "e2"}, {"event_id": "e3"}),
        "stories": table_of(schema.STORIES, {"story_id": "s1", "label": "Ferry"}),
        "revisions": table_of(schema.REVISIONS, {"article_id": "a1aa", "capture_uri": "2026-02-02/one/early.html"}),
        "rejected": table_of(
            schema.REJECTED,
            {"capture_uri": "2026-02-03/one/index.html", "reason": "no_article", "detail": "a list of links"},
        ),
    }
    processed = tmp_path / "processed"
    processed.mkdir()
    declared = {table.name: table for table in schema.PUBLISHED}
    parts = [part for name, rows in tables.items() for part in layout.parts(declared[name], rows)]
    before = manifest.load(processed)
    swap.publish(processed, swap.prepare(processed, before, parts, before))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "article"),
    [
        ("a1aa", "a1aa"),
        ("https://one.example/ferry?utm_source=x", "a1aa"),
        ("HTTP://ONE.example/ferry/#top", "a1aa"),
        ("2026-02-03/one/ferry.html", "a1aa"),
        ("two/ferry.html", "a2bb"),
        ("./two/ferry.html", "a2bb"),
        ("data/raw/2026-02-03/two/ferry.html", "a2bb"),
        ("feed.jsonl#line=1", "a3cc"),
    ],
)
def test_an_article_is_found_by_id_address_or_file_name(data: Path, name: str, article: str) -> None:
    assert lookup.facts(data / "processed", name, "a4dd").one["article_id"] == article


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "ferry.html",
            "fits 2 articles: 2026-02-03/one/ferry.html (a1aa), 2026-02-03/two/ferry.html (a2bb); give more",
        ),
        ("feed.jsonl", "fits 2 articles"),
        ("fery.html", "like it are 2026-02-03/one/ferry.html, 2026-02-03/two/ferry.html; give"),
        ("one.example/fer", "no article is called 'one.example/fer'; give an article id"),
        ("https://one.example/fery", "like it are https://one.example/ferry; give"),
        ("early.html", "is an earlier capture of a1aa; give that id"),
        ("index.html", "became no article (no_article: a list of links)"),
        ("", "no article is called ''"),
        ("ferr", "like it are 2026-02-03/one/ferry.html"),
    ],
)
def test_a_name_that_fits_none_or_several_is_told_with_the_remedy(data: Path, name: str, said: str) -> None:
    with pytest.raises(StoreError) as error:
        lookup.facts(data / "processed", name, "a4dd")
    assert said in str(error.value)
    assert repr(name) in str(error.value)
    assert "\n" not in str(error.value)


def test_what_the_tables_say_of_two_articles_comes_along(data: Path) -> None:
    found = lookup.facts(data / "processed", "a2bb", "a4dd")
    assert set(found.others) == {"a1aa"}
    assert [(edge["article_id"], edge["original_id"]) for edge in found.edges] == [("a2bb", "a1aa")]
    assert (set(found.events), set(found.stories)) == ({"e1", "e3"}, {"s1"})


def test_an_analyst_can_ask_without_the_command_line(data: Path) -> None:
    found = storywire.explain("a2bb", "https://one.example/ferry", data)
    assert (found.verdict, found.original_id) == ("copy", "a1aa")
    assert found.passages["added"] == found.passages["removed"] == ()
    assert storywire.explain("a1aa", "a1aa", data).verdict == "same_article"


def test_a_folder_without_tables_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="`storywire run` makes them"):
        storywire.explain("a1", "a2", tmp_path)
