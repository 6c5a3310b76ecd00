"""News agencies: their names in many scripts, their marks, their own sites.

The table is data, in agencies.toml; this module reads it, checks it, and tells which agency a few words name.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

ANY = "*"


@dataclass(frozen=True, slots=True)
class Agency:
    """One row of agencies.toml, whose head says what the fields mean."""

    name: str
    country: str
    languages: tuple[str, ...]
    source: str
    names: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    bylines: tuple[str, ...] = ()
    closings: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()

    def speaks(self, language: str | None) -> bool:
        """Whether its marks are read in texts of a language; where that is unknown they are."""
        return language is None or language in self.languages or ANY in self.languages


_LISTS = ("languages", "names", "marks", "bylines", "closings", "hosts")
_WORDS = ("name", "country", "source")
_COUNTRY, _LANGUAGE = re.compile(r"[A-Z]{2}"), re.compile(r"[a-z]{2,3}|\*")
_HOST = re.compile(r"[a-z0-9.-]+\.[a-z]{2,}")


def read_agencies(toml: str) -> tuple[Agency, ...]:
    """The table of agencies.

    Raises:
        ValueError: the table is no TOML, a field is unknown, missing or of the wrong form, or two agencies claim one
            name or host, or one mark in the same language. The message names the agency and the field.
    """
    try:
        rows = tomllib.loads(toml).get("agency", [])
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"agencies: the table cannot be read: {error}") from error
    agencies = tuple(_agency(row) for row in rows)
    claims: dict[str, Agency] = {}
    for agency in agencies:
        for sign in sorted({agency.name, *map(_key, agency.names), *agency.hosts}):
            if (other := claims.setdefault(sign, agency)) is not agency:
                raise ValueError(f"agencies: {sign!r} belongs to {other.name} and to {agency.name}")
    marked: dict[str, list[Agency]] = {}
    for agency in agencies:
        for mark in sorted({*agency.marks, *agency.bylines}):
            for other in marked.setdefault(mark, []):
                if ANY in (*other.languages, *agency.languages) or {*other.languages} & {*agency.languages}:
                    raise ValueError(f"agencies: the mark {mark!r} of {other.name} is also that of {agency.name}")
            marked[mark].append(agency)
    return agencies


def _agency(row: Mapping[str, Any]) -> Agency:
    name = row.get("name")
    if unknown := sorted(set(row) - {field.name for field in fields(Agency)}):
        raise ValueError(f"agencies: {name!r} has the unknown fields {', '.join(unknown)}")
    for field in _WORDS:
        if not isinstance(row.get(field), str) or not row[field].strip():
            raise ValueError(f"agencies: {name!r} has no {field}")
    lists = {field: _texts(row, field) for field in _LISTS}
    if not _COUNTRY.fullmatch(row["country"]):
        raise ValueError(f"agencies: the country of {name} is no code of two capitals")
    for field, form in (("languages", _LANGUAGE), ("hosts", _HOST)):
        if wrong := [each for each in lists[field] if not form.fullmatch(each)]:
            raise ValueError(f"agencies: {field} of {name}: {wrong[0]!r} is none")
    if not lists["languages"] or not lists["names"]:
        raise ValueError(f"agencies: {name} has no languages or no names")
    return Agency(row["name"], row["country"], source=row["source"], **lists)


def _texts(row: Mapping[str, Any], field: str) -> tuple[str, ...]:
    value = row.get(field, [])
    if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() == each != "" for each in value):
        raise ValueError(f"agencies: {field} of {row['name']} is no list of words")
    return tuple(value)


@cache
def agencies() -> tuple[Agency, ...]:
    """The agencies this version knows."""
    return read_agencies(files("storywire.articles").joinpath("agencies.toml").read_text("utf-8"))


CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Signs:
    """The table turned round: from signs to agencies."""

    names: Mapping[str, str]
    long_names: tuple[str, ...]
    marks: Mapping[str, tuple[Agency, ...]]
    bylines: Mapping[str, tuple[Agency, ...]]
    hosts: Mapping[str, str]
    unspaced: tuple[str, ...]
    words: Mapping[str, tuple[frozenset[str], ...]]


@cache
def _signs() -> _Signs:
    table = agencies()
    hosts = {host: agency.name for agency in table for host in agency.hosts}
    names = hosts | {_key(_bare(name)): agency.name for agency in table for name in agency.names}
    marks, bylines = _holders(table, "marks"), _holders(table, "bylines")
    return _Signs(
        names=names,
        long_names=tuple(sorted((name for name in names if " " in name), key=lambda name: (-len(name), name))),
        marks=marks,
        bylines={sign: (*marks.get(sign, ()), *bylines.get(sign, ())) for sign in {*marks, *bylines}},
        hosts=hosts,
        unspaced=tuple(sorted((sign for sign in {*names, *marks} if CJK.search(sign)), key=lambda s: (-len(s), s))),
        words=_by_rarest_word(_key(sign) for sign in {*names, *marks, *bylines} if not CJK.search(sign)),
    )


def _holders(table: Iterable[Agency], field: str) -> dict[str, tuple[Agency, ...]]:
    held: dict[str, tuple[Agency, ...]] = {}
    for agency in table:
        for sign in getattr(agency, field):
            held[sign] = (*held.get(sign, ()), agency)
    return held


def _by_rarest_word(signs: Iterable[str]) -> dict[str, tuple[frozenset[str], ...]]:
    """The words of each sign under the one that fewest other signs have: "associated", not "press"."""
    every = sorted({frozenset(_WORD.findall(sign)) for sign in signs}, key=sorted)
    common = Counter(word for words in every for word in words)
    found: dict[str, tuple[frozenset[str], ...]] = {}
    for words in every:
        rarest = min(words, key=lambda word: (common[word], -len(word), word))
        found[rarest] = (*found.get(rarest, ()), words)
    return found


def mentions(line: str) -> bool:
    """Whether all words of an agency's name or mark stand in a line; most have none, and need no closer look."""
    signs = _signs()
    low = line.casefold()
    words = set(_WORD.findall(low))
    if any(sign <= words for word in signs.words.keys() & words for sign in signs.words[word]):
        return True
    return bool(CJK.search(line)) and any(sign in low for sign in signs.unspaced)


ARTICLES = re.compile(
    r"^(?:the|by|from|via|von|de|da|di|par|por|la|le|l['’]|der|die|das|el|agencia|agence|agenzia|agência|agentur|"
    r"agency|nachrichtenagentur|news agency|агентство|информагентство|корр|وكالة)\s*(?=\W|\b)",
    re.IGNORECASE,
)
OFFICES = re.compile(
    r"[\s,]+(?:staff|(?:[\w&'’-]+ ){0,3}writers?|(?:\w+ )?reporters?|(?:\w+ )?correspondents?|newsroom|redaktion|news|"
    r"wire|newswire|service|news service|news agency|english|inc|llc|ltd)\.?$",
    re.IGNORECASE,
)


def _bare(words: str) -> str:
    return words.strip(" \t\u00a0.,:;|*–—-\"'“”„«»©")


def _key(words: str) -> str:
    return " ".join(words.casefold().split()).strip(" .:")


def named(words: str, language: str | None = None, *, byline: bool = False) -> str | None:
    """The agency that words name, wholly: "The Associated Press", "AP Business Writer", not "told Reuters"."""
    signs = _signs()
    trimmed = _bare(words)
    for _ in range(4):
        holders = (signs.bylines if byline else signs.marks).get(trimmed, ())
        if len(spoken := [agency.name for agency in holders if agency.speaks(language)]) == 1:
            return spoken[0]
        if found := signs.names.get(_key(trimmed)):
            return found
        shorter = OFFICES.sub("", ARTICLES.sub("", trimmed)).strip(" .,:;|")
        if shorter == trimmed:
            return None
        trimmed = shorter
    return None


def named_at_end(words: str) -> str | None:
    """The agency whose name of several words closes a line: "JANE ROE Associated Press"; one word may be a surname."""
    signs = _signs()
    low = _key(OFFICES.sub("", words))
    return next((signs.names[name] for name in signs.long_names if low.endswith(" " + name)), None)


def own_agency(site: str | None) -> str | None:
    """The agency whose own site a host is.

    >>> own_agency("www.reuters.com"), own_agency("news.example")
    ('Reuters', None)
    """
    hosts = _signs().hosts
    labels = (site or "").lower().split(":")[0].split(".")
    return next((hosts[host] for at in range(len(labels)) if (host := ".".join(labels[at:])) in hosts), None)


SIGN_PARTS = re.compile(r"\s*(?:[/,;=＝|+]|\svia\s|\s[-–]\s)\s*")


def signed(inside: str, language: str | None = None) -> str | None:
    """The agency a bracket holds: "(AP)", "(dpa/lno)", "(AFP via Norland Wire)", "[東京 3日 ロイター]"."""
    if whole := named(inside, language):
        return whole
    parts = [part for part in SIGN_PARTS.split(inside) if part]
    if found := next((agency for part in parts if (agency := named(part, language))), None):
        return found
    if not CJK.search(inside):
        return None
    low = inside.casefold()
    last = next((sign for sign in _signs().unspaced if low.endswith(sign)), None)
    return named(last, language) if last else None


TELEGRAM = re.compile(r"[据據]?[^\n。，,]{2,34}?[电電]")


def wired(line: str) -> tuple[str, str] | None:
    """The agency that a line in Han script opens with as a telegram of its own, and those words.

    >>> wired("新华社埃拉港3月3日电（记者王明）渡轮停航。")
    ('Xinhua', '新华社埃拉港3月3日电')
    """
    start = line.lstrip("（(【[")
    telegram = TELEGRAM.match(start)
    if not telegram:
        return None
    opening = telegram[0].lstrip("据據")
    agency = named(next((sign for sign in _signs().unspaced if opening.startswith(sign)), ""))
    return (agency, telegram[0]) if agency else None


@cache
def closings() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    """The phrases that only one agency's texts end with: the agency, words that must be there, and the pattern."""
    compiled = []
    for agency in agencies():
        for phrase in agency.closings:
            parts = re.split(r"([…*])", phrase)
            pattern = "".join({"…": ".{1,200}?", "*": r"\w+"}.get(part) or _either_case(part) for part in parts)
            needed = tuple(part.strip().casefold() for part in parts[::2] if part.strip())
            compiled.append((agency.name, needed, re.compile(rf"(?<!\w){pattern}(?!\w)")))
    return tuple(compiled)


def _either_case(words: str) -> str:
    return "".join(f"[{each}{each.upper()}]" if each.islower() else re.escape(each) for each in words)
