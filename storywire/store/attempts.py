"""Runs at work on a data folder, and how those ended that failed.

Every run holds a lock in a folder of its own for as long as it lives. The kernel gives it back
when the run dies, so a run that was killed is told from one that works by asking for its lock;
no heartbeat, no time-out, and a clock that jumps changes nothing.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError

from storywire.store import completed, lock
from storywire.store.files import INTERIM, StoreError, refused, write_whole
from storywire.store.workspace import Workspace

NOTE, ALIVE = "attempt.json", "alive.lock"

DETAIL_CHARACTERS = 500
"""Longest part of an error that is kept: enough for a sentence with its paths."""


class Attempt(BaseModel):
    """One run: which days it is for (none: everything pending), and who and where it is."""

    model_config = ConfigDict(frozen=True)

    run_id: str
    flow: str
    days: tuple[date, ...]
    process: int
    host: str
    started_at: datetime
    flow_run_id: str | None = None

    def __str__(self) -> str:
        """The run in a few words."""
        return f"{self.flow} run {self.run_id} (process {self.process} on {self.host})"


class Failure(BaseModel):
    """How the last run of a day failed."""

    model_config = ConfigDict(frozen=True)

    day: date
    run_id: str
    flow: str
    failed_at: datetime
    error: str


class DaysFailedError(Exception):
    """Some days of a run could not be carried through; the others were, and their tables stand."""

    def __init__(self, failed: dict[date, str], of: int) -> None:
        super().__init__(failed, of)
        self.failed = failed
        self.of = of

    def __str__(self) -> str:
        """Which days, and why."""
        names = ", ".join(map(str, sorted(self.failed)))
        each = "; ".join(f"{day}: {why}" for day, why in sorted(self.failed.items()))
        return f"{len(self.failed)} of {self.of} days failed: {names} ({each})"


@dataclass(slots=True)
class Run:
    """A run at work: its own workspace, and what it has said of itself."""

    space: Workspace
    attempt: Attempt

    def works_on(self, days: Iterable[date]) -> None:
        """Say which days the run is for, now that it knows."""
        self.attempt = self.attempt.model_copy(update={"days": tuple(sorted(set(days)))})
        write_whole(self.space.own / NOTE, self.attempt.model_dump_json().encode())


@contextlib.contextmanager
def begun(space: Workspace, flow: str, flow_run_id: str | None = None) -> Iterator[Run]:
    """Be a run at work; its workspace is taken away when it ends.

    A run that ends by an exception leaves a note of failure for each of its days that it did not
    finish, or for those that `DaysFailedError` names.
    """
    started = datetime.now(UTC)
    run_id = f"r{started:%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
    own = replace(space, run=run_id)
    attempt = Attempt(
        run_id=run_id,
        flow=flow,
        days=(),
        process=os.getpid(),
        host=socket.gethostname(),
        started_at=started,
        flow_run_id=flow_run_id,
    )
    alive = FileLock(own.own / ALIVE)
    with refused(f"the folder {own.own} of this run cannot be made"):
        own.own.mkdir(parents=True)
        alive.acquire(timeout=0)
    run = Run(own, attempt)
    try:
        run.works_on(())
        yield run
    except DaysFailedError as error:
        fail(space, run.attempt, error.failed)
        raise
    except BaseException as error:
        if not (own.own / ALIVE).exists():  # whatever the error says, this is what it comes from
            raise StoreError(
                f"the data folder {space.root}, or its {INTERIM}/, was taken away while {run.attempt} was at work; "
                "put it back, or leave it to be made anew, and run again"
            ) from error
        fail(space, run.attempt, dict.fromkeys(unfinished(space, run.attempt), told(error)))
        raise
    finally:
        with contextlib.suppress(OSError):
            (own.own / NOTE).unlink(missing_ok=True)  # before the lock: who finds both took an end for a death
        alive.release()
        shutil.rmtree(own.own, ignore_errors=True)


def told(error: BaseException) -> str:
    """An exception as one line."""
    said = " ".join(str(error).split())[:DETAIL_CHARACTERS]
    if isinstance(error, StoreError):
        return said
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def fail(space: Workspace, attempt: Attempt, errors: dict[date, str]) -> None:
    """Note that days failed; a disk that is full or gone must not hide the error that is being told."""
    for day, error in errors.items():
        note = Failure(day=day, run_id=attempt.run_id, flow=attempt.flow, failed_at=datetime.now(UTC), error=error)
        with contextlib.suppress(StoreError):
            write_whole(_failure(space, day), note.model_dump_json(indent=1).encode())


def failure(space: Workspace, day: date) -> Failure | None:
    """How the last run of a day failed, `None` where it did not."""
    try:
        return Failure.model_validate_json(_failure(space, day).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def failures(space: Workspace) -> list[Failure]:
    """Every day whose last run failed, the newest failure last."""
    found = []
    for path in space.completed.glob("*.failed.json"):
        with contextlib.suppress(ValueError):
            found.append(failure(space, date.fromisoformat(path.name.partition(".")[0])))
    return sorted((one for one in found if one), key=lambda one: (one.failed_at, one.day))


def mended(space: Workspace, day: date) -> None:
    """Forget that a day failed: a later run carried it through."""
    with refused(f"the note of failure {_failure(space, day)} cannot be removed"):
        _failure(space, day).unlink(missing_ok=True)


def at_work(space: Workspace) -> list[Attempt]:
    """The runs that live, the oldest first."""
    return [attempt for folder, attempt in _noted(space) if lock.is_held(folder / ALIVE)]


def dead(space: Workspace) -> list[Attempt]:
    """The runs that died without a word and that nobody has noticed yet."""
    return [attempt for folder, attempt in _noted(space) if _is_dead(folder)]


def obituary(attempt: Attempt) -> str:
    """What is said of a run that died."""
    return f"{attempt} ended without a word; it was killed, or its machine went down"


def bury(space: Workspace) -> list[Attempt]:
    """Notice runs that died without a word: their days have failed, and what they left is taken away."""
    buried = []
    for folder, attempt in _noted(space):
        if _is_dead(folder):
            fail(space, attempt, dict.fromkeys(unfinished(space, attempt), obituary(attempt)))
            shutil.rmtree(folder, ignore_errors=True)
            buried.append(attempt)
    return buried


def _is_dead(folder: Path) -> bool:
    """Whether a run that noted itself lives no more; one that ends takes its note away first."""
    return not lock.is_held(folder / ALIVE) and (folder / NOTE).exists()


def unfinished(space: Workspace, attempt: Attempt) -> list[date]:
    """The days of a run that it has not carried through; one it found as it should be counts as one of them."""
    records = {day: completed.read(space.completed, day) for day in attempt.days}
    return [day for day, done in records.items() if done is None or done.run_id != attempt.run_id]


def _noted(space: Workspace) -> list[tuple[Path, Attempt]]:
    """Runs that have said what they are, by their start; one that is only starting has not yet."""
    found = []
    for note in sorted(space.runs.glob(f"*/{NOTE}")):
        with contextlib.suppress(OSError, ValidationError):
            found.append((note.parent, Attempt.model_validate_json(note.read_bytes())))
    return sorted(found, key=lambda entry: entry[1].started_at)


def _failure(space: Workspace, day: date) -> Path:
    return space.completed / f"{day}.failed.json"
