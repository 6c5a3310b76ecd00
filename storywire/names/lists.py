"""The frozen lists of places and given names, loaded when first asked for; `benchmarks/names.py` builds them.

Places are from GeoNames (geonames.org, CC BY 4.0) and CLDR, given names from Faker (MIT).
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import NamedTuple


class Place(NamedTuple):
    """A place: its name in the gazetteer, its country (ISO 3166, None where namesakes leave it open), its kind."""

    name: str
    country: str | None
    kind: str


@cache
def places() -> dict[str, Place]:
    """Every place by each key of its names (see `forms.key`).

    >>> places()["moskau"]
    Place(name='Moscow', country='RU', kind='city')
    """
    found: dict[str, Place] = {}
    for line in (resources.files("storywire.names") / "places.tsv").read_text("utf-8").splitlines():
        name, country, kind, keys = line.split("\t")
        place = Place(name, country or None, kind)
        found |= dict.fromkeys(keys.split("|"), place)
    return found


@cache
def given_names() -> frozenset[str]:
    """Keys of given names."""
    return frozenset((resources.files("storywire.names") / "given.txt").read_text("utf-8").split())
