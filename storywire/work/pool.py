"""A pool of worker processes that survives a bad page.

A page can hang its reader, kill it or ask for all memory. Here that costs its own outcome and
nothing else. Every worker has a lane of its own: one pebble pool of one process, given one page at
a time. So a death is always the fault of the page in that lane. (In one pool shared by three workers,
pebble 5.2 reported 1 of 480 quick crashes as a timeout: the death was noticed before the message
that said which page the worker had taken.)

Workers are forked from a server process that runs no threads and has the code loaded already, so a
new worker takes milliseconds; forking the caller itself, which may run threads, could deadlock.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import resource
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Generic, Literal, TypeVar

from pebble import ProcessExpired, ProcessPool

from storywire.work.processes import Context

T = TypeVar("T")
R = TypeVar("R")

Failure = Literal["timeout", "crashed", "error"]

ATTEMPTS = 2
"""Workers a page may kill before it is given up. The second is fresh, so what earlier pages left in
the first (leaked memory, a torn global) is not held against this one."""

AHEAD = 32
"""Pages per worker that may be finished before an earlier one is: bounds what one slow page makes the caller hold."""

PATIENCE = 3.0
"""Times its deadline that a page may take by the clock. The deadline itself counts processor time, so that a page is
not given up because others keep the machine busy; a page that waits and computes nothing meets this one."""

GRACE_SECONDS = 5.0
"""Past that, when pebble ends a worker that did not end itself, or left without a sign (exit code 0)."""

START_SECONDS = 120.0
"""Beyond both, the longest a lane may stay silent: time to start a worker on a loaded machine. Reached
only where something outside kills a worker while it takes its page."""

MESSAGE_CHARACTERS = 160
"""Longest part of an exception's message that is kept: enough for the cause, too little for a page."""

_TIMERS = {signal.SIGPROF: (signal.ITIMER_PROF, 1.0), signal.SIGALRM: (signal.ITIMER_REAL, PATIENCE)}
"""The signals that end a worker past its deadline, each with its timer and the deadlines that it waits."""

_OUT_OF_MEMORY = 112
"""Exit code of a worker whose page asked for more memory than it may have; unused by Python and by shells."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T, R]):
    """What became of one page: its value, or how it failed and a sentence about it."""

    item: T
    value: R | None
    failure: Failure | None = None
    detail: str = ""


def run_each(
    function: Callable[[T], R],
    items: Sequence[T],
    *,
    workers: int,
    deadline_seconds: float,
    recycle_after: int = 500,
    memory_bytes: int | None = None,
) -> Iterator[Outcome[T, R]]:
    """Apply `function` to every item in worker processes; outcomes come in the order of `items`.

    A pool for one call; `Pool` keeps its workers between calls. No worker outlives the iterator.
    """
    pool = Pool(
        workers=min(workers, max(1, len(items))),
        deadline_seconds=deadline_seconds,
        recycle_after=recycle_after,
        memory_bytes=memory_bytes,
        preload=(getattr(function, "__module__", None) or "builtins",),
    )
    with contextlib.closing(pool):
        yield from pool.run_each(function, items)


class Pool:
    """Worker processes, each with a deadline per page, a memory cap and a count of pages to live for.

    The deadline is in seconds of processor time; by the clock a page may take `PATIENCE` times as long.
    `memory_bytes` is the address space of one worker (not every system enforces it), and `preload` names
    modules the workers load before their first page, outside its deadline. One iteration runs at a
    time; `close`, or leaving the context, ends every worker.
    """

    def __init__(
        self,
        *,
        workers: int,
        deadline_seconds: float,
        recycle_after: int = 500,
        memory_bytes: int | None = None,
        preload: Sequence[str] = (),
    ) -> None:
        modules = tuple(name for name in preload if name != "__main__")
        context = Context()
        context.set_forkserver_preload([__name__, *modules])  # counts where no server runs yet
        self._deadline = deadline_seconds
        self._memory = memory_bytes
        self._lanes = [
            _Lane(context, deadline_seconds, recycle_after, (memory_bytes, modules)) for _ in range(max(1, workers))
        ]

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every worker, busy or not."""
        _end(self._lanes)

    def run_each(self, function: Callable[[T], R], items: Sequence[T]) -> Iterator[Outcome[T, R]]:
        """Apply `function` to every item; outcomes come in the order of `items`.

        `function` must be importable by name, its items and values must pickle. Raises RuntimeError where
        the workers cannot load the function or an item: that is no page's fault.
        """
        busy: dict[Future[Any], tuple[_Lane, int, int]] = {}
        done: dict[int, Outcome[T, R]] = {}
        idle = list(self._lanes)
        submitted = yielded = 0
        try:
            while yielded < len(items):
                while idle and submitted < min(len(items), yielded + AHEAD * len(self._lanes)):
                    lane = idle.pop()
                    busy[lane.submit(function, items[submitted])] = lane, submitted, 1
                    submitted += 1
                ready, _ = wait(busy, _by_the_clock(self._deadline) + START_SECONDS, FIRST_COMPLETED)
                for future in ready or tuple(busy):
                    lane, index, attempt = busy.pop(future)
                    outcome: Outcome[T, R] = self._outcome(items[index], future)
                    if not future.done() or isinstance(future.exception(), BrokenProcessPool):
                        _end([lane])  # the next page gets a new one
                    if outcome.failure == "crashed" and attempt < ATTEMPTS:
                        busy[lane.submit(function, items[index])] = lane, index, attempt + 1
                        continue
                    idle.append(lane)
                    done[index] = outcome
                while yielded in done:
                    yield done.pop(yielded)
                    yielded += 1
        finally:
            _end([lane for lane, _, _ in busy.values()])

    def _outcome(self, item: T, future: Future[Any]) -> Outcome[T, R]:
        """What a lane reports, in our words."""
        error = future.exception() if future.done() else None
        if not future.done() or isinstance(error, BrokenProcessPool):
            return Outcome(item, None, "crashed", f"The page ended {ATTEMPTS} workers before they could say how.")
        if isinstance(error, TimeoutError) or _exit_code(error) in {-number for number in _TIMERS}:
            detail = f"Not done within {self._deadline:g} s; raise STORYWIRE_PAGE_DEADLINE_SECONDS to allow it more."
            return Outcome(item, None, "timeout", detail)
        if _exit_code(error) == _OUT_OF_MEMORY:
            cap = f"the {self._memory / 1e6:,.0f} MB of STORYWIRE_WORKER_MEMORY_BYTES" if self._memory else "there is"
            return Outcome(item, None, "crashed", f"The page asked for more memory than {cap}, {ATTEMPTS} times.")
        if isinstance(error, ProcessExpired):
            return Outcome(item, None, "crashed", f"The page ended {ATTEMPTS} workers ({_cause(_exit_code(error))}).")
        if error is not None:
            raise error
        status, value = future.result()
        if status == "unloadable":
            raise RuntimeError(f"A worker cannot load the function or its item ({value}).")
        if status == "error":
            return Outcome(item, None, "error", value)
        return Outcome(item, pickle.loads(value))  # noqa: S301 - our own worker wrote it


class _Lane:
    """One worker at a time, replaced when it dies or has served long enough."""

    def __init__(self, context: Context, deadline: float, recycle_after: int, setup: tuple[Any, ...]) -> None:
        self._context = context
        self._deadline = deadline
        self._recycle_after = recycle_after
        self._setup = setup
        self.pool: Any = None

    def submit(self, function: Callable[[T], R], item: T) -> Future[Any]:
        """Give the worker its page. The worker ends itself at the deadline; pebble's is the safety net."""
        if self.pool is None or not self.pool.active:
            _end([self])
            self.pool = ProcessPool(1, self._recycle_after, _set_up, self._setup, self._context)
        packed = pickle.dumps((function, item), protocol=pickle.HIGHEST_PROTOCOL)
        future: Future[Any] = self.pool.schedule(
            _work, args=(packed, self._deadline), timeout=_by_the_clock(self._deadline)
        )
        return future


def _by_the_clock(deadline: float) -> float:
    """When a worker that should have ended itself is ended, in seconds after it took its page."""
    return PATIENCE * deadline + GRACE_SECONDS


def _end(lanes: Sequence[_Lane]) -> None:
    """End the workers of these lanes: all are told first, so that they stop side by side."""
    running = [lane for lane in lanes if lane.pool is not None]
    for lane in running:
        lane.pool.stop()
    for lane in running:
        lane.pool.join()
        lane.pool = None


def _set_up(memory_bytes: int | None, modules: Sequence[str]) -> None:
    """Prepare a fresh worker: load the code, then cap its memory; no core dumps of pages."""
    for name in modules:
        with contextlib.suppress(ImportError):  # loading the function says it better
            importlib.import_module(name)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in _TIMERS:
        signal.signal(number, signal.SIG_DFL)
    if memory_bytes is not None:
        with contextlib.suppress(ValueError, OSError):  # some systems know no such limit
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _work(packed: bytes, deadline: float) -> tuple[str, Any]:
    """Do one page, inside the worker.

    The default action of both timers' signals ends the process even inside C code, and also where the
    caller is no more. Values and exceptions cross as plain bytes and text: an object that pickles but does not
    unpickle would break the channel.
    """
    try:
        function, item = pickle.loads(packed)  # noqa: S301 - our own caller wrote it
    except Exception as error:  # whatever an import may raise
        return "unloadable", f"{type(error).__name__}: {error}"
    for timer, times in _TIMERS.values():
        signal.setitimer(timer, times * deadline)
    try:
        return "value", pickle.dumps(function(item), protocol=pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)  # what is left of this process is not to be trusted
    except BaseException as error:
        return "error", _told(error)
    finally:
        for timer, _ in _TIMERS.values():
            signal.setitimer(timer, 0)


def _told(error: BaseException) -> str:
    """An exception in one line: type, the start of its message, and where it was raised."""
    message = " ".join(str(error).split())
    if len(message) > MESSAGE_CHARACTERS:
        message = message[:MESSAGE_CHARACTERS] + "..."
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({PurePath(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {message}{where}" if message else f"{type(error).__name__}{where}"


def _exit_code(error: BaseException | None) -> int | None:
    return error.exitcode if isinstance(error, ProcessExpired) else None


def _cause(code: int | None) -> str:
    """How a process ended.

    >>> _cause(-9), _cause(7)
    ('SIGKILL', 'exit code 7')
    """
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"
