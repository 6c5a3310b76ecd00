"""Stories and events, counted again from their articles."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa

from storywire.articles.agencies import own_agency
from storywire.store.verification.findings import Breach, TableCheck, columns

Tables = Mapping[str, pa.Table]


class _Member(NamedTuple):
    """One article, as far as counting goes."""

    article_id: str
    duplicate_group: str
    is_lead: bool
    site: str | None
    wire_agency: str | None
    published_on: date | None
    event_id: str
    story_id: str | None


def unknown_clusters(tables: Tables) -> Iterator[Breach]:
    """Stories and events that articles name and the tables do not, or the other way round."""
    for table, key in (("stories", "story_id"), ("events", "event_id")):
        named = {value for value in tables["articles"][key].to_pylist() if value is not None}
        described = set(tables[table][key].to_pylist())
        for one in sorted(named - described):
            yield Breach(one, f"articles name it, and `{table}` has no row for it.")
        for one in sorted(described - named):
            yield Breach(one, f"`{table}` has a row for it, and no article names it.")


def torn_clusters(tables: Tables) -> Iterator[Breach]:
    """Groups over several events, events over several stories, stories of one article."""
    events: defaultdict[str, set[str]] = defaultdict(set)
    stories: defaultdict[str, set[str | None]] = defaultdict(set)
    sizes: Counter[str] = Counter()
    for member in _members(tables["articles"]):
        events[member.duplicate_group].add(member.event_id)
        stories[member.event_id].add(member.story_id)
        if member.story_id is not None:
            sizes[member.story_id] += 1
    for group, its_events in sorted(events.items()):
        if len(its_events) > 1:
            yield Breach(
                group, f"copies of one report are in {len(its_events)} events: {', '.join(sorted(its_events))}."
            )
    said: dict[Any, Any] = dict(columns(tables["events"], "event_id", "story_id"))
    for event, found in sorted(stories.items()):
        if len(found) > 1:
            yield Breach(
                event, f"articles of one event are in {len(found)} stories: {', '.join(sorted(map(str, found)))}."
            )
        elif event in said and {said[event]} != found:
            yield Breach(event, f"`events` puts it in story {said[event]}, its articles in {found.pop()}.")
    for story, size in sorted(sizes.items()):
        if size < 2:
            yield Breach(story, "the story has a single article.")


def miscounted(tables: Tables) -> Iterator[Breach]:
    """Stories and events whose row says otherwise than their articles."""
    for table, key in (("stories", "story_id"), ("events", "event_id")):
        members: defaultdict[str, list[_Member]] = defaultdict(list)
        for member in _members(tables["articles"]):
            members[getattr(member, key)].append(member)
        for row in tables[table].to_pylist():
            counted = _count(members[row[key]]) if row[key] in members else {}
            for name, value in counted.items():
                if name in row and row[name] != value:
                    yield Breach(row[key], f"`{name}` of `{table}` is {row[name]}, its articles give {value}.")


def _count(members: list[_Member]) -> dict[str, Any]:
    """What `storywire.stories.summary` says of a cluster, found by another way."""
    copies = Counter(member.duplicate_group for member in members)
    days = [member.published_on for member in members if member.published_on]
    leads = [member for member in members if member.is_lead]
    sources = {member.wire_agency or own_agency(member.site) or member.site for member in leads}
    ranked = sorted((-copies[m.duplicate_group], m.published_on or date.max, m.article_id) for m in leads)
    return {
        "n_articles": len(members),
        "n_reports": len(copies),
        "n_events": len({member.event_id for member in members}),
        "n_sites": len({member.site for member in members} - {None, ""}),
        "first_on": min(days, default=None),
        "last_on": max(days, default=None),
        **({"lead_article": ranked[0][2], "n_sources": len(sources)} if ranked else {}),
    }


def _members(articles: pa.Table) -> Iterator[_Member]:
    return map(_Member._make, columns(articles, *_Member._fields))


def stray_aliases(tables: Tables) -> Iterator[Breach]:
    """Retired ids that are in use, and aliases that lead nowhere."""
    live = set(tables["stories"]["story_id"].to_pylist())
    for retired, story in columns(tables["story_aliases"], "retired_id", "story_id"):
        if retired in live:
            yield Breach(str(retired), "it counts as retired and is in use.")
        elif story is not None and story not in live:
            yield Breach(str(retired), f"it leads to {story}, which is not in use.")


CHECKS = (
    TableCheck(
        "cluster_ids",
        "Articles and the tables of stories and events name the same ids.",
        ("articles", "stories", "events"),
        unknown_clusters,
    ),
    TableCheck(
        "nesting",
        "A duplicate group lies in one event, an event in one story, and a story has two articles or more.",
        ("articles", "events"),
        torn_clusters,
    ),
    TableCheck(
        "counts",
        "Counts, first and last day and lead article of stories and events are those of their articles.",
        ("articles", "stories", "events"),
        miscounted,
    ),
    TableCheck(
        "aliases",
        "No retired id is in use, and every alias leads to a story in use or to none.",
        ("stories", "story_aliases"),
        stray_aliases,
    ),
)
