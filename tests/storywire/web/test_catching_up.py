"""What archives know and the memory does not, after a crash at the worst moment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storywire.notice import Notice
from storywire.store import visits
from storywire.store.archive import Archive, Held, Kept, scan
from storywire.store.files import StoreError
from storywire.store.visits import Page, State, Visits
from storywire.web.catching_up import catch_up
from tests.storywire.store.archive.exchanges import Made

AT = datetime(2031, 3, 5, 8, 10, tzinfo=UTC)
ADDRESS = "https://norrby.example/"
RECHECKS = {"norrby": (timedelta(days=1),)}
NOTICE = Notice(origin="feed", title="Ice closes the sound")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return tmp_path / "raw"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Visits]:
    with visits.opened(tmp_path / "visits.sqlite") as opened:
        yield opened


def kept(archive: Archive, name: str, at: datetime = AT, hops: tuple[str, ...] = (), held: Held | None = None) -> Kept:
    body = f"<p>{name}</p>".encode()
    made = Made(url=ADDRESS + name, payload=body, body=body, at=at)
    return archive.keep(made, NOTICE, "norrby", tuple((ADDRESS + hop, 301) for hop in hops), held)


def died(raw: Path, *names: str) -> Archive:
    """An archive of a run that was killed: not finished, and held by nobody."""
    archive = Archive(raw, AT, "storywire/0")
    for name in names:
        kept(archive, name)
    for growing in archive._files.values():
        os.close(growing._handle)
    return archive


def had(memory: Visits) -> set[str]:
    rows = memory.connection.execute("SELECT address FROM pages WHERE state = 'had'")
    return {row[0].removeprefix(ADDRESS) for row in rows}


def test_what_a_killed_run_kept_is_known_and_looked_at_again_in_time(raw: Path, memory: Visits) -> None:
    memory.put(Page(f"{ADDRESS}a", f"{ADDRESS}a", "norrby", NOTICE.as_json(), 1.0, 1.0, due=1.0))
    memory.commit()
    died(raw, "a", "b")
    catch_up(raw, memory, RECHECKS)
    assert had(memory) == {"a", "b"}
    page = memory.page(f"{ADDRESS}a")
    assert page is not None
    assert (page.due, page.first_had, page.had) == (AT.timestamp() + 86_400, AT.timestamp(), 1)
    assert page.digest
    assert page.etag == '"one"'
    assert not list(raw.glob("*/.*"))
    catch_up(raw, memory, RECHECKS)
    assert memory.page(f"{ADDRESS}a") == page


def test_a_second_crash_while_it_catches_up_takes_nothing(raw: Path, tmp_path: Path, memory: Visits) -> None:
    """The memory is safe before an archive gets its visible name, which nobody reads again."""
    memory.put(Page(f"{ADDRESS}z", f"{ADDRESS}z", "norrby", "{}", 1.0, 1.0, state=State.GONE))
    memory.commit()
    died(raw, "a")
    died(raw, "b")
    second = sorted(raw.glob("*/.*"))[-1]
    second.with_name(second.name.removeprefix(".")).write_bytes(b"in the way")
    with pytest.raises(StoreError, match="is there already"):
        catch_up(raw, memory, RECHECKS)
    (visible,) = raw.glob("*/[!.]*-2.warc.gz") if second.name.endswith("Z.warc.gz") else raw.glob("*/[!.]*Z.warc.gz")
    with visits.opened(tmp_path / "visits.sqlite", to_read=True) as reader:
        assert had(reader) >= {one.url.removeprefix(ADDRESS) for one in scan(raw, visible)} != set()


def test_a_lost_memory_is_made_anew_from_all_archives_and_those_of_others_are_passed_over(
    raw: Path, memory: Visits
) -> None:
    with Archive(raw, AT, "storywire/0") as archive:
        first = kept(archive, "a")
        kept(archive, "a", AT + timedelta(days=1), held=first.held)
        kept(archive, "target", hops=("moved", "between"))
        archive.failed(f"{ADDRESS}gone", "status", "status 410", NOTICE, "norrby")
        archive.failed(f"{ADDRESS}private", "robots", "robots.txt", NOTICE, "norrby")
    died(raw, "b")
    (raw / "2031-03-05/other.warc.gz").write_bytes(b"no archive at all")
    catch_up(raw, memory, RECHECKS)
    assert had(memory) == {"a", "moved", "target", "b"}
    known = memory.page(f"{ADDRESS}a")
    assert known is not None
    assert (known.had, known.due, known.record) == (2, None, first.held.record)
    target, gone, private = (memory.page(ADDRESS + name) for name in ("target", "gone", "private"))
    assert target is not None
    assert (target.due, target.error) == (None, f"reached from {ADDRESS}moved")
    assert gone is not None
    assert gone.state is State.GONE
    assert private is not None
    assert private.state is State.REFUSED


def test_a_memory_that_knows_anything_reads_no_finished_archive(raw: Path, memory: Visits) -> None:
    with Archive(raw, AT, "storywire/0") as archive:
        kept(archive, "a")
    memory.put_place("crawl.warc.gz", 10, whole=False)
    catch_up(raw, memory, RECHECKS)
    assert had(memory) == set()


def test_claims_of_a_dead_run_are_forgotten(raw: Path, memory: Visits) -> None:
    memory.put(Page(f"{ADDRESS}c", f"{ADDRESS}c", "norrby", "{}", 1.0, 1.0, error="reached from elsewhere"))
    memory.put(Page(f"{ADDRESS}w", f"{ADDRESS}w", "norrby", "{}", 1.0, 1.0, due=1.0))
    catch_up(raw, memory, RECHECKS)
    assert memory.page(f"{ADDRESS}c") is None
    assert memory.page(f"{ADDRESS}w") is not None
