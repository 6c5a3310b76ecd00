"""What operators do between two runs (correct a sidecar, raise a limit): a fresh run would say the same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from unittest import mock

import pandas as pd
import pytest

from storywire.store import published
from tests.flows.commands import command
from tests.flows.runs import SAMPLE, articles, tables
from tests.flows.test_cli import ARTICLE

pytestmark = pytest.mark.slow


def run(raw: Path, data: Path, **environment: str) -> None:
    done = command("run", "--raw", str(raw), "--data", str(data), **environment)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "bread.txt").write_text(ARTICLE)
    return folder


def describe(raw: Path, **facts: str) -> None:
    (raw / "captures.jsonl").write_text(json.dumps({"path": "bread.txt", **facts}) + "\n")


def test_a_corrected_sidecar_gives_what_a_fresh_run_would(raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "data")
    describe(raw, url="https://bakers.example/wrong", captured_at="2026-02-04T08:10:00.250Z")
    run(raw, tmp_path / "data")
    describe(raw, url="https://bakers.example/right", captured_at="2026-02-05T08:10:00.250Z", charset="utf-8")
    run(raw, tmp_path / "data")
    run(raw, tmp_path / "fresh")
    assert articles(tmp_path / "data").url.tolist() == ["https://bakers.example/right"]
    assert tables(tmp_path / "data") == tables(tmp_path / "fresh")


def test_a_raw_folder_that_moved_is_the_same_folder(raw: Path, tmp_path: Path) -> None:
    (raw / "feed.jsonl").write_text('{"url": ')
    describe(raw, url="https://bakers.example/wrong", captured_at="2026-02-04T08:10:00.250Z")
    run(raw, tmp_path / "data")
    assert pd.read_parquet(tmp_path / "data/processed/rejected").capture_uri.tolist() == ["feed.jsonl#line=1"]
    raw = raw.rename(tmp_path / "mount")
    describe(raw, url="https://bakers.example/right", captured_at="2026-02-05T08:10:00.250Z")
    (raw / "feed.jsonl").write_text(
        json.dumps({"url": "https://oats.example/a", "text": ARTICLE.replace("rye", "oat")})
    )
    run(raw, tmp_path / "data")
    run(raw, tmp_path / "fresh")
    assert sorted(articles(tmp_path / "data").url) == ["https://bakers.example/right", "https://oats.example/a"]
    assert tables(tmp_path / "data") == tables(tmp_path / "fresh")


def test_a_corrected_description_stays_so_when_another_page_comes_under_the_name(raw: Path, tmp_path: Path) -> None:
    describe(raw, url="https://bakers.example/wrong")
    run(raw, tmp_path / "data")
    describe(raw, url="https://bakers.example/right")
    run(raw, tmp_path / "data")
    describe(raw, url="https://bakers.example/cake")
    (raw / "bread.txt").write_text(ARTICLE.replace("rye", "oat"))
    run(raw, tmp_path / "data")
    assert sorted(articles(tmp_path / "data").url) == ["https://bakers.example/cake", "https://bakers.example/right"]


def test_a_raw_folder_that_is_away_is_not_one_that_moved(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "feed.jsonl").write_text(f'{{"url": "{name}\n')
        (tmp_path / name / f"{name}.txt").write_text(ARTICLE.replace("rye", name))
        run(tmp_path / name, tmp_path / "data")
    before = tables(tmp_path / "data")
    (tmp_path / "one").rename(tmp_path / "unmounted")
    run(tmp_path / "other", tmp_path / "data")
    assert tables(tmp_path / "data") == before


def test_damage_to_what_is_kept_between_runs_is_not_handed_on(tmp_path: Path) -> None:
    raw, late = tmp_path / "raw", tmp_path / "late"
    shutil.copytree(SAMPLE, raw)
    (raw / "2026-01-31").rename(late)
    run(raw, tmp_path / "data")
    for file in (tmp_path / "data/interim").glob("c*/*2026-01.arrays"):
        data = bytearray(file.read_bytes())
        begin = data.index(b"}}") + 128
        for place in range(begin, len(data), 64):
            data[place] ^= 0x40
        file.write_bytes(data)
    late.rename(raw / "2026-01-31")
    run(raw, tmp_path / "data")
    run(raw, tmp_path / "fresh")
    assert tables(tmp_path / "data") == tables(tmp_path / "fresh")
    assert command("verify", "--data", str(tmp_path / "data")).returncode == 0


def test_a_lowered_size_limit_leaves_one_row_for_each_capture(raw: Path, tmp_path: Path) -> None:
    (raw / "bread.txt").write_text(ARTICLE + ARTICLE.partition("Holub")[2])
    run(raw, tmp_path / "data")
    run(raw, tmp_path / "data", STORYWIRE_MAX_PAGE_BYTES="1000")
    assert articles(tmp_path / "data").empty
    assert pd.read_parquet(tmp_path / "data/processed/rejected").reason.tolist() == ["too_large"]
    describe(raw, captured_at="2026-02-04T08:10:00Z")
    run(raw, tmp_path / "data", STORYWIRE_MAX_PAGE_BYTES="1000")
    standing = command("status", "--data", str(tmp_path / "data"), "--json")
    assert [day["state"] for day in json.loads(standing.stdout)["days"]] == ["done"]
    run(raw, tmp_path / "data")
    assert len(articles(tmp_path / "data")) == 1
    assert pd.read_parquet(tmp_path / "data/processed/rejected").empty


def test_a_raised_deadline_gives_a_page_another_chance(raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "data", STORYWIRE_PAGE_DEADLINE_SECONDS="0.000001")
    assert pd.read_parquet(tmp_path / "data/processed/rejected").reason.tolist() == ["timeout"]
    run(raw, tmp_path / "data")
    assert len(articles(tmp_path / "data")) == 1


def test_a_lost_folder_of_captures_is_read_again_from_the_raw_files(raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "data")
    before = tables(tmp_path / "data")
    shutil.rmtree(tmp_path / "data/interim/captures")
    run(raw, tmp_path / "data")
    assert tables(tmp_path / "data") == before
    shutil.rmtree(tmp_path / "data/interim")
    (raw / "bread.txt").rename(raw / "cake.txt")
    lost = command("run", "--raw", str(raw), "--data", str(tmp_path / "data"))
    assert lost.returncode == 2
    assert "bread.txt" in lost.stderr
    assert tables(tmp_path / "data") == before


def test_a_day_whose_captures_move_away_by_a_correction_says_what_a_fresh_run_would(raw: Path, tmp_path: Path) -> None:
    from flows.daily import daily

    daily.fn(day=date(2026, 2, 5), raw=raw, data=tmp_path / "data")
    assert len(articles(tmp_path / "data")) == 1
    describe(raw, captured_at="2026-02-03T08:10:00Z")
    for data in ("data", "fresh"):
        daily.fn(day=date(2026, 2, 5), raw=raw, data=tmp_path / data)
    assert tables(tmp_path / "data") == tables(tmp_path / "fresh")
    for data in ("data", "fresh"):
        daily.fn(day=date(2026, 2, 3), raw=raw, data=tmp_path / data)
    assert len(articles(tmp_path / "data")) == 1
    assert tables(tmp_path / "data") == tables(tmp_path / "fresh")


def test_a_raw_folder_inside_the_tables_is_refused(raw: Path, tmp_path: Path) -> None:
    inside = tmp_path / "data/processed/raw"
    shutil.copytree(raw, inside)
    refused = command("run", "--raw", str(inside), "--data", str(tmp_path / "data"))
    assert refused.returncode == 2
    assert "lies inside" in refused.stderr


# What is lost or damaged between two runs, of which the second gives a story another name.


def lost_manifest(data: Path) -> None:
    (data / "processed/_manifest.parquet").unlink()


def lost_manifest_and_memory(data: Path) -> None:
    lost_manifest(data)
    shutil.rmtree(data / "interim/published")


def damaged_manifest_mended(data: Path) -> None:
    (data / "processed/_manifest.parquet").write_bytes(b"PAR1")
    assert command("verify", "--repair", "--data", str(data)).returncode == 0


def leaves_of_another_program(data: Path) -> None:
    for leaf in (data / "processed/articles").rglob("*.parquet"):
        pd.DataFrame({"article_id": [7]}).to_parquet(leaf)
    lost_manifest(data)


def torn_leaves(data: Path) -> None:
    for leaf in (data / "processed/articles").rglob("*.parquet"):
        leaf.write_bytes(leaf.read_bytes()[:-9])
    assert command("verify", "--repair", "--data", str(data)).returncode == 0


@pytest.mark.parametrize(
    "harm", [lost_manifest, lost_manifest_and_memory, damaged_manifest_mended, leaves_of_another_program, torn_leaves]
)
def test_a_story_is_found_by_its_former_name_whatever_was_lost(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    raw, data = tmp_path / "raw", tmp_path / "data"
    shutil.copytree(SAMPLE / "2026-02-14/weserauer-tageblatt", raw / "2026-02-14/weserauer-tageblatt")
    shutil.copytree(SAMPLE / "2026-02-14/nordkreis-bote", raw / "2026-02-14/nordkreis-bote")
    run(raw, data)
    (former,) = pd.read_parquet(data / "processed/stories.parquet").story_id
    harm(data)
    shutil.copytree(SAMPLE / "2026-02-07", raw / "2026-02-07")
    run(raw, data)
    (now,) = pd.read_parquet(data / "processed/stories.parquet").story_id
    aliases = pd.read_parquet(data / "processed/story_aliases.parquet")
    assert aliases[["retired_id", "story_id"]].values.tolist() == [[former, now]]


def test_a_story_is_found_by_its_former_name_though_nothing_was_remembered(tmp_path: Path) -> None:
    from flows.daily import daily

    raw, data = tmp_path / "raw", tmp_path / "data"
    shutil.copytree(SAMPLE / "2026-02-14/weserauer-tageblatt", raw / "2026-02-14/weserauer-tageblatt")
    shutil.copytree(SAMPLE / "2026-02-14/nordkreis-bote", raw / "2026-02-14/nordkreis-bote")
    daily.fn(raw=raw, data=data)
    shutil.copytree(SAMPLE / "2026-02-07", raw / "2026-02-07")
    with mock.patch.object(published, "keep"):  # as after a kill, or on a full disk
        daily.fn(raw=raw, data=data)
    aliases = pd.read_parquet(data / "processed/story_aliases.parquet")
    assert aliases.why.tolist() == ["renamed"]
    (raw / "cake.txt").write_text(ARTICLE.replace("bread", "cake"))
    daily.fn(raw=raw, data=data)
    assert pd.read_parquet(data / "processed/story_aliases.parquet").equals(aliases)


def test_retired_ids_are_not_given_up_by_themselves(raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "data")
    aliases = tmp_path / "data/processed/story_aliases.parquet"
    aliases.write_bytes(b"PAR1")
    (raw / "cake.txt").write_text(ARTICLE.replace("bread", "cake"))
    refused = command("run", "--raw", str(raw), "--data", str(tmp_path / "data"))
    assert refused.returncode == 2
    assert "story_aliases.parquet" in refused.stderr
    assert "put it back from a backup, or remove it" in refused.stderr
    aliases.unlink()
    run(raw, tmp_path / "data")
    assert aliases.exists()
