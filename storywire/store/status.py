"""How a data folder stands: its days, its figures, who is at work, and what has stopped coming.

Nothing is changed by asking, so it can be asked while a run is at work, and by who may only read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import UTC, date, datetime

from pydantic import BaseModel, ConfigDict

from storywire import pauses, version
from storywire.figures import DayFigures, Figures
from storywire.pauses import Gap, Silence
from storywire.schema import UNDATED
from storywire.store import (
    attempts,
    calendar,
    captures,
    completed,
    deliveries,
    health,
    ledger,
    lock,
    manifest,
    visits,
)
from storywire.store.attempts import Attempt, Failure
from storywire.store.calendar import Day, State
from storywire.store.files import StoreError, refused
from storywire.store.health import Health
from storywire.store.ledger import Given
from storywire.store.manifest import Manifest
from storywire.store.workspace import Workspace

SHOWN_DAYS = 28
"""Days shown where none are asked for, the last ones: four weeks."""

MOST_DAYS = 3_660
"""Days that can be asked for at once: ten years; each costs a look at its files."""


class DayStatus(BaseModel):
    """One capture day: how it stands and why, what it amounts to in the tables, and the run that did it.

    `captures` = articles + revisions + rejected, as the tables have them; `kept` counts the captures
    that are stored, those included that no run has carried through, and `by_source` who delivered them.
    """

    model_config = ConfigDict(frozen=True)

    day: date
    state: State
    why: str
    captures: int = 0
    articles: int = 0
    revisions: int = 0
    rejected: int = 0
    kept: int = 0
    by_source: dict[str, int] = {}
    seconds: float | None = None
    finished_at: datetime | None = None
    pipeline_version: str | None = None

    @property
    def needs_a_run(self) -> bool:
        """Whether somebody should see to it: it failed, was made by other code, or no run has taken its captures in."""
        waits = self.state is State.MISSING and self.kept > 0
        return waits or self.state in {State.FAILED, State.STALE}


class Status(BaseModel):
    """How a data folder stands; `states` counts the days shown, everything else is about the whole folder.

    `missing_files` are those of the tables that are gone, without which pandas reads too little: some that the manifest
    lists, or the manifest itself.
    """

    model_config = ConfigDict(frozen=True)

    days: tuple[DayStatus, ...]
    states: dict[State, int]
    figures: Figures
    undated: int
    pipeline_version: str
    silent: tuple[Silence, ...]
    gaps: tuple[Gap, ...]
    writer: str | None
    at_work: tuple[Attempt, ...]
    last_error: Failure | None
    fetched: tuple[Health, ...] = ()
    missing_files: tuple[str, ...] = ()


def status(
    space: Workspace, silent_days: int, first: date | None = None, last: date | None = None, *, most: int = SHOWN_DAYS
) -> Status:
    """How a data folder stands, day by day for a range, or for the last days anything is known of.

    Raises:
        StoreError: The folder is missing or cannot be read, its tables are of a newer schema, or the
            range runs backwards or over more than ten years.
    """
    if not space.root.is_dir():
        raise StoreError(
            f"the data folder {space.root} does not exist; give another with --data, or make it with `storywire run`"
        )
    with refused(f"the data folder {space.root} cannot be read"):
        listed = manifest.load(space.processed)  # first: tables of a newer schema end it here
        known = calendar.known(space)
        days = standing(space, _asked(known, first, last, most))
        failures = attempts.failures(space)
        return Status(
            days=days,
            states=Counter(one.state for one in days),
            figures=listed.figures,
            undated=sum(deliveries.of_day(space.captures, UNDATED, _given(space)).values()),
            pipeline_version=version.pipeline(),
            silent=_silent(space, silent_days),
            gaps=tuple(pauses.gaps(known)),
            writer=lock.holder(space.lock) if lock.is_held(space.lock) else None,
            at_work=tuple(attempts.at_work(space)),
            last_error=failures[-1] if failures else None,
            fetched=_fetched(space),
            missing_files=_missing(space, listed),
        )


def standing(space: Workspace, days: Collection[date]) -> tuple[DayStatus, ...]:
    """How some days stand, in their order, with their figures in the tables as they are now."""
    held = {one.day: one for one in manifest.load(space.processed).days}
    given = _given(space)
    return tuple(
        _day(one, held.get(one.day), deliveries.of_day(space.captures, str(one.day), given))
        for one in calendar.calendar(space, days)
    )


def _day(one: Day, held: DayFigures | None, by_source: dict[str, int]) -> DayStatus:
    figures = held.model_dump(include={"captures", "articles", "revisions", "rejected"}) if held else {}
    run = one.record.model_dump(include={"seconds", "finished_at", "pipeline_version"}) if one.record else {}
    return DayStatus(
        day=one.day, state=one.state, why=one.why, kept=sum(by_source.values()), by_source=by_source, **figures, **run
    )


def _missing(space: Workspace, listed: Manifest) -> tuple[str, ...]:
    """Files of the tables that are gone, while nobody replaces them."""
    if lock.is_held(space.lock):
        return ()
    if not (space.processed / manifest.NAME).exists() and completed.days(space.completed):
        return (manifest.NAME,)
    return tuple(path for path in sorted(listed.files["path"].to_pylist()) if not (space.processed / path).exists())


def _fetched(space: Workspace) -> tuple[Health, ...]:
    with visits.opened(space.visits, to_read=True) as memory:
        return health.health(memory, datetime.now(UTC))


def _asked(known: set[date], first: date | None, last: date | None, most: int) -> list[date]:
    """The days of a range, known or not; without a beginning, the last known ones up to its end."""
    if first is None:
        return sorted(day for day in known if last is None or day <= last)[-most:]
    last = last or max({first, *known})
    if first > last:
        raise StoreError(f"the range starts on {first}, after its end on {last}; give the earlier day first")
    if (last - first).days >= MOST_DAYS:
        raise StoreError(
            f"the range {first}..{last} has {(last - first).days + 1:,} days; give one of at most {MOST_DAYS:,}"
        )
    return calendar.span(first, last)


def _silent(space: Workspace, silent_days: int) -> tuple[Silence, ...]:
    """Outlets and sources that have fallen silent.

    Outlets are measured by the newest day in the tables: they are not to blame for days that wait for a run.
    """
    taken_in, came = _newest(manifest.load(space.processed).capture_days), _newest(captures.days(space.captures))
    outlets = deliveries.by_outlet(space.processed, _horizon(taken_in))
    sources = deliveries.by_source(space.captures, _horizon(came))
    return (
        *pauses.silences("outlet", outlets, taken_in, silent_days),
        *pauses.silences("source", sources, came, silent_days),
    )


def _newest(days: Collection[date]) -> date:
    """The newest day; one in the future (a clock was wrong) is passed over, or everybody would seem silent."""
    today = datetime.now(UTC).date()
    return max((day for day in days if day <= today), default=today)


def _horizon(newest: date) -> date:
    """The first day that is looked at: it leaves as many days to see a habit by as a silence may last."""
    return date.fromordinal(max(1, newest.toordinal() - 2 * pauses.GONE_DAYS))


def _given(space: Workspace) -> Given:
    with ledger.opened(space.ledger, to_read=True) as book:
        return book.given()
