"""Invented news and what comes with it: running stories, templates, horoscopes, obituaries, briefings."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import Any

import pyarrow as pa
from wordfreq import top_n_list

from storywire.duplicates import lineage
from storywire.duplicates.shingles import shingle
from storywire.schema import ARTICLES
from storywire.stories.clusters import Clusters, cluster
from storywire.stories.terms import weigh

DAY = date(2031, 3, 3)
SMALL = "the of and to in a is that for it on was with as at by from this which were".split()  # noqa: SIM905 - reads well
OWN = ("article_id", "site", "title", "n_words", "language", "captured_at", "published_on", "published_at")
CREDIT = ("date_source", "date_confidence", "wire_agency", "wire_source", "wire_confidence", "wire_evidence")
FOUND = pa.schema(
    [*(ARTICLES.arrow.field(name) for name in (*OWN, *CREDIT)), pa.field("shingles", pa.list_(pa.uint64()))]
)
PLACED = ("article_id", "duplicate_group", "is_lead", "published_on")

Page = dict[str, Any]


@cache
def words() -> tuple[str, ...]:
    """Words that papers use, but the most common."""
    return tuple(word for word in top_n_list("en", 8_000)[300:] if len(word) > 3 and word.isalpha())


def name(lot: random.Random) -> str:
    """A proper name nobody has."""
    parts = [lot.choice("bdfgklmnprstvz") + lot.choice(["a", "e", "i", "o", "u", "ar", "el", "on"]) for _ in range(3)]
    return "".join(parts).capitalize()


def page(id_: str, title: str, text: str, day: date | None, site: str, **given: object) -> Page:
    """One article as the stages know it."""
    row: Page = {"article_id": id_, "site": site, "title": title, "text": text, "language": "en", "published_on": day}
    return (
        row | {"n_words": len(text.split()), "date_source": day and "jsonld", "date_confidence": day and 0.95} | given
    )


def sentences(lot: random.Random, pools: list[tuple[float, list[str]]], count: int) -> str:
    """Sentences of words from these pools, each with its share."""
    shares, lists = [share for share, _ in pools], [pool for _, pool in pools]
    said = []
    for _ in range(count):
        picked = [lot.choice(pool) for pool in lot.choices(lists, shares, k=15)]
        said.append(" ".join([picked[0].capitalize(), *picked[1:]]) + ".")
    return " ".join(said)


def story(number: int, events: int = 3, reports: int = 4, start: int = 0) -> list[Page]:
    """A running story: an event every five days, reported by several outlets in words of their own."""
    lot = random.Random(number)  # noqa: S311 - invented words, no secrets
    people, topic = [name(lot) for _ in range(6)], lot.sample(words(), 25)
    rows = []
    for event in range(events):
        actors, facts = [name(lot) for _ in range(4)], lot.sample(words(), 45)
        for report in range(reports):
            own = lot.sample(words(), 60)
            pools = [(0.4, list(SMALL)), (0.08, people), (0.08, actors), (0.24, facts), (0.08, topic), (0.12, own)]
            title = f"{lot.choice(people)} {' '.join(lot.sample(facts, 4))} {lot.choice(actors)}"
            day = DAY + timedelta(days=start + 5 * event + report % 2)
            site = f"outlet-{(number + report) % 12:02}.example"
            rows.append(page(f"s{number:02}-{event}-{report}", title, sentences(lot, pools, 16), day, site))
    return rows


def stories(count: int = 12) -> list[Page]:
    """Stories side by side."""
    return [row for number in range(count) for row in story(number, start=number % 4)]


def found(rows: Iterable[Page]) -> Clusters:
    """What duplicates and clusters make of pages, by the functions of the stages."""
    rows = sorted(rows, key=lambda row: str(row["article_id"]))
    full = [dict.fromkeys(FOUND.names) | row for row in rows]
    for row in full:
        row["shingles"] = shingle(row["text"]).tolist()
    grouped = lineage.find(pa.Table.from_pylist(full, schema=FOUND)).grouped.sort_by("article_id")
    terms = [weigh(row["title"], row["text"], row["language"]) for row in rows]
    table = grouped.select(list(PLACED))
    for column in ("site", "title", "language", "n_words"):
        table = table.append_column(column, pa.array([row[column] for row in rows]))
    table = table.append_column("originator", table["site"])
    table = table.append_column("terms", pa.array([one.terms for one in terms], pa.list_(pa.string())))
    return cluster(table.append_column("weights", pa.array([one.weights for one in terms], pa.list_(pa.float32()))))
