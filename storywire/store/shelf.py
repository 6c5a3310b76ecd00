"""Arrays kept between runs under a name and a key, read by mapping the file: what is not touched takes no memory."""

from __future__ import annotations

import json
import mmap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

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


def _write(path: Path, key: str, arrays: Arrays) -> None:
    """One row of an Arrow file, a list for each array; Arrow packs flags into bits, so they are stored as bytes."""
    flags = [name for name, values in arrays.items() if values.dtype == np.bool_]
    columns = {}
    for name, values in arrays.items():
        plain = pa.array(values.view(np.uint8) if name in flags else values)
        columns[name] = pa.LargeListArray.from_arrays(pa.array([0, len(plain)], pa.int64()), plain)
    table = pa.table(columns).replace_schema_metadata({"key": key, "flags": json.dumps(flags)})
    with whole(path) as handle, pa.ipc.new_file(handle, table.schema) as writer:
        writer.write_table(table)


def _read(path: Path, key: str | None) -> Arrays | None:
    """The arrays, mapped; `None` where there are none for this key. Without one, any will do."""
    try:
        # Arrow's own way to map a file takes three times as long, and there are a hundred to open.
        with path.open("rb") as opened:
            mapped = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        file = pa.ipc.open_file(pa.py_buffer(mapped))
        told = {name.decode(): value.decode() for name, value in (file.schema.metadata or {}).items()}
        if key not in (None, told.get("key")):
            return None
        row = file.get_batch(0)
    except (OSError, ValueError):  # none, an empty one, or one that Arrow does not read
        return None
    columns = zip(file.schema.names, row.columns, strict=True)
    arrays = {name: column.values.to_numpy(zero_copy_only=True) for name, column in columns}
    return arrays | {name: arrays[name].view(np.bool_) for name in json.loads(told["flags"])}
