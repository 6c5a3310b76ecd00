"""Damage is found, mended where that is safe, and the tables come back byte by byte."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.flows.commands import command
from tests.flows.runs import SAMPLE, tables
from tests.flows.test_cli import ARTICLE

pytestmark = pytest.mark.slow


def test_a_folder_that_no_run_has_made_is_not_made_by_upkeep(tmp_path: Path) -> None:
    run = command("maintain", "--data", str(tmp_path / "dtaa"))
    assert run.returncode == 2
    assert "is no data folder of Storywire's" in run.stderr
    assert not (tmp_path / "dtaa").exists()


@pytest.fixture
def data(sample_run: Path, tmp_path: Path) -> Path:
    shutil.copytree(sample_run, tmp_path / "data")
    return tmp_path / "data"


def leaf(data: Path) -> Path:
    return sorted((data / "processed/articles").rglob("*.parquet"))[3]


def cut(data: Path) -> None:
    leaf(data).write_bytes(leaf(data).read_bytes()[:-30])


def remove(data: Path) -> None:
    leaf(data).unlink()


def add(data: Path) -> None:
    shutil.copyfile(leaf(data), leaf(data).with_name("copy.parquet"))


def tear_a_stage(data: Path) -> None:
    (file,) = sorted((data / "interim").glob("cleaned-*/2026-02-05/*.parquet"))[:1]
    file.write_bytes(file.read_bytes()[:-30])


def lose_the_stories(data: Path) -> None:
    (data / "processed/stories.parquet").write_bytes((data / "processed/events.parquet").read_bytes())


def miscount(data: Path) -> None:
    path = data / "processed/_manifest.parquet"
    told = pq.read_table(path)
    field = told.schema.field("rows")
    more = pc.add(told["rows"], 1).cast(field.type)
    pq.write_table(told.set_column(told.column_names.index("rows"), field, more), path)


@pytest.mark.parametrize("damage", [cut, remove, add, tear_a_stage, lose_the_stories, miscount])
def test_damage_is_found_and_mended_to_the_byte(sample_run: Path, data: Path, damage: Callable[[Path], None]) -> None:
    damage(data)
    found = command("verify", "--data", str(data), "--json")
    assert found.returncode == 1, found.stdout
    assert json.loads(found.stdout)["findings"]
    mended = command("verify", "--data", str(data), "--repair")
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert "0 left" in mended.stdout
    assert tables(data) == tables(sample_run)
    after = command("verify", "--data", str(data))
    assert after.returncode == 0, after.stdout
    assert "all of them hold" in after.stdout


def test_what_only_its_operator_can_mend_stays_a_failure_with_a_remedy(data: Path) -> None:
    (file,) = sorted((data / "interim/captures/2026-02-05").glob("*.parquet"))[:1]
    file.write_bytes(file.read_bytes()[:-30])
    kept = command("maintain", "--data", str(data))
    assert kept.returncode == 1, kept.stdout
    assert "2026-02-05" in kept.stderr
    assert "raw" in kept.stderr
    assert file.exists()


def test_no_table_is_taken_away_while_captures_are_damaged(sample_run: Path, data: Path) -> None:
    """What could not be made anew is kept as it is, so that readers go on."""
    (file,) = sorted((data / "interim/captures/2026-02-05").glob("*.parquet"))[:1]
    whole = file.read_bytes()
    file.write_bytes(whole[:-30])
    cut(data)
    before = tables(data)
    kept = command("verify", "--repair", "--data", str(data))
    assert kept.returncode == 1, kept.stdout
    assert tables(data) == before
    file.write_bytes(whole)
    mended = command("verify", "--repair", "--data", str(data))
    assert mended.returncode == 0, mended.stdout
    assert tables(data) == tables(sample_run)


def test_a_day_in_the_tables_whose_captures_are_damaged_never_vanishes(sample_run: Path, data: Path) -> None:
    for file in (data / "interim/captures/2026-02-05").glob("*.parquet"):
        body = bytearray(file.read_bytes())
        body[len(body) // 3] ^= 0xFF  # in the bodies, so that the list of captures can still be read
        file.write_bytes(bytes(body))
    again = command(
        *("backfill", "2026-02-05", "2026-02-05", "--reprocess", "completed"),
        *("--raw", str(SAMPLE), "--data", str(data)),
    )
    assert again.returncode == 2, again.stdout
    assert "2026-02-05" in again.stderr
    assert tables(data) == tables(sample_run)


def test_what_is_read_again_replaces_what_was_published_of_a_wrong_result(data: Path, tmp_path: Path) -> None:
    raw, wrong = tmp_path / "raw", "https://wrong.example/image.png"
    shutil.copytree(SAMPLE, raw)
    where = ("--raw", str(raw), "--data", str(data))
    (file,) = sorted((data / "interim").glob("cleaned-*/2026-02-05/*.parquet"))[:1]
    rows = pq.read_table(file)
    place = rows.column_names.index("image_url")
    pq.write_table(rows.set_column(place, rows.schema.field(place), pa.array([wrong] * rows.num_rows)), file)
    shutil.rmtree(data / "interim/published")

    def images_after(*words: str) -> set[str | None]:
        done = command(*words, *where)
        assert done.returncode == 0, done.stderr
        return set(pd.read_parquet(data / "processed/articles", columns=["image_url"])["image_url"])

    (raw / "2026-02-06/bakers.txt").write_text(ARTICLE)
    assert wrong in images_after("run")
    images_after("backfill", "2026-02-05", "2026-02-05", "--reprocess", "completed")
    (raw / "2026-02-06/millers.txt").write_text(ARTICLE.replace("Bakers", "Millers"))
    assert wrong not in images_after("run")


def test_many_small_files_become_few_and_the_tables_stay(sample_run: Path, tmp_path: Path) -> None:
    raw, data = SAMPLE, tmp_path
    done = command("run", "--raw", str(raw), "--data", str(data), STORYWIRE_BATCH_CAPTURES="2")
    assert done.returncode == 0, done.stderr
    before = len(list((data / "interim").rglob("*.parquet")))
    kept = command("maintain", "--data", str(data))
    assert kept.returncode == 0, kept.stdout + kept.stderr
    assert len(list((data / "interim").rglob("*.parquet"))) < before
    assert tables(data) == tables(sample_run)
    again = command("run", "--raw", str(raw), "--data", str(data))
    assert "Nothing new" in again.stdout
    assert tables(data) == tables(sample_run)


def test_a_difference_is_told_before_it_is_published(sample_run: Path, tmp_path: Path) -> None:
    raw, data = tmp_path / "raw", tmp_path / "data"
    shutil.copytree(SAMPLE, raw)
    shutil.copytree(sample_run, data)
    (raw / "2026-02-06/bakers.txt").write_text(ARTICLE)
    before = tables(data)
    where = ("--raw", str(raw), "--data", str(data))
    told = command("backfill", "2026-02-05", "2026-02-06", "--diff", "--json", *where)
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert tables(data) == before, "nothing was published"
    assert [one["day"] for one in found["plan"] if one["runs"]] == ["2026-02-06"], "what came in late"
    difference = found["difference"]
    assert (difference["changed"]["added"], difference["changed"]["removed"]) == (1, 0)
    assert "Bakers of Ostrava Street win prize" in [one["title"] for one in difference["samples"]]
    done = command("backfill", "2026-02-05", "2026-02-06", *where)
    assert done.returncode == 0, done.stderr
    none = command("backfill", "2026-02-05", "2026-02-06", "--reprocess", "completed", "--diff", *where)
    assert none.returncode == 0, none.stderr
    assert "No article would change" in none.stdout
