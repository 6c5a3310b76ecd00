"""Lengths of time as a person writes them: 30s, 5m, 6h, 1d."""

from __future__ import annotations

import re
from datetime import timedelta

_WRITTEN = re.compile(r"(\d{1,7}(?:\.\d{1,3})?)\s?([smhd])")
_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def read(written: str) -> timedelta:
    """The length of time; raises ValueError with the remedy.

    >>> read("1.5h")
    datetime.timedelta(seconds=5400)
    """
    found = _WRITTEN.fullmatch(written.strip())
    if found is None:
        raise ValueError("write 30m, 6h or 1d")
    return timedelta(seconds=float(found[1]) * _UNITS[found[2]])


def in_words(length: timedelta) -> str:
    """The shortest way to write it.

    >>> [in_words(read(written)) for written in ("90m", "24h", "0.5s", "90s")]
    ['90m', '1d', '0.5s', '90s']
    """
    seconds = length.total_seconds()
    for unit, size in _UNITS.items():
        if seconds and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"
