"""What is remembered of the published files saves work and is never to be seen in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storywire import schema
from storywire.schema import ARTICLES, CLUSTERED
from storywire.store import files, layout, manifest, published, swap
from storywire.store.manifest import Manifest

TableOf = Callable[..., pa.Table]

ROWS = [
    {"article_id": "a1", "story_id": "s1", "title": "Ferry aground", "text": "old"},
    {"article_id": "a2", "story_id": "s2", "title": "Ferry towed", "text": "old"},
    {"article_id": "a3", "title": "Choir festival", "text": "old"},
]
NEW = [*ROWS[:2], ROWS[2] | {"text": "new"}, {"article_id": "a4", "story_id": "s2", "title": "Bakery closes"}]


@pytest.fixture
def table(table_of: TableOf) -> Callable[..., pa.Table]:
    return lambda rows: table_of(ARTICLES, *rows)


def planned(folder: Path, articles: pa.Table, fingerprint: str, *, remembers: bool = True) -> swap.Plan:
    before = manifest.load(folder / "processed")
    made = published.made(folder / "interim") if remembers else None
    after = Manifest(before.files, fingerprint)
    return swap.prepare(folder / "processed", before, layout.parts(ARTICLES, articles), after, made)


def run(folder: Path, articles: pa.Table, fingerprint: str) -> int:
    """How many files were encoded."""
    for name in ("processed", "interim"):
        if not (folder / name).exists():
            (folder / name).mkdir(parents=True)
    with mock.patch.object(swap, "table_bytes", side_effect=files.table_bytes) as encoded:
        change = planned(folder, articles, fingerprint)
    swap.publish(folder / "processed", change)
    clustered = pa.table({name: articles[name] for name in ("article_id", "story_id")})
    published.keep(folder / "interim", change.made, clustered, fingerprint)
    return encoded.call_count


def on_disk(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


def test_files_of_the_same_rows_are_not_encoded_again(tmp_path: Path, table) -> None:
    assert run(tmp_path / "one", table(ROWS), "first") == 3
    assert run(tmp_path / "one", table(ROWS), "first") == 0
    assert run(tmp_path / "one", table(NEW), "second") == 2
    assert run(tmp_path / "other", table(NEW), "second") == 3
    assert on_disk(tmp_path / "one/processed") == on_disk(tmp_path / "other/processed")


def test_what_was_forgotten_is_made_again(tmp_path: Path, table) -> None:
    run(tmp_path, table(ROWS), "first")
    published.forget(tmp_path / "interim")
    assert run(tmp_path, table(ROWS), "first") == 3
    published.forget(tmp_path / "nothing there")


def test_a_manifest_says_of_files_that_stand_what_they_are(tmp_path: Path, table) -> None:
    run(tmp_path, table(ROWS), "first")
    before = on_disk(tmp_path / "processed")
    told = manifest.load(tmp_path / "processed")
    place = told.files.column_names.index("story_cluster")
    other = told.files.set_column(place, told.files.schema.field(place), pa.array(["s9"] * 3))
    (tmp_path / "processed" / manifest.NAME).write_bytes(Manifest(other, "first").encoded())
    run(tmp_path, table(ROWS), "first")
    assert on_disk(tmp_path / "processed") == before


def test_a_file_that_was_taken_away_comes_back(tmp_path: Path, table) -> None:
    run(tmp_path, table(ROWS), "first")
    before = on_disk(tmp_path / "processed")
    next((tmp_path / "processed/articles/story_cluster=s1").rglob("*.parquet")).unlink()
    assert run(tmp_path, table(ROWS), "first") == 1
    assert on_disk(tmp_path / "processed") == before


@pytest.mark.parametrize("harm", ["gone", "damaged", "of others"])
def test_without_memory_all_is_found_again(tmp_path: Path, table, harm: str) -> None:
    run(tmp_path, table(ROWS), "first")
    for path in (tmp_path / "interim").iterdir():
        if harm == "gone":
            path.unlink()
        else:
            path.write_bytes(b"PAR1" if harm == "damaged" else files.table_bytes(pa.table({"other": [1]})))
    state, found = published.stories(tmp_path / "interim")
    assert (state, found.num_rows) == ("", 0)
    assert not planned(tmp_path, table(ROWS), "first").put
    assert run(tmp_path, table(ROWS), "first") == 3


def test_what_another_release_of_arrow_encoded_is_encoded_again(tmp_path: Path, table) -> None:
    run(tmp_path, table(ROWS), "first")
    with mock.patch.object(pa, "__version__", "0.0.1"):
        assert run(tmp_path, table(ROWS), "first") == 3


def test_stories_are_those_of_one_state_of_the_tables(tmp_path: Path, table) -> None:
    run(tmp_path, table(ROWS), "first")
    state, found = published.stories(tmp_path / "interim")
    assert state == "first"
    assert found.to_pydict() == {"article_id": ["a1", "a2", "a3"], "story_id": ["s1", "s2", None]}


def test_a_full_disk_after_the_publish_is_no_failure(tmp_path: Path, table) -> None:
    (tmp_path / "interim").write_text("in the way")
    run(tmp_path, table(ROWS), "first")
    assert len(on_disk(tmp_path / "processed")) == 4
    assert published.made(tmp_path / "interim") == {}


def told_of(rows: list[dict[str, str]], table, made_by: str = "one") -> tuple[list[layout.Part], swap.Tell, list[str]]:
    """The parts of an outline of some articles, what gives their rows, and the paths it was asked for."""
    full = table(rows)
    outline = full.select(["article_id", "story_id", "published_on", "date_confidence"])
    asked: list[str] = []

    def tell(parts: list[layout.Part]):
        for part in parts:
            asked.append(part.path)
            yield files.conform(
                full.filter(pc.is_in(full["article_id"], part.rows["article_id"].combine_chunks())), ARTICLES.arrow
            )

    return list(layout.outlined(ARTICLES, outline.replace_schema_metadata({"made by": made_by}))), tell, asked


def test_rows_are_told_of_files_whose_outline_is_another_and_the_files_are_the_same(tmp_path: Path, table) -> None:
    def publish(folder: Path, rows: list[dict[str, str]], made_by: str = "one") -> list[str]:
        (folder / "processed").mkdir(parents=True, exist_ok=True)
        parts, tell, asked = told_of(rows, table, made_by)
        before, after = manifest.load(folder / "processed"), Manifest(manifest.load(folder / "processed").files, "x")
        change = swap.prepare(folder / "processed", before, parts, after, published.made(folder), tell)
        swap.publish(folder / "processed", change)
        published.keep(folder, change.made, table(rows), "x")
        return [path.split("/")[1] for path in asked]

    surer = [ROWS[0] | {"date_confidence": 0.9}, ROWS[1], NEW[3]]
    assert publish(tmp_path, ROWS) == ["story_cluster=s1", "story_cluster=s2", "story_cluster=unclustered"]
    assert publish(tmp_path, ROWS) == []
    assert publish(tmp_path, surer) == ["story_cluster=s1", "story_cluster=s2"]
    assert publish(tmp_path, surer, made_by="other code") == ["story_cluster=s1", "story_cluster=s2"]
    outright = tmp_path / "outright"
    run(outright, table(surer), "x")
    assert on_disk(tmp_path / "processed") == on_disk(outright / "processed")


@given(st.integers(0, 11), st.integers(1, 12), st.integers(0, 11))
def test_equal_rows_have_one_digest_wherever_they_lie(begin: int, length: int, before: int) -> None:
    rows = pa.table(
        {
            "text": pa.array([f"ferry {n}" * n if n % 3 else None for n in range(24)]),
            "count": pa.array([n if n % 4 else None for n in range(24)], pa.int32()),
            "known": pa.array([bool(n % 2) for n in range(24)]),
            "people": pa.array([["Ann Lee"] * (n % 3) if n % 5 else None for n in range(24)]),
        }
    )
    some = rows.slice(begin, length)
    other = pa.concat_tables([rows.slice(3, before), some, rows.slice(0, 5)]).combine_chunks().slice(before, length)
    assert files.rows_digest(some) == files.rows_digest(other)
    assert files.table_bytes(some) == files.table_bytes(other)


def test_any_change_of_the_rows_changes_their_digest(table) -> None:
    digests = {files.rows_digest(table(rows)) for rows in (ROWS, NEW, ROWS[:2], [ROWS[1], ROWS[0], ROWS[2]])}
    assert len(digests) == 4
    assert files.rows_digest(table(ROWS)) == files.rows_digest(table([{**row} for row in ROWS]))
    empty = CLUSTERED.arrow.empty_table()
    assert files.rows_digest(empty) != files.rows_digest(schema.ARTICLES.empty())
