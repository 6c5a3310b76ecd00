"""One writer at a time."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from storywire.store.files import StoreError


@contextlib.contextmanager
def writer(path: Path, wait_seconds: float) -> Iterator[None]:
    """Hold the data folder for writing.

    The kernel gives the lock back when its holder dies, however it dies, so a crash never blocks
    the next run.

    Raises:
        StoreError: Another run still holds it after `wait_seconds`.
    """
    lock = FileLock(path)
    note = path.with_suffix(".holder")
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout:
        try:
            holder = note.read_text()
        except OSError:
            holder = "another run"
        raise StoreError(
            f"{holder} is writing to {path.parent.parent}; wait for it to end, or set STORYWIRE_LOCK_WAIT_SECONDS"
        ) from None
    except OSError as error:
        raise StoreError(f"the lock {path} cannot be taken: {error.strerror or error}") from error
    try:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        note.write_text(f"process {os.getpid()} on {socket.gethostname()} (since {now})")
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()
