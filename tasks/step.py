"""A task that is also a function."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import TaskRun
from prefect.context import FlowRunContext

from storywire.store.files import StoreError

P = ParamSpec("P")
R = TypeVar("R")


def step(name: str, *, retries: int = 0) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a Prefect task inside a flow run, and leave it a plain function anywhere else.

    So `storywire run` needs no server, and a notebook or a test can call a step by itself. Retries
    are for steps that wait on a disk or a network; what a `StoreError` says does not change by waiting.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        as_task: Any = task(
            name=name,
            task_run_name=functools.partial(_run_name, name),
            retries=retries,
            retry_delay_seconds=[2.0, 10.0][:retries],
            retry_condition_fn=_may_pass,
            cache_policy=NO_CACHE,
        )(function)

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            result: R = (as_task if FlowRunContext.get() else function)(*args, **kwargs)
            return result

        return call

    return decorate


@contextlib.contextmanager
def named_after(days: str) -> Iterator[None]:
    """Call the task runs of the steps inside after the days they are for, so that one reads which is which."""
    token = _days.set(days)
    try:
        yield
    finally:
        _days.reset(token)


_days: ContextVar[str] = ContextVar("days", default="")


def _run_name(name: str) -> str:
    return "-".join(filter(None, (name, _days.get())))


def _may_pass(_task: Any, _run: TaskRun, state: Any) -> bool:
    return not isinstance(state.result(raise_on_failure=False), StoreError)
