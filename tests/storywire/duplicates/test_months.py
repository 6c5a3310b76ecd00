import random
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.components import Arrays
from storywire.duplicates.cells import can_touch
from storywire.duplicates.lineage import Lineage, find
from storywire.duplicates.sets import Sets, from_lists
from storywire.duplicates.shingles import shingle
from storywire.store.shelf import Shelf
from tests.storywire.duplicates.test_lineage import COLUMNS, article, credited, dated, edge, groups, prose

STORED = COLUMNS.append(pa.field("capture_id", pa.string()))
Rows = list[dict[str, object]]


class Watched:
    """A shelf that says what was made, and a reader that says whose texts were read."""

    def __init__(self, folder: Path, rows: Rows) -> None:
        self.shelf, self.made, self.read_ids = Shelf(folder), [], []
        self.shingles = {row["capture_id"]: row["shingles"] for row in rows}

    def keep(self, name: str, key: str, make: Callable[[], Arrays]) -> Arrays:
        def noted() -> Arrays:
            self.made.append(name)
            return make()

        return self.shelf.keep(name, key, noted)

    def last(self, name: str) -> Arrays:
        return self.shelf.last(name)

    def read(self, articles: pa.Table) -> Sets:
        self.read_ids += articles["article_id"].to_pylist()
        lists = [self.shingles[capture] for capture in articles["capture_id"].to_pylist()]
        return from_lists(pa.array(lists, pa.list_(pa.uint64())))


def stored(rows: Iterable[dict[str, object]]) -> Rows:
    return [{"capture_id": f"c-{row['article_id']}"} | row for row in rows]


def on_disk(folder: Path, rows: Rows, window_days: int = 14) -> tuple[Lineage, Watched]:
    watched = Watched(folder, rows)
    table = pa.Table.from_pylist(rows, schema=STORED).drop_columns(["shingles"])
    found = find(table, window_days=window_days, read=watched.read, kept=watched)
    watched.shelf.clear()
    return found, watched


def same(one: Lineage, other: Lineage) -> bool:
    return one.grouped.equals(other.grouped) and one.edges.equals(other.edges)


def in_memory(rows: Rows) -> Lineage:
    return find(pa.Table.from_pylist(rows, schema=STORED))


def captured(month: int, day: int = 3) -> dict[str, object]:
    return {"captured_at": datetime(2024, month, day, tzinfo=UTC)}


def year() -> Rows:
    """A report a month and a copy of it, one copy over the turn of a month, and an undated copy of an old one."""
    rows = []
    for month in range(1, 9):
        text = prose(month, 200)
        rows += [
            article(f"a{month}", text, **dated(date(2024, month, 10))),
            article(f"b{month}", f"{text} and more", **dated(date(2024, month, 12))),
        ]
    rows.append(article("c1", prose(30, 200), **dated(date(2024, 3, 30))))
    rows.append(article("c2", prose(30, 200), **dated(date(2024, 4, 2))))
    rows.append(article("u1", prose(2, 200), **captured(7)))
    return stored(rows)


def test_a_run_reads_what_is_new_and_compares_the_months_that_changed(tmp_path: Path):
    rows = year()
    _, first = on_disk(tmp_path, rows)
    assert sorted(first.read_ids) == sorted(row["article_id"] for row in rows)
    _, nothing = on_disk(tmp_path, rows)
    assert nothing.made == nothing.read_ids == []
    late = stored([article("d6", prose(6, 200), **dated(date(2024, 6, 11)))])
    found, day = on_disk(tmp_path, rows + late)
    assert sorted(day.read_ids) == ["d6"]
    touched = {"2024-06", "2024-05~2024-06", "2024-06~2024-06", "2024-06~2024-07", "2024-06~undated-2024-07"}
    assert set(day.made) == touched | {"copies-2024-06"}
    assert same(found, in_memory(rows + late))


def test_a_new_capture_or_one_that_went_changes_its_month(tmp_path: Path):
    rows = year()
    on_disk(tmp_path, rows)
    changed = [
        row | {"capture_id": "other", "shingles": shingle(prose(99, 200))} if row["article_id"] == "b4" else row
        for row in rows
    ]
    found, watched = on_disk(tmp_path, changed)
    assert "2024-04" in watched.made
    assert watched.read_ids == ["b4"]
    assert same(found, in_memory(changed))
    without = [row for row in rows if row["article_id"] not in {"a8", "b8"}]
    found, watched = on_disk(tmp_path, without)
    assert same(found, in_memory(without))
    assert not (tmp_path / "2024-08.arrays").exists()


def test_another_window_compares_anew_and_reads_no_text(tmp_path: Path):
    rows = year()
    on_disk(tmp_path, rows)
    _, watched = on_disk(tmp_path, rows, window_days=2)
    assert watched.read_ids == []
    assert "2024-03~2024-04" in watched.made


def test_an_undated_article_is_looked_up_in_the_months_up_to_its_capture(tmp_path: Path):
    found, _ = on_disk(tmp_path, year())
    assert frozenset({"a2", "b2", "u1"}) in groups(found)
    assert found.grouped.filter(pa.compute.equal(found.grouped["article_id"], "u1"))["published_on"].to_pylist() == [
        date(2024, 2, 10)
    ]


def test_undated_articles_of_different_months_find_each_other(tmp_path: Path):
    rows = stored(article(f"u{month}", prose(1, 200), **captured(month)) for month in (1, 5, 9))
    assert groups(on_disk(tmp_path, rows)[0]) == {frozenset({"u1", "u5", "u9"})}


def test_a_copy_over_the_turn_of_a_month_is_found(tmp_path: Path):
    found, _ = on_disk(tmp_path, year())
    assert edge(found, "c1", "c2")["in_group"]


def test_months_out_of_reach_are_not_compared(tmp_path: Path):
    rows = stored(article(f"a{month}", prose(1, 200), **dated(date(2024, month, 5))) for month in (1, 3))
    found, watched = on_disk(tmp_path, rows)
    assert found.edges.num_rows == 0
    assert "2024-01~2024-03" not in watched.made


@pytest.mark.parametrize(
    ("one", "other", "window", "expected"),
    [
        ("2023-12", "2024-01", 1, True),
        ("2023-12", "2024-01", 0, False),
        ("2024-01", "2024-03", 29, False),
        ("2024-01", "2024-03", 30, True),
        ("undated", "undated-2024-01", 0, True),
        ("undated-2023-01", "undated-2024-01", 0, True),
        ("2019-01", "undated-2024-01", 0, True),
        ("2024-02", "undated-2024-01", 1, True),
        ("2024-02", "undated-2024-01", 0, False),
        ("2030-02", "undated", 0, True),
    ],
)
def test_months_touch_where_their_nearest_days_do(one: str, other: str, window: int, expected: bool):
    assert can_touch(one, other, window) is expected


def test_a_frame_of_one_month_spoils_no_other(tmp_path: Path):
    """What an outlet starts to print under all its articles in June says nothing about a copy in April."""
    notice = prose(9, 150)
    june = [
        article(f"j{n:02}", f"{prose(200 + n, 70)} {notice}", site="tarnby.example", **dated(date(2024, 6, 5)))
        for n in range(20)
    ]
    april = [
        article(id_, f"{prose(5, 30)} {notice}", site="tarnby.example", **dated(date(2024, 4, 5)))
        for id_ in ("a1", "a2")
    ]
    found, _ = on_disk(tmp_path, stored([*june, *april]))
    assert len(groups(found)) == 21


REPORTS = [prose(number, size) for number, size in enumerate((300, 250, 60, 40, 500))]
TEXTS = [
    *REPORTS,
    f"{prose(50, 90)} {REPORTS[0]}",
    " ".join(REPORTS[0].split()[:45]),
    " ".join(REPORTS[4].split()[:300]),
    f"{REPORTS[1]} {REPORTS[0]}",
    f"TARNBY NPX {REPORTS[4]}",
    "One line",
    "",
]
HASHED = [shingle(text).tolist() for text in TEXTS]
DAYS = st.none() | st.integers(0, 75).map(lambda days: date(2024, 1, 20) + timedelta(days=days))
DRAWN = st.lists(
    st.tuples(
        st.integers(0, len(TEXTS) - 1),
        st.sampled_from([None, "tarnby.example", "osterhagen.example"]),
        DAYS,
        st.sampled_from([0.95, 0.8, 0.4]),
        st.sampled_from([None, "dateline", "byline"]),
        st.none() | st.integers(1, 3),
    ),
    max_size=16,
)


@given(DRAWN, st.data())
@settings(deadline=None)
def test_runs_in_any_order_end_in_the_same_tables(
    tmp_path_factory: pytest.TempPathFactory, drawn: list, data: st.DataObject
):
    """Shuffled, split into runs, late, repeated: what is kept on disk is never to be seen in the tables."""
    rows = stored(
        article(f"a{number:02}", "", shingles=HASHED[text], n_words=len(TEXTS[text].split()), site=site, title="News")
        | (dated(day, confidence) if day else {})
        | (credited(source) if source else {})
        | (captured(month) if month else {})
        for number, (text, site, day, confidence, source, month) in enumerate(drawn)
    )
    folder = tmp_path_factory.mktemp("copies")
    shuffled = data.draw(st.permutations(rows))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    for cut in [*cuts, *cuts[:1], len(rows)]:
        found, _ = on_disk(folder, shuffled[:cut])
        assert same(found, in_memory(sorted(shuffled[:cut], key=lambda row: str(row["article_id"]))))


def test_which_months_lie_on_disk_does_not_move_a_lead():
    """The lead of copies over two months is the one that all of them in one month would have."""
    rng = random.Random(3)  # noqa: S311 - invented rows, no secrets
    texts = [f"{REPORTS[4]} {prose(100 + number, 8)}" for number in range(60)]
    near = [article(f"a{n:02}", text, **dated(date(2024, 2, 20 + rng.randrange(9)))) for n, text in enumerate(texts)]
    over = [
        row | {"published_on": day + timedelta(days=3)} for row in near if isinstance(day := row["published_on"], date)
    ]
    leads = [
        next(row["article_id"] for row in in_memory(stored(rows)).grouped.to_pylist() if row["is_lead"])
        for rows in (near, over)
    ]
    assert len({str(row["published_on"])[:7] for row in over}) == 2
    assert leads[0] == leads[1]
    assert np.unique([len(groups(in_memory(stored(rows)))) for rows in (near, over)]).tolist() == [1]
