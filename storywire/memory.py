"""Memory that was freed, handed back: allocators keep it for the next use, and a run's phases need it one by one."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache

import pyarrow as pa


def give_back() -> None:
    """Hand what Arrow and the C library hold unused back to the system; costs some milliseconds."""
    pa.default_memory_pool().release_unused()
    _trim()(0)


@cache
def _trim() -> Callable[[int], object]:
    """What makes the C library give back; nothing where it has no such call."""
    try:
        trim: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return int
    return trim
