"""An article given field by field, as a feed or another program delivers it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from storywire.articles.characters import clean_line
from storywire.articles.prose import clean_lines


class BadRecordError(ValueError):
    """The bytes are no record."""


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
        BadRecordError: The bytes are no JSON object.
    """
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, or brackets nested without end
        raise BadRecordError(f"the record is no JSON ({type(error).__name__})") from None
    if not isinstance(fields, dict):
        raise BadRecordError("the record is no JSON object")
    return Record(
        text=clean_lines(str(fields.get("text") or "")),
        title=_text(fields, "title"),
        authors=_texts(fields, "authors"),
        published_at=_text(fields, "published_at"),
        language=_text(fields, "language"),
        site_name=_text(fields, "site_name"),
        section=_text(fields, "section"),
        tags=_texts(fields, "tags"),
        image_url=_text(fields, "image_url"),
    )


def _text(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    return (clean_line(value) or None) if isinstance(value, str) else None


def _texts(fields: dict[str, Any], name: str) -> tuple[str, ...]:
    value = fields.get(name)
    values = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(cleaned for one in values if isinstance(one, str) and (cleaned := clean_line(one))))
