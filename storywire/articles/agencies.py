"""News agencies: their names in many languages, their signs, their own sites.

The table is data, in agencies.toml; this module reads it, checks it, and tells which agency a few words name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Agency:
    """One row of agencies.toml, whose head says what the fields mean."""

    name: str
    names: tuple[str, ...]
    marks: tuple[str, ...]
    hosts: tuple[str, ...]
    openings: tuple[str, ...] = ()


def read_agencies(toml: str) -> tuple[Agency, ...]:
    """The table of agencies.

    Raises:
        ValueError: an unknown field, a field of the wrong type, or a name, mark or host that two agencies claim.
    """
    agencies = []
    claimed: dict[str, str] = {}
    for row in tomllib.loads(toml).get("agency", []):
        unknown = set(row) - {"name", "names", "marks", "hosts", "openings"}
        if unknown or not isinstance(row.get("name"), str):
            raise ValueError(f"agencies: {row.get('name')!r} has no name or unknown fields {sorted(unknown)}")
        name = row["name"]
        agency = Agency(name, *(_texts(row, field) for field in ("names", "marks", "hosts", "openings")))
        for sign in {*map(str.casefold, agency.names), *agency.marks, *agency.hosts}:
            if claimed.setdefault(sign, name) != name:
                raise ValueError(f"agencies: {sign!r} belongs to {claimed[sign]} and to {name}")
        agencies.append(agency)
    return tuple(agencies)


def _texts(row: Mapping[str, Any], field: str) -> tuple[str, ...]:
    value = row.get(field, [])
    if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() == each != "" for each in value):
        raise ValueError(f"agencies: {field} of {row['name']} is no list of words")
    return tuple(value)


@cache
def agencies() -> tuple[Agency, ...]:
    """The agencies this version knows."""
    return read_agencies(files("storywire.articles").joinpath("agencies.toml").read_text("utf-8"))


@cache
def _signs() -> tuple[Mapping[str, str], Mapping[str, str]]:
    names = {_key(name): agency.name for agency in agencies() for name in (*agency.names, *agency.hosts)}
    return names, {mark: agency.name for agency in agencies() for mark in agency.marks}


ARTICLES = re.compile(
    r"^(?:the|by|from|via|von|de|da|di|par|por|la|le|l['’]|der|die|das|el|agencia|agence|agenzia|agência|agentur|"
    r"agency|nachrichtenagentur|news agency|агентство|информагентство|وكالة)\s*(?=\W|\b)",
    re.IGNORECASE,
)
OFFICES = re.compile(
    r"[\s,]+(?:staff|(?:\w+ )?writers?|(?:\w+ )?reporters?|(?:\w+ )?correspondents?|newsroom|redaktion|news|wire|"
    r"newswire|service|news service|english|inc|llc|ltd)\.?$",
    re.IGNORECASE,
)


def _key(words: str) -> str:
    return " ".join(words.casefold().split()).strip(" .:")


def named(words: str) -> str | None:
    """The agency that words name, wholly: "The Associated Press", "AP Business Writer", not "told Reuters"."""
    names, short = _signs()
    trimmed = words.strip(" \t\u00a0.,:;|*–—-\"'“”„«»")
    for _ in range(4):
        if found := short.get(trimmed) or names.get(_key(trimmed)):
            return found
        shorter = OFFICES.sub("", ARTICLES.sub("", trimmed)).strip(" .,:;|")
        if shorter == trimmed:
            return None
        trimmed = shorter
    return None


def named_at_end(words: str) -> str | None:
    """The agency whose name of several words closes a line: "JANE ROE Associated Press"; one word may be a surname."""
    names, _ = _signs()
    low = _key(OFFICES.sub("", words))
    ends = [name for name in names if " " in name and low.endswith(" " + name)]
    return names[max(ends, key=lambda name: (len(name), name))] if ends else None


def own_agency(site: str | None) -> str | None:
    """The agency whose own site a host is.

    >>> own_agency("www.reuters.com"), own_agency("news.example")
    ('Reuters', None)
    """
    host = (site or "").lower().split(":")[0]
    for agency in agencies():
        if any(host == own or host.endswith("." + own) for own in agency.hosts):
            return agency.name
    return None


CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
SIGN_PARTS = re.compile(r"\s*(?:[/,;=＝|+]|\svia\s|\s[-–]\s)\s*")


def signed(inside: str) -> str | None:
    """The agency a bracket holds: "(AP)", "(dpa/lno)", "(AFP via Norland Wire)", "[東京 3日 ロイター]"."""
    if whole := named(inside):
        return whole
    parts = [part for part in SIGN_PARTS.split(inside) if part]
    if found := next((agency for part in parts if (agency := named(part))), None):
        return found
    if not CJK.search(inside):
        return None
    names, marks = _signs()
    every = {**names, **marks}
    ends = [sign for sign in every if CJK.search(sign) and inside.endswith(sign)]
    return every[max(ends, key=lambda sign: (len(sign), sign))] if ends else None
