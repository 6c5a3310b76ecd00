"""Which archives a source has: those it names, and those that a list names, such as the monthly ones of CC-NEWS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

from storywire.sources import folder, http_body, kinds, moments
from storywire.web.exchange import FetchError
from storywire.web.faults import shown
from storywire.web.remote import Remote

LIST_BYTES = 50_000_000
"""Of a list, packed or not: half a million lines. A month of CC-NEWS has some 500."""

LONGEST = timedelta(days=2)
"""How long an archive is written to at most. Crawlers begin a new one at a size, those of the news within hours; a
file whose name says that it was begun longer before the first day wanted is not opened."""


class Source(Protocol):
    """What of a listed source is asked here."""

    @property
    def files(self) -> Sequence[Path]:
        """Paths of archives."""

    @property
    def endpoints(self) -> Sequence[str]:
        """Addresses of archives."""

    @property
    def warc_list(self) -> str | None:
        """Path or address of a list of archives."""

    @property
    def base(self) -> str | None:
        """What is put before the lines of the list."""

    @property
    def since(self) -> date | None:
        """First capture day wanted."""

    @property
    def until(self) -> date | None:
        """Last capture day wanted."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Archives by path or address, and how many more hold nothing of the days wanted, by their names."""

    files: tuple[str, ...]
    n_left_out: int = 0


def named(source: Source) -> tuple[str, ...]:
    """The archives that a source names itself; of a folder, those below it."""
    files = (str(one) for path in source.files for one in (_below(path) if path.is_dir() else [path]))
    return (*files, *source.endpoints)


def _below(path: Path) -> list[Path]:
    return [path / one for one in folder.find(path).inputs if kinds.of(one) == "warc"]


def listed(source: Source, remote: Remote) -> Inventory:
    """The archives that the list of a source names, in its order, each once.

    A list that comes over the network names addresses alone: no line of it leads to a local file.

    Raises:
        FetchError: There is no list, or it is none.
    """
    place = source.warc_list
    if place is None:
        return Inventory(())
    lines = _text(place, remote).splitlines()
    found: dict[str, None] = {}
    n_left_out = 0
    for line in (line.strip() for line in lines):
        if not line or line.startswith("#"):
            continue
        if not _may_hold(line, source):
            n_left_out += 1
            continue
        found[_joined(line, source.base, place)] = None
    return Inventory(tuple(found), n_left_out)


def _text(place: str, remote: Remote) -> str:
    with remote.open(place) as file:
        data = bytearray()
        while len(data) <= LIST_BYTES and (part := file.read(1 << 18)):
            data += part
    try:
        coding = "gzip" if data.startswith(b"\x1f\x8b") else ""
        return http_body.decode(bytes(data), chunked=False, coding=coding, limit=LIST_BYTES).decode()
    except http_body.TooLargeError:
        why = f"has more than {LIST_BYTES // 1_000_000} MB; divide it"
        raise FetchError("too_large", f"{shown(place)}: the list {why}.") from None
    except (http_body.UndecodableError, UnicodeDecodeError):
        why = "is no text, gzipped or not; correct it where it is listed"
        raise FetchError("undecodable", f"{shown(place)}: the list {why}.") from None


def _may_hold(line: str, source: Source) -> bool:
    """Whether an archive may hold pages of the days wanted, by when its name says that it was begun."""
    begun = moments.in_path(line)
    if begun is None:
        return True
    if source.until and begun.date() > source.until:
        return False
    return not (source.since and begun.date() + LONGEST < source.since)


def _joined(line: str, base: str | None, place: str) -> str:
    if "://" in line:
        return line
    if base:
        return f"{base.rstrip('/')}/{line.lstrip('/')}"
    if "://" in place:
        why = "names a file without address; write with `base` what is to be put before it"
        raise FetchError("url", f"{shown(place)}: the line {line[:200]!r} {why}.")
    return str(Path(place).parent / line)
