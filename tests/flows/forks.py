"""A process that has the command line loaded, and forks one for every order on its standard input.

Loading Prefect takes seconds, and so does what the readers of pages load before their first one: here both are done
once. What is forked is a process of its own, there in no time, that can be stopped, killed, or overtaken.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import signal
import sys
from multiprocessing import forkserver
from pathlib import Path
from typing import Any, NoReturn

from storywire.work.processes import Context

TOUCHES = frozenset({"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.utime", "os.truncate", "os.link"})
"""What Python tells an audit hook before it opens, moves, makes or removes something."""


class Watch:
    """Counts what a command is about to touch below a folder, and stops or kills the command at a moment of that.

    It stops as soon as there is a file of a `pattern`, or before it opens the file `before`; it dies at its touch
    number `dies_at`. A moment like this is met by the slowest and by the fastest machine.
    """

    def __init__(
        self, said: str, folder: str, pattern: str | None = None, before: str | None = None, dies_at: int | None = None
    ) -> None:
        self.folder, self.pattern, self.before, self.dies_at = Path(folder), pattern, before, dies_at
        self.touches = 0
        self.is_looking = False
        atexit.register(lambda: Path(said + ".touches").write_text(str(self.touches)))
        sys.addaudithook(self.look)

    def look(self, event: str, given: tuple[Any, ...]) -> None:
        if event not in TOUCHES or isinstance(given[0], int) or self.is_looking:
            return
        self.is_looking = True
        path = os.fsdecode(given[0])
        if path.startswith(str(self.folder)):
            self.touches += 1
            if self.touches == self.dies_at:
                os.kill(os.getpid(), signal.SIGKILL)
        if (self.pattern and any(self.folder.glob(self.pattern))) or (self.before and path == self.before):
            self.pattern = self.before = None
            os.kill(os.getpid(), signal.SIGSTOP)
        self.is_looking = False


def carry_out(order: dict[str, Any]) -> NoReturn:
    """Be the command line, or whatever is to be done with what it has loaded."""
    # The fork server is our parent's child and no child of ours, so that one cannot ask whether it lives; it does.
    forkserver._forkserver.ensure_running = lambda: None
    os.environ.update(order["environment"])
    sys.argv = ["storywire", *order["arguments"]]
    for number, end in ((0, ".in"), (1, ".out"), (2, ".err")):
        os.dup2(os.open(order["said"] + end, os.O_RDWR | os.O_CREAT), number)
    if order["watch"]:
        Watch(order["said"], **order["watch"])
    if order["code"]:
        exec(order["code"], {"__name__": "code"})  # noqa: S102 - a test's own
    else:
        from flows import cli

        cli.main()
    sys.exit()


def load() -> None:
    """Import what commands would, and start the fork server of the pools; pytest, which imports this, need not.

    Every table that is read needs `pyarrow.dataset`, which brings pandas.
    """
    for name in ("backfill", "cli", "daily", "maintain", "shown"):
        importlib.import_module(f"flows.{name}")
    importlib.import_module("pyarrow.dataset")
    Context().set_forkserver_preload(["storywire.work.pool", "storywire.work.warm"])
    forkserver.ensure_running()


def main() -> None:
    """Fork until there are no more orders; each answer is the number of a process, and its end is a file."""
    load()
    for line in sys.stdin:
        order = json.loads(line)
        if os.fork():
            continue
        child = os.fork()
        if child == 0:
            carry_out(order)
        print(child, flush=True)  # noqa: T201 - the answer
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        part = Path(order["said"] + ".part")
        part.write_text(str(code))
        part.rename(order["said"] + ".code")
        os._exit(0)


if __name__ == "__main__":
    main()
