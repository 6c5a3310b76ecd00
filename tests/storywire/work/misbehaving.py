"""Pages that hang, crash and hoard, as functions a worker can import; used by test_pool."""

import ctypes
import os
import re
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
        case "computes", _, _:
            re.match(r"(a|a)*b", "a" * 100)  # one call into C that holds the interpreter for years
        case "killed", _, _:
            os.kill(os.getpid(), signal.SIGKILL)
        case "aborts", _, _:
            os.abort()
        case "faults", _, _:
            ctypes.string_at(0)
        case "exits", _, code:
            os._exit(int(code))
        case "hoards", _, _:
            hoard = []
            while True:
                hoard.append(bytes(50_000_000))
        case "crumbles", _, _:
            crumbs = []
            while True:
                crumbs.append(object())
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


LEAKED = []


def leaks(page):
    """Leaves memory behind, as some extractor may."""
    LEAKED.append(bytearray(60_000_000))
    return page


def waits_to_be_killed(marker):
    """Tells who reads the page, and goes on once the marker is gone; a second worker finds it gone."""
    Path(marker).with_suffix(".pid").write_text(str(os.getpid()))
    while Path(marker).exists():
        time.sleep(0.01)
    return os.getpid()
