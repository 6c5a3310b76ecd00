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

import httpx

from storywire.settings import Settings
from storywire.store.attempts import told

LOG = logging.getLogger("storywire.alarm")

PATIENCE_SECONDS = 20.0
"""How long the receiver of an alarm may take: a run that failed must still end."""


@contextlib.contextmanager
def alarmed(settings: Settings, flow: str) -> Iterator[list[date]]:
    """Raise the alarm where what runs inside fails; gives the list to put the run's days in."""
    days: list[date] = []
    try:
        yield days
    except Exception as error:
        alarm(settings, flow, days, told(error))
        raise


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
    if settings.failure_webhook:
        try:
            answer = httpx.post(
                settings.failure_webhook.get_secret_value(), json=message, timeout=PATIENCE_SECONDS, trust_env=True
            )
            if answer.is_error:
                LOG.error("the failure webhook answered with status %d", answer.status_code)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as failure:
            LOG.error("the failure webhook could not be reached (%s)", type(failure).__name__)
    if settings.failure_command:
        try:
            ended = subprocess.run(  # noqa: S603 - the operator's own command, from a setting
                shlex.split(settings.failure_command.get_secret_value()),
                input=json.dumps(message).encode(),
                capture_output=True,
                timeout=PATIENCE_SECONDS,
                check=False,
            )
            if ended.returncode:
                LOG.error("the failure command ended with code %d", ended.returncode)
        except (OSError, ValueError, subprocess.TimeoutExpired) as failure:
            LOG.error("the failure command could not be run (%s)", type(failure).__name__)
