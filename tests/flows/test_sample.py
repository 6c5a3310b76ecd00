"""The sample pages, page by page: group, event, story, date, credit, language, text."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from storywire.store import manifest
from tests.flows.runs import ROOT, articles

pytestmark = pytest.mark.slow

Expected = dict[str, dict[str, Any]]


def squash(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").replace("’", "'").replace("“", '"').replace("”", '"').strip()


@pytest.fixture(scope="module")
def rows(sample_run: Path, expected: Expected) -> dict[str, Any]:
    """The article of each expected key, where there is one."""
    found: dict[str, Any] = {}
    for row in articles(sample_run).itertuples():
        path, _, _place = row.capture_uri.partition("#")
        key = f"{path}#{row.url}" if _place else path
        assert key in expected, f"an article nobody expected: {key}"
        assert key not in found, f"{key} became two articles"
        found[key] = row
    return found


def kept(expected: Expected) -> Expected:
    return {key: want for key, want in expected.items() if "title" in want and "revision_of" not in want}


def test_every_page_is_an_article_a_revision_or_rejected(
    rows: dict[str, Any], expected: Expected, sample_run: Path
) -> None:
    rejected = pd.read_parquet(sample_run / "processed/rejected")
    revisions = pd.read_parquet(sample_run / "processed/revisions")
    reasons: dict[str, list[str]] = defaultdict(list)
    for row in rejected.itertuples():
        path = row.capture_uri.partition("#")[0]
        reasons[path].append(row.reason)
    for key, want in expected.items():
        if key in rows or "revision_of" in want:
            continue
        path = key.partition("#")[0]
        assert set(want["rejected"]) & set(reasons[path]), (key, reasons[path])
    assert len(revisions) == sum("revision_of" in want for want in expected.values())
    assert len(rows) + len(revisions) + len(rejected) == len(expected)
    assert not rejected.detail.isna().any()


def test_titles_and_texts_are_the_articles_own(rows: dict[str, Any], expected: Expected) -> None:
    wrong = []
    for key, want in kept(expected).items():
        if key not in rows:
            assert "rejected" in want, key
            continue
        text = squash(rows[key].text)
        if squash(rows[key].title) != squash(want["title"]):
            wrong.append((key, "title", rows[key].title))
        if squash(want["first_words"]) not in text[:120]:
            wrong.append((key, "begins", text[:120]))
        if not text.endswith(squash(want["last_words"])):
            wrong.append((key, "ends", text[-120:]))
        wrong += [(key, "holds", bad) for bad in want["must_not_contain"] if squash(bad) in text]
    assert not wrong


def test_languages_dates_and_credits(rows: dict[str, Any], expected: Expected) -> None:
    wrong = []
    for key, want in kept(expected).items():
        if key not in rows:
            continue
        row = rows[key]
        day = None if pd.isna(row.published_on) else str(row.published_on)[:10]
        if row.language != want["language"]:
            wrong.append((key, "language", row.language))
        if day not in want["published_on"]:
            wrong.append((key, "published_on", day, row.date_source, want["published_on"]))
        if str(row.publication_date) != (day or "undated"):
            wrong.append((key, "partition", row.publication_date))
        if isinstance(row.date_inherited_from, str) != want["date_inherited"]:
            wrong.append((key, "date_inherited_from", row.date_inherited_from))
        if row.wire_agency != want["wire_agency"]:
            wrong.append((key, "wire_agency", row.wire_agency, row.wire_source))
        if isinstance(row.wire_inherited_from, str) != want["wire_inherited"]:
            wrong.append((key, "wire_inherited_from", row.wire_inherited_from))
    assert not wrong


@pytest.mark.parametrize(("label", "column"), [("group", "duplicate_group"), ("event", "event_id")])
def test_groups_and_events_are_the_expected_ones(
    rows: dict[str, Any], expected: Expected, label: str, column: str
) -> None:
    want, got = defaultdict(set), defaultdict(set)
    for key, page in kept(expected).items():
        if key in rows:
            want[page[label]].add(key)
            got[getattr(rows[key], column)].add(key)
    assert sorted(map(sorted, got.values())) == sorted(map(sorted, want.values()))


def test_stories_are_the_expected_ones(rows: dict[str, Any], expected: Expected) -> None:
    want, got = defaultdict(set), defaultdict(set)
    for key, page in kept(expected).items():
        if key in rows:
            want[page["story"]].add(key)
            got[str(rows[key].story_cluster)].add(key)
    alone = got.pop("unclustered", set())
    assert alone == {next(iter(keys)) for keys in want.values() if len(keys) == 1}
    assert sorted(map(sorted, got.values())) == sorted(sorted(keys) for keys in want.values() if len(keys) > 1)
    assert all(rows[key].story_id == str(rows[key].story_cluster) for keys in got.values() for key in keys)


def test_each_group_is_led_by_its_best_copy(rows: dict[str, Any], expected: Expected) -> None:
    members: dict[str, list[str]] = defaultdict(list)
    for key, page in kept(expected).items():
        if key in rows:
            members[page["group"]].append(key)
    for keys in members.values():
        leads = [key for key in keys if rows[key].is_lead]
        assert len(leads) == 1
        if len(keys) > 1:
            assert expected[leads[0]]["lead"], leads
            assert {rows[key].duplicate_of for key in keys} == {None, rows[leads[0]].article_id}


def test_the_readme_shows_what_comes_out(sample_run: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    header, figures = re.findall(r"^ ?captures .*\n|^ +72 .*\n", readme, re.MULTILINE)
    told = dict(zip(re.split(r"\s{2,}", header.strip()), map(int, figures.split()), strict=True))
    done = manifest.load(sample_run / "processed")
    assert told == done.figures.model_dump(include=told.keys()) | {"partitions written": done.files.num_rows}

    columns = ["publication_date", "wire_agency", "duplicate_kind", "date_source", "date_inherited_from"]
    shown = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in readme.partition("| publication_date | title |")[2].partition("\n\n")[0].splitlines()[2:]
    ]
    found = articles(sample_run)
    found = found[found.story_cluster == "s20260120-b271f47e"]
    assert sorted([row[0], *row[2:]] for row in shown) == sorted(found[columns].fillna("").values.tolist())
    for row in shown:
        assert any(title.startswith(re.split(r" …| \(", row[1])[0]) for title in found.title), row[1]
