"""Loose files: one page each, with markup (`.html`, `.htm`) or without (`.txt`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from storywire.capture import Capture, Rejection
from storywire.sources import limits
from storywire.sources.sidecar import Facts


def read(
    file: Path, uri: str, kind: Literal["html", "dump"], facts: Facts, limit_bytes: int
) -> Iterator[Capture | Rejection]:
    """The page in a file; what its bytes are is for the clean stage to judge."""
    size = file.stat().st_size
    if size > limit_bytes:
        yield _refuse(uri, "too_large", limits.too_large(uri, size, limit_bytes), facts)
        return
    with file.open("rb") as stream:
        body = stream.read(limit_bytes + 1)  # bounded again: the file may be growing
    if len(body) > limit_bytes:
        yield _refuse(uri, "too_large", limits.too_large(uri, None, limit_bytes), facts)
    elif limits.is_empty(body):
        detail = f"{uri}: {limits.in_words(len(body))}, nothing but white space; capture the page again."
        yield _refuse(uri, "empty", detail, facts, hashlib.sha256(body).hexdigest())
    else:
        yield Capture(body, kind, uri, facts.url, facts.captured_at, facts.source, facts.charset)


def _refuse(uri: str, reason: str, detail: str, facts: Facts, digest: str | None = None) -> Rejection:
    return Rejection(uri, reason, detail, facts.url, facts.captured_at, digest)
