"""One at a time: the tables have one writer, the raw folder one reader."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from storywire.store.files import StoreError

LOG = logging.getLogger("storywire.lock")


@contextlib.contextmanager
def held(path: Path, wait_seconds: float) -> Iterator[bool]:
    """Hold a part of the data folder alone; gives whether the last to hold it died while it did.

    The kernel gives the lock back when its holder dies, however it dies, so a crash never blocks
    the next run; and nobody waits longer than `wait_seconds` for a holder that hangs.

    Raises:
        StoreError: Another run still holds it after that time.
    """
    if not path.parent.is_dir():  # the lock would make it anew
        raise StoreError(f"the lock {path} cannot be taken: the data folder is gone; put it back and run again")
    lock = FileLock(path)
    note = path.with_suffix(".holder")
    try:
        _acquire(lock, note, wait_seconds)
    except Timeout:
        raise StoreError(
            f"{holder(path)} is writing to {path.parent.parent}, after {wait_seconds:g} s of waiting; "
            "wait for it to end, or set STORYWIRE_LOCK_WAIT_SECONDS"
        ) from None
    except OSError as error:
        raise StoreError(f"the lock {path} cannot be taken: {error.strerror or error}") from error
    orphaned = note.exists()
    try:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with contextlib.suppress(OSError):  # a full disk is reported by what needs the room
            note.write_text(f"process {os.getpid()} on {socket.gethostname()} (since {now})")
        yield orphaned
    finally:
        with contextlib.suppress(OSError):
            note.unlink(missing_ok=True)
        lock.release()


def holder(path: Path) -> str:
    """Who holds the lock, as far as the note beside it tells."""
    try:
        return path.with_suffix(".holder").read_text() or "another run"
    except OSError:
        return "another run"


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock, whatever a note left behind may say.

    A shared lock is asked for, which needs no right to write and is given back at once.
    """
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError:  # who may not even read it has the note
        return path.with_suffix(".holder").exists()
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _acquire(lock: FileLock, note: Path, wait_seconds: float) -> None:
    with contextlib.suppress(Timeout):
        lock.acquire(timeout=0)
        return
    if wait_seconds > 0:
        who = holder(note.with_suffix(".lock"))
        LOG.warning("waiting for %s to end, at most %g s", who, wait_seconds)
    lock.acquire(timeout=wait_seconds, poll_interval=0.2)
