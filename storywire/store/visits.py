"""What was asked of the web and what is to be asked next: feeds, pages, hosts, and how each source does.

The pages themselves lie in archives in the raw folder. This is the memory beside them: it can be lost and is made
anew from them (`storywire/store/archive.py`), at the price of asking every feed once in full.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from operator import attrgetter
from pathlib import Path
from typing import Any

from storywire.store import database

_TABLES = """
CREATE TABLE IF NOT EXISTS pages (
    address TEXT PRIMARY KEY, url TEXT NOT NULL, source TEXT NOT NULL, notice TEXT NOT NULL,
    first_named REAL NOT NULL, last_named REAL NOT NULL, state TEXT NOT NULL, due REAL, tries INTEGER NOT NULL,
    had INTEGER NOT NULL, first_had REAL, last_had REAL, full_at REAL, etag TEXT, modified TEXT, digest TEXT,
    record TEXT, held_at TEXT, payload_digest TEXT, error TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pages_due ON pages (source, due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS pages_named ON pages (last_named);
CREATE TABLE IF NOT EXISTS polls (
    source TEXT, url TEXT, asked_at REAL, changed_at REAL, full_at REAL, pause REAL, due REAL, etag TEXT,
    modified TEXT, digest TEXT, depth INTEGER NOT NULL, failures INTEGER NOT NULL, error TEXT, PRIMARY KEY (source, url)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS robots (origin TEXT PRIMARY KEY, asked_at REAL NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hosts (host TEXT PRIMARY KEY, not_before REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tallies (
    source TEXT, day TEXT, what TEXT, count INTEGER NOT NULL, PRIMARY KEY (source, day, what)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS places (file TEXT PRIMARY KEY, place INTEGER NOT NULL, whole INTEGER NOT NULL) WITHOUT ROWID;
"""


NAMED_SECONDS = 3600.0
"""How exactly it is noted when a page was last named: it decides, after days, that it is forgotten, and each note costs
a write."""


class State(StrEnum):
    """How a page stands: to be fetched, kept, not there, not for us, or known under another address."""

    WAITING = "waiting"
    HAD = "had"
    GONE = "gone"
    REFUSED = "refused"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True)
class Page:
    """A page some source named, by its canonical address.

    Times are seconds since 1970. `due` is when it is to be fetched next, if ever again; `had` counts how often it
    was kept, `tries` the fetches in vain since. `full_at`, `etag` and `modified` are of the last whole response;
    `digest` (of the body, content coding undone), `record`, `held_at` (ISO 8601) and `payload_digest` of the record
    in an archive that holds its bytes.
    """

    address: str
    url: str
    source: str
    notice: str
    first_named: float
    last_named: float
    state: State = State.WAITING
    due: float | None = None
    tries: int = 0
    had: int = 0
    first_had: float | None = None
    last_had: float | None = None
    full_at: float | None = None
    etag: str | None = None
    modified: str | None = None
    digest: str | None = None
    record: str | None = None
    held_at: str | None = None
    payload_digest: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """A feed, sitemap or list that is asked again and again.

    `pause` is the present time between two questions, `depth` how many indexes lead to it.
    """

    source: str
    url: str
    asked_at: float | None = None
    changed_at: float | None = None
    full_at: float | None = None
    pause: float | None = None
    due: float | None = None
    etag: str | None = None
    modified: str | None = None
    digest: str | None = None
    depth: int = 0
    failures: int = 0
    error: str | None = None


# The fields of both classes stand in the order of their columns; a test holds them to it. `dataclasses.astuple` copies
# each value too, at ten times the cost.
_page_row = attrgetter(*(one.name for one in fields(Page)))
_poll_row = attrgetter(*(one.name for one in fields(Poll)))
_PUT_PAGE = "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_PUT_POLL = "INSERT OR REPLACE INTO polls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Visits:
    """The open memory of one data folder. What is changed is safe when `commit` was called."""

    connection: sqlite3.Connection

    def commit(self) -> None:
        """Make what was changed safe."""
        self.connection.commit()

    def page(self, address: str) -> Page | None:
        """What is known of the page at a canonical address."""
        row = self.connection.execute("SELECT * FROM pages WHERE address = ?", (address,)).fetchone()
        return _page(row) if row else None

    def name(self, page: Page, asked: Collection[str] | None = None) -> Page | None:
        """Note that a source names a page; returns it where it is for that source to fetch, and nothing else would.

        Who named it first stays its source, and its facts stay those it had then. But where it waits for a source
        that is not among those `asked` (taken off the list, renamed, paused), it goes over to who names it now.
        """
        one = self.page(page.address)
        if one is None:
            self.put(page)
            return page
        if page.last_named - one.last_named >= NAMED_SECONDS:
            self.connection.execute(
                "UPDATE pages SET last_named = ? WHERE address = ?", (page.last_named, page.address)
            )
        if one.state is not State.WAITING or one.due is None or asked is None or one.source in asked:
            return None
        last = max(one.last_named, page.last_named)
        taken = replace(one, source=page.source, notice=page.notice, last_named=last)
        self.put(taken)
        return taken if one.due <= page.last_named else None

    def put(self, page: Page) -> None:
        """Note how a page stands now."""
        self.connection.execute(_PUT_PAGE, _page_row(page))

    def due(self, source: str, now: float, most: int) -> list[Page]:
        """The pages of a source to be fetched by now, at most so many.

        Those never had come first; of these, those never in trouble, or one host that is down would use up every
        run; then the newest.
        """
        rows = self.connection.execute(
            "SELECT * FROM pages WHERE source = ? AND due <= ? "
            "ORDER BY had > 0, error IS NOT NULL, first_named DESC, address LIMIT ?",
            (source, now, most),
        )
        return [_page(row) for row in rows]

    def unnamed(self, before: float) -> list[Page]:
        """Pages that wait to be had and that no source has named since a moment."""
        rows = self.connection.execute(
            "SELECT * FROM pages WHERE state = 'waiting' AND due IS NOT NULL AND last_named < ? ORDER BY address",
            (before,),
        )
        return [_page(row) for row in rows]

    def waiting(self) -> dict[str, int]:
        """How many pages of each source are still to be fetched for the first time."""
        rows = self.connection.execute("SELECT source, count(*) FROM pages WHERE state = 'waiting' GROUP BY source")
        return dict(rows.fetchall())

    def drop_claims(self, addresses: Iterable[str] | None = None) -> None:
        """Forget addresses that are only claimed by a page that leads there: some, or all a dead run left."""
        claims = "DELETE FROM pages WHERE state = 'waiting' AND due IS NULL"
        if addresses is None:
            self.connection.execute(claims)
        else:
            self.connection.executemany(f"{claims} AND address = ?", [(one,) for one in addresses])

    def forget(self, before: float, most: int) -> int:
        """Forget settled pages no source has named since, and the longest unnamed beyond so many; returns how many.

        So the memory stays bounded by what sources name, not by the years it runs. What was asked of hosts and done
        by sources before that goes too; only the days on which a source named something new stay.
        """
        self.connection.execute("DELETE FROM robots WHERE asked_at < ?", (before,))
        day = datetime.fromtimestamp(before, UTC).date().isoformat()
        self.connection.execute("DELETE FROM tallies WHERE day < ? AND what != 'new'", (day,))
        gone = self.connection.execute("DELETE FROM pages WHERE last_named < ? AND state != 'waiting'", (before,))
        if self.connection.execute("SELECT count(*) FROM pages").fetchone()[0] <= most:  # sorting them takes seconds
            return gone.rowcount
        over = self.connection.execute(
            "DELETE FROM pages WHERE address IN (SELECT address FROM pages WHERE state != 'waiting' "
            "ORDER BY last_named DESC, address LIMIT -1 OFFSET ?)",
            (most,),
        )
        return gone.rowcount + over.rowcount

    def poll(self, source: str, url: str) -> Poll:
        """What is known of a feed; one never asked has no times."""
        row = self.connection.execute("SELECT * FROM polls WHERE source = ? AND url = ?", (source, url)).fetchone()
        return Poll(*row) if row else Poll(source, url)

    def polls(self, source: str) -> list[Poll]:
        """All feeds of a source that were ever asked."""
        rows = self.connection.execute("SELECT * FROM polls WHERE source = ? ORDER BY url", (source,))
        return [Poll(*row) for row in rows]

    def put_poll(self, poll: Poll) -> None:
        """Note how a feed stands now."""
        self.connection.execute(_PUT_POLL, _poll_row(poll))

    def drop_poll(self, poll: Poll) -> None:
        """Forget a feed."""
        self.connection.execute("DELETE FROM polls WHERE source = ? AND url = ?", (poll.source, poll.url))

    def robots(self, origin: str, since: float) -> tuple[float, bytes] | None:
        """The robots.txt of an origin, and when it was asked for, if that was after a moment."""
        found: tuple[float, bytes] | None = self.connection.execute(
            "SELECT asked_at, body FROM robots WHERE origin = ? AND asked_at >= ?", (origin, since)
        ).fetchone()
        return found

    def put_robots(self, origin: str, now: float, body: bytes) -> None:
        """Keep a robots.txt; no bytes where there is none."""
        self.connection.execute("INSERT OR REPLACE INTO robots VALUES (?, ?, ?)", (origin, now, body))

    def pauses(self, now: float) -> dict[str, float]:
        """The hosts that are not to be asked yet, and for how many seconds."""
        rows = self.connection.execute("SELECT host, not_before - ? FROM hosts WHERE not_before > ?", (now, now))
        return dict(rows.fetchall())

    def put_pauses(self, now: float, pauses: Mapping[str, float]) -> None:
        """Note which hosts are not to be asked for how many seconds, instead of what was noted before."""
        self.connection.execute("DELETE FROM hosts")
        self.connection.executemany("INSERT INTO hosts VALUES (?, ?)", [(one, now + s) for one, s in pauses.items()])

    def tally(self, source: str, day: date, counts: Mapping[str, int]) -> None:
        """Add to what a source did on a day."""
        self.connection.executemany(
            "INSERT INTO tallies VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
            [(source, day.isoformat(), what, count) for what, count in sorted(counts.items()) if count],
        )

    def tallies(self, since: date) -> Iterator[tuple[str, date, str, int]]:
        """What each source did from a day on: source, day, what, how often."""
        for source, day, what, count in self.connection.execute(
            "SELECT source, day, what, count FROM tallies WHERE day >= ? ORDER BY 1, 2, 3", (since.isoformat(),)
        ):
            yield source, date.fromisoformat(day), what, count

    def place(self, file: str) -> tuple[int, bool]:
        """How far an archive was streamed, in bytes of the file, and whether to its end."""
        row = self.connection.execute("SELECT place, whole FROM places WHERE file = ?", (file,)).fetchone()
        return (row[0], bool(row[1])) if row else (0, False)

    def put_place(self, file: str, place: int, *, whole: bool) -> None:
        """Note how far an archive was streamed."""
        self.connection.execute("INSERT OR REPLACE INTO places VALUES (?, ?, ?)", (file, place, whole))

    def is_new(self) -> bool:
        """Whether nothing at all is remembered."""
        query = "SELECT EXISTS (SELECT 1 FROM pages) OR EXISTS (SELECT 1 FROM polls) OR EXISTS (SELECT 1 FROM places)"
        return not self.connection.execute(query).fetchone()[0]


@contextlib.contextmanager
def opened(path: Path, *, to_read: bool = False) -> Iterator[Visits]:
    """Open the memory, making it where there is none.

    Raises:
        StoreError: The file is damaged, or the disk is full.
    """
    otherwise = "the next run learns from the archives in the raw folder which pages it has"
    with database.opened(path, _TABLES, otherwise, to_read=to_read) as connection:
        yield Visits(connection)


def _page(row: tuple[Any, ...]) -> Page:
    page = Page(*row)
    return replace(page, state=State(page.state))
