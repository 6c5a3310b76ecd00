"""`sources.toml`: what an operator has listed to be fetched or read, checked before anything is."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from storywire.sources import tomllines
from storywire.sources.source import KEYS_OF_KIND, Limits, Source
from storywire.sources.values import shown

_AT_LINE = re.compile(r"\s*\(at line (\d+), column (\d+)\)")
_REMEDIES = {
    "int_type": "write a whole number",
    "float_type": "write a number",
    "finite_number": "write a number",
    "bool_type": "write true or false",
    "string_type": "write text in quotes",
    "dict_type": 'write a table, such as { Authorization = "env:NAME" }',
    "date_type": "write a day, such as 2026-01-31",
    "date_from_datetime_inexact": "write a day, such as 2026-01-31",
    "date_from_datetime_parsing": "write a day, such as 2026-01-31",
}


class ListingError(ValueError):
    """What is wrong with `sources.toml`: one sentence a problem, each with file, line, value and remedy."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Listing:
    """The sources of one file, in its order."""

    sources: tuple[Source, ...] = ()
    path: Path = Path("sources.toml")

    def named(self, name: str) -> Source:
        """The source of that name; raises ListingError with the nearest there is."""
        for source in self.sources:
            if source.name == name:
                return source
        raise ListingError(f"{self.path}: no source is called {name!r}{_meant(name, [s.name for s in self.sources])}.")


def read(path: Path) -> Listing:
    """The listing in a file; raises ListingError with all that is wrong."""
    try:
        written = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ListingError(f"{path}: is no UTF-8 at byte {error.start}; write the file in UTF-8.") from None
    except OSError as error:
        what = error.strerror or str(error)
        raise ListingError(
            f"{path}: {what}; begin one with `storywire sources add`, or set STORYWIRE_SOURCES."
        ) from None
    return parse(written, path)


def parse(written: str, path: Path) -> Listing:
    """The listing that a text gives; paths in it are relative to the folder of `path`."""
    written = written.replace("\r\n", "\n")
    try:
        given = tomllib.loads(written)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ListingError(_no_toml(path, error)) from None
    lines = tomllines.places(written)
    problems: list[tuple[int, str]] = []

    def refuse(place: Sequence[str | int], sentence: str) -> None:
        problems.append((tomllines.nearest(lines, place), sentence))

    for key in given.keys() - {"defaults", "source"}:
        refuse(
            [key], f"{key!r} is not known here{_meant(key, ['defaults', 'source'])}; write [[source]] or [defaults]."
        )
    defaults = given.get("defaults", {})
    tables = given.get("source", [])
    if not isinstance(defaults, dict):
        refuse(["defaults"], "defaults is no table; write [defaults] on a line of its own.")
        defaults = {}
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        refuse(["source"], "source is no list of tables; write [[source]], with two brackets, above each.")
        tables = []
    for place, sentence in _of_defaults(defaults):
        refuse(["defaults", *place], f"defaults: {sentence}")
        defaults = {key: value for key, value in defaults.items() if key != place[0]}
    found: list[Source] = []
    lines_of: dict[str, int] = {}
    for number, table in enumerate(tables):
        source, wrong = _source(table, defaults, path.parent)
        name = table.get("name")
        called = f'source "{name}"' if isinstance(name, str) else f"source {number + 1}"
        for place, sentence in wrong:
            refuse(["source", number, *place], f"{called}: {sentence}")
        if isinstance(name, str):
            line = tomllines.nearest(lines, ["source", number, "name"])
            if lines_of.setdefault(name, line) != line:
                refuse(
                    ["source", number, "name"], f"{called}: the name is taken on line {lines_of[name]}; take another."
                )
        if source is not None:
            found.append(source)
    if problems:
        raise ListingError(*(f"{path}:{line}: {sentence}" for line, sentence in sorted(problems)))
    return Listing(tuple(found), path)


def _source(
    table: Mapping[str, Any], defaults: Mapping[str, Any], folder: Path
) -> tuple[Source | None, list[tuple[list[str], str]]]:
    """One source, or what is wrong with it."""
    kind = table.get("kind")
    own = KEYS_OF_KIND.get(kind, frozenset()) if isinstance(kind, str) else frozenset()
    known = {field.alias or name for name, field in Source.model_fields.items()}
    wrong: list[tuple[list[str], str]] = []
    for key in table:
        if own and key in known and key not in own:
            kinds = ", ".join(kind for kind, keys in KEYS_OF_KIND.items() if key in keys)
            wrong.append(([key], f"{key} is not for the kind {kind} but for {kinds}; take it away."))
    fitting = {key: value for key, value in table.items() if not (own and key in known and key not in own)}
    inherited = {key: value for key, value in defaults.items() if not own or key in own}
    try:
        source = Source.model_validate(inherited | fitting, context={"folder": folder})
    except ValidationError as error:
        return None, wrong + list(_problems(error, known))
    return source, wrong + [([key], sentence) for key, sentence in source.contradictions()]


def _of_defaults(defaults: Mapping[str, Any]) -> Iterator[tuple[list[str], str]]:
    try:
        Limits.model_validate(defaults)
    except ValidationError as error:
        yield from _problems(error, set(Limits.model_fields))


def _problems(error: ValidationError, known: set[str]) -> Iterator[tuple[list[str], str]]:
    """Each thing pydantic has found, with the key it is about and a sentence."""
    for one in error.errors():
        place = [str(part) for part in one["loc"] if not isinstance(part, int)]
        key = ".".join(place[:2])
        kind, context = one["type"], one.get("ctx", {})
        value = "no text" if place[0] == "headers" and len(place) > 1 else shown(one["input"])  # it may be a password
        if kind == "missing":
            yield place, f"{key} is missing; write it."
        elif kind == "extra_forbidden":
            yield place, f"{key!r} is no key of it{_meant(key, sorted(known))}."
        elif kind == "value_error":
            about = f"{key}:" if isinstance(one["input"], dict) else f"{key} is {value};"
            yield place, f"{about} {context['error']}."
        elif kind == "literal_error":
            yield place, f"{key} is {value}; write one of {context['expected'].replace(' or ', ', ')}."
        elif kind in ("greater_than_equal", "less_than_equal"):
            least, bound = kind == "greater_than_equal", context["ge" if kind == "greater_than_equal" else "le"]
            yield place, f"{key} is {value}; write {bound:g} or {'more' if least else 'less'}."
        else:
            yield place, f"{key} is {value}; {_REMEDIES.get(kind, one['msg'].lower())}."


def _meant(given: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(given, known, n=1)
    return f"; did you mean {near[0]}?".rstrip("?") if near else ""


def _no_toml(path: Path, error: Exception) -> str:
    said = str(error)
    at = _AT_LINE.search(said)
    if at is None:
        what = "it is nested too deeply" if isinstance(error, RecursionError) else said
        return f"{path}: no TOML: {what}; mend it."
    return f"{path}:{at[1]}: no TOML: {_AT_LINE.sub('', said)} at column {at[2]}; mend the line, or the one above it."
