"""On which line of a TOML file a value stands: the parser of the standard library does not say."""

from __future__ import annotations

import re
from collections.abc import Sequence

Place = tuple[str | int, ...]
"""How to get to a value: names of tables and keys, and numbers within arrays of tables."""

_TOKEN = re.compile(
    r"""(?P<text>\"{3}(?:\\.|[^\\])*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
      | (?P<comment>\#[^\n]*) | (?P<open>[\[{]) | (?P<close>[\]}]) | (?P<end>\n)""",
    re.VERBOSE | re.DOTALL,
)
_HEADER = re.compile(r"[ \t]*(\[\[?)[ \t]*([^\[\]\n]+?)[ \t]*\]")
_KEY = re.compile(r"""[ \t]*((?:[\w-]+|"[^"\n]*"|'[^'\n]*')(?:[ \t]*\.[ \t]*(?:[\w-]+|"[^"\n]*"|'[^'\n]*'))*)[ \t]*=""")


def places(written: str) -> dict[Place, int]:
    r"""The line of every table and key of a valid file, counted from 1.

    >>> places("[defaults]\ndelay = 2\n\n[[source]]\nurls = [\n 'a = 1',\n]\nname = 'b'\n")
    {('defaults',): 1, ('defaults', 'delay'): 2, ('source', 0): 4, ('source', 0, 'urls'): 5, ('source', 0, 'name'): 8}
    """
    found: dict[Place, int] = {}
    counts: dict[str, int] = {}
    table: Place = ()
    line, depth, start = 1, 0, True
    place = 0
    while place < len(written):
        if start and depth == 0:
            if header := _HEADER.match(written, place):
                table = _table(header, counts)
                found.setdefault(table, line)
                place = header.end() + len(header[1]) - 1
            elif key := _KEY.match(written, place):
                found.setdefault((*table, *_names(key[1])), line)
                place = key.end()
        start = False
        token = _TOKEN.search(written, place)
        if token is None:
            break
        depth += (token["open"] is not None) - (token["close"] is not None)
        line += token[0].count("\n")
        start = token["end"] is not None
        place = token.end()
    return found


def nearest(known: dict[Place, int], place: Sequence[str | int]) -> int:
    """The line of a value, or of the closest thing around it that has one; 1 where there is none."""
    for length in range(len(place), 0, -1):
        if (line := known.get(tuple(place[:length]))) is not None:
            return line
    return 1


def _table(header: re.Match[str], counts: dict[str, int]) -> Place:
    names = _names(header[2])
    if header[1] == "[[":
        number = counts[header[2]] = counts.get(header[2], -1) + 1
        return (*names, number)
    if names[0] in counts and len(names) > 1:  # [source.headers] belongs to the last [[source]]
        return (names[0], counts[names[0]], *names[1:])
    return names


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip(" \t\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.\s]+", dotted))
