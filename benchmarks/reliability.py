"""Whether a date is as often right as its confidence says: the share right in every tenth of confidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bin:
    """The dates whose confidence begins with one tenth: how many, how sure on average, and what share was right."""

    tenth: int
    pages: int
    stated: float
    right: float


def reliability(predicted: Iterable[Row], known: Iterable[object]) -> list[Bin]:
    """Bins of the predictions that name a day, lowest first; `known` holds the true days, as text or dates.

    >>> rows = [{"publication_date": "2031-03-03", "date_confidence": 0.93}] * 2
    >>> reliability(rows, ["2031-03-03T10:00:00", "2031-03-04"])
    [Bin(tenth=9, pages=2, stated=0.93, right=0.5)]
    """
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for row, truth in zip(predicted, known, strict=True):
        confidence = row.get("date_confidence")
        if row.get("publication_date") and confidence is not None:
            bins[int(confidence * 10)].append((confidence, row["publication_date"] == str(truth)[:10]))
    return [_bin(tenth, found) for tenth, found in sorted(bins.items())]


def markdown(bins: Sequence[Bin]) -> str:
    """The bins as a table for docs/quality.md."""
    rows = [f"| .{one.tenth} | {one.pages} | {one.stated:.3f} | {one.right:.3f} |" for one in bins]
    return "\n".join(["| confidence | pages | stated, mean | right |", "|---|---|---|---|", *rows])


def _bin(tenth: int, found: list[tuple[float, bool]]) -> Bin:
    count = len(found)
    return Bin(tenth, count, sum(stated for stated, _ in found) / count, sum(right for _, right in found) / count)
