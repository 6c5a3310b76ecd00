"""How each source does that is fetched by itself: what came, what was to be expected, and what goes wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from statistics import median

from pydantic import BaseModel, ConfigDict

from storywire.store.visits import Visits

WEEKS = 4
"""Of which it is told what is usual: weekdays differ, and so do weeks."""

TROUBLE_DAYS = 7
"""Days whose failures are counted: older ones are history."""

_FAILED = "failed:"


class Health(BaseModel):
    """One source.

    `asked_at` is when a feed of it last answered, `new_on` the last day it named a page that was new, and
    `silent_days` the days since then. `seen` counts the pages had today (UTC), `expected` is the median of the
    whole days before it, at most four weeks. `waiting` pages are named and not yet had, `failures` counts what
    went wrong in seven days, by class, `error` is the last trouble of a feed that has not answered since.
    """

    model_config = ConfigDict(frozen=True)

    source: str
    asked_at: datetime | None
    new_on: date | None
    silent_days: int | None
    seen: int
    expected: float | None
    waiting: int
    failures: dict[str, int]
    error: str | None

    @property
    def is_failing(self) -> bool:
        """Whether somebody should see to it: its feeds do not answer."""
        return self.error is not None


def health(memory: Visits, now: datetime) -> tuple[Health, ...]:
    """Every source that was asked in the weeks of which it is told what is usual, by name.

    One that was taken off the list is no longer among them then.
    """
    today = now.astimezone(UTC).date()
    had: dict[str, Counter[date]] = defaultdict(Counter)
    failures: dict[str, Counter[str]] = defaultdict(Counter)
    new_on: dict[str, date] = {}
    first: dict[str, date] = {}
    last: dict[str, date] = {}
    for source, day, what, count in memory.tallies(date.min):
        first[source] = min(first.get(source, day), day)
        last[source] = max(last.get(source, day), day)
        if what == "had":
            had[source][day] += count
        elif what == "new":
            new_on[source] = max(new_on.get(source, day), day)
        elif _FAILED in what and (today - day).days < TROUBLE_DAYS:
            failures[source][what.rpartition(":")[2]] += count
    waiting = memory.waiting()
    return tuple(
        _of(memory, source, today, first[source], had[source], failures[source], new_on.get(source), waiting)
        for source in sorted(first)
        if (today - last[source]).days <= 7 * WEEKS
    )


def _of(
    memory: Visits,
    source: str,
    today: date,
    first: date,
    had: Mapping[date, int],
    failures: Mapping[str, int],
    new_on: date | None,
    waiting: Mapping[str, int],
) -> Health:
    polls = memory.polls(source)
    answered = [poll.asked_at for poll in polls if poll.asked_at is not None and not poll.failures]
    days = min((today - first).days, 7 * WEEKS)
    usual = [had.get(today - timedelta(days=back), 0) for back in range(1, days + 1)]
    return Health(
        source=source,
        asked_at=datetime.fromtimestamp(max(answered), UTC) if answered else None,
        new_on=new_on,
        silent_days=(today - new_on).days if new_on else None,
        seen=had.get(today, 0),
        expected=float(median(usual)) if usual else None,
        waiting=waiting.get(source, 0),
        failures=dict(sorted(failures.items())),
        error=next((poll.error for poll in polls if poll.failures and poll.error), None),
    )
