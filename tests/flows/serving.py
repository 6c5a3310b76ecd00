"""A real Prefect server and real workers for tests, on a free port, gone when the test is over."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.flows.runs import ROOT

BIN = Path(sys.executable).parent
STARTS_WITHIN_SECONDS = 120
POOL = "news"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers, and the environment that leads to it."""

    url: str
    environment: dict[str, str]

    def prefect(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Prefect's own command line against this server."""
        return self.command("prefect", *arguments, **environment)

    def command(
        self, name: str, *arguments: str, timeout: float = 600, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Any command of the environment against this server."""
        return subprocess.run(
            [str(BIN / name), *arguments],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    def ask(self, path: str, listed: list[Any] | None = None, **body: Any) -> Any:
        """What the server's API says, to a POST with this body."""
        import httpx

        for _ in range(20):
            answer = httpx.post(f"{self.url}/{path}", json=listed or body, timeout=60, trust_env=False)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:  # SQLite under load
                break
            time.sleep(0.5)
        answer.raise_for_status()
        return answer.json()

    def deployment(self, name: str) -> str:
        """The id of a deployment."""
        return next(str(one["id"]) for one in self.ask("deployments/filter") if one["name"] == name)

    def state(self, flow_run: str) -> str:
        """The type of the state a flow run is in."""
        return next(str(run["state_type"]) for run in self.ask("flow_runs/filter") if run["id"] == flow_run)

    def flow_runs(self) -> dict[str, tuple[str, str]]:
        """State and message of every flow run, by name."""
        found = self.ask("flow_runs/filter", sort="EXPECTED_START_TIME_ASC")
        return {run["name"]: (run["state_type"], (run["state"] or {}).get("message") or "") for run in found}

    @contextlib.contextmanager
    def worker(self, data: Path, raw: Path, log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """A process worker whose runs read and write these folders; killed with all it started, if it still lives."""
        folders = {"STORYWIRE_RAW": str(raw), "STORYWIRE_DATA": str(data)}
        command = [str(BIN / "prefect"), "worker", "start", "--pool", POOL, "--type", "process"]
        with running(command, self.environment | folders | environment, log) as process:
            yield process

    def deploy(self) -> None:
        """Make the pool and the deployments, as docs/operations.md says."""
        for arguments in (("work-pool", "create", POOL, "--type", "process"), ("--no-prompt", "deploy", "--all")):
            done = self.prefect(*arguments)
            assert done.returncode == 0, done.stdout + done.stderr


@contextlib.contextmanager
def serving(home: Path, **environment: str) -> Iterator[Server]:
    """A server with a home of its own."""
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    full = {
        **os.environ,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
        "DO_NOT_TRACK": "1",
        "COLUMNS": "200",
        **environment,
    }
    command = [str(BIN / "prefect"), "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with running(command, full, home / "server.log") as process:
        until(lambda: answers(f"{url}/health"), lambda: process.poll() is None, home / "server.log")
        yield Server(url, full)


@contextlib.contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, which ends with the block, children and all."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True
        )
    try:
        yield process
    finally:
        end(process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        end(process, signal.SIGKILL)
        process.wait(timeout=20)


def end(process: subprocess.Popen[bytes], sign: signal.Signals) -> None:
    """Send a signal to a process and all it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, sign)


def until(holds: Any, alive: Any, log: Path | None = None, seconds: float = STARTS_WITHIN_SECONDS) -> None:
    """Wait until something holds; says what the log says where it does not come about."""
    deadline = time.monotonic() + seconds
    while not holds():
        told = log.read_text()[-3000:] if log and log.exists() else ""
        assert alive(), f"ended early: {told}"
        assert time.monotonic() < deadline, f"not within {seconds} s: {told}"
        time.sleep(0.1)


def answers(url: str) -> bool:
    """Whether a server answers at an address."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own server on loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """A port on loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
