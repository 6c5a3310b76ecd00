"""Articles into events, events into stories: one pass each way, the same tables for the same set of articles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from storywire.components import InMemory, Kept, in_batches
from storywire.hashes import Hashes, of_rows
from storywire.schema import CLUSTERED, EVENTS, STORIES
from storywire.stories import bridge, described, vectors
from storywire.stories.described import Told
from storywire.stories.identity import names
from storywire.stories.members import Members, cells, days, languages, of_events, of_reports
from storywire.stories.neighbours import edges
from storywire.stories.partition import partition
from storywire.stories.similarity import NO_DAY, Scale, dense, support
from storywire.stories.vectors import Means, Read, Vectors, means

EVENT = Scale(sigma=1.5, undated=90.0, threshold=0.125, cohesion=0.65)
"""When reports tell of one event.

Labelled events of a dated stream: BCubed F1 .962 (.940 without the rule of cohesion), flat between thresholds .1
and .15. Labelled events without dates, short texts: .858; a flat threshold scores up to .915 there, but takes long
reports of neighbouring events of one running story (cosine .5) for one.
"""

STORY = Scale(sigma=10.0, undated=180.0, threshold=0.1, cohesion=0.0, across=0.1 / bridge.LEAST)
"""When events continue each other: names and background recur, over weeks. Events in different languages are joined
here and nowhere else."""


SPOKESMEN = 5
"""Reports, those with the smallest ids, that speak for an event when it is asked whether most pairs are alike."""

AT_ONCE = 500
"""Members of several pieces that are compared in one go: one large product costs less than a hundred small ones."""

HORIZON_DAYS = 60
"""Days before its capture within which an article without a date is looked up."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Which event and story each article belongs to, and the table of each; sorted by their keys."""

    clustered: pa.Table
    events: pa.Table
    stories: pa.Table


def cluster(
    articles: pa.Table, *, read: Read | None = None, kept: Kept | None = None, horizon_days: int = HORIZON_DAYS
) -> Clusters:
    """Events and stories of a set of articles.

    Only the lead of each duplicate group is compared, its copies follow it. Stories join events, never articles, so
    the two are nested by construction. The result is a function of the set of rows: not of their order, and not of
    what is kept.

    Args:
        articles: One row per `article_id`, in any order, with `duplicate_group, is_lead, site, originator, n_words,
            published_on` (after inheritance); `language`, where stories are to join events across languages;
            `captured_at`, where undated articles are to have a horizon; `capture_id`, where anything is to be kept;
            the columns of `summary.Article`, unless there is `read`.
        read: Gives further columns of some rows. It is called for what is not kept yet.
        kept: Where vectors, pairs, clusters and what is told of them stay between runs, if anywhere. What a capture
            id stands for must not change under one `kept`.
        horizon_days: How far before its capture an article without a date is looked up.

    Raises:
        ValueError: an article comes twice, or a duplicate group has no lead or several.
    """
    articles = _completed(articles).sort_by("article_id").combine_chunks()
    leads = articles.filter(articles["is_lead"])
    _check(articles, leads)
    read, kept = read or _from(articles), kept or InMemory()
    identity = of_rows(leads["article_id"], leads["capture_id"])
    first, seen = days(leads["published_on"]), days(leads["captured_at"])
    words = pc.fill_null(leads["n_words"], 0).to_numpy().astype(np.float64)
    cell = cells(first, seen)
    found = vectors.load(leads, identity, cell, read, kept)
    spoken = languages(leads["language"]) if "language" in leads.column_names else np.zeros(len(leads), np.int64)
    keys = _keys(leads, identity, cell, spoken, read, kept)
    reports = of_reports(identity, first, seen, words, found, spoken, keys)
    singles = np.arange(len(leads))
    event = _partition(reports, reports, means(found, singles), EVENT, horizon_days, "event", kept)
    groups = means(found, event)
    events = of_events(reports, event, groups, means(keys, event))
    story = _partition(events, reports, groups, STORY, horizon_days, "story", kept)
    place = pc.index_in(articles["duplicate_group"], leads["duplicate_group"]).to_numpy()
    return _tables(articles, event[place], story[event][place], Told(articles, _content(articles), read), kept)


def _partition(
    members: Members, reports: Members, groups: Means, scale: Scale, horizon_days: int, name: str, kept: Kept
) -> Ints:
    """A cluster number for each member, by one scale; `groups` are the reports of each."""

    def compare(pieces: list[Ints]) -> Iterator[tuple[Floats, Floats]]:
        for some in in_batches(pieces, AT_ONCE):
            rows = np.concatenate(some)
            spoken = [groups.members(row)[:SPOKESMEN] for row in rows.tolist()]
            number = np.repeat(np.arange(len(rows)), [len(part) for part in spoken])
            alike = dense(members.items(rows), scale)
            speaks = support(reports.items(np.concatenate(spoken)), number, scale)
            for piece, end in zip(some, np.cumsum([len(piece) for piece in some]).tolist(), strict=True):
                block = slice(end - len(piece), end)
                yield alike[block, block], speaks[block, block]

    pairs = edges(members, scale, horizon_days, f"{name}-pairs", kept)
    rule = scale.threshold, scale.cohesion
    return partition(members.content, members.cell, pairs, compare, rule, f"{name}-pieces", kept)


def _keys(leads: pa.Table, identity: Hashes, cell: Ints, spoken: Ints, read: Read, kept: Kept) -> Vectors:
    """The keys by which reports in different languages are compared; none where all are in one."""

    def read_off(rows: pa.Table, _columns: list[str]) -> pa.Table:
        return bridge.read_off(read(rows, list(bridge.Report._fields)))

    several = np.unique(spoken[spoken > 0]).size > 1
    return vectors.load(leads, identity, cell if several else np.full_like(cell, -1), read_off, kept, kind="keys")


def _completed(articles: pa.Table) -> pa.Table:
    """The table with the columns that may be left out."""
    if "captured_at" not in articles.column_names:
        articles = articles.append_column("captured_at", pa.nulls(len(articles), pa.timestamp("us", "UTC")))
    if "capture_id" not in articles.column_names:
        articles = articles.append_column("capture_id", articles["article_id"])
    return articles


def _from(articles: pa.Table) -> Read:
    """Reads columns that are in memory."""
    ids = articles["article_id"].combine_chunks()

    def read(rows: pa.Table, columns: list[str]) -> pa.Table:
        place = pc.index_in(rows["article_id"], ids)
        there = articles.column_names
        nothing = pa.nulls(len(rows))
        return pa.table({name: articles[name].take(place) if name in there else nothing for name in columns})

    return read


def _check(articles: pa.Table, leads: pa.Table) -> None:
    """Each article once, each group with one lead."""
    if pc.count_distinct(articles["article_id"]).as_py() != len(articles):
        raise ValueError("an article_id stands in more than one row; pass one row per article")
    groups = pc.count_distinct(articles["duplicate_group"]).as_py()
    if not groups == len(leads) == pc.count_distinct(leads["duplicate_group"]).as_py():
        raise ValueError("every duplicate group needs exactly one row with is_lead")


def _content(articles: pa.Table) -> NDArray[np.uint64]:
    """The hash of all that is told of each article."""
    told = ("article_id", "capture_id", "duplicate_group", "is_lead", "published_on", "originator")
    return of_rows(*(articles[name] for name in told))


def _tables(articles: pa.Table, event: Ints, story: Ints, told: Told, kept: Kept) -> Clusters:
    """Names and tables for the cluster numbers of each article."""
    event_id, event_cell = _named("e", articles, event)
    story_id, story_cell = _named("s", articles, story)
    several = np.bincount(story, minlength=len(story_id)) > 1
    shown = pa.array(np.where(several, np.arange(len(story_id)), -1), mask=~several)
    story_of = np.empty(len(event_id), np.int64)
    story_of[event] = story
    stories_shown = story_id.take(shown)
    clustered = pa.table(
        {
            "article_id": articles["article_id"],
            "event_id": event_id.take(pa.array(event)),
            "story_id": stories_shown.take(pa.array(story)),
        }
    )
    of_events = described.rows(told, event, event_cell, "events", kept)
    # Most stories have one event: of these everything is told already.
    of_stories = described.rows(told, story, np.where(several, story_cell, -1), "stories", kept, of_events)
    events = _with_ids(of_events.rows, {"event_id": event_id, "story_id": stories_shown.take(pa.array(story_of))})
    n_events = np.bincount(story_of)[several].astype(np.int32)
    stories = _with_ids(of_stories.rows, {"story_id": story_id.filter(pa.array(several)), "n_events": n_events})
    return Clusters(
        clustered.cast(CLUSTERED.arrow),
        events.select(EVENTS.names).cast(EVENTS.arrow).sort_by("event_id"),
        stories.select(STORIES.names).cast(STORIES.arrow).sort_by("story_id"),
    )


def _with_ids(rows: pa.Table, columns: dict[str, Any]) -> pa.Table:
    return pa.table({**columns, **{name: rows[name] for name in rows.column_names}})


def _named(prefix: str, articles: pa.Table, number: Ints) -> tuple[pa.Array, Ints]:
    """The id of each cluster, after its founder, and the month it is kept in.

    The founder is the earliest report, undated ones last, of equals the one with the smallest id.
    """
    first, seen = days(articles["published_on"]), days(articles["captured_at"])
    is_lead = articles["is_lead"].to_numpy()
    age = np.where(first == NO_DAY, np.iinfo(np.int64).max, first)
    order = np.lexsort((np.arange(number.size), age, ~is_lead, number))
    founder = order[np.flatnonzero(np.diff(number[order], prepend=-1))]
    ids = articles["article_id"].take(pa.array(founder)).to_pylist()
    printed = articles["published_on"].take(pa.array(founder)).to_pylist()
    return pa.array(names(prefix, list(zip(printed, ids, strict=True))), pa.string()), cells(first, seen)[founder]
