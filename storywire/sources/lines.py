"""Lines of a file, plain or gzip, read with bounded memory."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

GZIP_MAGIC = b"\x1f\x8b"

_SKIP_BYTES = 1 << 20
"""Bytes taken at a time while passing over the rest of a line that is too long."""

PATIENCE = 100
"""Times the limit that may be passed over in search of a line's end. A gzip file expands up to a
thousandfold, so a small one can hold a line of gigabytes; no page is a hundred times the limit."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number from 1, its bytes (None where it is past the limit), and whether it ends in a newline."""

    number: int
    body: bytes | None
    ended: bool


class EndlessLineError(Exception):
    """A line went on so long past the limit that the rest of the file was given up."""


def read(file: Path, limit: int) -> Iterator[Line]:
    """The lines of a file; one longer than `limit` bytes is passed over and comes without its bytes.

    Raises EndlessLineError, and what gzip raises on damage: EOFError where the file ends early,
    OSError and zlib.error where its bytes are wrong.
    """
    with file.open("rb") as raw:
        packed = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        stream: io.BufferedIOBase = gzip.GzipFile(fileobj=raw) if packed else raw
        number = 0
        while body := stream.readline(limit + 1):
            number += 1
            if len(body) <= limit or body.endswith(b"\n"):
                yield Line(number, body, body.endswith(b"\n"))
            else:
                del body
                yield Line(number, None, _pass_over(stream, limit * PATIENCE))


def _pass_over(stream: io.BufferedIOBase, patience: int) -> bool:
    """Move behind the end of the present line; whether it had one."""
    passed = 0
    while part := stream.readline(_SKIP_BYTES):
        if part.endswith(b"\n"):
            return True
        passed += len(part)
        if passed > patience:
            raise EndlessLineError
    return False
