"""What reports in two languages can share: names, numbers and places, as keys that belong to no language.

The keys are read off the terms an article is compared by anyway, so they rest on the article alone; the product of two
lists of keys is what is left of their cosine when all that would need a dictionary is left out. No model is asked:
docs/architecture.md has the figures of two that were.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from storywire.stories import places
from storywire.stories.rarity import rarity
from storywire.stories.skeletons import skeleton
from storywire.stories.words import primary

LEAST = 0.04
"""Product of the keys of two reports from which on they are taken to be on one matter."""

MOST = 0.14
"""The most that a key weighs. Two keys give .0392 at best: there is no link on fewer than three."""

RARE = 5.0
"""Rarity (see `rarity`) from which on a word may be a name: at most one article in 150 of its language has it.

What many languages have in common, such as president or million, says what a report is about, not which one it is.
"""

NAME = 4
"""Consonants a name is known by; further ones differ with case and transcription."""

SHORT_NAME = 3
SHORT_WORTH = 0.5
"""What the weight of a name of so few consonants is multiplied by: unrelated words agree in three now and then."""

DIGITS = 2
"""Digits that a number has at least, the zeros at its end left out: 48 billion, 48,000 million and 480 亿 are one."""


FIRST_HAN, LAST_HAN = "\u3400", "\u9fff"


class Report(NamedTuple):
    """One article as the bridge sees it."""

    terms: Sequence[str]
    weights: Sequence[float]
    language: str | None


class Tie(NamedTuple):
    """What two reports share: the key, how either writes it (in terms), and its share of the product."""

    key: str
    one: str
    other: str
    worth: float


def keys(report: Report) -> dict[str, tuple[float, str]]:
    """The keys of a report, the weight of each, and the term it is read off.

    `@` is a place, `#` a number, `~` the consonants of a name, `=` two characters of Han.

    >>> found = keys(Report(["вретакос", "греции", "212"], [0.1, 0.3, 0.1], "ru"))
    >>> sorted((key, weight) for key, (weight, _) in found.items())
    [('#212', 0.1), ('@GR', 0.14), ('~fltk', 0.1)]
    """
    code = primary(report.language)
    weights = dict(zip(report.terms, map(float, report.weights), strict=True))
    known = places.names(code)
    spelt = {places.bare(term, code): term for term in reversed(weights)}
    found: dict[str, tuple[float, str]] = {}
    named: set[str] = set()
    for form in spelt:
        for whole, place in known.get(form, ()):
            if whole <= spelt.keys():
                weight, term = max((weights[spelt[part]], spelt[part]) for part in whole)
                _add(found, f"@{place}", weight, term)
                named |= whole
    for term, weight in weights.items():
        if places.bare(term, code) in named:
            continue
        if term[0].isdigit():
            digits = term.rstrip("0")
            if term.isdecimal() and len(digits) >= DIGITS and not _is_year(term):
                _add(found, f"#{int(digits)}", weight, term)
        elif rarity(term, code) >= RARE:
            if FIRST_HAN <= term[0] <= LAST_HAN:
                _add(found, f"={term}", weight, term)
            elif len(kinds := skeleton(term, code)) >= SHORT_NAME:
                _add(found, f"~{kinds[:NAME]}", weight * (SHORT_WORTH if len(kinds) < NAME else 1.0), term)
    return found


def evidence(one: Report, other: Report) -> list[Tie]:
    """What ties two reports in different languages, the strongest first; `LEAST` in all makes a link.

    >>> english = Report(["vretakos", "dorin", "greece", "212"], [0.3, 0.3, 0.2, 0.1], "en")
    >>> german = Report(["vretakos", "dorin", "griechenland", "kreta"], [0.3, 0.2, 0.2, 0.2], "de")
    >>> [(tie.key, tie.other, tie.worth) for tie in evidence(english, german)]
    [('@GR', 'griechenland', 0.0196), ('~fltk', 'vretakos', 0.0196), ('~dln', 'dorin', 0.014)]
    """
    mine, theirs = keys(one), keys(other)
    ties = [
        Tie(key, mine[key][1], theirs[key][1], round(mine[key][0] * theirs[key][0], 6))
        for key in mine.keys() & theirs.keys()
    ]
    return sorted(ties, key=lambda tie: (-tie.worth, tie.key))


def read_off(told: pa.Table) -> pa.Table:
    """The keys and weights of articles, given the columns of `Report`."""
    found = [keys(Report(*row)) for row in zip(*(told[name].to_pylist() for name in Report._fields), strict=True)]
    return pa.table(
        {
            "terms": pa.array([list(row) for row in found], pa.list_(pa.string())),
            "weights": pa.array([[weight for weight, _ in row.values()] for row in found], pa.list_(pa.float32())),
        }
    )


def _add(found: dict[str, tuple[float, str]], key: str, weight: float, term: str) -> None:
    """Of two terms that give one key the heavier one counts."""
    found[key] = max(found.get(key, (0.0, "")), (min(MOST, weight), term))


def _is_year(term: str) -> bool:
    return len(term) == 4 and term[:2] in {"19", "20"}
