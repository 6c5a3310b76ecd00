"""Lineage: what articles say of each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from storywire.store.verification.findings import Breach, TableCheck, columns

Tables = Mapping[str, pa.Table]

NAMING = (
    ("articles", "duplicate_of"),
    ("articles", "date_inherited_from"),
    ("articles", "wire_inherited_from"),
    ("duplicates", "article_id"),
    ("duplicates", "original_id"),
    ("date_evidence", "article_id"),
    ("revisions", "article_id"),
)
"""Columns that name an article."""


def unknown_articles(tables: Tables) -> Iterator[Breach]:
    """Articles that are named and not there."""
    known = set(tables["articles"]["article_id"].to_pylist())
    for table, column in NAMING:
        named = {value for value in tables[table][column].to_pylist() if value is not None}
        for article in sorted(named - known):
            yield Breach(article, f"`{column}` of `{table}` names it, and it is no article.")


def misled_groups(tables: Tables) -> Iterator[Breach]:
    """Groups without exactly one lead, or not named after it."""
    leads, _ = _groups(tables["articles"])
    for group, found in sorted(leads.items()):
        if len(found) != 1:
            yield Breach(group, f"the group has {len(found)} leads{': ' * bool(found)}{', '.join(sorted(found))}.")
        elif group != f"g{found[0][1:]}":
            yield Breach(group, f"the group is led by {found[0]} and not named after it.")


def misled_copies(tables: Tables) -> Iterator[Breach]:
    """Articles that do not name the lead of their group, and leads that name one."""
    leads, members = _groups(tables["articles"])
    known = set(tables["articles"]["article_id"].to_pylist())
    for group, rows in sorted(members.items()):
        lead = leads[group][0] if len(leads[group]) == 1 else None
        for article, is_lead, original, kind in rows:
            named = original is None or original in known  # an original that is not there is reported as that
            if is_lead and (original, kind) != (None, None):
                yield Breach(article, f"it leads its group and yet is {kind or 'a copy'} of {original}.")
            elif not is_lead and kind is None:
                yield Breach(article, "it does not lead its group and says not what kind of copy it is.")
            elif not is_lead and lead is not None and original != lead and named:
                yield Breach(article, f"it is a copy of {original}, and its group is led by {lead}.")


def _groups(articles: pa.Table) -> tuple[dict[str, list[str]], dict[str, list[tuple[Any, ...]]]]:
    """The leads and the members of each group."""
    leads: dict[str, list[str]] = {}
    members: dict[str, list[tuple[Any, ...]]] = {}
    rows: Iterator[tuple[Any, ...]] = columns(
        articles, "duplicate_group", "article_id", "is_lead", "duplicate_of", "duplicate_kind"
    )
    for group, article, is_lead, original, kind in rows:
        members.setdefault(group, []).append((article, is_lead, original, kind))
        leads.setdefault(group, []).extend([article] * is_lead)
    return leads, members


def misjudged_dates(tables: Tables) -> Iterator[Breach]:
    """Articles with several chosen dates, or whose own date is not the chosen one."""
    chosen: defaultdict[object, list[object]] = defaultdict(list)
    for article, day, taken in columns(tables["date_evidence"], "article_id", "day", "chosen"):
        if taken:
            chosen[article].append(day)
    for article, day, giver in columns(tables["articles"], "article_id", "published_on", "date_inherited_from"):
        found = chosen.get(article, [])
        if len(found) > 1:
            yield Breach(str(article), f"{len(found)} candidates are chosen as its date: {', '.join(map(str, found))}.")
        elif giver is None and (found or [None])[0] != day:
            yield Breach(str(article), f"its own date is {day}, the chosen candidate says {(found or [None])[0]}.")


CHECKS = (
    TableCheck(
        "known_articles",
        "Every article that a copy, a date, a credit or a revision names is there.",
        ("articles", "duplicates", "date_evidence", "revisions"),
        unknown_articles,
    ),
    TableCheck("group_leads", "Every duplicate group has one lead and its name.", ("articles",), misled_groups),
    TableCheck("copies", "Every copy names the lead of its group, and a lead none.", ("articles",), misled_copies),
    TableCheck(
        "chosen_dates",
        "At most one candidate is chosen per article, and a date that was not inherited is that one.",
        ("articles", "date_evidence"),
        misjudged_dates,
    ),
)
