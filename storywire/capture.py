"""What arrives: a capture, or the reason there is none."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Literal

from storywire.notice import NOTHING, Notice

Kind = Literal["html", "dump", "record"]


@dataclass(frozen=True)
class Capture:
    """Bytes as they arrived, with address, time and origin; never changed.

    `kind` says how to read `body`: `html` is a page with markup, `dump` a page's text without
    markup, `record` one JSON object that gives an article field by field (UTF-8). `notice` is what is
    known of the page beside them.
    """

    body: bytes
    kind: Kind
    uri: str
    url: str | None = None
    captured_at: datetime | None = None
    source: str | None = None
    charset: str | None = None
    notice: Notice = NOTHING

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.body).hexdigest()

    @cached_property
    def id(self) -> str:
        """Hash of all that the article depends on; where the bytes lay is not part of it."""
        moment = self.captured_at.astimezone(UTC).isoformat() if self.captured_at else ""
        parts = [self.digest, self.kind, self.url or "", moment, self.charset or ""]
        if self.notice != NOTHING:
            parts.append(self.notice.as_json())
        return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @property
    def day(self) -> date | None:
        """The capture day, in UTC: what a daily run selects by."""
        return self.captured_at.astimezone(UTC).date() if self.captured_at else None


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something that became no capture or no article: why, and what to do about it.

    `reason` is one of `REASONS`; `detail` names the value at fault and the remedy.
    """

    uri: str
    reason: str
    detail: str
    url: str | None = None
    captured_at: datetime | None = None
    digest: str | None = None


REASONS = {
    "unreadable": "The file could not be read.",
    "empty": "There are no bytes, or nothing but white space.",
    "not_a_page": "The bytes are no text: an image, a program, an archive.",
    "no_article": "A page, but no article on it: an index, a login wall, an error page.",
    "truncated": "The container ends in the middle of a record.",
    "too_large": "Past the size limit, after decompression.",
    "bad_record": "A line that is no JSON object, or one without a usable field.",
    "undecodable": "Compressed or encoded in a way that could not be undone.",
    "timeout": "The page took longer than its deadline.",
    "crashed": "The worker that read the page died.",
    "not_fetched": "A source named the address, but the page could not be had.",
    "repeat": "The same capture is already here under another path.",
}
"""Every reason a row of `rejected` can give."""
