"""An operator is told when a run fails: a real receiver, a real command."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from storywire.settings import Settings
from storywire.store.files import StoreError
from tasks.alarm import alarmed
from tests.flows.serving import free_port

pytestmark = pytest.mark.slow

HOOK = "hooks/7f3a"


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it is sent; answers with the status its server holds."""

    server: Any

    def do_POST(self) -> None:
        self.server.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Any]:
    server: Any = HTTPServer(("127.0.0.1", 0), Receiver)
    server.received, server.status = [], 204
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def failing(settings: Settings, error: Exception) -> None:
    with alarmed(settings, "daily") as days:
        days.append(date(2026, 2, 3))
        raise error


def fail(settings: Settings, error: Exception) -> None:
    with pytest.raises(type(error)):
        failing(settings, error)


def test_a_run_that_fails_is_told_of_with_its_day_and_its_reason(receiver: Any, tmp_path: Path) -> None:
    to = f"http://127.0.0.1:{receiver.server_port}/{HOOK}"
    code = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.stdin.read())"
    command = f"{sys.executable} -c '{code}' {tmp_path / 'told.json'}"
    fail(Settings(failure_webhook=to, failure_command=command), StoreError("no room on the disk"))
    (sent,) = receiver.received
    assert (sent["flow"], sent["days"], sent["error"]) == ("daily", ["2026-02-03"], "no room on the disk")
    assert json.loads((tmp_path / "told.json").read_text()).keys() == {"flow", "days", "error", "host", "at"}


def test_a_run_that_ends_well_says_nothing(receiver: Any) -> None:
    settings = Settings(failure_webhook=f"http://127.0.0.1:{receiver.server_port}/{HOOK}")
    with alarmed(settings, "daily"):
        pass
    assert receiver.received == []


@pytest.mark.parametrize("trouble", ["refused", "nobody", "nonsense", "command"])
def test_an_alarm_that_cannot_be_delivered_hides_nothing_and_tells_no_secret(
    receiver: Any, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    receiver.status = 500
    settings = {
        "refused": {"failure_webhook": f"http://127.0.0.1:{receiver.server_port}/{HOOK}"},
        "nobody": {"failure_webhook": f"http://127.0.0.1:{free_port()}/{HOOK}"},
        "nonsense": {"failure_webhook": f"no address at all {HOOK}"},
        "command": {"failure_command": f"/nowhere/{HOOK} 'unclosed"},
    }[trouble]
    with caplog.at_level(logging.DEBUG):
        fail(Settings(**settings), StoreError("no room on the disk"))  # type: ignore[arg-type]  # text becomes a secret
    assert any(record.levelno == logging.ERROR for record in caplog.records)
    assert not any(HOOK in record.getMessage() for record in caplog.records)
    assert HOOK not in repr(Settings(**settings))
