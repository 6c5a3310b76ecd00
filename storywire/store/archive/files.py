"""An archive that grows: hidden until it is whole, and held by its writer alone."""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
import time
from pathlib import Path

from storywire.store.files import StoreError, make_folder, refused, sync_folder

ENDING = ".warc.gz"


def hidden(visible: Path) -> Path:
    """The name an archive grows under; no reader takes names with a dot in front."""
    return visible.with_name(f".{visible.name}")


def seen(growing: Path) -> Path:
    """The name of an archive once it is whole."""
    return growing.with_name(growing.name.removeprefix("."))


def free(visible: Path) -> Path:
    """The name, or the first of `-2`, `-3` and so on that no archive has, whole or growing."""
    stem, number, path = visible.name.removesuffix(ENDING), 1, visible
    while path.exists() or hidden(path).exists():
        number += 1
        path = visible.with_name(f"{stem}-{number}{ENDING}")
    return path


def is_alone(handle: int, path: Path) -> bool:
    """Take the file for this process; whether it is ours now, and still what the path leads to.

    The kernel gives it back when the process ends, however it ends.
    """
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(handle), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False


class Growing:
    """One archive that is being written, by any number of threads.

    What `add` was given is with the system when it returns: the process may be killed and nothing of it is lost.
    For power cuts the disk is told every `sync_seconds` only: each time costs milliseconds of waiting, a cut is rare,
    and what it takes is fetched again.
    """

    def __init__(self, visible: Path, sync_seconds: float) -> None:
        self._sync_seconds = sync_seconds
        self._lock = threading.Lock()
        with refused(f"{visible} cannot be written"):
            make_folder(visible.parent)
            while True:
                self.path = free(visible)
                try:
                    self._handle = os.open(hidden(self.path), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
                except FileExistsError:
                    continue
                # Between the two, one that mends what crashes left may have taken the empty file away.
                if is_alone(self._handle, hidden(self.path)) and not self.path.exists():
                    break
                os.close(self._handle)
        self._size = 0
        self._synced = time.monotonic()

    def add(self, data: bytes) -> int:
        """Write all of it behind what is there, or none; where it begins.

        Raises:
            StoreError: The disk is full or gone.
        """
        with self._lock, refused(f"{self.path} cannot be written"):
            start, rest = self._size, memoryview(data)
            while rest:  # what is behind `_size` is in nobody's way: it is written over, or cut away at the end
                rest = rest[os.pwrite(self._handle, rest, start + len(data) - len(rest)) :]
            self._size += len(data)
            if time.monotonic() - self._synced >= self._sync_seconds:
                os.fsync(self._handle)
                self._synced = time.monotonic()
            return start

    def finish(self) -> Path:
        """Give the archive its visible name, where nothing is added to it any more.

        Raises:
            StoreError: The disk is full or gone; what was written stays under the hidden name.
        """
        with self._lock:
            handle, self._handle = self._handle, -1  # the number may be another file's from now on
            return finished(handle, hidden(self.path), self._size)

    def abandon(self) -> None:
        """Take the archive away, where nothing could be written."""
        with contextlib.suppress(OSError):
            hidden(self.path).unlink()
        os.close(self._handle)


def finished(handle: int, growing: Path, size: int) -> Path:
    """Cut a file to what is whole of it, give it its visible name, and let go of it."""
    try:
        with refused(f"{growing} cannot be finished"):
            os.ftruncate(handle, size)
            os.fsync(handle)
            visible = seen(growing)
            if visible.exists():
                raise StoreError(f"{growing} cannot be finished: {visible.name} is there already; rename one")
            growing.replace(visible)
            sync_folder(growing.parent)
        return visible
    finally:
        os.close(handle)
