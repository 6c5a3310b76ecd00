"""What reports in two languages can share: names, numbers and places, as keys that belong to no language.

The keys are read off the terms an article is compared by anyway, so they rest on the article alone; the product of two
lists of keys is what is left of their cosine when all that would need a dictionary is left out. No model is asked:
docs/architecture.md has the figures of two that were.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import pyarrow as pa

from storywire.stories import places
from storywire.stories.rarity import rarity
from storywire.stories.skeletons import skeleton
from storywire.stories.words import STEM_LETTERS, primary

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

NAME_WORTH = 0.8
"""What the weight of a name is multiplied by: other words have its consonants too, now and then."""

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
    >>> sorted((key, round(weight, 6)) for key, (weight, _) in found.items())
    [('#212', 0.1), ('@GR', 0.14), ('~fltk', 0.08)]
    """
    code = primary(report.language)
    weights = dict(zip(report.terms, map(float, report.weights), strict=True))
    found: dict[str, tuple[float, str]] = {}
    named = _add_places(found, weights, code)
    for term, weight in weights.items():
        if term not in named and (known := _read(term, code)):
            _add(found, known[0], weight * known[1], term)
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
    """The columns of `Report` with keys and their weights in place of terms."""
    found = [keys(Report(*row)) for row in zip(*(told[name].to_pylist() for name in Report._fields), strict=True)]
    return pa.table(
        {
            "terms": pa.array([list(row) for row in found], pa.list_(pa.string())),
            "language": told["language"],
            "weights": pa.array([[weight for weight, _ in row.values()] for row in found], pa.list_(pa.float32())),
        }
    )


def _add(found: dict[str, tuple[float, str]], key: str, weight: float, term: str) -> None:
    """Of two terms that give one key the heavier one counts."""
    weight = min(MOST, weight)
    if weight > found.get(key, (0.0, ""))[0]:
        found[key] = weight, term


def _add_places(found: dict[str, tuple[float, str]], weights: dict[str, float], code: str) -> set[str]:
    """Add the places all of whose terms are there; gives those terms."""
    known = places.names(code)
    spelt = {places.bare(term, code): term for term in reversed(weights)} if code in STEM_LETTERS else None
    forms = weights.keys() if spelt is None else spelt.keys()
    named: set[str] = set()
    for form in sorted(known.keys() & forms):
        for whole, place in known[form]:
            if whole <= forms:
                terms = whole if spelt is None else {spelt[part] for part in whole}
                weight, term = max((weights[part], part) for part in terms)
                _add(found, f"@{place}", weight, term)
                named |= terms
    return named


@lru_cache(maxsize=1 << 17)
def _read(term: str, code: str) -> tuple[str, float] | None:
    """The key of a term that names no place, and what its weight is multiplied by; None where it gives none."""
    if term[0].isdigit():
        year = len(term) == 4 and term[:2] in {"19", "20"}
        solid = term.isdecimal() and not year and len(term.rstrip("0")) >= DIGITS
        return (f"#{int(term.rstrip('0'))}", 1.0) if solid else None
    if rarity(term, code) < RARE:
        return None
    if FIRST_HAN <= term[0] <= LAST_HAN:
        return f"={term}", 1.0
    kinds = skeleton(term.rpartition("・")[2], code)  # the family name of a foreigner written in kana
    return None if len(kinds) < SHORT_NAME else (f"~{kinds[:NAME]}", NAME_WORTH if len(kinds) >= NAME else SHORT_WORTH)
