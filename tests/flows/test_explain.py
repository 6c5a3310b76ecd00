"""`storywire explain` on the sample pages: the same figures and passages as the tables, in a terminal and as JSON."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

import storywire
from flows import explained
from tests.flows.commands import command
from tests.flows.runs import SAMPLE, articles

pytestmark = pytest.mark.slow

WIRE = "2026-01-22/millbrook-sentinel/ferry-reef-ireland.html"


def edges(data: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pd.read_parquet(data / "processed/duplicates").to_dict("records")
    return rows


def drawn(data: Path, one: str, other: str, width: int) -> str:
    said = io.StringIO()
    explained.show(storywire.explain(one, other, data), Console(file=said, width=width))
    return said.getvalue()


def test_every_link_of_the_tables_is_explained_by_the_same_figures_and_passages(sample_run: Path) -> None:
    for edge in edges(sample_run):
        found = storywire.explain(edge["original_id"], edge["article_id"], sample_run)
        assert found.verdict == {"exact": "same_text", "reuse": "shares_passages"}.get(edge["kind"], edge["kind"])
        assert (found.article_id, found.original_id) == (edge["article_id"], edge["original_id"])
        assert found.measured.containment == edge["containment"]
        assert found.measured.containment_one == edge["containment_original"]
        assert found.measured.containment_other == edge["containment_article"]
        assert (found.measured.jaccard, found.measured.shared_shingles) == (edge["jaccard"], edge["shared_shingles"])
        assert found.rule == found.measured.decided_by == edge["decided_by"]
        for kind in ("shared", "added", "removed"):
            assert [(one.begin, one.end) for one in found.passages[kind]] == [
                (span["begin"], span["end"]) for span in edge[kind]
            ]


def test_passages_of_the_tables_are_places_in_the_texts(sample_run: Path) -> None:
    texts = articles(sample_run).set_index("article_id").text
    for edge in edges(sample_run):
        article, original = texts[edge["article_id"]], texts[edge["original_id"]]
        for span in edge["shared"]:
            one, other = article[span["begin"] : span["end"]], original[span["original_begin"] : span["original_end"]]
            assert "".join(filter(str.isalnum, one)).casefold() == "".join(filter(str.isalnum, other)).casefold()
        assert sum(span["end"] - span["begin"] for span in edge["added"]) == edge["added_characters"]
        assert edge["added_characters"] + edge["removed_characters"] > 0


def test_texts_of_days_without_new_pairs_are_not_laid_side_by_side_again(sample_run: Path, tmp_path: Path) -> None:
    from flows.daily import daily

    data, raw = tmp_path / "data", tmp_path / "raw"
    shutil.copytree(sample_run, data)
    ferry = (SAMPLE / "2026-01-22/dayline24/car-ferry-runs-onto-reef.txt").read_text()
    (raw / "2026-01-22/echo").mkdir(parents=True)
    (raw / "2026-01-22/echo/ferry.txt").write_text(ferry.replace("Tuesday", "a foggy Tuesday"))

    def kept() -> dict[str, int]:
        return {file.name: file.stat().st_mtime_ns for file in (data / "interim").glob("copies-*/passages-*")}

    before = kept()
    daily.fn(raw=raw, data=data)
    after = kept()
    assert len(before) == len(after) > 3
    assert {name for name in before if before[name] != after[name]} == {"passages-2026-01-22.arrays"}
    assert len(edges(data)) > len(edges(sample_run))


def test_a_revision_says_what_was_added_and_removed(sample_run: Path) -> None:
    texts = articles(sample_run).set_index("article_id").text
    for row in pd.read_parquet(sample_run / "processed/revisions").to_dict("records"):
        assert ("text" in row["changed"]) == bool(len(row["added"]) or len(row["removed"]))
        assert all(texts[row["article_id"]][span["begin"] : span["end"]] for span in row["added"])


def test_the_answer_reads_well_in_eighty_columns_and_without_colour(sample_run: Path) -> None:
    said = command("explain", "car-ferry-runs-onto-reef.txt", WIRE, "--data", str(sample_run), COLUMNS="80")
    assert said.returncode == 0, said.stderr
    assert "\x1b" not in said.stdout
    assert max(map(len, said.stdout.splitlines())) <= 80
    for words in ("COPY", "A is a copy of B.", "PORT ELLERY, Ireland (AP)", "100%", "Only in B", "one, led by B"):
        assert words in said.stdout
    assert drawn(sample_run, "car-ferry-runs-onto-reef.txt", WIRE, 80).split() == said.stdout.split()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_every_pair_of_the_sample_has_a_page_no_wider_than_the_terminal(sample_run: Path, width: int) -> None:
    ids = sorted(articles(sample_run).article_id)
    for one, other in zip(ids[::4], ids[1::4], strict=False):
        said = drawn(sample_run, one, other, width)
        assert max(map(len, said.splitlines())) <= min(width, explained.WIDTH)


def test_json_has_all_of_it_under_stable_names(sample_run: Path) -> None:
    said = command("explain", "car-ferry-runs-onto-reef.txt", WIRE, "--json", "--data", str(sample_run))
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout)
    assert list(found) == [
        *("verdict", "sentence", "rule", "reason", "article_id", "original_id", "articles", "measured", "checks"),
        *("window_days", "links", "group", "inherited", "event", "story", "passages"),
    ]
    assert found["verdict"] == "copy"
    assert found["articles"][1]["published_on"] == "2026-01-20"
    assert found["articles"][1]["wire_evidence"].startswith("PORT ELLERY")
    assert list(found["passages"]) == ["shared", "added", "removed"]
    assert found["passages"]["removed"][0]["text"] == "PORT ELLERY, Ireland (AP)"
    assert {row["what"] for row in found["inherited"]} == {"date", "credit"}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("no-such-page.html", WIRE), "no article is called 'no-such-page.html'"),
        ((WIRE, "records/2026-02-05-feed.jsonl"), "'records/2026-02-05-feed.jsonl' fits"),
    ],
)
def test_a_name_nobody_knows_is_one_sentence_and_exit_code_2(
    sample_run: Path, names: tuple[str, str], words: str
) -> None:
    said = command("explain", *names, "--data", str(sample_run))
    assert said.returncode == 2
    assert words in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1
    assert not said.stdout


def test_independent_sources_collapse_copies(sample_run: Path) -> None:
    rows = articles(sample_run)
    events = pd.read_parquet(sample_run / "processed/events.parquet").set_index("event_id")
    assert (events.n_sources <= events.n_reports).all()
    assert (events.n_sources < events.n_articles).any()
    for event, members in rows.groupby("event_id"):
        leads = members[members.is_lead]
        known = set(leads.wire_agency.where(leads.wire_agency.notna(), leads.site).dropna())
        unknown = (leads.wire_agency.isna() & leads.site.isna()).any()
        assert events.n_sources[event] == len(known) + unknown
