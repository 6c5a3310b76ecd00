"""A source written at the end of `sources.toml`, with all that stood there left as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from storywire.sources.listing import ListingError, parse
from storywire.sources.record import whole

Value = str | int | float | bool | list[str]

_BEGINNING = """# The sources that `storywire fetch` asks; docs/sources.md says what every key means.
"""


def added(written: str | None, values: Mapping[str, Value], path: Path) -> str:
    """The text of the file with one more `[[source]]`; None begins a new file.

    Raises ListingError where the file, or the source, would not do.
    """
    before = _BEGINNING if written is None else written
    parse(before, path)
    gap = "" if not before or before.endswith("\n\n") else "\n" if before.endswith("\n") else "\n\n"
    after = before + gap + block(values)
    try:
        parse(after, path)
    except ListingError as error:  # the lines it names are not in the file
        first = re.escape(str(path)) + r":\d+: "
        raise ListingError(*(re.sub(f"^{first}", f"{path}: ", one) for one in error.problems)) from None
    return after


def block(values: Mapping[str, Value]) -> str:
    r"""A source as TOML.

    >>> print(block({"name": "norrby", "kind": "urls", "urls": ["https://norrby.example/a"], "delay": 2.5}), end="")
    [[source]]
    name = "norrby"
    kind = "urls"
    urls = ["https://norrby.example/a"]
    delay = 2.5
    """
    return "".join(["[[source]]\n", *(f"{key} = {_written(value)}\n" for key, value in values.items())])


def _written(value: Value) -> str:
    """A value as TOML; its texts are those of JSON, except for one control character that JSON leaves as it is."""
    if isinstance(value, str):
        return json.dumps(whole(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return json.dumps(value)
