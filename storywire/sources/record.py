"""One JSON object of a JSONL file: a page with markup, a page's text, or an article field by field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storywire.capture import Kind
from storywire.sources import moments

BODIES: Mapping[str, Kind] = {"html": "html", "dump": "dump", "text": "record"}
"""The field that holds the page, and the kind of capture it makes."""

_TEXTS = ("image_url", "language", "published_at", "section", "site_name", "title")
_LISTS = ("authors", "tags")


class FieldError(ValueError):
    """A field that cannot be used; the message names the field, its value and the remedy."""


@dataclass(frozen=True, slots=True)
class Record:
    """What one JSON object gives."""

    body: bytes
    kind: Kind
    url: str | None
    captured_at: datetime | None
    source: str | None


def parse(line: bytes) -> Record:
    """Read one line; raises FieldError where it gives no page.

    The body of an article given field by field is canonical JSON of the known fields alone, so the
    same article gives the same digest whatever else the line holds and in whatever order.

    >>> parse(b'{"text": "Rain again.", "rank": 7, "authors": "Ada Moor"}').body
    b'{"authors":["Ada Moor"],"text":"Rain again."}'
    """
    entry = _object(line)
    given = [name for name in BODIES if _text(entry, name) is not None]
    if not given:
        raise FieldError(f"has none of {', '.join(BODIES)}; give the page in one of them.")
    if len(given) > 1:
        raise FieldError(f"gives the page more than once, as {' and '.join(given)}; keep one of them.")
    name = given[0]
    page = _text(entry, name) or ""
    moment = _text(entry, "captured_at") or None
    captured_at = moments.read(moment) if moment else None
    if moment and captured_at is None:
        raise FieldError(f"captured_at is {_shown(moment)}, no timestamp; write it as 2026-02-03T08:10:00Z.")
    body = _canonical(entry, page) if name == "text" and page.strip() else page.encode()
    return Record(body, BODIES[name], _text(entry, "url") or None, captured_at, _text(entry, "source") or None)


def _object(line: bytes) -> dict[str, object]:
    try:
        entry = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FieldError(f"is no UTF-8 at byte {error.start}; write the file in UTF-8.") from None
    except json.JSONDecodeError as error:
        raise FieldError(f"is no JSON at character {error.pos} ({error.msg}); write one object to a line.") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets nested without end
        raise FieldError("is JSON past what can be read; write one flat object to a line.") from None
    if not isinstance(entry, dict):
        raise FieldError(f"is a {type(entry).__name__}, no object; write one object to a line.")
    return entry


def _canonical(entry: Mapping[str, object], text: str) -> bytes:
    """The known fields of an article as JSON with sorted keys; what is empty is left out."""
    fields: dict[str, str | list[str]] = {"text": text}
    for name in _TEXTS:
        if value := _text(entry, name):
            fields[name] = value
    for name in _LISTS:
        if values := _texts(entry, name):
            fields[name] = values
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _text(entry: Mapping[str, object], name: str) -> str | None:
    value = entry.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise FieldError(f"{name} is {_shown(value)}; write text in quotes, or leave it out.")
    return whole(value)


def _texts(entry: Mapping[str, object], name: str) -> list[str]:
    value = entry.get(name)
    if value is None or value == "":
        return []
    if isinstance(value, str):  # one author, not yet put in a list
        return [whole(value)]
    if not isinstance(value, list):
        raise FieldError(f"{name} is {_shown(value)}; write a list of texts.")
    for element in value:
        if not isinstance(element, str):
            raise FieldError(f"{name} holds {_shown(element)}; write a list of texts.")
    return [whole(element) for element in value if element]


def whole(text: str) -> str:
    r"""Half a surrogate pair becomes U+FFFD: UTF-8 has no form for it.

    Programs that cut text in UTF-16 leave such halves behind.

    >>> ascii(whole("flood \ud83d"))
    "'flood \\ufffd'"
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _shown(value: object) -> str:
    """The value at fault, cut: a detail is a sentence, not a page."""
    shown = json.dumps(value, ensure_ascii=True)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
