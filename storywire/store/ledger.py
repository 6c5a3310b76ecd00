"""Which raw files were read, and what in them became no capture.

Looking a file up costs one row, so a daily run does not read again what it has read. The key
holds size and modification time only to notice a change: neither ever becomes data.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from storywire.capture import Rejection

_TABLES = """
CREATE TABLE IF NOT EXISTS files (
    root TEXT, path TEXT, stamp TEXT, PRIMARY KEY (root, path)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rejections (
    root TEXT, path TEXT, uri TEXT, reason TEXT, detail TEXT, url TEXT, captured_at TEXT, digest TEXT
);
CREATE INDEX IF NOT EXISTS rejections_of ON rejections (root, path);
"""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The open ledger of one data folder."""

    connection: sqlite3.Connection

    def stamps(self, root: str) -> dict[str, str]:
        """The stamp each file below a raw folder had when it was read."""
        rows = self.connection.execute("SELECT path, stamp FROM files WHERE root = ?", (root,))
        return dict(rows)

    def record(self, root: str, read: Iterable[tuple[str, str, list[Rejection]]]) -> None:
        """Note files as read, each with its stamp and what it gave that is no capture.

        What an earlier state of the same file was rejected for is forgotten: a rejection speaks
        of the file as it is.
        """
        with self.connection:
            for path, stamp, rejections in read:
                self.connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (root, path, stamp))
                self.connection.execute("DELETE FROM rejections WHERE root = ? AND path = ?", (root, path))
                self.connection.executemany(
                    "INSERT INTO rejections VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        (root, path, r.uri, r.reason, r.detail, r.url, _written(r.captured_at), r.digest)
                        for r in rejections
                    ],
                )

    def rejections(self, days: set[date] | None) -> list[Rejection]:
        """What became no capture on the given capture days, or on no known day; all for `None`."""
        rows = self.connection.execute(
            "SELECT DISTINCT uri, reason, detail, url, captured_at, digest FROM rejections ORDER BY 1, 2, 3, 4, 5, 6"
        )
        all_of_them = (Rejection(u, why, detail, url, _read(at), digest) for u, why, detail, url, at, digest in rows)
        return [r for r in all_of_them if days is None or r.captured_at is None or r.captured_at.date() in days]


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Ledger]:
    """Open the ledger, making it where there is none; what was recorded survives a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(path, timeout=60)) as connection:
        connection.executescript(_TABLES)
        yield Ledger(connection)


def _written(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _read(moment: str | None) -> datetime | None:
    return datetime.fromisoformat(moment) if moment else None
