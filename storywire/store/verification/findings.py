"""What a check finds broken, and how it can be put right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import pyarrow as pa

Repair = Literal["recover", "remove", "rebuild", "compare"]
"""recover: end an interrupted publish; remove: take a derived file away; rebuild: have the next run publish anew;
compare: have it compare all articles anew before."""

MEND = "`storywire verify --repair` takes it away and makes it anew."
COMPARE = "`storywire verify --repair` compares all articles anew."
REBUILD = "`storywire verify --repair` makes the tables anew from the captures."


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise that is not kept: which, where (path below the data folder, or a key), and what to do.

    `repair` says what `repair` would do; `None` where only the operator can mend it.
    """

    check: str
    where: str
    what: str
    remedy: str
    repair: Repair | None = None

    def shown(self) -> dict[str, str]:
        """The finding as a row for people."""
        return {"check": self.check, "where": self.where, "what": self.what, "remedy": self.remedy}


class Breach(NamedTuple):
    """A key whose rows break a promise, and how."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class TableCheck:
    """One promise about rows, whatever file they lie in.

    `needs` names the tables it looks at; where a file of these is damaged it cannot be told whether
    the promise holds, and the damage itself is reported.
    """

    check: str
    promise: str
    needs: tuple[str, ...]
    breaches: Callable[[Mapping[str, pa.Table]], Iterable[Breach]]

    def findings(self, tables: Mapping[str, pa.Table]) -> list[Finding]:
        """What breaks the promise; nothing where a table it needs is not whole."""
        if not tables.keys() >= set(self.needs):
            return []
        return [Finding(self.check, where, what, REBUILD, "rebuild") for where, what in self.breaches(tables)]


def columns(table: pa.Table, *names: str) -> zip[tuple[Any, ...]]:
    """The values of some columns, row by row."""
    return zip(*(table[name].to_pylist() for name in names), strict=True)
