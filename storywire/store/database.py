"""Small SQLite files beside the tables: opened, made where there is none, and refused in one sentence."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from storywire.store.files import StoreError, make_folder, refused

CACHE_KB = 64_000
"""Memory for pages of the file. SQLite's own choice, 2 MB, holds some thousand rows of visits; past that each look-up
of an address reads the file."""


@contextlib.contextmanager
def opened(path: Path, tables: str, otherwise: str, *, to_read: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection to a file with these tables; what was committed survives a crash.

    One that is opened `to_read` is not made, and may lie where nothing can be written: none is an empty one.
    `otherwise` says what becomes of the next run if an operator removes the file.

    Raises:
        StoreError: The file is damaged, or the disk is full.
    """
    place = ":memory:" if to_read and not path.exists() else path
    try:
        if not to_read:
            with refused(f"{path} cannot be made"):
                make_folder(path.parent)
        with contextlib.closing(sqlite3.connect(place, timeout=60)) as connection:
            connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
            connection.executescript(tables)
            yield connection
    except sqlite3.Error as error:
        raise StoreError(
            f"{path} cannot be used ({error}); see that its disk is writable and has room, or, where it is damaged, "
            f"remove the file and {otherwise}"
        ) from error
