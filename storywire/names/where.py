"""Where a text plays: the places it names, by a gazetteer and the words around them.

A place is a run that as a whole is in the gazetteer. Cities, and countries named like people, need a word like `in`
before them, a dateline, or a country behind them at least once in the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from storywire.names.forms import key
from storywire.names.lists import Place, given_names, places
from storywire.names.runs import Run
from storywire.names.vocabulary import LOCATIVES

_DATELINE = re.compile(r"([^\n(,—–]{3,40}?)(?:, [^\n(—–]{2,40})?(?: ?\([^)\n]{2,30}\))? ?(?:[—–]|--?) ")
_BEHIND = re.compile(r", ([^\n,.;:()]{3,30})")


def where(found: Sequence[Run], text: str, code: str, surnames: Collection[str] = ()) -> dict[Place, int]:
    """The places among the runs of a text in the language `code`, and how often each is named.

    `surnames` are keys of people's names, which are no places.
    """
    counts: Counter[Place] = Counter()
    meant: set[Place] = set()
    for run in found:
        place, one = _place(run, code)
        if place is None or one in surnames:
            continue
        counts[place] += 1
        if (place.kind != "city" and one not in given_names()) or run.before in LOCATIVES[code] or _has_country(run):
            meant.add(place)
    dateline = _DATELINE.match(text)
    if dateline and (place := places().get(key(dateline[1]))):
        meant.add(place)
        counts[place] += 1
    return {place: count for place, count in counts.items() if place in meant}


def _place(run: Run, code: str) -> tuple[Place | None, str]:
    """The place a run names as a whole, and its key there."""
    text = run.text
    one = key(text)
    if len(one) < 3 and not text.replace(".", "").isupper():
        return None, one  # `us` is a country in capitals alone
    place = places().get(one)
    if place is None and code == "de" and run.words[0].endswith("s"):  # `Berlins Regierung`: all nouns are large there
        one = key(run.words[0])[:-1]
        place = places().get(one)
    return place, one


def _has_country(run: Run) -> bool:
    """Whether a country or state stands behind, as in `Houston, Texas`."""
    behind = _BEHIND.match(run.after)
    place = places().get(key(behind[1])) if behind else None
    return place is not None and place.kind != "city"
