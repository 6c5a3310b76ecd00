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
from storywire.store import database

_TABLES = """
CREATE TABLE IF NOT EXISTS files (
    root TEXT, path TEXT, stamp TEXT, PRIMARY KEY (root, path)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS given (
    root TEXT, path TEXT, capture_id TEXT, uri TEXT, digest TEXT, PRIMARY KEY (root, path, capture_id, uri)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS given_by ON given (capture_id, uri);
CREATE TABLE IF NOT EXISTS rejections (
    root TEXT, path TEXT, uri TEXT, reason TEXT, detail TEXT, url TEXT, captured_at TEXT, digest TEXT
);
CREATE INDEX IF NOT EXISTS rejections_of ON rejections (root, path);
"""

Given = dict[tuple[str, str], set[str]]
"""By place (path and digest of the bytes): the ids of the captures it gives."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One raw file, read to its end: its stamp, its captures as (id, uri, digest), and what became none."""

    path: str
    stamp: str
    captures: tuple[tuple[str, str, str], ...]
    rejections: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The open ledger of one data folder."""

    connection: sqlite3.Connection

    def stamps(self, root: str, stored: set[str]) -> dict[str, str]:
        """The stamp each file below a raw folder had when it was read.

        A file is left out, and so read again, where a capture it gave is no longer stored.
        """
        missing = {
            path
            for path, capture in self.connection.execute("SELECT path, capture_id FROM given WHERE root = ?", (root,))
            if capture not in stored
        }
        rows = self.connection.execute("SELECT path, stamp FROM files WHERE root = ?", (root,))
        return {path: stamp for path, stamp in rows if path not in missing}

    def roots(self) -> list[str]:
        """The raw folders that files were read from."""
        return [root for (root,) in self.connection.execute("SELECT DISTINCT root FROM files")]

    def record(self, root: str, readings: Iterable[Reading]) -> None:
        """Note files as read.

        A rejection speaks of the file as it is: those of an earlier reading are forgotten. So is how the bytes that are
        still there were described before; of others that were there once the last description stays.
        """
        with self.connection:
            for reading in readings:
                key = (root, reading.path)
                now = {(uri, digest) for _, uri, digest in reading.captures}
                self._forget(
                    (*key, capture, uri)
                    for capture, uri, digest in self.connection.execute(
                        "SELECT capture_id, uri, digest FROM given WHERE root = ? AND path = ?", key
                    ).fetchall()
                    if (uri, digest) in now
                )
                self.connection.execute("DELETE FROM rejections WHERE root = ? AND path = ?", key)
                self.connection.executemany(
                    "INSERT OR IGNORE INTO given VALUES (?, ?, ?, ?, ?)",
                    [(*key, *capture) for capture in reading.captures],
                )
                self.connection.executemany(
                    "INSERT INTO rejections VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        (*key, r.uri, r.reason, r.detail, r.url, _written(r.captured_at), r.digest)
                        for r in reading.rejections
                    ],
                )
                self.connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (*key, reading.stamp))

    def take_over(self, root: str, gone: str) -> None:
        """Forget how a raw folder that is `gone` was read, where most of what it gave is given by this one: it moved.

        What this one has not stays known, as of files that were taken away.
        """
        rows = "SELECT path, uri, digest, capture_id FROM given WHERE root = ?"
        now = {row[:3] for row in self.connection.execute(rows, (root,))}
        before = list(self.connection.execute(rows, (gone,)))
        again = [row for row in before if row[:3] in now]
        if 2 * len(again) < max(1, len(before)):
            return
        with self.connection:
            self._forget((gone, path, capture, uri) for path, uri, _, capture in again)
            for statement in (
                "DELETE FROM rejections WHERE root = ? AND path IN (SELECT path FROM files WHERE root = ?)",
                "DELETE FROM files WHERE root = ? AND path IN (SELECT path FROM files WHERE root = ?)",
            ):
                self.connection.execute(statement, (gone, root))

    def _forget(self, given: Iterable[tuple[str, str, str, str]]) -> None:
        statement = "DELETE FROM given WHERE root = ? AND path = ? AND capture_id = ? AND uri = ?"
        self.connection.executemany(statement, given)

    def given(self) -> Given:
        """Every place something was read from, and the captures it gives as it is described now.

        The same bytes at the same place under another description (a sidecar that was corrected, newer
        code) are no capture any more. The description changes when a file was read to its end, not
        before: a run that looks meanwhile sees the old one.
        """
        found: Given = {}
        for uri, digest, capture in self.connection.execute("SELECT uri, digest, capture_id FROM given"):
            found.setdefault((uri, digest), set()).add(capture)
        return found

    def rejections(self, days: set[date] | None) -> list[Rejection]:
        """What became no capture on the given capture days, or on no known day; all for `None`."""
        rows = self.connection.execute(
            "SELECT DISTINCT uri, reason, detail, url, captured_at, digest FROM rejections ORDER BY 1, 2, 3, 4, 5, 6"
        )
        try:
            found = [Rejection(uri, why, detail, url, _read(at), digest) for uri, why, detail, url, at, digest in rows]
        except ValueError as error:
            raise sqlite3.DatabaseError(f"a rejection has no moment: {error}") from error
        return [r for r in found if days is None or r.captured_at is None or r.captured_at.date() in days]


@contextlib.contextmanager
def opened(path: Path, *, to_read: bool = False) -> Iterator[Ledger]:
    """Open the ledger, making it where there is none; what was recorded survives a crash.

    Raises:
        StoreError: The file is damaged, or the disk is full.
    """
    with database.opened(path, _TABLES, "the next run reads the raw folder anew", to_read=to_read) as connection:
        yield Ledger(connection)


def _written(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _read(moment: str | None) -> datetime | None:
    return datetime.fromisoformat(moment) if moment else None
