"""Notice runs that died without a word."""

from __future__ import annotations

import logging
from uuid import UUID

from prefect import runtime
from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed

from storywire.settings import Settings
from storywire.store import attempts
from storywire.store.workspace import Workspace
from tasks.alarm import alarm

LOG = logging.getLogger("storywire.bury")


def bury(space: Workspace, settings: Settings) -> list[attempts.Attempt]:
    """Note what killed runs leave undone, raise the alarm, and let the server know that they run no more.

    A server believes a killed run to be running until somebody says otherwise, and such a run holds
    its place in every limit. A run that Prefect itself starts again finds its own note: that is no death.
    """
    buried = [one for one in attempts.bury(space) if one.flow_run_id is None or one.flow_run_id != runtime.flow_run.id]
    for attempt in buried:
        said = attempts.obituary(attempt)
        alarm(settings, attempt.flow, attempt.days, said)
        if attempt.flow_run_id:
            try:
                told = FlowRunContext.get() is not None and _crashed(attempt.flow_run_id, said)
            except Exception:  # whatever a server may say: this run has work to do
                LOG.exception("a Prefect server could not be told of a dead run")
                told = False
            if not told:
                LOG.warning(
                    "Prefect may still show it as running; where so, `prefect flow-run cancel %s`", attempt.flow_run_id
                )
    return buried


def _crashed(flow_run_id: str, said: str) -> bool:
    """Whether this server knows the run; it is told that it runs no more."""
    with get_client(sync_client=True) as client:
        try:
            run = client.read_flow_run(UUID(flow_run_id))
        except ObjectNotFound:  # another server's
            return False
        if run.state is not None and not run.state.is_final():
            client.set_flow_run_state(run.id, Crashed(message=said), force=True)
    return True
