"""The memory of what was asked of the web."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from storywire.store import visits
from storywire.store.files import StoreError
from storywire.store.visits import Page, Poll, State

PAGE = Page("https://norrby.example/bridge", "http://norrby.example/bridge?utm_source=feed", "norrby", "{}", 10.0, 10.0)


def test_the_fields_of_a_row_stand_in_the_order_of_its_columns(tmp_path: Path) -> None:
    with visits.opened(tmp_path / "visits.sqlite") as memory:
        for kind, table in ((Page, "pages"), (Poll, "polls")):
            columns = [row[1] for row in memory.connection.execute(f"PRAGMA table_info({table})")]
            assert columns == [one.name for one in fields(kind)]


def test_what_is_committed_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    had = replace(PAGE, state=State.HAD, had=1, first_had=12.0, etag='"7"', digest="ab", due=86_412.0)
    poll = Poll("norrby", "https://norrby.example/feed.xml", asked_at=3.0, pause=1800.0, failures=2, error="timeout")
    with visits.opened(tmp_path / "visits.sqlite") as memory:
        assert memory.is_new()
        memory.put(had)
        memory.put_poll(poll)
        memory.put_robots("https://norrby.example", 5.0, b"User-agent: *")
        memory.put_place("crawl.warc.gz", 1042, whole=False)
        memory.commit()
        memory.put(replace(had, address="https://norrby.example/lost"))
    with visits.opened(tmp_path / "visits.sqlite") as memory:
        assert not memory.is_new()
        assert memory.page(had.address) == had
        assert memory.page("https://norrby.example/lost") is None
        assert memory.poll("norrby", poll.url) == poll == memory.polls("norrby")[0]
        assert memory.poll("norrby", "https://norrby.example/other") == Poll("norrby", "https://norrby.example/other")
        assert memory.robots("https://norrby.example", since=5.0) == (5.0, b"User-agent: *")
        assert memory.robots("https://norrby.example", since=6.0) is None
        assert memory.place("crawl.warc.gz") == (1042, False)
        assert memory.place("other.warc.gz") == (0, False)


def test_a_page_many_feeds_name_is_one_page_of_who_named_it_first(tmp_path: Path) -> None:
    with visits.opened(tmp_path / "visits.sqlite") as memory:
        assert memory.name(PAGE)
        assert not memory.name(replace(PAGE, source="courier", notice='{"title":"Other"}', last_named=90_000.0))
        known = memory.page(PAGE.address)
        assert known == replace(PAGE, last_named=90_000.0)


def test_pages_never_had_come_before_those_to_be_looked_at_again_and_new_before_old(tmp_path: Path) -> None:
    rows = [
        replace(PAGE, address="https://a.example/old", first_named=1.0, due=1.0),
        replace(PAGE, address="https://a.example/new", first_named=9.0, due=9.0),
        replace(PAGE, address="https://a.example/again", first_named=9.5, due=5.0, had=1, state=State.HAD),
        replace(PAGE, address="https://a.example/later", due=100.0),
        replace(PAGE, address="https://a.example/settled", due=None, state=State.GONE),
    ]
    with visits.opened(tmp_path / "visits.sqlite") as memory:
        for row in rows:
            memory.put(row)
        assert [one.address[-3:] for one in memory.due("norrby", 50.0, 10)] == ["new", "old", "ain"]
        assert len(memory.due("norrby", 50.0, 2)) == 2
        assert memory.due("courier", 50.0, 10) == []
        assert memory.waiting() == {"norrby": 3}


def test_the_memory_stays_bounded_and_forgets_no_page_that_waits(tmp_path: Path) -> None:
    with visits.opened(tmp_path / "visits.sqlite") as memory:
        for number in range(100):
            memory.put(replace(PAGE, address=f"https://a.example/{number}", state=State.HAD, last_named=float(number)))
        memory.put(replace(PAGE, address="https://a.example/waits", last_named=0.0))
        assert memory.forget(before=40.0, most=25) == 75
        kept = {row[0] for row in memory.connection.execute("SELECT address FROM pages")}
        assert kept == {"https://a.example/waits", *(f"https://a.example/{number}" for number in range(75, 100))}


def test_what_hosts_and_sources_did_long_ago_is_forgotten_but_the_days_of_new_pages(tmp_path: Path) -> None:
    with visits.opened(tmp_path / "visits.sqlite") as memory:
        for day in (date(2026, 1, 1), date(2026, 3, 1)):
            memory.tally("norrby", day, {"new": 1, "had": 1, "asked": 2})
        memory.put_robots("https://old.example", 5.0, b"User-agent: *")
        moment = datetime(2026, 2, 1, tzinfo=UTC).timestamp()
        memory.put_robots("https://norrby.example", moment + 5.0, b"User-agent: *")
        memory.forget(before=moment, most=10)
        told = [(day.month, what) for _, day, what, _ in memory.tallies(date.min)]
        assert told == [(1, "new"), (3, "asked"), (3, "had"), (3, "new")]
        assert memory.robots("https://old.example", since=0.0) is None
        assert memory.robots("https://norrby.example", since=0.0) is not None


def test_a_page_that_waits_goes_over_to_who_names_it_where_its_source_is_not_asked(tmp_path: Path) -> None:
    other = replace(PAGE, source="courier", notice='{"title":"Other"}', last_named=90_000.0)
    with visits.opened(tmp_path / "visits.sqlite") as memory:
        memory.name(replace(PAGE, due=10.0, tries=2))
        assert memory.name(other, asked={"norrby", "courier"}) is None
        taken = memory.name(other, asked={"courier"})
        assert taken == replace(other, due=10.0, tries=2)
        assert memory.page(PAGE.address) == taken
        for settled in (replace(PAGE, state=State.HAD, due=10.0), PAGE, replace(PAGE, due=100_000.0)):
            memory.put(settled)  # had, only claimed, or not to be asked for yet
            assert memory.name(other, asked={"courier"}) is None


def test_which_hosts_are_to_be_left_alone_is_what_the_last_run_said(tmp_path: Path) -> None:
    with visits.opened(tmp_path / "visits.sqlite") as memory:
        memory.put_pauses(100.0, {"norrby.example": 60.0, "courier.example": 5.0})
        assert memory.pauses(110.0) == {"norrby.example": 50.0}
        memory.put_pauses(110.0, {})
        assert memory.pauses(110.0) == {}


def test_tallies_add_up(tmp_path: Path) -> None:
    with visits.opened(tmp_path / "visits.sqlite") as memory:
        memory.tally("norrby", date(2026, 2, 3), {"had": 2, "failed:dns": 0})
        memory.tally("norrby", date(2026, 2, 3), {"had": 3, "asked": 1})
        memory.tally("norrby", date(2026, 2, 1), {"had": 9})
        day = date(2026, 2, 3)
        assert list(memory.tallies(day)) == [("norrby", day, "asked", 1), ("norrby", day, "had", 5)]


def test_a_damaged_memory_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "visits.sqlite").write_bytes(b"no database, " * 400)
    with pytest.raises(StoreError, match="remove the file and the next run learns from the archives"):
        visits.opened(tmp_path / "visits.sqlite").__enter__()
