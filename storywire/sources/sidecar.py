"""Sidecars: what is known about loose files that they do not say themselves.

A sidecar is a file `captures.jsonl`; a line gives one file: `{"path": ..., "url": ...,
"captured_at": ..., "source": ..., "charset": ...}`, with `path` relative to the sidecar's folder.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import datetime
from pathlib import Path

from storywire.capture import Rejection
from storywire.sources import moments
from storywire.sources.limits import in_words
from storywire.sources.record import whole

LINE_LIMIT = 100_000
"""Bytes of one line. A path and an address take a few hundred; what is longer is no sidecar."""

_FIELDS = ("url", "captured_at", "source", "charset")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sidecar says about one file."""

    url: str | None = None
    captured_at: datetime | None = None
    source: str | None = None
    charset: str | None = None

    @property
    def digest(self) -> str:
        """Short hash of the facts; the empty string where there are none."""
        if self == Facts():
            return ""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Sidecars:
    """The facts of all sidecars below a folder, by path below it, and the lines that gave none."""

    facts: Mapping[str, Facts] = field(default_factory=dict)
    rejections: tuple[Rejection, ...] = ()

    def of(self, path: str) -> Facts:
        """What is known about the file; nothing where no sidecar names it."""
        return self.facts.get(path, Facts())


def load(root: Path, paths: Sequence[str]) -> Sidecars:
    """Read the sidecars at `paths` below `root`, as `folder.find` lists them.

    Where several name the same file, the sidecar in the nearest folder wins. A line that cannot
    be used is a rejection with the uri `<sidecar>#line=<n>`.
    """
    facts: dict[str, Facts] = {}
    rejections: list[Rejection] = []
    for path in sorted(paths, key=lambda path: (path.count("/"), path)):  # the nearest comes last and wins
        own: dict[str, Facts] = {}
        for entry in _entries(root, path):
            if isinstance(entry, Rejection):
                rejections.append(entry)
                continue
            place, name, fact = entry
            if own.setdefault(name, fact) != fact:
                detail = f"{place}: {name!r} was given other facts on an earlier line; keep one of the two."
                rejections.append(Rejection(place, "bad_record", detail))
        facts.update(own)
    return Sidecars(facts, tuple(rejections))


def _entries(root: Path, path: str) -> Iterator[tuple[str, str, Facts] | Rejection]:
    """The lines of one sidecar: their place, the file they name, and what they say about it."""
    try:
        with (root / path).open("rb") as file:
            number = 0
            while line := file.readline(LINE_LIMIT):
                number += 1
                place = f"{path}#line={number}"
                if len(line) == LINE_LIMIT and not line.endswith(b"\n"):
                    while (rest := file.readline(LINE_LIMIT)) and not rest.endswith(b"\n"):
                        pass
                    detail = f"{place}: longer than {in_words(LINE_LIMIT)}; give one file to a line."
                    yield Rejection(place, "bad_record", detail)
                elif line.strip():
                    yield _entry(posixpath.dirname(path), place, line)
    except OSError as error:
        yield Rejection(path, "unreadable", f"{path}: {error.strerror or error}; make the file readable.")


def _entry(folder: str, place: str, line: bytes) -> tuple[str, str, Facts] | Rejection:
    """One line of a sidecar."""
    digest = hashlib.sha256(line.strip()).hexdigest()

    def refuse(what: str) -> Rejection:
        return Rejection(place, "bad_record", f"{place}: {what}", digest=digest)

    try:
        entry = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return refuse(f"no JSON in UTF-8 ({type(error).__name__}); write one JSON object to a line.")
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str) or not entry["path"]:
        return refuse('no object with "path"; name the file relative to the sidecar\'s folder.')
    inside = posixpath.normpath(entry["path"])
    if inside.startswith(("/", "..")) or inside == ".":
        return refuse(f"path {entry['path']!r} leads out of the sidecar's folder; name a file below it.")
    for name in _FIELDS:
        if not isinstance(entry.get(name), str | None):
            return refuse(f"{name} is {entry[name]!r}; write text in quotes, or leave it out.")
    moment = moments.read(entry["captured_at"]) if entry.get("captured_at") else None
    if entry.get("captured_at") and moment is None:
        return refuse(f"captured_at {entry['captured_at']!r} is no timestamp; write it as 2026-02-03T08:10:00Z.")
    fact = Facts(
        url=whole(entry.get("url") or "") or None,
        captured_at=moment,
        source=whole(entry.get("source") or "") or None,
        charset=whole(entry.get("charset") or "").strip().lower() or None,
    )
    return place, posixpath.join(folder, inside), fact
