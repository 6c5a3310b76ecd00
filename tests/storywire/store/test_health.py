"""How sources do that are fetched by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from storywire.store import visits
from storywire.store.health import health
from storywire.store.visits import Page, Poll

TODAY = date(2026, 3, 20)
NOW = datetime(2026, 3, 20, 15, 0, tzinfo=UTC)


def test_what_is_usual_is_told_beside_what_came_today(tmp_path: Path) -> None:
    with visits.opened(tmp_path / "visits.sqlite") as memory:
        for back, count in ((0, 7), (1, 40), (2, 50), (3, 60)):
            memory.tally("norrby", TODAY - timedelta(days=back), {"had": count, "new": count, "asked": 1})
        memory.put_poll(Poll("norrby", "https://norrby.example/feed.xml", asked_at=NOW.timestamp()))
        memory.put(Page("https://norrby.example/a", "https://norrby.example/a", "norrby", "{}", 1.0, 1.0))
        (one,) = health(memory, NOW)
    assert (one.source, one.seen, one.expected, one.waiting) == ("norrby", 7, 50.0, 1)
    assert (one.asked_at, one.new_on, one.silent_days) == (NOW, TODAY, 0)
    assert not one.is_failing


def test_a_source_that_only_fails_is_told_with_the_classes_of_its_errors(tmp_path: Path) -> None:
    broken = Poll("courier", "https://courier.example/feed.xml", asked_at=5.0, failures=3, error="no such host")
    with visits.opened(tmp_path / "visits.sqlite") as memory:
        memory.tally("courier", TODAY, {"asked": 3, "feeds_failed:dns": 3, "failed:timeout": 2})
        memory.tally("courier", TODAY - timedelta(days=30), {"failed:tls": 9, "new": 4})
        memory.put_poll(broken)
        (one,) = health(memory, NOW)
        assert one.is_failing
        assert (one.error, one.asked_at) == ("no such host", None)
        assert one.failures == {"dns": 3, "timeout": 2}
        assert one.silent_days == 30
        memory.put_poll(replace(broken, failures=0, error=None))
        assert not health(memory, NOW)[0].is_failing


def test_days_without_a_page_count_as_days(tmp_path: Path) -> None:
    with visits.opened(tmp_path / "visits.sqlite") as memory:
        memory.tally("weekly", TODAY - timedelta(days=9), {"had": 12})
        (one,) = health(memory, NOW)
    assert (one.seen, one.expected) == (0, 0.0)
    assert one.new_on is None


def test_a_source_never_asked_is_not_there(tmp_path: Path) -> None:
    with visits.opened(tmp_path / "visits.sqlite", to_read=True) as memory:
        assert health(memory, NOW) == ()


def test_a_source_nobody_asked_for_weeks_is_off_the_list(tmp_path: Path) -> None:
    with visits.opened(tmp_path / "visits.sqlite") as memory:
        memory.tally("closed", TODAY - timedelta(days=29), {"feeds_failed:dns": 1})
        memory.put_poll(Poll("closed", "https://closed.example/feed.xml", failures=9, error="no such host"))
        memory.tally("norrby", TODAY - timedelta(days=28), {"asked": 1})
        assert [one.source for one in health(memory, NOW)] == ["norrby"]
