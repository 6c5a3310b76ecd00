"""JSONL files, plain or gzip: one page or article to a line."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path

from storywire.capture import Capture, Rejection
from storywire.sources import limits, lines, record
from storywire.sources.sidecar import Facts


def read(file: Path, uri: str, facts: Facts, limit_bytes: int) -> Iterator[Capture | Rejection]:
    """The pages of a JSONL file, each with the uri `<path>#line=<n>`; blank lines are passed over.

    Where a line does not say when or by whom it was captured, the facts of the file stand in.
    """
    number = 0
    blank = True
    try:
        for line in lines.read(file, limit_bytes):
            number = line.number
            if line.body is None or line.body.strip():
                blank = False
                yield _page(line, f"{uri}#line={number}", facts, limit_bytes)
        if blank:
            yield Rejection(uri, "empty", f"{uri}: no line holds anything; capture the pages again.")
    except lines.EndlessLineError:
        place = f"{uri}#line={number + 1}"
        passed = limits.in_words(limit_bytes * lines.PATIENCE)
        detail = f"{place}: the line has no end within {passed}, so the rest of the file was not read; split it."
        yield Rejection(place, "too_large", detail)
    except EOFError:
        detail = f"{uri}: the gzip data end early, after line {number}; fetch the file again."
        yield Rejection(uri, "truncated", detail)
    except (zlib.error, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # the disk's fault, not the file's
            raise
        detail = f"{uri}: damaged gzip data after line {number} ({error}); fetch the file again."
        yield Rejection(uri, "undecodable", detail)


def _page(line: lines.Line, place: str, facts: Facts, limit_bytes: int) -> Capture | Rejection:
    """What one line gives."""
    if line.body is None:
        return Rejection(place, "too_large", limits.too_large(place, None, limit_bytes))
    try:
        given = record.parse(line.body)
    except record.FieldError as error:
        digest = hashlib.sha256(line.body.strip()).hexdigest()
        if not line.ended and not line.body.rstrip().endswith(b"}"):
            detail = f"{place}: the file ends in the middle of the line; fetch it again."
            return Rejection(place, "truncated", detail, digest=digest)
        return Rejection(place, "bad_record", f"{place}: {error}", digest=digest)
    captured_at = given.captured_at or facts.captured_at
    if limits.is_empty(given.body):
        detail = f"{place}: the page is nothing but white space; capture it again."
        digest = hashlib.sha256(given.body).hexdigest()
        return Rejection(place, "empty", detail, given.url, captured_at, digest)
    charset = "utf-8" if given.kind != "record" else None
    return Capture(given.body, given.kind, place, given.url, captured_at, given.source or facts.source, charset)
