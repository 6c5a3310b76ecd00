"""Arrays kept between runs under a name and a key, read by mapping the file: what is not touched takes no memory."""

from __future__ import annotations

import json
import mmap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import xxhash

from storywire.components import Arrays
from storywire.store.files import refused, whole


class Shelf:
    """A folder with one file for each name, which says what key its arrays were made for.

    One process at a time may use it. Files that are damaged or made for another key are made anew.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._asked: set[Path] = set()

    def keep(self, name: str, key: str, make: Callable[[], Arrays]) -> Arrays:
        """The one-dimensional arrays kept under a name, made and written first unless they were for this very key.

        Raises:
            StoreError: The folder is not writable or the disk is full.
        """
        path = self.folder / f"{name}.arrow"
        self._asked.add(path)
        found = _read(path, key)
        if found is None:
            _write(path, key, make())
            found = _read(path, key)
        if found is None:
            raise RuntimeError(f"{path} is not what was just written to it")
        return found

    def last(self, name: str) -> Arrays:
        """The arrays under a name, whatever key they were made for; none where there is no file or it is damaged."""
        return _read(self.folder / f"{name}.arrow", None) or {}

    def clear(self) -> None:
        """Remove what nobody asked for since this shelf was opened."""
        for path in self.folder.glob("*.arrow"):
            if path not in self._asked:
                with refused(f"{path} cannot be removed"):
                    path.unlink(missing_ok=True)


def is_sound(path: Path) -> bool:
    """Whether the arrays in a file are those that were written to it.

    Asked by who verifies a data folder, and not when arrays are used: that would read all of them. A file that cannot
    be read at all is made anew by itself.
    """
    found = _opened(path)
    return found is None or found[0].get("digest") == _digest(found[1])


def _digest(arrays: Arrays) -> str:
    told = xxhash.xxh3_128()
    for values in arrays.values():
        told.update(np.ascontiguousarray(values).data)
    found: str = told.hexdigest()
    return found


def _write(path: Path, key: str, arrays: Arrays) -> None:
    """One row of an Arrow file, a list for each array; Arrow packs flags into bits, so they are stored as bytes."""
    columns = {}
    for name, values in arrays.items():
        plain = pa.array(values.view(np.uint8) if values.dtype == np.bool_ else values)
        columns[name] = pa.LargeListArray.from_arrays(pa.array([0, len(plain)], pa.int64()), plain)
    told = {"key": key, "arrays": json.dumps(_shapes(arrays)), "digest": _digest(arrays)}
    table = pa.table(columns).replace_schema_metadata(told)
    with whole(path) as handle, pa.ipc.new_file(handle, table.schema) as writer:
        writer.write_table(table)


def _read(path: Path, key: str | None) -> Arrays | None:
    """The arrays, mapped; `None` where there are none for this key. Without one, any will do."""
    found = _opened(path)
    if found is None:
        return None
    told, arrays = found
    return arrays if key in (None, told.get("key")) else None


def _opened(path: Path) -> tuple[dict[str, str], Arrays] | None:
    """What a file says of its arrays, and these, mapped; `None` where it is missing or Arrow does not read it."""
    try:
        # Arrow's own way to map a file takes three times as long, and there are a hundred to open.
        with path.open("rb") as opened:
            mapped = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        file = pa.ipc.open_file(pa.py_buffer(mapped))
        told = {name.decode(): value.decode() for name, value in (file.schema.metadata or {}).items()}
        columns = dict(zip(file.schema.names, file.get_batch(0).columns, strict=True))
        shapes = json.loads(told["arrays"])
        found = {name: columns[name].values.to_numpy() for name in shapes}
        flags = {name: found[name].view(np.bool_) for name, (kind, _) in shapes.items() if kind == _FLAGS}
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):  # none, an empty one, or a damaged one
        return None
    arrays = found | flags
    return (told, arrays) if _shapes(arrays) == shapes else None


_FLAGS = np.dtype(np.bool_).str


def _shapes(arrays: Arrays) -> dict[str, list[object]]:
    """The type and length of each array."""
    return {name: [values.dtype.str, len(values)] for name, values in arrays.items()}
