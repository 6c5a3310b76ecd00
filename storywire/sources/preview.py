"""What a source would give, as far as can be told without the network; and what it lacks to be asked at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from storywire.capture import Capture, Rejection
from storywire.sources import addresses, kinds, places, sidecar
from storywire.sources.entries import MOST_ENTRIES, Document, Entry, document
from storywire.sources.source import Source

MOST_CAPTURES = 20
"""Captures that a preview reads, and rejections beside them: enough to see what a folder holds."""


@dataclass(frozen=True, slots=True)
class Held:
    """The first captures of files, how many inputs there are, what was refused on the way, and what passed over."""

    captures: tuple[Capture, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    n_inputs: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)


def lacking(source: Source, environment: Mapping[str, str]) -> tuple[str, ...]:
    """What is missing outside the file: environment variables that hold credentials, folders and files."""
    return tuple(_lacking(source, environment))


def _lacking(source: Source, environment: Mapping[str, str]) -> Iterator[str]:
    for header, variable in source.variables().items():
        if not environment.get(variable):
            yield f"the environment variable {variable}, which holds {header}, is not set; set it."
    lists = [source.warc_list] if source.warc_list and "://" not in source.warc_list else []
    for path in (*source.files, *map(Path, lists)):
        if not path.exists():
            yield f"{path} does not exist; make it, or mend the path."
        elif source.kind == "folder" and not path.is_dir():
            yield f'{path} is no folder; for one file, write kind = "jsonl" or "warc".'
        elif (source.kind == "urls" or str(path) in lists) and path.is_dir():
            yield f"{path} is a folder; name the text file that holds the list."
        elif path in (source.path, *source.paths) and path.is_file() and kinds.of(path.name) != source.kind:
            yield f"{path} is not read as {source.kind}; its name must end as docs/inputs.md says."


def held(source: Source, *, limit_bytes: int) -> Held:
    """The first captures of a source of local files; raises OSError where one cannot be read."""
    captures: list[Capture] = []
    rejections: list[Rejection] = []
    n_inputs = 0
    for place in places.of(source):
        found = place.find()
        sidecars = sidecar.load(place.folder, found.sidecars)
        n_inputs += len(found.inputs)
        for path in found.inputs:
            for one in place.read(path, sidecars, limit_bytes=limit_bytes):
                if isinstance(one, Capture):
                    captures.append(one)
                else:
                    rejections.append(one)
                if len(captures) >= MOST_CAPTURES or len(rejections) >= MOST_CAPTURES:
                    return Held(tuple(captures), tuple(rejections), n_inputs)
    return Held(tuple(captures), tuple(rejections), n_inputs)


def listed(source: Source, *, now: datetime) -> Document:
    """The pages of a source of the kind `urls`: those written in the listing, or in its file."""
    written = "\n".join(source.endpoints).encode()
    if source.file is not None:
        with source.file.open("rb") as file:
            written = file.read(_LIST_BYTES)
    return wanted(addresses.read(written, entries=MOST_ENTRIES), source, now=now)


_LIST_BYTES = 50_000_000
"""A list of addresses may be as large as a sitemap."""


def wanted(found: Document, source: Source, *, now: datetime) -> Document:
    """Of what a document names, what the source takes: by age and by host. Of a list of addresses it takes all."""
    is_dated = source.kind != "urls"
    since = now - source.max_age if source.max_age and is_dated else None
    here = [one for one in found.entries if source.takes(one.url)]
    kept = document(
        (_with_source(one, source) for one in here), most=source.entries if is_dated else MOST_ENTRIES, since=since
    )
    n_elsewhere = len(found.entries) - len(here)
    why = (f"{n_elsewhere:,} {'entry' if n_elsewhere == 1 else 'entries'} on another host",) if n_elsewhere else ()
    return Document(
        kept.entries, found.further, found.n_left_out + kept.n_left_out + n_elsewhere, found.why + kept.why + why
    )


def _with_source(one: Entry, source: Source) -> Entry:
    """What the operator wrote stands in where the document says nothing."""
    return Entry(one.url, one.notice.over(source.notice()), one.listed_at)
