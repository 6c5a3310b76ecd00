"""Articles into events, events into stories: one pass each way, the same tables for the same set of articles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from storywire.components import InMemory, Kept, in_batches
from storywire.hashes import of_rows
from storywire.schema import CLUSTERED, EVENTS, STORIES
from storywire.stories import bridge, described, vectors
from storywire.stories.described import Told
from storywire.stories.identity import names
from storywire.stories.linkage import DATED
from storywire.stories.members import Members, cells, days, languages, of_events, of_reports
from storywire.stories.neighbours import Pairs, pairs
from storywire.stories.partition import partition
from storywire.stories.series import headlines, serial
from storywire.stories.similarity import NO_DAY, Scale, dense, support
from storywire.stories.vectors import Means, Read, Vectors, means

EVENT = Scale(sigma=1.75, undated=0.5, threshold=0.08, cohesion=0.65, apart=0.7)
"""When reports tell of one event.

Labelled events of a dated stream: BCubed F1 .969 at precision .972 (.961 with a sigma of 1.5 and a threshold of .125);
.966 with all years laid over one, eight times as dense. Flat: sigma 1.75 to 2, thresholds .06 to .1 and a cohesion of
.65 to .75 score .966 to .970. The low threshold is safe because cohesion, not the threshold, parts neighbouring events.

The same events with every third date taken away: .917 (.825 where long undated texts had to be nearly equal, as they
were held to before). Labelled short texts without dates: .906 (.847), flat for `undated` from .5 to 1.
"""

STORY = Scale(
    sigma=7.0, undated=1.0, threshold=0.075, cohesion=0.6, power=0.5, across=4.0, sure=4.0 * bridge.LEAST / 0.075
)
"""When events continue each other: names and background recur, over weeks.

The square root of the weights asks for many shared terms rather than a few heavy ones. Labelled topics: BCubed F1 .939
(.914 with the weights as they are, at their best threshold), .925 to .939 for thresholds of .07 to .08 and a cohesion
of .3 to .7; in a dated stream of eight years no story then has more than 31 of 5,150 articles.
"""


SPOKESMEN = 5
"""Reports, those with the smallest ids, that speak for an event when it is asked whether most pairs are alike."""

AT_ONCE = 500
"""Members of several pieces that are compared in one go: one large product costs less than a hundred small ones."""

HORIZON_DAYS = 30
"""Days before its capture within which an article without a date is looked up."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


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
        articles: One row per `article_id`, in any order, with `duplicate_group, is_lead, site, originator,
            published_on` (after inheritance); `language`, where stories are to join events across languages;
            `captured_at`, where undated articles are to have a horizon;
            `capture_id`, where anything is to be kept; the columns of `summary.Article`, unless there is `read`.
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
    reports, found = reports_of(leads, read, kept)
    site = _numbered(leads["site"])
    linked = pairs(reports, EVENT, horizon_days, "event-pairs", kept, partial(headlines, leads, site, read))
    alone = serial(site, reports.first, linked)
    each = means(found, np.arange(len(leads)))
    event = _partition(reports, each, reports, linked, alone, EVENT, "event-pieces", kept, named_days(reports, found))
    found = replace(found, power=STORY.power)
    keys = keys_of(leads, read, kept)
    reports = replace(reports, vectors=found)
    if keys is not None:
        reports = replace(reports, languages=languages(leads["language"]), keys=keys)
    groups = means(found, event)
    events = of_events(reports, event, groups, keys and means(keys, event))
    linked = pairs(events, STORY, horizon_days, "story-pairs", kept)
    # A report of a series is an event by itself.
    story = _partition(events, groups, reports, linked, alone[groups.order[groups.begin]], STORY, "story-pieces", kept)
    place = pc.index_in(articles["duplicate_group"], leads["duplicate_group"]).to_numpy()
    return _tables(articles, event[place], story[event][place], Told(articles, _content(articles), read), kept)


def reports_of(leads: pa.Table, read: Read | None = None, kept: Kept | None = None) -> tuple[Members, Vectors]:
    """The lead articles as they are compared, in the table's order; see `cluster` for the columns."""
    leads = _completed(leads)
    identity = of_rows(leads["article_id"], leads["capture_id"])
    first, seen = days(leads["published_on"]), days(leads["captured_at"])
    found = vectors.load(leads, identity, cells(first, seen), read or _from(leads), kept or InMemory())
    return of_reports(identity, first, seen, found), found


def keys_of(leads: pa.Table, read: Read | None = None, kept: Kept | None = None) -> Vectors | None:
    """The keys by which reports in different languages are compared; nothing where all are in one."""
    leads, look_up = _completed(leads), read or _from(leads)
    if "language" not in leads.column_names:
        return None
    spoken = languages(leads["language"])
    if np.unique(spoken[spoken > 0]).size < 2:
        return None

    def read_off(rows: pa.Table, _columns: list[str]) -> pa.Table:
        return bridge.read_off(look_up(rows, list(bridge.Report._fields)))

    identity = of_rows(leads["article_id"], leads["capture_id"])
    cell = cells(days(leads["published_on"]), days(leads["captured_at"]))
    return vectors.load(leads, identity, cell, read_off, kept or InMemory(), kind="keys")


def named_days(reports: Members, found: Vectors) -> Ints:
    """The weekday each report names, as a bit, and whether its day is known; see `linkage.average_linkage`."""
    return found.named.astype(np.int64) | np.where(reports.first == NO_DAY, 0, DATED)


def _partition(
    members: Members,
    groups: Means,
    reports: Members,
    linked: Pairs,
    alone: Flags,
    scale: Scale,
    name: str,
    kept: Kept,
    named: Ints | None = None,
) -> Ints:
    """A cluster number for each member, by one scale; `groups` are the reports of each. Those `alone` join nothing."""

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

    linked = linked.pick(~(alone[linked.left] | alone[linked.right]))
    edges = linked.left, linked.right, linked.alike
    rule = scale.threshold, scale.cohesion, scale.apart
    return partition(members.content, members.cell, edges, compare, rule, name, kept, named=named)


def _numbered(names: pa.ChunkedArray) -> Ints:
    """A number for each distinct name, -1 for none."""
    filled = pc.if_else(pc.equal(names, ""), None, names).combine_chunks().dictionary_encode()
    codes: Ints = filled.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes


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
    founder, event_cell = _founded(articles, event)
    event_id = _named("e", articles, founder)
    founder, story_cell = _founded(articles, story)
    several = np.bincount(story, minlength=founder.size) > 1
    story_id = _named("s", articles, founder[several])
    shown = pa.array(np.cumsum(several) - 1, mask=~several)
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
    stories = _with_ids(of_stories.rows, {"story_id": story_id, "n_events": n_events})
    return Clusters(
        clustered.cast(CLUSTERED.arrow),
        events.select(EVENTS.names).cast(EVENTS.arrow).sort_by("event_id"),
        stories.select(STORIES.names).cast(STORIES.arrow).sort_by("story_id"),
    )


def _with_ids(rows: pa.Table, columns: dict[str, Any]) -> pa.Table:
    return pa.table({**columns, **{name: rows[name] for name in rows.column_names}})


def _founded(articles: pa.Table, number: Ints) -> tuple[Ints, Ints]:
    """The founder of each cluster, by row, and the month the cluster is kept in.

    The founder is the earliest report, undated ones last, of equals the one with the smallest id.
    """
    first, seen = days(articles["published_on"]), days(articles["captured_at"])
    is_lead = articles["is_lead"].to_numpy()
    age = np.where(first == NO_DAY, np.iinfo(np.int64).max, first)
    order = np.lexsort((np.arange(number.size), age, ~is_lead, number))
    founder = order[np.flatnonzero(np.diff(number[order], prepend=-1))]
    return founder, cells(first, seen)[founder]


def _named(prefix: str, articles: pa.Table, founder: Ints) -> pa.Array:
    """The id of each cluster, after its founder."""
    ids = articles["article_id"].take(pa.array(founder)).to_pylist()
    printed = articles["published_on"].take(pa.array(founder)).to_pylist()
    return pa.array(names(prefix, list(zip(printed, ids, strict=True))), pa.string())
