"""The day of the week a report names: what tells two undated reports of one running story apart.

News says "on Wednesday" of what it reports. Of pairs of labelled reports with a cosine of .3 to .5, those on one event
name the same weekday in 52 of 100 and different ones in 19; those on different events in 17 and in 62.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from babel.core import UnknownLocaleError
from babel.dates import get_day_names
from numpy.typing import NDArray

from storywire.stories.words import primary, read_words

Ints = NDArray[np.int64]


@cache
def names(code: str) -> dict[str, int]:
    """The terms that name a weekday (Monday is 0) in a language; none where CLDR does not know the language.

    Names of several words are left out: in most languages that have them they are made of numbers.

    >>> names("en")["wednesday"], names("pt")
    (2, {'sabado': 5, 'domingo': 6})
    """
    try:
        written = get_day_names("wide", "format", locale=code)
    except (UnknownLocaleError, ValueError):
        return {}
    terms = {day: [term for term, _ in read_words(name, code)] for day, name in sorted(written.items())}
    return {found[0]: day for day, found in terms.items() if len(found) == 1}


def named(terms: pa.DictionaryArray, counts: Ints, languages: list[str | None]) -> NDArray[np.uint8]:
    """For each report the weekday it names first, as a bit (Monday is 1); 0 where it names none.

    `terms` are those of all reports, heaviest first inside each; `counts` says how many each has.
    """
    codes = [primary(language) for language in languages]
    known = {code: names(code) for code in set(codes)}
    every = pa.array(sorted({name for those in known.values() for name in those}), pa.string())
    is_name = pc.is_in(terms.dictionary, every).to_numpy(zero_copy_only=False)
    likely = np.flatnonzero(is_name[terms.indices.to_numpy()])
    report = np.searchsorted(np.cumsum(counts), likely, side="right")
    found = np.zeros(len(codes), np.uint8)
    for row, term in zip(report.tolist(), terms.take(pa.array(likely)).to_pylist(), strict=True):
        day = known[codes[row]].get(term)
        if day is not None and not found[row]:
            found[row] = 1 << day
    return found
