"""The bytes of a web archive, plain or gzip, cut where a record is known to begin.

Archives are gzipped record by record, so that a reader can start at any of them; some are gzipped
as one. Both are read here. Where a gzip member begins with a record, the bytes before it end: a
record that claims more bytes than it has cannot swallow its neighbour.
"""

from __future__ import annotations

import zlib
from typing import Protocol

from storywire.sources.lines import GZIP_MAGIC

_RECORD = b"WARC/"
_READ_BYTES = 1 << 16
_UNPACK_BYTES = 1 << 18
"""Bytes unpacked at a time: the most that is held beyond what was asked for, however well the data are packed."""

LINE_LIMIT = 1 << 16
"""Bytes of one header line. Addresses and cookies take up to 8 kB; a file without newlines is no archive."""


class Readable(Protocol):
    """Something bytes can be read from, one after the other: a file, or what comes over the network."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


class DamagedError(Exception):
    """The gzip data are wrong from here on; the message says how."""


class Stretch:
    """A stream over one stretch of an archive at a time; `advance` moves to the next.

    The file is read from where it stands, which is byte `origin` of the archive: the first, or one where a gzip
    member or, in a plain archive, a record begins. `origin` is then where the present stretch begins, and `end`
    where the last gzip member ended that was read to its end. `cut` is set once the file has ended in the middle
    of its gzip data.
    """

    def __init__(self, file: Readable, origin: int = 0) -> None:
        first = file.read(len(GZIP_MAGIC))
        self._file = file
        self.is_packed = first == GZIP_MAGIC
        self._unpack = zlib.decompressobj(31)
        self._input = first if self.is_packed else b""
        self._taken = origin + len(first)  # bytes of the file handed to zlib or waiting in `_input`
        self._ahead = b"" if self.is_packed else first  # unpacked bytes of the next stretch
        self._buffer = bytearray()
        self._position = 0
        self.origin = origin
        self._next_origin = origin
        self.end = origin
        self._more = True  # whether a stretch is left
        self._open = False  # whether the present one may have more bytes
        self.cut = False

    def advance(self) -> bool:
        """Pass over what is left of this stretch; whether there is another."""
        while self._open:
            self._buffer.clear()
            self._fill()
        if not self._more:
            return False
        self._more = False
        self._open = True
        self.origin = self._next_origin
        self._position = 0
        self._buffer = bytearray(self._ahead)
        self._ahead = b""
        return True

    def tell(self) -> int:
        """Bytes read of this stretch."""
        return self._position

    def place(self, position: int) -> str:
        """The offset of a record in the file.

        For one that begins inside a gzip member, it is the member's offset, `+` and the bytes
        unpacked before it.
        """
        if not self.is_packed:
            return str(self.origin + position)
        return f"{self.origin}+{position}" if position else str(self.origin)

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes, fewer only at the end of the stretch."""
        while len(self._buffer) < size and self._open:
            self._fill()
        return self._take(size)

    def readline(self, size: int = LINE_LIMIT) -> bytes:
        """One line with its newline, cut at `size` and at `LINE_LIMIT`."""
        size = min(size, LINE_LIMIT)
        searched = 0
        while (found := self._buffer.find(b"\n", searched, size)) < 0 and len(self._buffer) < size and self._open:
            searched = len(self._buffer)
            self._fill()
        return self._take(found + 1 if found >= 0 else size)

    def _take(self, size: int) -> bytes:
        part = bytes(memoryview(self._buffer)[:size])
        del self._buffer[: len(part)]
        self._position += len(part)
        return part

    def _fill(self) -> None:
        """Add bytes to the buffer, or close the stretch."""
        if not self.is_packed:
            part = self._file.read(_READ_BYTES)
            self._buffer += part
            self._open = bool(part)
            return
        part = self._unpacked()
        if part:
            self._buffer += part
        elif self._unpack.eof:
            self._next_member()
        else:
            self._open = False
            self.cut = True

    def _unpacked(self) -> bytes:
        """More bytes of the present gzip member; none at its end, and none where the file ends before it."""
        while not self._unpack.eof:
            data = self._unpack.unconsumed_tail or self._input
            if not data:
                data = self._file.read(_READ_BYTES)
                self._taken += len(data)
            self._input = b""
            try:
                part = self._unpack.decompress(data, _UNPACK_BYTES)
            except zlib.error as error:
                self._open = self._more = False
                raise DamagedError(str(error)) from None
            if part or not data:
                return part
        return b""

    def _next_member(self) -> None:
        """Start on the next gzip member: in this stretch, or in one of its own if it begins with a record."""
        self.end = self._taken - len(self._unpack.unused_data)
        rest = self._unpack.unused_data.lstrip(b"\0")  # tapes and block devices pad with zeros
        while len(rest) < len(GZIP_MAGIC) and (data := self._file.read(_READ_BYTES)):
            self._taken += len(data)
            rest = (rest + data).lstrip(b"\0")
        if not rest:
            self._open = False
            return
        start = self._taken - len(rest)
        if not rest.startswith(GZIP_MAGIC):
            self._open = False
            raise DamagedError(f"what follows at byte {start} is no gzip data")
        self._unpack = zlib.decompressobj(31)
        self._input = rest
        first = b""
        while len(first) < len(_RECORD) and (part := self._unpacked()):
            first += part
        if first.startswith(_RECORD):
            self._open, self._more = False, True
            self._ahead, self._next_origin = first, start
        else:
            self._buffer += first
            if not first and not self._unpack.eof:
                self._open = False
                self.cut = True
