"""Arrays kept between runs under a name and a key, read by mapping the file: what is not touched takes no memory."""

from __future__ import annotations

import json
import mmap
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from xxhash import xxh3_64_digest, xxh3_128

from storywire.components import Arrays
from storywire.store.files import StoreError, refused, whole

_BEGIN = b"arrays 1"
_ALIGNED = 64
_SUFFIX = ".arrays"


class DamagedArraysError(StoreError):
    """Arrays are not those that were written, so that whatever rests on them may be wrong."""


class _File(NamedTuple):
    """What a file says of its arrays, and these, mapped."""

    key: str
    digest: str
    arrays: Arrays


class Shelf:
    """A folder with one file for each name, which says what key its arrays were made for.

    One process at a time may use it. Files that cannot be read or are made for another key are made anew.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._asked: set[str] = set()

    def keep(self, name: str, key: str, make: Callable[[], Arrays]) -> Arrays:
        """The one-dimensional arrays kept under a name, made and written first unless they were for this very key.

        Raises:
            StoreError: The folder is not writable or the disk is full.
        """
        path = self._path(name)
        self._asked.add(path.name)
        found = _opened(path)
        if found is None or found.key != key:
            _write(path, key, make())
            found = _opened(path)
        if found is None or found.key != key:
            raise RuntimeError(f"{path} is not what was just written to it")
        return found.arrays

    def last(self, name: str) -> Arrays:
        """The arrays under a name, whatever key they were made for; none where there is no file that can be read.

        What is made from them is signed as sound, so unlike those of `keep` they are read and held to their digest.

        Raises:
            DamagedArraysError: They are others than were written.
        """
        found = _opened(self._path(name))
        if found is None:
            return {}
        if found.digest != _digest(found.arrays):
            raise DamagedArraysError(f"what is in {self._path(name)} is not what was written to it")
        return found.arrays

    def leave(self, name: str) -> None:
        """Let what is under a name stay, though nobody asks for it."""
        self._asked.add(self._path(name).name)

    def clear(self) -> None:
        """Remove what nobody asked for since this shelf was opened."""
        for path in self.folder.glob(f"*{_SUFFIX}"):
            if path.name not in self._asked:
                with refused(f"{path} cannot be removed"):
                    path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{_SUFFIX}"


def damaged(folder: Path) -> list[Path]:
    """Files below a folder whose arrays are not those that were written to them.

    Looked for by who verifies a data folder, or is in trouble, and not when arrays are used: that reads all of them.
    A file that cannot be read at all is made anew by itself.
    """
    found = {path: _opened(path) for path in sorted(folder.rglob(f"*{_SUFFIX}"))}
    return [path for path, file in found.items() if file and file.digest != _digest(file.arrays)]


def _digest(arrays: Arrays) -> str:
    told = xxh3_128()
    for values in arrays.values():
        told.update(np.ascontiguousarray(values).data)
    found: str = told.hexdigest()
    return found


def _write(path: Path, key: str, arrays: Arrays) -> None:
    """A header, which is signed so that a reader need not doubt it, and the bytes of the arrays.

    No format of a library: those that are read by mapping trust what a header says of places in the file.
    """
    shapes = {name: (values.dtype.str, values.size) for name, values in arrays.items()}
    header = json.dumps({"key": key, "digest": _digest(arrays), "arrays": shapes}).encode()
    with whole(path) as handle:
        handle.write(_BEGIN + len(header).to_bytes(8, "little") + xxh3_64_digest(header) + header)
        for values in arrays.values():
            handle.write(bytes(-handle.tell() % _ALIGNED))
            handle.write(np.ascontiguousarray(values).data)


def _opened(path: Path) -> _File | None:
    """The file, mapped; `None` where it is missing, cut short, or its header is not what was written."""
    try:
        with path.open("rb", buffering=0) as opened:
            mapped = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):  # none, or an empty one
        return None
    begin = len(_BEGIN) + 16
    end = begin + int.from_bytes(mapped[begin - 16 : begin - 8], "little")
    if mapped[: len(_BEGIN)] != _BEGIN or xxh3_64_digest(mapped[begin:end]) != mapped[begin - 8 : begin]:
        return None
    header = json.loads(mapped[begin:end])
    arrays = {}
    for name, (kind, count) in header["arrays"].items():
        end += -end % _ALIGNED
        wanted = np.dtype(kind)
        if end + count * wanted.itemsize > len(mapped):
            return None
        arrays[name] = np.frombuffer(mapped, wanted, count, end)
        end += count * wanted.itemsize
    return _File(header["key"], header["digest"], arrays)
