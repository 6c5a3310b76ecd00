"""Tell somebody that a run has failed."""

from __future__ import annotations

import contextlib
import json
import logging
import shlex
import socket
import subprocess
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from prefect import runtime
from prefect.context import FlowRunContext
from prefect.exceptions import TerminationSignal

from storywire.settings import Settings
from storywire.store.attempts import told

LOG = logging.getLogger("storywire.alarm")

PATIENCE_SECONDS = 20.0
"""How long the receiver of an alarm may take: a run that failed must still end."""


@contextlib.contextmanager
def alarmed(settings: Settings, flow: str) -> Iterator[list[date]]:
    """Raise the alarm where what runs inside fails; gives the list to put the run's days in.

    Nobody is woken for a run that Prefect will try again by itself.
    """
    days: list[date] = []
    try:
        yield days
    except (Exception, TerminationSignal) as error:
        if _is_tried_again():
            LOG.warning("%s failed (%s) and will be tried again", flow, told(error))
        else:
            alarm(settings, flow, days, told(error))
        raise


def _is_tried_again() -> bool:
    run = FlowRunContext.get()
    return bool(run and run.flow and runtime.flow_run.run_count <= (run.flow.retries or 0))


def alarm(settings: Settings, flow: str, days: Collection[date], error: str) -> None:
    """Send what failed to the address and the command of the settings, where there are such.

    The message says what an operator needs to begin; it holds no page text and no setting. An alarm
    that cannot be delivered is logged, without its address, and hides nothing.
    """
    message = {
        "flow": flow,
        "days": [str(day) for day in sorted(days)],
        "error": error,
        "host": socket.gethostname(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    said = json.dumps(message).encode()
    if settings.failure_webhook:
        _post(settings.failure_webhook.get_secret_value(), said)
    if settings.failure_command:
        _call(settings.failure_command.get_secret_value(), said)


def _post(address: str, said: bytes) -> None:
    """Send it to an address; by the standard library, as HTTP clients like to log the addresses they are given."""
    try:
        if urlsplit(address).scheme not in {"http", "https"}:
            raise ValueError("no web address")
        request = Request(address, said, {"Content-Type": "application/json"})  # noqa: S310 - checked above
        with urlopen(request, timeout=PATIENCE_SECONDS):  # noqa: S310 - a web address, checked above
            pass
    except HTTPError as answer:
        LOG.error("the failure webhook answered with status %d", answer.code)
        answer.close()
    except (OSError, ValueError, HTTPException) as failure:
        LOG.error("the failure webhook could not be reached (%s)", type(failure).__name__)


def _call(command: str, said: bytes) -> None:
    try:
        ended = subprocess.run(  # noqa: S603 - the operator's own command, from a setting
            shlex.split(command), input=said, capture_output=True, timeout=PATIENCE_SECONDS, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as failure:
        LOG.error("the failure command could not be run (%s)", type(failure).__name__)
        return
    if ended.returncode:
        LOG.error("the failure command ended with code %d", ended.returncode)
