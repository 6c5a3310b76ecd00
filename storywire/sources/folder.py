"""The raw folder: which files are inputs, and the captures each of them holds."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from storywire.capture import Capture, Rejection
from storywire.sources import jsonl, kinds, loose, moments, warc
from storywire.sources.sidecar import Facts, Sidecars

LIMIT_BYTES = 10_000_000
"""Largest page taken, after decompression. News pages are below 5 MB; what is larger is a list, an
archive or an attack."""


@dataclass(frozen=True, slots=True)
class Found:
    """What lies below a folder: paths relative to it, with `/`, each list sorted.

    `inputs` are read, `sidecars` describe them, `ignored` are files of other kinds, and
    `rejections` are folders and files that cannot be listed. Hidden names (`.` or `_` in front) are
    in none of them.
    """

    inputs: tuple[str, ...] = ()
    sidecars: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    rejections: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file is to be read again: its size, its time of change, what sidecars say of it."""

    size: int
    mtime_ns: int
    facts: str = ""

    def __str__(self) -> str:
        return f"{self.size}-{self.mtime_ns}-{self.facts}"


def find(root: Path) -> Found:
    """All input files below `root`, whatever the depth.

    Linked folders are followed, each real folder once, after all that are not linked. Raises
    NotADirectoryError where `root` is no folder.
    """
    if not root.is_dir():
        raise NotADirectoryError(f"{root} is no folder; name the folder that holds the raw pages.")
    inputs: list[str] = []
    sidecars: list[str] = []
    ignored: list[str] = []
    rejections: list[Rejection] = []
    seen: set[tuple[int, int]] = set()
    folders, links = [""], list[str]()
    while folders or links:
        if not folders:
            links.sort(reverse=True)
            folders.append(links.pop())
        folder = folders.pop()
        try:
            here = (root / folder).stat()
            if (here.st_dev, here.st_ino) in seen:
                continue
            seen.add((here.st_dev, here.st_ino))
            with os.scandir(root / folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            rejections.append(_unreadable(folder, error))
            continue
        for entry in entries:
            if kinds.is_hidden(entry.name):
                continue
            path = f"{folder}/{entry.name}" if folder else entry.name
            if _is_folder(entry):
                (links if entry.is_symlink() else folders).append(path)
            elif not _is_utf8(path):
                detail = f"{_shown(path)}: the name is no UTF-8; rename the file."
                rejections.append(Rejection(_shown(path), "unreadable", detail))
            elif (kind := kinds.of(entry.name)) is None or not (entry.is_symlink() or entry.is_file()):
                ignored.append(path)
            else:
                (sidecars if kind == "sidecar" else inputs).append(path)
    rejections.sort(key=lambda rejection: rejection.uri)
    return Found(tuple(sorted(inputs)), tuple(sorted(sidecars)), tuple(sorted(ignored)), tuple(rejections))


def stamp(root: Path, path: str, sidecars: Sidecars | None = None) -> Stamp:
    """The stamp of one input, for telling whether it is as it was; raises OSError where there is none."""
    now = (root / path).stat()
    return Stamp(now.st_size, now.st_mtime_ns, sidecars.of(path).digest if sidecars else "")


def read(
    root: Path, path: str, sidecars: Sidecars | None = None, *, limit_bytes: int = LIMIT_BYTES
) -> Iterator[Capture | Rejection]:
    """The captures in one input file, in the order of the file, and what in it is none.

    `sidecars` are read once for the whole folder (`sidecar.load`). Where neither the file nor a
    sidecar says when a page was captured, a date in the path does; the file's own time never does:
    it tells when a copy was made.
    """
    file = root / path
    facts = sidecars.of(path) if sidecars else Facts()
    if facts.captured_at is None:
        facts = replace(facts, captured_at=moments.in_path(path, root.resolve().name))
    try:
        if not stat.S_ISREG(file.stat().st_mode):  # opening a pipe would wait for ever
            raise OSError("no regular file")
        kind = kinds.of(file.name)
        if kind == "html" or kind == "dump":
            yield from loose.read(file, path, kind, facts, limit_bytes)
        elif kind == "jsonl":
            yield from jsonl.read(file, path, facts, limit_bytes)
        elif kind == "warc":
            yield from warc.read(file, path, facts, limit_bytes)
        else:
            raise OSError("no kind of file that is read")
    except OSError as error:
        yield _unreadable(path, error)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _unreadable(path: str, error: OSError) -> Rejection:
    shown = _shown(path) or "."
    detail = f"{shown}: {error.strerror or error}; make it readable, or take it away."
    return Rejection(shown, "unreadable", detail)


def _is_utf8(path: str) -> bool:
    """Whether the name can be written down; Linux allows any bytes in a name."""
    return _shown(path) == path


def _shown(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
