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
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.flows.runs import ROOT

BIN = Path(sys.executable).parent
PATIENCE_SECONDS = 600
"""Longest that anything is waited for: no promise, but the end of a test that hangs. CI's machine is four times slower
on some days than on others."""

POOL = "news"
PAGE = 200
"""Rows the server gives at a time, at most."""

NOT_YET = {"SCHEDULED", "PENDING", "RUNNING", "CANCELLING", "PAUSED"}
"""Types of states in which a flow run is not at its end."""

_taken: list[socket.socket] = []
"""The ports given away, so that nobody else gets them."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers, and the environment that leads to it."""

    url: str
    environment: dict[str, str]

    def prefect(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Prefect's own command line against this server."""
        return self.command("prefect", *arguments, **environment)

    def command(
        self, name: str, *arguments: str, timeout: float = 1800, **environment: str
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

    def ask(self, path: str, listed: list[Any] | None = None, *, method: str = "POST", **body: Any) -> Any:
        """What the server's API says to a request with this body, asked again while its database is busy."""
        import httpx

        deadline = time.monotonic() + PATIENCE_SECONDS
        url = path if path.startswith("http") else f"{self.url}/{path}"
        given = {} if method == "GET" else {"json": listed or body}
        while True:
            answer = httpx.request(method, url, timeout=PATIENCE_SECONDS, trust_env=False, **given)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                break
            time.sleep(0.5)  # nothing of a request that is refused so was done
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def all(self, path: str, **body: Any) -> list[dict[str, Any]]:
        """Every row of a list, however many pages it has."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.ask(f"{path}/filter", **body, limit=PAGE, offset=len(found))
            found += page
            if len(page) < PAGE:
                return found

    def deployment(self, name: str) -> str:
        """The id of a deployment."""
        return next(str(one["id"]) for one in self.ask("deployments/filter") if one["name"] == name)

    def start(self, name: str, **parameters: Any) -> str:
        """Ask for a run of a deployment; its id."""
        run = self.ask(f"deployments/{self.deployment(name)}/create_flow_run", parameters=parameters)
        return str(run["id"])

    def run(self, flow_run: str) -> dict[str, Any]:
        """A flow run as it is now."""
        found: dict[str, Any] = self.ask(f"flow_runs/{flow_run}", method="GET")
        return found

    def ended(self, flow_run: str, worker: subprocess.Popen[bytes], log: Path) -> dict[str, Any]:
        """A flow run at its end, waited for while a worker lives."""
        until(lambda: self.run(flow_run)["state_type"] not in NOT_YET, lambda: worker.poll() is None, log)
        return self.run(flow_run)

    def flow_runs(self) -> list[dict[str, Any]]:
        """Every flow run, in order of the time it was expected to start."""
        return self.all("flow_runs", sort="EXPECTED_START_TIME_ASC")

    def steps(self, flow_run: str, names: Iterable[str]) -> list[dict[str, Any]]:
        """The task runs of a flow run that ended, those of these names among them, each at its end.

        What becomes of a task is told to the server in events, some of them after the command is over.
        """
        found: list[dict[str, Any]] = []

        def told() -> bool:
            found[:] = self.all("task_runs", flow_runs={"id": {"any_": [flow_run]}})
            at_work = [one for one in found if one["state_type"] in {None, *NOT_YET}]
            return not at_work and Counter(one["name"] for one in found) >= Counter(names)

        until(told, lambda: True)
        return found

    def log(self, flow_run: str) -> list[str]:
        """What came to the server of what a flow run has said.

        Not all that it said need come: a batch of lines that meets a busy database is given up. What nobody must miss
        is on the run's console.
        """
        lines = self.all("logs", logs={"flow_run_id": {"any_": [flow_run]}}, sort="TIMESTAMP_ASC")
        return [line["message"] for line in lines]

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

    def pause(self) -> None:
        """Let no schedule fire: a run of the quarter hour would take the place of one a test has asked for."""
        for one in self.ask("deployments/filter"):
            for schedule in one["schedules"]:
                self.ask(f"deployments/{one['id']}/schedules/{schedule['id']}", method="PATCH", active=False)


@contextlib.contextmanager
def serving(home: Path, **environment: str) -> Iterator[Server]:
    """A server with a home of its own. It plans no runs by itself: what runs in a test, the test has asked for."""
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
        "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
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
        began = family(process)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        kill([*began, *family(process)])
        process.wait(timeout=PATIENCE_SECONDS)


def family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """A process and everything it started, in whatever group or session: a worker's flow runs have their own."""
    try:
        head = psutil.Process(process.pid)
        return [head, *head.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def halted(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The same, every one of them stopped, so that none starts another meanwhile."""
    found: dict[int, psutil.Process] = {}
    while new := [one for one in family(process) if one.pid not in found]:
        found |= {one.pid: one for one in new}
        _send(new, signal.SIGSTOP)
    return list(found.values())


def kill(processes: list[psutil.Process]) -> None:
    """SIGKILL for those that live; waits for their end."""
    _send(processes, signal.SIGKILL)
    until(lambda: not any(map(_lives, processes)), lambda: True)


def _send(processes: list[psutil.Process], sign: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(sign)


def _lives(process: psutil.Process) -> bool:
    """Whether anything of a process is there: its files and locks are, until the last of its threads has ended."""
    with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError):
        n_threads = len(list(Path(f"/proc/{process.pid}/task").iterdir()))
        return process.is_running() and (process.status() != psutil.STATUS_ZOMBIE or n_threads > 1)
    return False


def until(
    holds: Callable[[], Any], alive: Callable[[], bool], log: Path | None = None, seconds: float = PATIENCE_SECONDS
) -> None:
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
    """A port on loopback nobody listens on, and nobody else is given while this process lives.

    It stays bound, which keeps the kernel from giving it to another test, or to a connection on its way out;
    servers may listen on it all the same, as they bind with SO_REUSEADDR.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    _taken.append(holder)
    return int(holder.getsockname()[1])
