"""One at a time: the tables have one writer, the raw folder one reader."""

from __future__ import annotations

import contextlib
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
def held(path: Path, wait_seconds: float) -> Iterator[None]:
    """Hold a part of the data folder alone.

    The kernel gives the lock back when its holder dies, however it dies, so a crash never blocks
    the next run; and nobody waits longer than `wait_seconds` for a holder that hangs.

    Raises:
        StoreError: Another run still holds it after that time.
    """
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
    try:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with contextlib.suppress(OSError):  # a full disk is reported by what needs the room
            note.write_text(f"process {os.getpid()} on {socket.gethostname()} (since {now})")
        yield
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
    """Whether a living process holds the lock, whatever a note left behind may say."""
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:  # a reader without the right to write cannot ask; the note is all there is
        return path.with_suffix(".holder").exists()
    lock.release()
    return False


def _acquire(lock: FileLock, note: Path, wait_seconds: float) -> None:
    with contextlib.suppress(Timeout):
        lock.acquire(timeout=0)
        return
    if wait_seconds > 0:
        who = holder(note.with_suffix(".lock"))
        LOG.warning("waiting for %s to end, at most %g s", who, wait_seconds)
    lock.acquire(timeout=wait_seconds, poll_interval=0.2)
