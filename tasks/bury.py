"""Notice runs that died without a word."""

from __future__ import annotations

from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed

from storywire.settings import Settings
from storywire.store import attempts
from storywire.store.workspace import Workspace
from tasks.alarm import alarm


def bury(space: Workspace, settings: Settings) -> list[attempts.Attempt]:
    """Note what killed runs leave undone, raise the alarm, and let the server know that they run no more.

    A server believes a killed run to be running until somebody says otherwise, and such a run holds
    its place in every limit.
    """
    dead = attempts.bury(space)
    for attempt in dead:
        said = attempts.obituary(attempt)
        alarm(settings, attempt.flow, attempt.days, said)
        if attempt.flow_run_id and FlowRunContext.get():
            _crashed(attempt.flow_run_id, said)
    return dead


def _crashed(flow_run_id: str, said: str) -> None:
    with get_client(sync_client=True) as client:
        try:
            run = client.read_flow_run(flow_run_id)  # type: ignore[arg-type]  # a text does as well
        except ObjectNotFound:  # another server's
            return
        if run.state is not None and not run.state.is_final():
            client.set_flow_run_state(run.id, Crashed(message=said), force=True)
