"""Pages that hang, crash and hoard, as functions a worker can import; used by test_pool."""

import os
import signal
import time
from pathlib import Path


class TwoPartError(Exception):
    """Pickles, but does not unpickle: its constructor wants two arguments."""

    def __init__(self, part, other):
        super().__init__(f"{part} {other}")


def read_page(page):
    match page.partition(" "):
        case "hangs", _, _:
            time.sleep(3600)
        case "killed", _, _:
            os.kill(os.getpid(), signal.SIGKILL)
        case "exits", _, code:
            os._exit(int(code))
        case "hoards", _, _:
            hoard = []
            while True:
                hoard.append(bytes(50_000_000))
        case "fails", _, message:
            raise ValueError(message)
        case "oddly", _, _:
            raise TwoPartError("one", "two")
        case "quits", _, _:
            raise SystemExit("enough")
        case "waits", _, seconds:
            time.sleep(float(seconds))
        case "returns", _, _:
            return lambda: None
    return page.upper()


def worker(_page):
    return os.getpid()


def dies_once(marker):
    """Kills the first worker that reads it: the fault of the worker, as far as anyone can tell."""
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "read"
