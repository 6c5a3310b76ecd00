"""Stories and events as the tables hold them: how one holds together, and what stood near it."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from storywire import schema
from storywire.settings import Settings
from storywire.store import manifest, reading
from storywire.store.files import StoreError, read_table
from storywire.stories import identity
from storywire.stories.clusters import EVENT, STORY
from storywire.stories.cohesion import Cohesion, cohere
from storywire.stories.terms import READ_CHARACTERS, weigh
from storywire.stories.words import fold, normal_form, primary, read_words

Row = dict[str, Any]

_WORD = re.compile(r"[^\W_]+")

MOST_OUTSIDE = 100
"""Events outside that are compared: those whose headline and keywords weigh most in the story."""

READ = ["article_id", "event_id", "story_id", "is_lead", "site", "title", "text", "language", "n_words", "published_on"]


@dataclass(frozen=True, slots=True)
class Storyline:
    """How a story holds together, or an event.

    `asked` is the id that was given, `why` how it led to `id` where that is another one (`merged`, `split`, `renamed`).
    `row` is the row of `stories` or `events`; `members` are its events, or its reports, in order of time; `outside` has
    the rows of the clusters that `cohesion.near` names, `spelling` says how its reports write the terms of the links.
    Of the events `around`, within `window_days` or without a day, the `compared` likeliest were compared.
    """

    kind: str
    id: str
    asked: str
    why: str | None
    row: Row
    members: tuple[Row, ...]
    cohesion: Cohesion
    outside: dict[str, Row]
    spelling: dict[str, str]
    threshold: float
    window_days: int
    compared: int
    around: int


def explain(name: str, data: Path | str | None = None) -> Storyline:
    """How a story or an event holds together: its parts in time, what ties them, the weakest join, what nearly joined.

    Args:
        name: Id of a story or an event; retired story ids lead on.
        data: The data folder; the setting `STORYWIRE_DATA` (default `data`) where not given.

    Raises:
        StoreError: No story and no event has this id; or nothing was published in that folder.
    """
    processed = Path(data if data is not None else Settings().data) / "processed"
    return reading.of_one_state(processed, lambda: _explain(processed, name))


def _explain(processed: Path, name: str) -> Storyline:
    tables = {table.name: _table(processed, table) for table in (schema.STORIES, schema.EVENTS, schema.STORY_ALIASES)}
    events = {row["event_id"]: row for row in tables["events"].to_pylist()}
    stories = {row["story_id"]: row for row in tables["stories"].to_pylist()}
    found, why = name, None
    if name not in stories and name not in events:
        found, why = _lead_on(name, tables["story_aliases"], [*stories, *events])
    kind = "story" if found in stories else "event"
    scale = STORY if kind == "story" else EVENT
    row = (stories if kind == "story" else events)[found]
    inside = [one for one in events.values() if one["story_id" if kind == "story" else "event_id"] == found]
    own = _reports(processed, inside)
    around = [one for one in events.values() if one not in inside and _is_near(one, row, scale.window)]
    likely = _likeliest(own, around)
    # A story joins as a whole: all its events are looked at.
    whole = {one["story_id"] for one in likely if one["story_id"]} if kind == "story" else set()
    likely += [one for one in events.values() if one["story_id"] in whole - {found} and one not in likely]
    reports = pa.concat_tables([own, _reports(processed, likely)]).sort_by("article_id")
    event_ids = reports["event_id"].to_pylist()
    if kind == "story":
        cluster = [events[one]["story_id"] or one for one in event_ids]
        cohesion = cohere(reports, event_ids, cluster, found, scale)
        members = tuple(events[one] for one in cohesion.members)
    else:
        cohesion = cohere(reports, reports["article_id"].to_pylist(), event_ids, found, scale)
        shown = {one["article_id"]: one for one in own.drop_columns(["text", "terms", "weights"]).to_pylist()}
        members = tuple(shown[one] for one in cohesion.members)
    outside = {near.cluster: stories.get(near.cluster) or events[near.cluster] for near in cohesion.near}
    links = [*cohesion.links, *(near.link for near in cohesion.near)]
    spelling = _spelling(own, {term for link in links for term, _ in link.terms})
    return Storyline(
        *(kind, found, name, why, row, members, cohesion, outside, spelling),
        *(scale.threshold, scale.window, len(likely), len(around)),
    )


def _spelling(reports: pa.Table, terms: Collection[str]) -> dict[str, str]:
    """How the reports write each of these terms most often; of equals the shortest, then the first by alphabet."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in reports.select(["title", "text", "language"]).to_pylist():
        code = primary(row["language"])
        for word in _WORD.findall(f"{row['title'] or ''}\n{row['text'] or ''}"[:READ_CHARACTERS]):
            if (term := normal_form(fold(word, code), code)) in terms:
                seen[term][word] += 1
    return {term: min(seen[term], key=lambda s: (-seen[term][s], len(s), s)) for term in sorted(seen)}


def _table(processed: Path, table: schema.Table) -> pa.Table:
    path = processed / table.layout
    return read_table(path) if path.exists() else table.empty()


def _lead_on(name: str, aliases: pa.Table, known: Collection[str]) -> tuple[str, str]:
    """The live story a retired id leads to, and why."""
    target = identity.resolve(name, aliases)
    retired = dict(zip(aliases["retired_id"].to_pylist(), aliases["why"].to_pylist(), strict=True))
    if target is None:
        raise StoreError(f"the story {name} dissolved: none of its articles has a second one beside it any more")
    if target != name and target in known:
        return target, retired[name]
    like = difflib.get_close_matches(name, sorted(known), 3, 0.7)
    hint = f"; like it are {', '.join(like)}" if like else ""
    raise StoreError(
        f"no story or event is called {name!r}{hint}; `stories.parquet` and `events.parquet` list them all, "
        "and two articles are compared with `storywire explain A B`"
    )


def _is_near(event: Row, row: Row, window: int) -> bool:
    """Whether an event is near enough in time to be compared at all; without days everything is."""
    if event["first_on"] is None or row["first_on"] is None:
        return True
    margin = timedelta(window)
    first: date = row["first_on"] - margin
    last: date = row["last_on"] + margin
    return bool(event["last_on"] >= first and event["first_on"] <= last)


def _likeliest(reports: pa.Table, events: Iterable[Row]) -> list[Row]:
    """The events whose headline and keywords weigh most in these reports, those without any left out."""
    weight: defaultdict[str, float] = defaultdict(float)
    for terms, weights in zip(reports["terms"].to_pylist(), reports["weights"].to_pylist(), strict=True):
        for term, value in zip(terms, weights, strict=True):
            weight[term] += value
    ranked = []
    for event in events:
        said = " . ".join([event["label"] or "", *(event["keywords"] or ())])
        terms = {term for term, _ in read_words(said, primary(next(iter(event["languages"] or ()), None)))}
        value = round(sum(sorted(weight[term] for term in terms if term in weight)), 6)
        if value > 0.0:
            ranked.append((-value, event["event_id"], event))
    return [event for _, _, event in sorted(ranked, key=lambda one: one[:2])[:MOST_OUTSIDE]]


def _reports(processed: Path, events: Collection[Row]) -> pa.Table:
    """The lead articles of these events with their terms, sorted by id."""
    wanted = pa.array(sorted(event["event_id"] for event in events), pa.string())
    parts = [pa.schema([schema.ARTICLES.arrow.field(name) for name in READ]).empty_table()]
    for leaf in _leaves(processed, events):
        rows = read_table(processed / leaf, READ)
        parts.append(rows.filter(pc.and_(rows["is_lead"], pc.is_in(rows["event_id"], wanted))))
    rows = pa.concat_tables([part.replace_schema_metadata(None) for part in parts]).sort_by("article_id")
    texts = zip(rows["title"].to_pylist(), rows["text"].to_pylist(), rows["language"].to_pylist(), strict=True)
    found = [weigh(title, text or "", language) for title, text, language in texts]
    rows = rows.append_column("terms", pa.array([one.terms for one in found], schema.TEXTS))
    return rows.append_column("weights", pa.array([one.weights for one in found], schema.WEIGHTS))


def _leaves(processed: Path, events: Collection[Row]) -> list[str]:
    """The files that hold the articles of these events."""
    stories = {event["story_id"] for event in events if event["story_id"]}
    days = {str(event["first_on"] or schema.UNDATED) for event in events if not event["story_id"]}
    files = manifest.load(processed).files
    found = []
    for leaf in files.filter(pc.equal(files["table"], schema.ARTICLES.name)).to_pylist():
        story, day = leaf["story_cluster"], leaf["publication_date"]
        if story in stories or (day in days and story == schema.UNCLUSTERED):
            found.append(leaf["path"])
    return sorted(found)
