"""The records of an archive one by one, with their bytes as they lie in the file, so that they can be copied.

An archive may be larger than the memory and come over the network: it is read once from front to back, a record is
held only where it is wanted, and reading can begin again at any place that a slice names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from warcio.limitreader import LimitReader
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from storywire.sources.members import DamagedError, Readable, Stretch

HEADER_LIMIT = 1 << 20
"""Bytes of the headers of one record, as in `sources.warc`."""

_SLACK_BYTES = 1 << 20
"""What a record's gzip member may have beyond the limit: its headers, and what was read of the next."""

_SKIP_BYTES = 1 << 20
_BLANK_LINES = 1_000
"""Between two records; there are two. Millions are an attack: they pack well, and each costs as much as a record."""

_HEADERS = StatusAndHeadersParser(ArcWarcRecordLoader.WARC_TYPES)


class CutShortError(Exception):
    """The file ends in the middle of a record."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One record.

    Attributes:
        number: Where it begins, as a number to divide a file by: of a record inside a gzip member, the member's
            offset and the bytes unpacked before it.
        place: The same as `Capture.uri` tells it.
        start: The offset at which reading can begin with this record; None where it lies inside a gzip member.
        after: The same for what follows it.
        header: Gives the value of a header of the record, or None.
        head: The record's headers as they stand.
        block: What follows them; None where there is a `why`.
        member: The gzip member, or members, that hold this record and nothing else; None where there are none.
        why: Why there is no block: `too_large`, `bad_record`, or what `left_out` gave.
    """

    number: int
    place: str
    start: int | None
    after: int | None
    header: Callable[[str], str | None]
    head: bytes
    block: bytes | None
    member: bytes | None = None
    why: str | None = None


LeftOut = Callable[[Callable[[str], str | None]], str | None]
"""Why a record is not wanted, by its headers; None where it is."""


def slices(file: Readable, origin: int, limit: int, left_out: LeftOut) -> Iterator[Slice]:
    """The whole records of an archive from a place on, in the order of the file; `limit` bytes of each at most.

    Raises:
        CutShortError: The file ends early; all whole records were given.
        DamagedError: What follows is no gzip data, or no record where one began; likewise.
    """
    tape = _Tape(file, origin, limit + _SLACK_BYTES)
    stretch = Stretch(tape, origin)
    while stretch.advance():
        tape.forget(stretch.origin)
        yield from _of(stretch, tape, limit, left_out)
    if stretch.cut:
        raise CutShortError


def _of(stretch: Stretch, tape: _Tape, limit: int, left_out: LeftOut) -> Iterator[Slice]:
    """The records of one stretch, up to the first that cannot be framed."""
    line = _next_line(stretch)
    is_first = True
    while line:
        position = stretch.tell() - len(line)
        number, place = stretch.origin + position, stretch.place(position)
        start = number if is_first or not stretch.is_packed else None
        copy = _Copy(stretch, line)
        try:
            headers = _HEADERS.parse(LimitReader(copy, HEADER_LIMIT), line)
            length = int(headers.get_header("Content-Length") or "")
        except (StatusAndHeadersParserException, EOFError, ValueError):
            length = -1
        if length < 0:
            if not stretch.read(1) and (stretch.cut or not stretch.is_packed):
                raise CutShortError
            if number and is_first and not stretch.is_packed:
                raise DamagedError("no record begins there")
            yield Slice(number, place, start, None, _nothing, b"", None, why="bad_record")
            return
        why = left_out(headers.get_header) or ("too_large" if length > limit else None)
        block = stretch.read(length) if why is None else None
        left = length - len(block) if block is not None else _pass_over(stretch, length)
        damage = None
        try:
            line = _next_line(stretch)
        except DamagedError as error:
            if stretch.end <= stretch.origin:  # the present member itself is damaged, and not what follows it
                raise
            line, damage = b"", error
        if stretch.cut or (left and not stretch.is_packed):
            raise CutShortError
        if left:
            block, why = None, "bad_record"
        member = None
        if stretch.is_packed and not line:
            after: int | None = stretch.end
            member = tape.between(stretch.origin, stretch.end) if is_first else None
        else:
            after = None if stretch.is_packed else stretch.origin + stretch.tell() - len(line)
        yield Slice(number, place, start, after, headers.get_header, bytes(copy.copied), block, member, why)
        if damage is not None:
            raise damage
        is_first = False
        if stretch.is_packed and line:
            tape.forget(stretch.end)


def _next_line(stretch: Stretch) -> bytes:
    """The first line that is not blank, of the next record; none at the end."""
    line = stretch.readline()
    for _ in range(_BLANK_LINES):
        if not line or line.strip():
            break
        line = stretch.readline()
    return line


def _pass_over(stretch: Stretch, length: int) -> int:
    """Move behind a block; how much of it was missing."""
    while length and (part := stretch.read(min(length, _SKIP_BYTES))):
        length -= len(part)
    return length


def _nothing(name: str) -> str | None:
    return None


class _Copy:
    """What is read through it is kept."""

    def __init__(self, stretch: Stretch, line: bytes) -> None:
        self._stretch = stretch
        self.copied = bytearray(line)

    def read(self, size: int) -> bytes:
        return self._kept(self._stretch.read(size))

    def readline(self, size: int) -> bytes:
        return self._kept(self._stretch.readline(size))

    def _kept(self, part: bytes) -> bytes:
        self.copied += part
        return part


class _Tape:
    """A file, and the last bytes that were read of it: at most so many."""

    def __init__(self, file: Readable, origin: int, most: int) -> None:
        self._file = file
        self._most = most
        self._held = bytearray()
        self._from = origin

    def read(self, size: int, /) -> bytes:
        data = self._file.read(size)
        self._held += data
        self.forget(self._from + len(self._held) - self._most)
        return data

    def forget(self, before: int) -> None:
        if before > self._from:
            del self._held[: before - self._from]
            self._from = before

    def between(self, start: int, end: int) -> bytes | None:
        """The bytes from one place to another, where all of them are still held."""
        return bytes(memoryview(self._held)[start - self._from : end - self._from]) if start >= self._from else None
