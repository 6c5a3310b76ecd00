"""How much memory a process holds, looked at by another one, while the first is timed.

A thread beside costs what is timed a tenth: each look takes the interpreter, and a second thread makes the kernel tell
the other processor of all memory that is given back.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LOOK_SECONDS = 0.01
"""Time between two looks at the memory."""


@contextlib.contextmanager
def watched() -> Iterator[list[float]]:
    """The most megabytes of its own that this process holds meanwhile, there at the end.

    It is `RssAnon`, on Linux: what is mapped from files goes when others need the room.
    """
    command = [sys.executable, "-m", __name__, str(os.getpid())]
    most: list[float] = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as watcher:  # noqa: S603 - this very program
        next(iter(watcher.stdout or ()))  # it has begun
        try:
            yield most
        finally:
            most.append(float(watcher.communicate()[0]))


def held(process: int) -> float:
    """The megabytes of its own that a process holds."""
    told = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return int(told["RssAnon"].split()[0]) / 1024


def main() -> int:
    """Look until the input ends, then tell."""
    process = int(sys.argv[1])
    most = held(process)
    print("watching", flush=True)
    while not select.select([sys.stdin], [], [], LOOK_SECONDS)[0]:
        most = max(most, held(process))
    print(most)
    return 0


if __name__ == "__main__":
    sys.exit(main())
