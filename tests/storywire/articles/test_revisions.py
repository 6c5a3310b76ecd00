from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from storywire.articles.revisions import READ, Read, settle
from storywire.schema import CAPTURES, CLEANED, NORMALISED

TableOf = Callable[..., pa.Table]


def captured(hour: int) -> datetime:
    return datetime(2026, 2, 3, hour, tzinfo=UTC)


def tables(table_of: TableOf, order: tuple[int, ...] = (0, 1, 2, 3, 4)) -> tuple[pa.Table, pa.Table, pa.Table, Read]:
    captures = [
        {"capture_id": "c1", "capture_uri": "a.html", "capture_digest": "d1", "captured_at": captured(8), "body": b""},
        {"capture_id": "c2", "capture_uri": "b.html", "capture_digest": "d2", "captured_at": captured(9), "body": b""},
        {
            "capture_id": "c2",
            "capture_uri": "copy/b.html",
            "capture_digest": "d2",
            "captured_at": captured(9),
            "body": b"",
        },
        {"capture_id": "c3", "capture_uri": "c.html", "capture_digest": "d3", "captured_at": captured(7), "body": b""},
        {"capture_id": "c4", "capture_uri": "z.html", "capture_digest": "d4", "body": b""},
    ]
    cleaned = [
        {
            "capture_id": "c1",
            "article_id": "a1",
            "title": "Ferry aground",
            "text": "Twelve hurt.",
            "authors": ["Ann Lee"],
        },
        {
            "capture_id": "c2",
            "article_id": "a1",
            "title": "Ferry aground",
            "text": "Nine hurt.",
            "authors": ["Ann Lee"],
        },
        {"capture_id": "c3", "reason": "no_article", "detail": "an index"},
        {"capture_id": "c4", "article_id": "a1", "title": "Ferry stuck", "text": "Some hurt.", "authors": ["Ann Lee"]},
    ]
    normalised = [{"capture_id": name, "article_id": "a1"} for name in ("c1", "c2", "c4")]
    pages = {row["capture_id"]: row for row in cleaned}

    def read(rows: pa.Table) -> pa.Table:
        asked = [pages[capture] for capture in rows["capture_id"].to_pylist()]
        return pa.table({name: pa.array([row.get(name) for row in asked]) for name in READ})

    return (
        table_of(CAPTURES, *(captures[place] for place in order)),
        table_of(CLEANED, *cleaned),
        table_of(NORMALISED, *normalised),
        read,
    )


def test_the_newest_capture_is_the_row_and_the_earlier_ones_say_what_changed(table_of: TableOf) -> None:
    settled = settle(*tables(table_of))
    assert settled.current.to_pylist() == [
        {"capture_id": "c2", "article_id": "a1", "capture_uri": "b.html", "revision": 3}
    ]
    earlier = settled.revisions.to_pylist()
    # A capture of unknown time counts as the oldest.
    assert [(row["revision"], row["capture_digest"], row["superseded_by"]) for row in earlier] == [
        (1, "d4", "d1"),
        (2, "d1", "d2"),
    ]
    assert [row["changed"] for row in earlier] == [["title", "text"], ["text"]]
    assert [row["text"] for row in earlier] == ["Some hurt.", "Twelve hurt."]
    assert settled.newest == {"a1": "Nine hurt."}


def test_what_captures_say_is_read_where_an_article_has_several(table_of: TableOf) -> None:
    captures, cleaned, normalised, _ = tables(table_of)
    alone = captures.filter(pc.is_in(captures["capture_uri"], pa.array(["a.html", "c.html"])))

    def read(_rows: pa.Table) -> pa.Table:
        raise AssertionError("an article with one capture has nothing to be compared with")

    assert settle(alone, cleaned, normalised, read).current["revision"].to_pylist() == [1]


def test_a_repeat_and_a_refusal_are_left_out_with_their_reasons(table_of: TableOf) -> None:
    rejected = settle(*tables(table_of)).rejected.to_pylist()
    assert [(row["capture_uri"], row["stage"], row["reason"]) for row in rejected] == [
        ("c.html", "clean", "no_article"),
        ("copy/b.html", "ingest", "repeat"),
    ]
    assert "b.html" in rejected[1]["detail"]


def test_the_order_of_arrival_changes_nothing(table_of: TableOf) -> None:
    first = settle(*tables(table_of))
    for order in itertools.islice(itertools.permutations(range(5)), 0, 120, 7):
        again = settle(*tables(table_of, order))
        assert (again.current, again.revisions, again.rejected) == (first.current, first.revisions, first.rejected)


def test_nothing_vanishes(table_of: TableOf) -> None:
    captures, cleaned, normalised, read = tables(table_of)
    settled = settle(captures, cleaned, normalised, read)
    kept = settled.current.num_rows + settled.revisions.num_rows + settled.rejected.num_rows
    assert kept == captures.num_rows
