"""Where pages lie on the disk: the raw folder, and what the list of sources names beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from storywire.capture import Capture, Rejection
from storywire.sources import folder
from storywire.sources.folder import Found
from storywire.sources.sidecar import Sidecars
from storywire.sources.source import Source

IN_PLACE = frozenset({"folder", "jsonl"})
"""Kinds of sources that are read where they lie."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that is read, all of it or one file.

    What comes from a source has its name: `capture_uri` begins with it and a colon, and what the operator wrote of
    the source stands in where a page says nothing.
    """

    folder: Path
    only: str | None = None
    source: Source | None = None

    def find(self) -> Found:
        """The inputs here; raises NotADirectoryError where there is no folder."""
        if self.only is None:
            return folder.find(self.folder)
        if not self.folder.is_dir():
            raise NotADirectoryError(f"{self.folder} does not exist, or is no folder")
        return Found((self.only,))

    def read(self, path: str, sidecars: Sidecars | None, *, limit_bytes: int) -> Iterator[Capture | Rejection]:
        """What one input gives, as `folder.read`."""
        for one in folder.read(self.folder, path, sidecars, limit_bytes=limit_bytes):
            yield self.named(one) if isinstance(one, Rejection) else self._as_of_source(one)

    def named(self, rejection: Rejection) -> Rejection:
        """The same, under the name of the source."""
        return replace(rejection, uri=f"{self.source.name}:{rejection.uri}") if self.source else rejection

    def _as_of_source(self, capture: Capture) -> Capture:
        if self.source is None:
            return capture
        return replace(
            capture,
            uri=f"{self.source.name}:{capture.uri}",
            source=capture.source or self.source.name,
            notice=capture.notice.over(self.source.notice()),
        )


def of(source: Source) -> list[Place]:
    """Where the files of a source lie."""
    is_folder = source.kind == "folder"  # it is one even while it is missing
    return [
        Place(path, source=source) if is_folder or path.is_dir() else Place(path.parent, path.name, source)
        for path in source.files
    ]


def listed(sources: Iterable[Source]) -> list[Place]:
    """The places of all sources that are read where they lie; those paused are passed over."""
    return [place for source in sources if source.kind in IN_PLACE and not source.paused for place in of(source)]
