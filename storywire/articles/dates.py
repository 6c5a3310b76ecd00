"""The publication date of an article: which of the dates on its page, how sure, and why not the others.

Candidates are weighed as witnesses. Each family of roles (data for machines, what the reader sees, the address) bears
witness once for a day, with the odds of its strongest candidate; days compete, so witnesses who disagree lower each
other. Below `ENOUGH` there is no date: a wrong one moves a story to the wrong day, a missing one is merely absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from storywire.articles.dateaddress import candidates_in_url, month_in_url
from storywire.articles.datecandidates import candidates_given, candidates_in_lines
from storywire.articles.datemarkup import candidates_in_html
from storywire.articles.daterelative import resolved
from storywire.articles.dateroles import ROLES, Candidate
from storywire.articles.datetext import FIRST_YEAR
from storywire.articles.dateweights import agrees, odds_of_days, shares_of_days, weekdays_in_lead, witnesses_for_days

__all__ = [
    "Candidate",
    "Choice",
    "Ranked",
    "candidates_given",
    "candidates_in_html",
    "candidates_in_lines",
    "candidates_in_url",
    "choose",
    "month_in_url",
]

ENOUGH = 0.5
"""Confidence a date needs: below, the guess is more often wrong than right."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate in its place, with the choice and the reason in a sentence."""

    candidate: Candidate
    chosen: bool
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The dates of an article, with every candidate in order of rank."""

    published_on: date | None
    published_at: datetime | None
    modified_at: datetime | None
    source: str | None
    confidence: float | None
    ranked: tuple[Ranked, ...]


def _day_after(captured_at: datetime) -> date:
    """The last day that any place on Earth may have written when a page was captured."""
    day = captured_at.astimezone(UTC).date()
    return day if day == date.max else day + timedelta(days=1)


def choose(candidates: Iterable[Candidate], *, text: str, language: str, captured_at: datetime | None) -> Choice:
    """Weigh the candidates; the result does not depend on their order."""
    ordered = sorted({resolved(each, captured_at, language) for each in candidates}, key=_rank)
    latest = _day_after(captured_at) if captured_at else None
    able = [each for each in ordered if _objection(each, latest) is None]
    counted = witnesses_for_days(ordered, able)
    weekdays = weekdays_in_lead(text, language)
    shares = shares_of_days(odds_of_days(ordered, counted, weekdays))
    best = min(shares, key=lambda day: (-shares[day], day), default=None)
    if best is not None and shares[best] < ENOUGH:
        best = None
    witnesses = [each for each, day in counted.items() if day == best]
    chosen = next((each for each in witnesses if each.day == best), None)
    ranked = [_explained(each, chosen, counted.get(each), shares, latest, weekdays) for each in ordered]
    ranked.sort(key=lambda row: (not row.chosen, -shares.get(counted.get(row.candidate, date.min), -1.0)))
    return Choice(
        published_on=best,
        published_at=next((each.instant for each in witnesses if each.instant), None),
        modified_at=_modified(ordered, latest, best),
        source=chosen.role if chosen else None,
        confidence=round(shares[best], 4) if best else None,
        ranked=tuple(ranked),
    )


def _rank(each: Candidate) -> tuple[float, int, str, str, str, str]:
    """A total order: surer first, then the role's place in the table, then what is printed."""
    return (
        -each.confidence,
        list(ROLES).index(each.role) if each.role in ROLES else len(ROLES),
        str(each.day),
        str(each.instant),
        each.precision,
        each.printed,
    )


def _objection(each: Candidate, latest: date | None) -> str | None:
    """Why a candidate cannot be the publication date, whatever else there is."""
    if each.day is None and each.precision == "relative":
        return "It is told from the time of reading, which is not known."
    if each.day is None:
        return "It names no day."
    if each.day.year < FIRST_YEAR:
        return f"It lies before {FIRST_YEAR}."
    if latest and each.day > latest:
        return "It lies after the capture."
    role = ROLES.get(each.role)
    if role is None or role.family == "none":
        return f"{role.sentence[0].upper()}{role.sentence[1:]} is no publication date." if role else "Unknown role."
    return None


def _modified(ordered: Sequence[Candidate], latest: date | None, published: date | None) -> datetime | None:
    """The instant of the last change: the latest the page declares, not before its publication."""
    moments = [
        each.instant
        for each in ordered
        if each.role in ("modified", "updated")
        and each.instant
        and each.day
        and not (latest and each.day > latest)
        and not (published and each.day < published)
    ]
    return max(moments, default=None)


def _explained(
    each: Candidate,
    chosen: Candidate | None,
    day: date | None,
    shares: Mapping[date, float],
    latest: date | None,
    weekdays: frozenset[int],
) -> Ranked:
    """The candidate with the reason, in a sentence an editor would accept."""
    if day is None:
        return Ranked(each, False, _objection(each, latest) or "An update counts only where there is no other date.")
    because = ROLES[each.role].sentence
    if each == chosen:
        told = "; the weekday in the lead fits" if weekdays and agrees(day, weekdays) else ""
        return Ranked(each, True, f"Known from {because}{told}.")
    if chosen and day == chosen.day:
        return Ranked(each, False, f"Bears out the chosen date, from {because}.")
    if chosen and chosen.day:
        return Ranked(
            each, False, f"The chosen day is better supported: {shares[chosen.day]:.2f} to {shares[day]:.2f}."
        )
    return Ranked(each, False, f"Not sure enough: {shares[day]:.2f} of the {ENOUGH:.2f} needed.")
