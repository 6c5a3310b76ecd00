"""The command line in processes of its own, without waiting for Prefect to load each time."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

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

    def until(self, folder: Path, pattern: str) -> None:
        """Wait for something to appear that the command makes."""
        while not any(folder.glob(pattern)):
            assert not self.said.with_suffix(".code").exists(), f"ended before {pattern}: {self.ended()}"
            time.sleep(0.0005)

    def ended(self, patience: float = 300) -> Ended:
        """Wait for its end."""
        deadline = time.monotonic() + patience
        while not self.said.with_suffix(".code").exists():
            assert time.monotonic() < deadline, f"process {self.pid} is still at work after {patience:g} s"
            time.sleep(0.005)
        code, out, err = (self.said.with_suffix(end).read_text() for end in (".code", ".out", ".err"))
        return Ended(int(code), out, err)


_FORKS = """
import json, os, sys
import flows.backfill, flows.cli, flows.daily, flows.shown
for line in sys.stdin:
    order = json.loads(line)
    if os.fork():
        continue
    child = os.fork()
    if child == 0:
        os.environ.update(order["environment"])
        sys.argv = ["storywire", *order["arguments"]]
        for number, end in ((0, ".in"), (1, ".out"), (2, ".err")):
            os.dup2(os.open(order["said"] + end, os.O_RDWR | os.O_CREAT), number)
        flows.cli.main()
        sys.exit()
    print(child, flush=True)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with open(order["said"] + ".part", "w") as file:
        file.write(str(code))
    os.rename(order["said"] + ".part", order["said"] + ".code")
    os._exit(0)
"""
"""Imports Prefect once (seconds), then forks a command line for every order: a real process, there in no time."""


class CommandLine:
    """The command line, ready to start in a process of its own that can be stopped, killed, or overtaken."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.count = 0
        self.forks = subprocess.Popen(
            [sys.executable, "-c", _FORKS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **environment},
        )

    def start(self, *arguments: str | Path, **environment: str) -> Started:
        """Start a command."""
        self.count += 1
        said = self.folder / f"command-{self.count}"
        order = {"arguments": [str(one) for one in arguments], "environment": environment, "said": str(said)}
        assert self.forks.stdin is not None
        assert self.forks.stdout is not None
        self.forks.stdin.write(json.dumps(order) + "\n")
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
    ended = _line().run(*arguments, **environment)
    return subprocess.CompletedProcess(arguments, ended.code, ended.out, ended.err)


@cache
def _line() -> CommandLine:
    folder = tempfile.TemporaryDirectory(prefix="storywire-")
    line = CommandLine(Path(folder.name))
    atexit.register(folder.cleanup)
    atexit.register(line.close)
    return line
