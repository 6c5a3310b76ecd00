"""The strings and names in a JSON-LD value, which may be one, an object, or a list of either."""

from __future__ import annotations

import html
from typing import Any

from storywire.articles.jsonld import types
from storywire.articles.prose import clean_lines

MAX_VALUE = 300
"""Characters of a name, section or tag; longer ones are texts put in the wrong place."""


def items(value: Any) -> list[Any]:
    """The values of a field, however many it has."""
    return value if isinstance(value, list) else [] if value is None else [value]


def strings(value: Any) -> list[str]:
    """The strings in a JSON-LD value, with entities that pages leave in them resolved."""
    return [text for item in items(value) if isinstance(item, str) and (text := html.unescape(item).strip())]


def names(value: Any) -> list[str]:
    """The names, or failing these the addresses, of the people and organisations in a JSON-LD value."""
    found: list[str] = []
    for item in items(value):
        given = item
        if isinstance(item, dict):
            parts = [*strings(item.get("givenName")), *strings(item.get("familyName"))]
            given = item.get("name") or " ".join(parts) or item.get("url") or item.get("@id")
        found += [name for text in strings(given) if (name := one_line(text))]
    return found


def resolved(value: Any, linked: list[dict[str, Any]]) -> Any:
    """The object that a JSON-LD value refers to by its `@id`, where it says no name itself."""
    if not isinstance(value, dict) or value.get("name") or not isinstance(value.get("@id"), str):
        return value
    return next((data for data in linked if data.get("@id") == value["@id"] and data.get("name")), value)


def is_person(value: Any) -> bool:
    """Whether a credited value may be a person: called one, or not said to be anything else."""
    return not isinstance(value, dict) or not types(value) or "person" in {name.lower() for name in types(value)}


def one_line(value: str | None) -> str | None:
    """A value as one line; None where it is empty or too long to be one."""
    text = " ".join(clean_lines(value or "").split("\n"))
    return text if 0 < len(text) <= MAX_VALUE else None
