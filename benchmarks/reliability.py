"""Whether a date is as often right as its confidence says: the share right in every tenth of confidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]

ENOUGH = 50
"""Pages of which it is known to .05 (one standard error) how many are right, where .85 are."""


@dataclass(frozen=True, slots=True)
class Bin:
    """The dates whose confidence lies between two tenths: how many, how sure on average, and what share was right."""

    begin: int
    end: int
    pages: int
    stated: float
    right: float


def reliability(predicted: Iterable[Row], known: Iterable[object], least: int = 1) -> list[Bin]:
    """Bins of the predictions that name a day, lowest first; `known` holds the true days, as text or dates.

    Tenths are put together until they have at least so many pages, see `ENOUGH`: of fewer a share says little (bins of
    a least number of predictions are those of Nguyen and O'Connor 2015). The last one holds what is left.

    >>> rows = [{"publication_date": "2031-03-03", "date_confidence": 0.93}] * 2
    >>> reliability(rows, ["2031-03-03T10:00:00", "2031-03-04"])
    [Bin(begin=9, end=10, pages=2, stated=0.93, right=0.5)]
    """
    tenths: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for row, truth in zip(predicted, known, strict=True):
        confidence = row.get("date_confidence")
        if row.get("publication_date") and confidence is not None:
            tenths[int(confidence * 10)].append((confidence, row["publication_date"] == str(truth)[:10]))
    found: list[Bin] = []
    some: list[tuple[float, bool]] = []
    begin = 0
    for tenth in sorted(tenths):
        begin = begin if some else tenth
        some += tenths[tenth]
        if len(some) >= least or tenth == max(tenths):
            found.append(_bin(begin, tenth + 1, some))
            some = []
    return found


def markdown(bins: Sequence[Bin]) -> str:
    """The bins as a table for docs/quality.md."""
    rows = [
        f"| {one.begin / 10:.1f} to {one.end / 10:.1f} | {one.pages} | {one.stated:.3f} | {one.right:.3f} |"
        for one in bins
    ]
    return "\n".join(["| confidence | pages | stated, mean | right |", "|---|---|---|---|", *rows])


def _bin(begin: int, end: int, found: list[tuple[float, bool]]) -> Bin:
    count = len(found)
    return Bin(begin, end, count, sum(stated for stated, _ in found) / count, sum(right for _, right in found) / count)
