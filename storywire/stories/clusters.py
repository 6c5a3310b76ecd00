"""Articles into events, events into stories: one pass each way, the same tables for the same set of articles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from storywire.columns import in_one
from storywire.components import InMemory, Kept, in_batches
from storywire.hashes import of_rows, place_in
from storywire.stories import bridge, vectors, volumes
from storywire.stories.described import Told
from storywire.stories.given import Given, given
from storywire.stories.linkage import DATED
from storywire.stories.means import Means, means, single
from storywire.stories.members import Members, languages, of_events, of_reports
from storywire.stories.neighbours import pairs
from storywire.stories.partition import Named, partition
from storywire.stories.series import headlines, serial
from storywire.stories.similarity import NO_DAY, Scale, dense, support
from storywire.stories.tables import content, tables
from storywire.stories.vectors import Read, Vectors

EVENT = Scale(sigma=1.75, undated=0.5, threshold=0.08, cohesion=0.65, apart=0.7)
"""When reports tell of one event.

Labelled events of a dated stream: BCubed F1 .969 at precision .972 (.961 with a sigma of 1.5 and a threshold of .125);
.966 with all years laid over one, eight times as dense. Flat: sigma 1.75 to 2, thresholds .06 to .1 and a cohesion of
.65 to .75 score .966 to .970. The low threshold is safe because cohesion, not the threshold, parts neighbouring events.

The same events with every third date taken away: .917 (.825 where long undated texts had to be nearly equal, as they
were held to before). Labelled short texts without dates: .906 (.847), flat for `undated` from .5 to 1.
"""

STORY = Scale(
    sigma=7.0,
    undated=1.0,
    threshold=0.075,
    cohesion=0.6,
    power=vectors.LEVEL,
    across=4.0,
    sure=4.0 * bridge.LEAST / 0.075,
)
"""When events continue each other: names and background recur, over weeks.

The square root of the weights asks for many shared terms rather than a few heavy ones. Labelled topics: BCubed F1 .939
(.914 with the weights as they are, at their best threshold), .925 to .939 for thresholds of .07 to .08 and a cohesion
of .3 to .7; in a dated stream of eight years no story then has more than 31 of 5,150 articles.
"""


SPOKESMEN = 5
"""Reports, the first ones, that speak for an event when it is asked whether most pairs are alike."""

AT_ONCE = 500
"""Members of several pieces that are compared in one go: one large product costs less than a hundred small ones."""

HORIZON_DAYS = 30
"""Days before its capture within which an article without a date is looked up."""

Ints = NDArray[np.int64]
Numbers = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Which event and story each article belongs to, numbered like `given.Given`; the table of each, by their ids."""

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
    pa.default_memory_pool().release_unused()  # of reading the articles: a tenth of the most that is held
    every = given(articles)
    leads = every.pick(np.flatnonzero(every.is_lead))
    lead = _leads(every, leads)
    read, kept = read or _from(articles), kept or InMemory()
    reports, found = _reports(leads, read, kept)
    event, story = _numbers(leads, reports, found, read, kept, horizon_days)
    told = Told(every, content(every, leads.identity[lead]), lead, found, read)
    return Clusters(*tables(told, event[lead], story, kept))


def _numbers(
    leads: Given, reports: Members, found: Vectors, read: Read, kept: Kept, horizon_days: int
) -> tuple[Ints, Ints]:
    """The number of the event of each report, and of the story of each event."""
    event, alone = _events(leads, reports, found, read, kept, horizon_days)
    found = replace(found, power=STORY.power)
    keys = _keys(leads, read, kept)
    reports = replace(reports, vectors=found)
    if keys is not None:
        reports = replace(reports, languages=_spoken(leads), keys=keys)
    groups = means(found, event)
    events = of_events(reports, groups, keys and means(keys, event))
    # A report of a series is an event by itself.
    linked = pairs(events, STORY, horizon_days, "story-pairs", kept).edges(alone[groups.order[groups.begin]])
    return event, _partition(events, groups, reports, linked, STORY, "story-pieces", kept)


def _events(
    leads: Given, reports: Members, found: Vectors, read: Read, kept: Kept, horizon_days: int
) -> tuple[Ints, Flags]:
    """The number of each report's event, and which reports belong to a series, so that they join nothing."""
    linked = pairs(reports, EVENT, horizon_days, "event-pairs", kept, partial(headlines, leads, read))
    alone = serial(leads, linked)
    each = single(found, len(leads))
    named = partial(named_days, reports, found)
    return _partition(reports, each, reports, linked.edges(alone), EVENT, "event-pieces", kept, named), alone


def reports_of(leads: pa.Table) -> tuple[Members, Vectors]:
    """The lead articles as they are compared, numbered like `given.Given`; see `cluster` for the columns."""
    return _reports(given(leads), _from(leads), InMemory())


def keys_of(leads: pa.Table) -> Vectors | None:
    """The keys by which reports in different languages are compared; nothing where all are in one."""
    return _keys(given(leads), _from(leads), InMemory())


def _reports(leads: Given, read: Read, kept: Kept) -> tuple[Members, Vectors]:
    """See `reports_of`."""
    cell = leads.cell()
    found = volumes.load(leads, cell, read, kept)
    return of_reports(leads.identity, leads.first, leads.seen, cell, found), found


def _keys(leads: Given, read: Read, kept: Kept) -> Vectors | None:
    """See `keys_of`."""
    if "language" not in leads.table.column_names:
        return None
    written = pa.chunked_array([leads.table["language"].unique()])
    if not _several(languages(written)) or not _several(_spoken(leads)):
        return None

    def read_off(rows: pa.Table, _columns: list[str]) -> pa.Table:
        return bridge.read_off(read(rows, list(bridge.Report._fields)))

    return volumes.load(leads, leads.cell(), read_off, kept, kind="keys")


def _several(spoken: Ints) -> bool:
    """Whether there is more than one language among those that are known."""
    known = spoken[spoken > 0]
    return bool((known != known[:1]).any())


def _spoken(leads: Given) -> Ints:
    """The language of each report, as a number."""
    return languages(leads.table["language"])[leads.place]


def named_days(reports: Members, found: Vectors, rows: Ints) -> NDArray[np.uint8]:
    """The weekdays some reports name, as bits, and whether their days are known; see `linkage.average_linkage`."""
    return found.weekdays(rows) | np.where(reports.first[rows] == NO_DAY, np.uint8(0), np.uint8(DATED))


def _partition(
    members: Members,
    groups: Means,
    reports: Members,
    edges: tuple[Numbers, Numbers, Floats],
    scale: Scale,
    name: str,
    kept: Kept,
    named: Named | None = None,
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

    rule = scale.threshold, scale.cohesion, scale.apart
    return partition(members.content, members.cell, edges, compare, rule, name, kept, named=named)


def _from(articles: pa.Table) -> Read:
    """Reads columns that are in memory."""
    ids = in_one(articles["article_id"])

    def read(rows: pa.Table, columns: list[str]) -> pa.Table:
        place = pc.index_in(rows["article_id"], ids)
        there = articles.column_names
        nothing = pa.nulls(len(rows))
        return pa.table({name: articles[name].take(place) if name in there else nothing for name in columns})

    return read


def _leads(every: Given, leads: Given) -> Ints:
    """The number, among the leads, of the lead of each article.

    Raises:
        ValueError: a duplicate group has no lead or several.
    """
    group = of_rows(every.table["duplicate_group"])
    copies = np.flatnonzero(~every.is_lead)
    mine, theirs = group[leads.place], group[every.place[copies]]
    place = place_in(mine, theirs)
    mine.sort()
    if (mine[1:] == mine[:-1]).any() or (place < 0).any():
        raise ValueError("every duplicate group needs exactly one row with is_lead")
    lead: Ints = np.cumsum(every.is_lead)
    lead -= 1
    lead[copies] = place
    return lead
