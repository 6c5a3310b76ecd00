"""The command line in processes of its own, without waiting for Prefect to load each time."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from tests.flows.runs import ROOT


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Started:
    """A command at work in a process of its own."""

    pid: int
    said: Path

    @property
    def is_over(self) -> bool:
        """Whether it has ended and all of it is told."""
        return self.said.with_suffix(".code").exists()

    def stopped(self, patience: float = 300) -> None:
        """Wait until it has come to where it was told to stop."""
        deadline = time.monotonic() + patience
        while not self._is_stopped():
            assert not self.is_over, f"ended before it came there: {self.ended()}"
            assert time.monotonic() < deadline, f"process {self.pid} did not come there in {patience:g} s"
            time.sleep(0.002)

    def go_on(self) -> None:
        """Let it go on from there."""
        os.kill(self.pid, signal.SIGCONT)

    def _is_stopped(self) -> bool:
        with contextlib.suppress(psutil.NoSuchProcess):
            return bool(psutil.Process(self.pid).status() == psutil.STATUS_STOPPED)
        return False

    def ended(self, patience: float = 300) -> Ended:
        """Wait for its end."""
        deadline = time.monotonic() + patience
        while not self.is_over:
            assert time.monotonic() < deadline, f"process {self.pid} is still at work after {patience:g} s"
            time.sleep(0.005)
        code, out, err = (self.said.with_suffix(end).read_text() for end in (".code", ".out", ".err"))
        return Ended(int(code), out, err)

    @property
    def touches(self) -> int:
        """How often a command that was watched and came to its end touched what lies in the folder."""
        return int(self.said.with_suffix(".touches").read_text())


class CommandLine:
    """The command line, ready to start in a process of its own that can be stopped, killed, or overtaken."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.count = 0
        self.forks = subprocess.Popen(
            [sys.executable, "-m", "tests.flows.forks"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **environment},
        )

    def start(
        self, *arguments: str | Path, watch: dict[str, Any] | None = None, code: str = "", **environment: str
    ) -> Started:
        """Start a command, or Python code with these arguments; `watch` says where it stops or dies, see `forks`."""
        self.count += 1
        said = self.folder / f"command-{self.count}"
        order = {"arguments": list(map(str, arguments)), "environment": environment, "said": str(said)}
        assert self.forks.stdin is not None
        assert self.forks.stdout is not None
        self.forks.stdin.write(json.dumps(order | {"watch": watch, "code": code}, default=str) + "\n")
        self.forks.stdin.flush()
        return Started(int(self.forks.stdout.readline()), said)

    def run(self, *arguments: str | Path, **environment: str) -> Ended:
        """Run a command to its end."""
        return self.start(*arguments, **environment).ended()

    def close(self) -> None:
        """Start nothing more."""
        self.forks.communicate()


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end, in a process of its own."""
    ended = line().run(*arguments, **environment)
    return subprocess.CompletedProcess(arguments, ended.code, ended.out, ended.err)


@cache
def line() -> CommandLine:
    """The one of this process; it is there as long as the process."""
    folder = tempfile.TemporaryDirectory(prefix="storywire-")
    made = CommandLine(Path(folder.name))
    atexit.register(folder.cleanup)
    atexit.register(made.close)
    return made
