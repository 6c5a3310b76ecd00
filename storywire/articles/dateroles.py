"""What a date is on a page: the roles, how far each may be trusted, and a date in its role.

A role says where a date stood and what it was called; its confidence is the share of such dates that were the
publication date on pages with a known one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from storywire.articles.datetext import PrintedDate

Family = Literal["given", "data", "shown", "address", "last", "none"]


@dataclass(frozen=True, slots=True)
class Role:
    """What a date is on a page. Dates of one family echo each other: they count as one witness."""

    confidence: float
    family: Family
    sentence: str


ROLES: Mapping[str, Role] = {
    "given": Role(0.97, "given", "the record's own field"),
    "jsonld": Role(0.95, "data", "the article's JSON-LD"),
    "meta": Role(0.95, "data", "a meta element for the publication date"),
    "microdata": Role(0.9, "data", "microdata of the article"),
    "jsonld_page": Role(0.92, "data", "JSON-LD of the page around the article"),
    "meta_date": Role(0.9, "data", "a meta element named only 'date'"),
    "script": Role(0.65, "data", "data for scripts"),
    "created": Role(0.6, "data", "the date the page was made"),
    # Written by the same software as the data of the page: they echo it, and are one witness with it.
    "feed": Role(0.93, "data", "the feed that announced the page"),
    "sitemap": Role(0.93, "data", "the sitemap that announced the page"),
    "time": Role(0.96, "shown", "a time element between headline and body"),
    "first": Role(0.98, "shown", "the words before it: 'first published' or the like"),
    "labelled": Role(0.97, "shown", "the words before it: 'published' or the like"),
    "headline": Role(0.97, "shown", "its place between headline and body"),
    "dateline": Role(0.88, "shown", "the dateline"),
    "marked": Role(0.55, "shown", "its markup, which is named after dates"),
    "signed": Role(0.88, "shown", "its place right below the body"),
    "kicker": Role(0.94, "shown", "its place right above the headline"),
    "above": Role(0.45, "shown", "its place above the headline"),
    "farewell": Role(0.9, "shown", "the words before it, though it stands far from the article"),
    "lone": Role(0.89, "shown", "being the only date of the page"),
    "mention": Role(0.2, "none", "a sentence that mentions it"),
    "teaser": Role(0.1, "none", "its place among teasers, far from the article"),
    "header": Role(0.05, "none", "the page header"),
    "until": Role(0.02, "none", "the words before it, 'available until' or the like,"),
    "today": Role(0.02, "none", "a clock"),
    "url": Role(0.95, "address", "the address, with year, month and day"),
    "url_compact": Role(0.9, "address", "a number in the address"),
    "url_month": Role(0.2, "none", "the address, which names the month alone"),
    "updated": Role(0.87, "last", "the only date shown, though called an update"),
    "modified": Role(0.4, "none", "the last change"),
}
"""Roles, with the confidence measured on news and blog pages with known dates (docs/architecture.md); those of feed and
sitemap are set beside that of JSON-LD about the page, for the same reason: it may be the entry's date."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One date of a page; `day` is as printed there, `instant` is in UTC (see `schema.DATE_EVIDENCE`)."""

    role: str
    printed: str
    day: date | None
    instant: datetime | None
    precision: str
    confidence: float
    offset_minutes: int | None = None


def candidate(role: str, found: PrintedDate, weight: float = 1.0) -> Candidate:
    """A found date in its role; `weight` lowers the role's confidence where there are rivals."""
    confidence = round(ROLES[role].confidence * weight, 4)
    printed = found.printed[:120]
    return Candidate(role, printed, found.day, found.instant, found.precision, confidence, found.offset_minutes)


def in_role(each: Candidate, role: str) -> Candidate:
    """The candidate in another role, where the rest of the page tells better what it is."""
    return replace(each, role=role, confidence=ROLES[role].confidence)


MOST_CANDIDATES = 40
"""Kept of one page. An archive with 10,000 dates is no evidence, and the ledger of dates must stay readable."""


def strongest(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates without repeats, the strongest of them, in page order."""
    distinct = list(dict.fromkeys(candidates))
    ranks = sorted(range(len(distinct)), key=lambda index: (-distinct[index].confidence, index))
    return tuple(distinct[index] for index in sorted(ranks[:MOST_CANDIDATES]))
