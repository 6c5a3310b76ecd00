"""What a source takes of one part of an archive: records as they stand, each with what is known of it before it."""

from __future__ import annotations

import json
import re
import uuid
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from storywire import version
from storywire.notice import Notice
from storywire.sources.slices import Slice
from storywire.store.archive import form
from storywire.store.archive.files import ENDING
from storywire.store.files import whole
from storywire.web.faults import shown
from storywire.web.sieve import address

_IDS = uuid.UUID("5f0e3a52-6c1d-5b7e-9a53-3c8d1f2b7a64")
"""Ids of our own records are made from where they lie, so that the same part is the same bytes again."""

_CONFORMS = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
_NO_NAME = re.compile(r"[^A-Za-z0-9]+")
_STEM = 60
"""Characters of an archive's own name that go into ours."""


@dataclass(slots=True)
class Portion:
    """What passed of one part, by capture day.

    Attributes:
        raw: The raw folder.
        source: Name of the source.
        notice: What the operator wrote of it.
        file: Path or address of the archive.
        first: Where the part begins.
    """

    raw: Path
    source: str
    notice: Notice
    file: str
    first: str
    _days: dict[date, list[bytes]] = field(default_factory=dict)

    def add(self, page: Slice, at: datetime) -> None:
        """Take a page.

        The record is copied as it stands, bytes and all, where it has a gzip member of its own; else it is packed.
        """
        records = self._days.setdefault(at.date(), [])
        if not records:
            records.append(self._about_the_part(at))
        facts = self.notice.facts() | {"source": self.source, "digest": page.header("WARC-Payload-Digest") or ""}
        named = [
            ("WARC-Record-ID", self._id(page.place)),
            ("WARC-Concurrent-To", page.header("WARC-Record-ID") or ""),
            ("WARC-Target-URI", address(page.header)),
            ("WARC-Date", page.header("WARC-Date") or form.date(at)),
            ("Content-Type", "application/json"),
        ]
        said = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
        records.append(form.record("metadata", named, said))
        records.append(page.member or _packed(page))

    def write(self) -> None:
        """Put the archives of the part into the raw folder, each whole or not at all.

        Raises:
            StoreError: The disk is full or gone.
        """
        for day, records in sorted(self._days.items()):
            with whole(self.raw / str(day) / self.name) as handle:
                handle.writelines(records)

    @property
    def name(self) -> str:
        """The name of its archives, which tells source, file and part; nothing in it leads to another folder."""
        stem = _NO_NAME.sub("-", shown(self.file).rpartition("/")[2].partition(".warc")[0]).strip("-")[:_STEM]
        origin, _, inside = self.first.partition("+")
        place = f"{int(origin):012d}" + (f"-{int(inside):012d}" if inside else "")
        return "-".join(part for part in (self.source, stem, _short(self.file), place) if part) + ENDING

    def _about_the_part(self, at: datetime) -> bytes:
        named = (
            ("WARC-Record-ID", self._id(f"{self.first} {at.date()}")),
            ("WARC-Date", form.date(at)),
            ("WARC-Filename", self.name),
            ("Content-Type", "application/warc-fields"),
        )
        block = (
            ("software", f"storywire/{version.PACKAGE}"),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", _CONFORMS),
            ("isPartOf", self.source),
            ("description", f"copied from byte {self.first} on of {shown(self.file)}"),
        )
        return form.record("warcinfo", named, form.lines(block))

    def _id(self, of: str) -> str:
        return f"<urn:uuid:{uuid.uuid5(_IDS, f'{self.source} {self.file} {of}')}>"


def key(source: str, file: str) -> str:
    """What the memory knows an archive by, for one source: others may want something else of it."""
    return f"{source} {shown(file)} {_short(file)}"


def _short(file: str) -> str:
    return sha256(file.encode("utf-8", "surrogateescape")).hexdigest()[:8]


def _packed(page: Slice) -> bytes:
    record = page.head + (page.block or b"") + b"\r\n\r\n"
    return zlib.compress(record, form.PACKED, wbits=31)
