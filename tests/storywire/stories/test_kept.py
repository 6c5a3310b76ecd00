"""What is kept on disk between runs is never to be seen in the tables."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import inf
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.components import Arrays
from storywire.store.shelf import Shelf, damaged
from storywire.stories import identity, volumes
from storywire.stories.clusters import Clusters, cluster
from tests.storywire.stories.test_clusters import (
    BEES,
    CHOIR,
    DAY,
    ELECTION,
    FERRY,
    FERRY_TOO,
    INQUIRY,
    MINE,
    SCHEMA,
    article,
)

REPORTS = (FERRY, FERRY_TOO, INQUIRY, MINE, ELECTION, CHOIR, BEES, (None, ""))
STORED = SCHEMA.append(pa.field("capture_id", pa.string())).append(pa.field("captured_at", pa.timestamp("us", "UTC")))
READ = ("title", "terms", "weights")
Rows = list[dict[str, object]]


class StoppedError(Exception):
    """A run has ended where it was."""


class Watched(Shelf):
    """A shelf that says what was made, and ends the run when so much was."""

    def __init__(self, folder: Path, most: float = inf) -> None:
        super().__init__(folder)
        self.made: list[str] = []
        self.most = most

    def keep(self, name: str, key: str, make: Callable[[], Arrays]) -> Arrays:
        def noted() -> Arrays:
            if len(self.made) >= self.most:
                raise StoppedError
            self.made.append(name)
            return make()

        return super().keep(name, key, noted)


def stored(article_id: str, *told: object, capture: str = "1", seen: date | None = DAY, **fields: object) -> dict:
    moment = seen and datetime.combine(seen, datetime.min.time(), UTC)
    return article(article_id, *told, **fields) | {"capture_id": f"{article_id}-{capture}", "captured_at": moment}


def whole(rows: Rows) -> Clusters:
    return cluster(pa.Table.from_pylist(rows, schema=STORED))


def on_disk(folder: Path, rows: Rows, most: float = inf) -> tuple[Clusters, Watched, list[str]]:
    """The clusters, the shelf, and the articles whose terms were read; `StoppedError` where `most` arrays were made."""
    everything, shelf, asked = pa.Table.from_pylist(rows, schema=STORED), Watched(folder, most), []

    def read(part: pa.Table, columns: list[str]) -> pa.Table:
        asked.extend(part["article_id"].to_pylist())
        place, there = pc.index_in(part["capture_id"], everything["capture_id"]), everything.column_names
        return pa.table({n: everything[n].take(place) if n in there else pa.nulls(len(part)) for n in columns})

    found = cluster(everything.drop_columns(list(READ)), read=read, kept=shelf)
    shelf.clear()
    return found, shelf, asked


def same(one: Clusters, other: Clusters) -> bool:
    return all(getattr(one, name).equals(getattr(other, name)) for name in ("clustered", "events", "stories"))


def year() -> Rows:
    """The same few happenings every other month, each with two reports."""
    rows: Rows = []
    for month in range(0, 12, 2):
        day = DAY + timedelta(days=30 * month)
        rows += [stored(f"a{month:02}", FERRY, day, seen=day), stored(f"b{month:02}", FERRY_TOO, day, seen=day)]
        rows += [stored(f"m{month:02}", MINE, day, seen=day)]
    return rows


def test_a_run_reads_what_is_new_and_computes_what_it_touches(tmp_path: Path):
    rows = year()
    _, _, first = on_disk(tmp_path, rows)
    assert set(first) == {row["article_id"] for row in rows}
    found, shelf, asked = on_disk(tmp_path, rows)
    assert (shelf.made, asked) == ([], [])
    late = stored("z", INQUIRY, DAY + timedelta(days=124))
    found, shelf, asked = on_disk(tmp_path, [*rows, late])
    assert same(found, whole([*rows, late]))
    assert set(asked) == {"z", "a04", "b04"}
    assert {name.rpartition("-20")[2] for name in shelf.made} == {"31-09", "31-09-1"}


def test_an_article_that_changed_or_went_takes_its_events_along(tmp_path: Path):
    rows = year()
    on_disk(tmp_path, rows)
    rewritten = [
        stored("b04", MINE, DAY + timedelta(days=120), capture="2") if row["article_id"] == "b04" else row
        for row in rows
    ]
    found, _, asked = on_disk(tmp_path, rewritten)
    assert same(found, whole(rewritten))
    assert set(asked) == {"a04", "b04", "m04"}
    fewer = [row for row in rows if row["article_id"] != "a06"]
    assert same(on_disk(tmp_path, fewer)[0], whole(fewer))


def test_another_date_of_an_old_capture_is_noticed(tmp_path: Path):
    rows = year()
    on_disk(tmp_path, rows)
    moved = [row | {"published_on": DAY} if row["article_id"] == "b04" else row for row in rows]
    assert same(on_disk(tmp_path, moved)[0], whole(moved))


@pytest.mark.parametrize(
    ("seen", "joins"), [(DAY, True), (DAY + timedelta(days=30), True), (DAY + timedelta(days=31), False), (None, True)]
)
def test_an_undated_article_is_looked_up_within_the_horizon_before_its_capture(seen: date | None, joins: bool):
    found = whole([stored("a", FERRY), stored("b", FERRY_TOO, None, seen=seen), stored("c", MINE)])
    event = dict(zip(found.clustered["article_id"].to_pylist(), found.clustered["event_id"].to_pylist(), strict=True))
    assert (event["a"] == event["b"]) is joins
    assert event["a"] != event["c"]


@pytest.mark.parametrize("day", [date(1969, 12, 30), date(1, 1, 1), date(9999, 12, 1)])
def test_reports_of_days_far_from_ours_make_events_too(day: date, tmp_path: Path):
    rows = [stored(f"a{number}", FERRY, day + timedelta(number)) for number in range(2)]
    found = on_disk(tmp_path, rows)[0]
    assert len(found.events) == 1
    assert same(found, on_disk(tmp_path, rows)[0])


def test_terms_that_nobody_uses_any_more_are_not_kept(tmp_path: Path):
    rows = [stored(f"a{number}", told) for number, told in enumerate((FERRY, ELECTION, CHOIR))]
    on_disk(tmp_path / "shrunk", rows)
    on_disk(tmp_path / "shrunk", rows[1:])
    on_disk(tmp_path / "new", rows[1:])
    shrunk, new = (volumes_of(tmp_path / name) for name in ("shrunk", "new"))
    assert len(shrunk) == len(new) == 1
    assert all((shrunk[0][name] == new[0][name]).all() for name in ("report", "term", "code", "weight"))


def volumes_of(folder: Path) -> list[Arrays]:
    """The volumes of terms, month by month."""
    return [Shelf(folder).last(path.stem) for path in sorted(folder.glob("terms-*-*-*"))]


def test_what_comes_in_day_by_day_makes_few_volumes_and_is_written_few_times(tmp_path: Path):
    rows = [stored(f"a{number:02}", REPORTS[number % 7]) for number in range(24)]
    written = 0
    for day in range(1, 25):
        _, shelf, asked = on_disk(tmp_path, rows[:day])
        assert rows[day - 1]["article_id"] in asked
        sizes = [volume["report"].size for volume in volumes_of(tmp_path)]
        assert sum(sizes) == day
        assert all(size >= volumes.GROWTH * after for size, after in pairwise(sizes))
        written += sum(sizes[int(name[-1])] for name in shelf.made if name.startswith("terms") and name.count("-") == 3)
    assert written < 24 * 4, "written whole every day they are 300"
    assert same(on_disk(tmp_path, rows)[0], whole(rows))


def month_end(count: int) -> tuple[Rows, dict]:
    """Reports of the end of a month, and one of the next month that is compared with them."""
    end, start = DAY.replace(day=28), DAY.replace(month=DAY.month + 1, day=1)
    rows = [stored(f"a{number}", REPORTS[number], end, seen=end) for number in range(count)]
    return rows, stored("z", INQUIRY, start, seen=start)


@pytest.mark.parametrize("lost", ["0", "1"])
def test_a_lost_volume_is_read_again_when_its_month_is_asked_for(lost: str, tmp_path: Path):
    rows, late = month_end(7)
    on_disk(tmp_path, rows[:6])
    on_disk(tmp_path, rows)
    next(tmp_path.glob(f"terms-*-*-{lost}.arrays")).unlink()
    found, shelf, asked = on_disk(tmp_path, rows)
    assert (shelf.made, asked) == ([], [])
    assert same(found, whole(rows))
    found, shelf, asked = on_disk(tmp_path, [*rows, late])
    assert [name[-2:] for name in shelf.made if name.startswith(f"terms-{DAY:%Y-%m}")] == [f"-{lost}"]
    assert {row["article_id"] for row in (rows[:6] if lost == "0" else rows[6:])} <= set(asked)
    assert same(found, whole([*rows, late]))
    assert [volume["report"].size for volume in volumes_of(tmp_path)[:2]] == [6, 1]


@pytest.mark.parametrize("stops_after", range(4))
def test_what_went_and_came_back_has_its_terms(stops_after: int, tmp_path: Path):
    """Also where the run that missed it was killed after any file, and its volume was lost."""
    rows = [stored(f"a{number}", REPORTS[number]) for number in range(7)]
    on_disk(tmp_path, rows[:6])
    on_disk(tmp_path, rows)
    next(tmp_path.glob("terms-*-*-0.arrays")).unlink()
    with pytest.raises(StoppedError):
        on_disk(tmp_path, rows[1:], stops_after)
    assert same(on_disk(tmp_path, rows)[0], whole(rows))


def test_a_list_that_names_reports_nobody_has_stops_the_run(tmp_path: Path):
    """It is damaged: made from it, a volume would be signed as sound."""
    rows, late = month_end(6)
    on_disk(tmp_path, rows)
    (listed,) = (path for path in tmp_path.glob("terms-*-*.arrays") if path.stem.count("-") == 2)
    packed = bytearray(listed.read_bytes())
    packed[packed.index(volumes_of(tmp_path)[0]["report"].tobytes())] ^= 1
    listed.write_bytes(packed)
    with pytest.raises(ValueError, match="names reports that are not there"):
        on_disk(tmp_path, [*rows, late])
    assert damaged(tmp_path) == [listed]


def test_an_undated_article_was_not_published_after_its_capture():
    later = DAY + timedelta(days=20)
    found = whole([stored("a", FERRY, later, seen=later), stored("b", FERRY_TOO, None, seen=DAY)])
    assert found.events.num_rows == 2


def test_undated_events_of_different_months_never_share_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Each month's events are named by themselves, but what is undated has one day in common: none."""
    monkeypatch.setattr(identity, "HASH_DIGITS", 1)
    rows = [stored(f"a{n:02}", MINE, None, seen=DAY + timedelta(days=40 * n)) for n in range(20)]
    on_disk(tmp_path, rows[:10])
    found = on_disk(tmp_path, rows)[0]
    ids = found.events["event_id"].to_pylist()
    assert ids == sorted(identity.names("e", [(None, str(row["article_id"])) for row in rows]))
    assert any(len(name) > len("eundated-1") for name in ids)
    assert same(found, whole(rows))


DAYS = st.none() | st.integers(0, 90).map(lambda days: DAY + timedelta(days=days))
SITES = st.sampled_from(["tarnby.example", "osterhagen.example", None])
DRAWN = st.lists(st.tuples(st.sampled_from(REPORTS), DAYS, DAYS, st.integers(0, 3), SITES), max_size=14)


def drawn_rows(drawn: list) -> Rows:
    """Articles as they may come: some of them copies of the one before."""
    rows: Rows = []
    for number, (report, day, seen, copies, site) in enumerate(drawn):
        lead = f"a{number:02}"
        rows.append(stored(lead, report, day, seen=seen, site=site))
        for copy in range(max(0, copies - 1)):
            rows.append(stored(f"{lead}c{copy}", report, day, seen=seen, duplicate_group=lead, is_lead=False))
    return rows


@given(DRAWN, st.data())
@settings(deadline=None, max_examples=60)
def test_runs_in_any_order_end_in_the_same_tables(
    tmp_path_factory: pytest.TempPathFactory, drawn: list, data: st.DataObject
):
    """Shuffled, split into runs, late, repeated, withdrawn, stopped between any two files, and with files lost."""
    rows = drawn_rows(drawn)
    folder = tmp_path_factory.mktemp("kept")
    groups = sorted({str(row["duplicate_group"]) for row in rows})
    for _ in range(data.draw(st.integers(1, 4))):
        some = set(data.draw(st.permutations(groups))[: data.draw(st.integers(0, len(groups)))])
        part = data.draw(st.permutations([row for row in rows if row["duplicate_group"] in some]))
        with suppress(StoppedError):
            assert same(on_disk(folder, part, data.draw(st.just(inf) | st.integers(0, 12)))[0], whole(part))
        files = sorted(folder.glob("*.arrays"))
        for place in data.draw(st.sets(st.integers(0, max(0, len(files) - 1)), max_size=min(3, len(files)))):
            files[place].unlink()
    assert same(on_disk(folder, rows)[0], whole(rows))
