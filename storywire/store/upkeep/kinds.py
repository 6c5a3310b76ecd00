"""The kinds of files that are merged: what tells their rows apart, and how large they should be."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from storywire import schema
from storywire.schema import Table
from storywire.store.captures import INDEX
from storywire.store.files import read_as, read_table


@dataclass(frozen=True, slots=True)
class Kind:
    """Files of one table, each of a single day.

    `key` tells rows apart, `compared` holds all that rows of one key may differ in. A file's weight is the
    sum of the column `weighed`, or its number of rows; below `small` it is merged, up to `full`.
    """

    table: Table
    key: tuple[str, str]
    compared: tuple[str, ...]
    weighed: str | None
    small: int
    full: int

    def weight(self, file: Path) -> int:
        """How heavy a file is."""
        column = read_table(file, [self.weighed or self.key[0]]).column(0)
        return int(pc.sum(column).as_py() or 0) if self.weighed else len(column)

    def keys(self, rows: pa.Table) -> list[tuple[str, ...]]:
        """The key of every row."""
        return list(zip(*(pc.fill_null(rows[name], "").to_pylist() for name in self.key), strict=True))

    def once(self, rows: pa.Table) -> pa.Table:
        """Each key once, in order."""
        keys = self.keys(rows)
        order = sorted(range(len(keys)), key=keys.__getitem__)
        first = [place for at, place in enumerate(order) if at == 0 or keys[order[at - 1]] != keys[place]]
        return rows.take(pa.array(first, pa.int64()))

    def name(self, rows: pa.Table) -> str:
        """The name of a file after what is in it, so a merge that is done again writes the same file."""
        lines = [" ".join(key).strip() for key in self.keys(rows)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:24]

    def at_odds(self, files: Iterable[Path]) -> set[Path]:
        """Files with a key that another row describes otherwise, which stay as they are.

        A sidecar gave the source anew, or two runs gave up on a page with different words. Which row a
        reader takes depends on the names of their files then, so these must not change.
        """
        places: defaultdict[tuple[str, ...], list[Path]] = defaultdict(list)
        for file in files:
            for key in self.keys(read_table(file, list(self.key))):
                places[key].append(file)
        repeated = {key for key, where in places.items() if len(where) > 1}
        first: dict[tuple[str, ...], Any] = {}
        odd: set[tuple[str, ...]] = set()
        for file in sorted({file for key in repeated for file in places[key]}):
            rows = read_as(file, self.table.arrow, list(self.compared))
            for key, row in zip(self.keys(rows), range(rows.num_rows), strict=True):
                if key in repeated:
                    said = rows.slice(row, 1).to_pylist()
                    if first.setdefault(key, said) != said:
                        odd.add(key)
        return {file for key in odd for file in places[key]}


CAPTURES = Kind(schema.CAPTURES, ("capture_id", "capture_uri"), tuple(INDEX), "size", small=32_000_000, full=64_000_000)
"""Weighed by the bytes of their pages, which a merge holds in memory; the id vouches for the bytes themselves."""

CLEANED = Kind(schema.CLEANED, ("capture_id", "limits"), tuple(schema.CLEANED.names), None, small=500, full=5_000)
"""Weighed by rows: a batch of a run has 500."""

NORMALISED = Kind(
    schema.NORMALISED, ("capture_id", "limits"), tuple(schema.NORMALISED.names), None, small=500, full=5_000
)
"""As for `CLEANED`."""
