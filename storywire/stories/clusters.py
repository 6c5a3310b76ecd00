"""Articles into events, events into stories: one pass each way, the same tables for the same set of articles."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from storywire.schema import CLUSTERED, EVENTS, STORIES
from storywire.stories.identity import names
from storywire.stories.linkage import partition
from storywire.stories.series import serial
from storywire.stories.similarity import Items, Scale, dense, edges, support
from storywire.stories.summary import Article, describe, founder
from storywire.stories.vectors import of_groups, of_reports

EVENT = Scale(sigma=1.5, undated=90.0, threshold=0.125, cohesion=0.65)
"""When reports tell of one event.

Labelled events of a dated stream: BCubed F1 .962 (.940 without the rule of cohesion), flat between thresholds .1
and .15. Labelled events without dates, short texts: .858; a flat threshold scores up to .915 there, but takes long
reports of neighbouring events of one running story (cosine .5) for one.
"""

STORY = Scale(sigma=10.0, undated=180.0, threshold=0.1, cohesion=0.0)
"""When events continue each other: names and background recur, over weeks."""


SPOKESMEN = 5
"""Reports, those with the smallest ids, that speak for an event when it is asked whether most pairs are alike."""

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Which event and story each article belongs to, and the table of each; sorted by their keys."""

    clustered: pa.Table
    events: pa.Table
    stories: pa.Table


def cluster(articles: pa.Table) -> Clusters:
    """Events and stories of a set of articles.

    One row per `article_id`, in any order, with `duplicate_group`, `is_lead`, `site`, `originator`, `title`,
    `language`, `n_words`, `published_on` (after inheritance), `terms` and `weights`, and for the tables of events and
    stories `people`, `places` and `countries`, where they are wanted. Only the lead of each duplicate
    group is compared, its copies follow it. Stories join events, never articles, so the two are nested by construction.

    Raises:
        ValueError: an article comes twice, or a duplicate group has no lead or several.
    """
    articles = articles.combine_chunks().sort_by("article_id")
    leads = articles.filter(articles["is_lead"])
    _check(articles, leads)
    reports = of_reports(leads)
    each = np.arange(len(leads))
    pairs = edges(reports, EVENT)
    alone = serial(leads, reports, pairs)
    event = _partition(reports, alone, each, pairs, EVENT)
    story = _partition(reports, alone, event, edges(of_groups(reports, event), STORY), STORY)
    place = pc.index_in(articles["duplicate_group"], leads["duplicate_group"]).to_numpy()
    return _tables(_read(articles), event[place], story[event][place])


def _partition(
    reports: Items, alone: Flags, group: Ints, pairs: tuple[Ints, Ints, NDArray[np.float64]], scale: Scale
) -> Ints:
    """A cluster number for each group of reports (numbered from 0), by the pairs of groups that may be joined.

    Reports `alone` join nothing.
    """
    groups = of_groups(reports, group)
    members = np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1]) if len(group) else []

    def compare(rows: Ints) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        spoken = [members[row][:SPOKESMEN] for row in rows]
        number = np.repeat(np.arange(len(rows)), [len(part) for part in spoken])
        return dense(groups.take(rows), scale), support(reports.take(np.concatenate(spoken)), number, scale)

    left, right, alike = pairs
    apart = np.zeros(len(members), np.bool_)
    apart[group[alone]] = True
    keep = ~(apart[left] | apart[right])
    return partition(len(members), (left[keep], right[keep], alike[keep]), compare, scale.threshold, scale.cohesion)


def _check(articles: pa.Table, leads: pa.Table) -> None:
    """Each article once, each group with one lead."""
    if pc.count_distinct(articles["article_id"]).as_py() != len(articles):
        raise ValueError("an article_id stands in more than one row; pass one row per article")
    groups = pc.count_distinct(articles["duplicate_group"]).as_py()
    if not groups == len(leads) == pc.count_distinct(leads["duplicate_group"]).as_py():
        raise ValueError("every duplicate group needs exactly one row with is_lead")


def _read(articles: pa.Table) -> list[Article]:
    """The rows of the table, in its order."""
    nothing = pa.nulls(len(articles))
    known = articles.column_names
    columns = [(articles[name] if name in known else nothing).to_pylist() for name in Article._fields]
    return [Article(*row) for row in zip(*columns, strict=True)]


def _tables(articles: list[Article], event: NDArray[np.int64], story: NDArray[np.int64]) -> Clusters:
    """Names and tables for the cluster numbers of each article."""
    events, stories = _gather(articles, event), _gather(articles, story)
    event_names, story_names = _named("e", events), _named("s", stories)
    shown: dict[int, str | None] = {s: name if len(stories[s]) > 1 else None for s, name in story_names.items()}
    story_of_event = dict(zip(event.tolist(), story.tolist(), strict=True))
    n_events: defaultdict[int, int] = defaultdict(int)
    for its_story in story_of_event.values():
        n_events[its_story] += 1
    clustered = [
        {"article_id": article.article_id, "event_id": event_names[e], "story_id": shown[s]}
        for article, e, s in zip(articles, event.tolist(), story.tolist(), strict=True)
    ]
    event_rows = [
        {"event_id": event_names[e], "story_id": shown[story_of_event[e]], **describe(members)}
        for e, members in events.items()
    ]
    story_rows = [
        {"story_id": shown[s], "n_events": n_events[s], **describe(members)}
        for s, members in stories.items()
        if shown[s] is not None
    ]
    return Clusters(
        pa.Table.from_pylist(clustered, schema=CLUSTERED.arrow),
        pa.Table.from_pylist(sorted(event_rows, key=lambda row: str(row["event_id"])), schema=EVENTS.arrow),
        pa.Table.from_pylist(sorted(story_rows, key=lambda row: str(row["story_id"])), schema=STORIES.arrow),
    )


def _gather(articles: list[Article], number: NDArray[np.int64]) -> dict[int, list[Article]]:
    """The articles of each cluster."""
    members: defaultdict[int, list[Article]] = defaultdict(list)
    for article, this in zip(articles, number.tolist(), strict=True):
        members[this].append(article)
    return dict(members)


def _named(prefix: str, clusters: dict[int, list[Article]]) -> dict[int, str]:
    """The id of each cluster, after its founder."""
    first: list[Any] = [founder(members) for members in clusters.values()]
    return dict(zip(clusters, names(prefix, [(f.published_on, f.article_id) for f in first]), strict=True))
