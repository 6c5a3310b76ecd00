"""An article given field by field, as a feed or another program delivers it."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one record; docs/inputs.md describes them."""

    text: str
    title: str | None
    authors: tuple[str, ...]
    published_at: str | None
    language: str | None
    site_name: str | None
    section: str | None
    tags: tuple[str, ...]
    image_url: str | None


def read_record(body: bytes) -> Record:
    """Read the JSON object of a record; its types were checked when it arrived.

    Raises:
        ValueError: The bytes are no JSON object.
    """
    fields = json.loads(body)
    if not isinstance(fields, dict):
        raise ValueError("the record is no JSON object")
    return Record(
        text="\n".join(line for line in (_clean(line) for line in str(fields.get("text") or "").splitlines()) if line),
        title=_text(fields, "title"),
        authors=_texts(fields, "authors"),
        published_at=_text(fields, "published_at"),
        language=_text(fields, "language"),
        site_name=_text(fields, "site_name"),
        section=_text(fields, "section"),
        tags=_texts(fields, "tags"),
        image_url=_text(fields, "image_url"),
    )


def _clean(value: str) -> str:
    """NFC, single spaces, no control characters or lone surrogates."""
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in value)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _text(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    return (_clean(value) or None) if isinstance(value, str) else None


def _texts(fields: dict[str, Any], name: str) -> tuple[str, ...]:
    value = fields.get(name)
    values = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(cleaned for one in values if isinstance(one, str) and (cleaned := _clean(one))))
