"""Countries and large cities by the terms of their names, in every language that CLDR knows (through babel)."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from storywire.stories.words import STEM_LETTERS, primary, read_words

Name = tuple[frozenset[str], str]
"""All the terms of a name, and the code of what it names: `FR`, or the time zone of a city, `Europe/Paris`."""


_VOWELS = "аяыиеіїйоуюэьaeiouyáéíóúýąęěů"
SHORTEST = 3
"""Letters that are left of a name at least."""


@lru_cache(maxsize=1 << 14)
def bare(term: str, code: str) -> str:
    """A term without the vowels at its end, where they change with the case.

    >>> bare("греция", "ru"), bare("греции", "ru"), bare("grecia", "es")
    ('грец', 'грец', 'grecia')
    """
    return term[:SHORTEST] + term[SHORTEST:].rstrip(_VOWELS) if code in STEM_LETTERS else term


@lru_cache(maxsize=64)
def names(language: str) -> dict[str, tuple[Name, ...]]:
    """The names of places by their first term, all terms `bare`; empty for a language without locale data.

    >>> names("de")["frankreich"]
    ((frozenset({'frankreich'}), 'FR'),)
    """
    code = primary(language)
    try:
        locale = Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return {}
    spelt = {}
    for zone in sorted(get_global("zone_territories")):
        area, _, city = zone.partition("/")
        if city and "/" not in city and area not in {"Etc", "Antarctica"}:
            spelt[dict(locale.time_zones.get(zone, {})).get("city") or city.replace("_", " ")] = zone
    spelt |= {name: place for place, name in sorted(locale.territories.items()) if len(place) == 2}
    found: dict[str, list[Name]] = {}
    for name, place in spelt.items():
        if terms := [bare(term, code) for term, _ in read_words(name, code)]:
            found.setdefault(terms[0], []).append((frozenset(terms), place))
    return {term: tuple(those) for term, those in found.items()}
