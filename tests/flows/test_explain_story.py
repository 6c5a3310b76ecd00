"""`storywire explain STORY` on the sample pages: what holds it together, in a terminal and as JSON."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from rich.console import Console

import storywire
from flows import storyline
from storywire.schema import STORY_ALIASES
from storywire.store.files import StoreError, write_table
from tests.flows.commands import command
from tests.flows.runs import articles

pytestmark = pytest.mark.slow


def rows(data: Path, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pd.read_parquet(data / f"processed/{table}.parquet").to_dict("records")
    return found


def longest(data: Path) -> str:
    """The story of most events."""
    return str(max(rows(data, "stories"), key=lambda row: (row["n_events"], row["story_id"]))["story_id"])


def drawn(data: Path, name: str, width: int) -> str:
    said = io.StringIO()
    storyline.show(storywire.explain(name, data=data), Console(file=said, width=width))
    return said.getvalue()


def test_every_story_holds_together_by_its_own_events_in_order_of_time(sample_run: Path) -> None:
    events = rows(sample_run, "events")
    for row in rows(sample_run, "stories"):
        found = storywire.explain(row["story_id"], data=sample_run)
        assert (found.kind, found.id, found.why, found.row["n_articles"]) == (
            "story",
            row["story_id"],
            None,
            row["n_articles"],
        )
        mine = {event["event_id"] for event in events if event["story_id"] == row["story_id"]}
        assert {one["event_id"] for one in found.members} == mine
        days = [str(one["first_on"] or "undated") for one in found.members]
        assert days == sorted(days)
        assert len(found.cohesion.links) == len(mine) - 1
        if found.cohesion.weakest:
            assert found.cohesion.weakest.similarity >= found.cohesion.weakest.needed >= found.threshold
        assert not mine & {near.cluster for near in found.cohesion.near}


def test_every_event_holds_together_by_its_own_reports(sample_run: Path) -> None:
    leads = articles(sample_run).query("is_lead")
    for row in rows(sample_run, "events"):
        found = storywire.explain(row["event_id"], data=sample_run)
        assert found.kind == "event"
        assert {one["article_id"] for one in found.members} == set(leads[leads.event_id == row["event_id"]].article_id)
        assert found.cohesion.weakest is None or found.cohesion.weakest.holds
        assert all(not near.join.holds or near.why == "order" for near in found.cohesion.near)


def test_the_answer_reads_well_in_eighty_columns_and_without_colour(sample_run: Path) -> None:
    name = longest(sample_run)
    said = command("explain", name, "--data", str(sample_run), COLUMNS="80")
    assert said.returncode == 0, said.stderr
    assert "\x1b" not in said.stdout
    assert max(map(len, said.stdout.splitlines())) <= 80
    for words in (f"STORY {name}", "Events in time", "What ties them", "Weakest join", "looked at", "needed"):
        assert words in said.stdout
    assert drawn(sample_run, name, 80).split() == said.stdout.split()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_page_is_wider_than_the_terminal(sample_run: Path, width: int) -> None:
    names = [row["story_id"] for row in rows(sample_run, "stories")]
    names += [row["event_id"] for row in rows(sample_run, "events")]
    for name in names[::3]:
        assert max(map(len, drawn(sample_run, name, width).splitlines())) <= min(width, storyline.WIDTH)


def test_json_has_all_of_it_under_stable_names(sample_run: Path) -> None:
    said = command("explain", longest(sample_run), "--json", "--data", str(sample_run))
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout)
    assert list(found) == [
        *("kind", "id", "asked", "why", "row", "members", "cohesion", "outside", "spelling"),
        *("threshold", "window_days", "compared", "around"),
    ]
    assert list(found["cohesion"]) == ["members", "links", "weakest", "near"]
    assert list(found["cohesion"]["links"][0]) == ["one", "other", "similarity", "days_apart", "terms"]
    assert found["row"]["articles_per_day"][0]["day"] == found["row"]["first_on"]


def test_a_retired_id_leads_on_and_says_so(sample_run: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_run / "processed", tmp_path / "processed")
    name, gone, dissolved = longest(sample_run), "s20200101-00000000", "s20200101-11111111"
    aliases = [
        {"retired_id": gone, "story_id": name, "why": "merged"},
        {"retired_id": dissolved, "story_id": None, "why": "dissolved"},
    ]
    write_table(
        pa.Table.from_pylist(aliases, schema=STORY_ALIASES.arrow),
        tmp_path / "processed/story_aliases.parquet",
        STORY_ALIASES.arrow,
    )
    found = storywire.explain(gone, data=tmp_path)
    assert (found.id, found.asked, found.why) == (name, gone, "merged")
    assert f"{gone} was merged into it" in " ".join(drawn(tmp_path, gone, 100).split())
    with pytest.raises(StoreError, match="dissolved"):
        storywire.explain(dissolved, data=tmp_path)


@pytest.mark.parametrize("name", ["s20260204-00000000", "e20260204-00000000", "ferry.html"])
def test_an_unknown_id_is_one_sentence_with_a_remedy_and_exit_code_2(sample_run: Path, name: str) -> None:
    said = command("explain", name, "--data", str(sample_run))
    assert said.returncode == 2
    assert f"no story or event is called '{name}'" in said.stderr
    assert "stories.parquet" in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1
    assert not said.stdout
