"""How far a stage has come, for whoever is watching."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar

Advance = Callable[[int], None]
Watcher = Callable[[str, int], contextlib.AbstractContextManager[Advance]]

_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextlib.contextmanager
def watched(by: Watcher) -> Iterator[None]:
    """Show the stages that run inside to a watcher (the command line's bars, say), beside who watches already."""
    outer = _watcher.get()
    token = _watcher.set(_both(outer, by) if outer else by)
    try:
        yield
    finally:
        _watcher.reset(token)


def _both(one: Watcher, other: Watcher) -> Watcher:
    @contextlib.contextmanager
    def watcher(title: str, total: int) -> Iterator[Advance]:
        with one(title, total) as first, other(title, total) as second:

            def advance(done: int) -> None:
                first(done)
                second(done)

            yield advance

    return watcher


@contextlib.contextmanager
def stage(title: str, total: int) -> Iterator[Advance]:
    """One stage with so many pieces of work; call what it gives with the number done."""
    watcher = _watcher.get()
    if watcher is None:
        yield lambda _done: None
        return
    with watcher(title, total) as advance:
        yield advance


Told = Callable[[str, str, int], None]
"""Is told of every piece of work of a fetch: source, what it came to, how many."""

_listener: ContextVar[Told | None] = ContextVar("listener", default=None)


@contextlib.contextmanager
def listening(by: Told) -> Iterator[None]:
    """Tell somebody of every piece of work of a fetch that runs inside."""
    token = _listener.set(by)
    try:
        yield
    finally:
        _listener.reset(token)


def reporter() -> Told:
    """Who listens; nobody, if nobody does."""
    return _listener.get() or (lambda source, what, count: None)
