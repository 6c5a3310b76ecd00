"""Be a run at work: after those that died before it, and with the calendar shown when it is over."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from prefect import runtime

from storywire.settings import Settings
from storywire.store import attempts
from storywire.store.workspace import Workspace
from tasks.announce import standing_shown
from tasks.bury import bury


@contextlib.contextmanager
def at_work(settings: Settings, flow: str) -> Iterator[attempts.Run]:
    """Make ready the data folder, notice runs that died, and be at work in a workspace of one's own.

    Raises:
        StoreError: The data folder cannot be used.
    """
    space = Workspace(settings.data, detector=settings.language_detector).prepare()
    bury(space, settings)
    with standing_shown(space, settings), attempts.begun(space, flow, runtime.flow_run.id) as run:
        yield run
