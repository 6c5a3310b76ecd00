"""The people, places and countries of one text."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from storywire.names.forms import key
from storywire.names.lists import given_names, places
from storywire.names.people import people
from storywire.names.runs import Run, runs
from storywire.names.vocabulary import LOCATIVES, TITLES
from storywire.names.where import where

MOST = 20
"""Names of a kind kept per article: a list of winners is no news."""


class Named(NamedTuple):
    """Who and where: people as they are written, places by their names in the gazetteer, countries as ISO codes."""

    people: tuple[str, ...]
    places: tuple[str, ...]
    countries: tuple[str, ...]


def named(text: str, language: str | None) -> Named:
    """Who and where a text names, each most named first; nothing in languages whose small words are not known here.

    >>> named("PARIS (AP) — Mayor Anna Larsen flew to Berlin. Larsen left Germany on Monday.", "en")
    Named(people=('Anna Larsen',), places=('Paris', 'Berlin', 'Germany'), countries=('DE', 'FR'))
    """
    code = (language or "und").split("-")[0]
    if code not in LOCATIVES:
        return Named((), (), ())
    found = [_without_opening(run) for run in runs(text)]
    persons = people(found)
    spots = where(found, text, code, {person.surname for person in persons})
    countries: Counter[str] = Counter()
    for place, count in spots.items():
        if place.country:
            countries[place.country] += count
    return Named(
        tuple([person.name for person in persons[:MOST]]),
        tuple([place.name for place in sorted(spots, key=lambda place: (-spots[place], place.name))[:MOST]]),
        tuple(sorted(countries, key=lambda code: (-countries[code], code))[:MOST]),
    )


def _without_opening(run: Run) -> Run:
    """The run without a first word that is written large for the sentence's sake."""
    if not run.opens or len(run.words) < 2:
        return run
    first = key(run.words[0])
    if first in given_names() or first in TITLES or run.words[0].endswith(".") or key(run.text) in places():
        return run
    return run.without_first()
