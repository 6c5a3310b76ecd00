"""Articles compared month by month, what is found kept from run to run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storywire.duplicates import candidates, cells
from storywire.duplicates.cells import Cell
from storywire.duplicates.compare import UNDATED, Comparison, Known, Related, Texts, from_arrays, gather, joined, judged
from storywire.duplicates.index import Arrays
from storywire.duplicates.sets import Ints, Joined, Sets, side_by_side

Keep = Callable[[str, str, Callable[[], Arrays]], Arrays]
"""Gives what is kept under a name if it was made for this key, else makes it and keeps it."""

Read = Callable[[pa.Table], Sets]
"""Gives the shingles of some rows, in their order."""


class InMemory:
    """Keeps everything for as long as it is there itself."""

    def __init__(self) -> None:
        self._made: dict[str, Arrays] = {}

    def keep(self, name: str, _key: str, make: Callable[[], Arrays]) -> Arrays:
        """What was made under this name before, or is now."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]


@dataclass(frozen=True, slots=True)
class Month:
    """One cell, its name, the key of what it is made from and its articles by row.

    It is opened for each use: what is mapped from disk weighs only while somebody looks at it.
    """

    name: str
    key: str
    articles: Ints
    open: Callable[[], Cell]


def compare(
    rows: pa.Table, known: Known, read: Read, window_days: int, keep: Keep | None
) -> tuple[Ints, Ints, Comparison]:
    """The text of every article, the best article with each text, and how the texts compare.

    `rows` are in order of their ids; `known` has one value for each.
    """
    keep = keep or InMemory().keep
    found = _months(rows, known, read, keep)
    return _gathered(found, _related(found, known, window_days, keep), known, window_days)


def _months(rows: pa.Table, known: Known, read: Read, keep: Keep) -> list[Month]:
    """The cells in order of their names, dated ones first."""
    captured = pc.strftime(rows["captured_at"].cast(pa.timestamp("us")), format=f"{cells.UNDATED}-%Y-%m")
    printed = pc.strftime(rows["published_on"].cast(pa.timestamp("s")), format="%Y-%m")
    names = pc.if_else(pa.array(known.day != UNDATED), printed, captured.fill_null(cells.UNDATED))
    return [
        _month(name, np.flatnonzero(pc.equal(names, name).to_numpy()), rows, known, read, keep)
        for name in sorted(pc.unique(names).to_pylist())
    ]


def _month(name: str, articles: Ints, rows: pa.Table, known: Known, read: Read, keep: Keep) -> Month:
    part = rows.take(pa.array(articles))
    key = _key(part)

    def make() -> Arrays:
        title = known.title.take(pa.array(articles))
        cell = cells.build(read(part), title, known.day[articles], known.credit[articles], known.site[articles])
        return cell.arrays()

    return Month(name, key, articles, lambda: cells.from_arrays(keep(name, key, make)))


def _key(part: pa.Table) -> str:
    """What a cell was made from: its articles, and the captures they are read from, where that is known."""
    if "capture_id" not in part.column_names:
        return ""
    digest = hashlib.sha256()
    for article, capture in zip(part["article_id"].to_pylist(), part["capture_id"].to_pylist(), strict=True):
        digest.update(f"{article} {capture}\n".encode())
    return digest.hexdigest()


def _related(found: list[Month], known: Known, window_days: int, keep: Keep) -> list[tuple[int, int, Related]]:
    """The pairs that share text inside each cell, and between those that can touch."""
    pairs = []
    for one, month in enumerate(found):
        for other, further in enumerate(found[one:], start=one):
            if one != other and not cells.can_touch(month.name, further.name, window_days):
                continue

            def make(month: Month = month, further: Month = further) -> Arrays:
                return _compared(month, further, known, window_days).arrays()

            key = f"{window_days} {month.key} {further.key}"
            pairs.append((one, other, from_arrays(keep(f"{month.name}~{further.name}", key, make))))
    return pairs


def _compared(month: Month, further: Month, known: Known, window_days: int) -> Related:
    """The pairs of two cells, or of one with itself, that share text; the further cell's texts follow the first's."""
    parts = [month] if month is further else [month, further]
    opened = [part.open() for part in parts]
    sets = side_by_side([cell.sets for cell in opened])
    article = np.concatenate([part.articles[cell.best] for part, cell in zip(parts, opened, strict=True)])
    texts = Texts(sets, [cell.index for cell in opened], article, known)
    if month is further:
        rows = candidates.within(opened[0].sets, opened[0].index)
    else:
        rank = np.empty(article.size, dtype=np.int64)
        rank[cells.by_size(sets.body, known.day[article], article)] = np.arange(article.size)
        n = len(opened[0].sets)
        one, other = (
            (cell.sets, cell.index, rank[at]) for cell, at in zip(opened, (slice(n), slice(n, None)), strict=True)
        )
        rows = candidates.across(one, other) + np.array([0, n])
    found = judged(texts, rows, window_days)
    return found.pick(found.why > 0)


def _gathered(
    found: list[Month], pairs: list[tuple[int, int, Related]], known: Known, window_days: int
) -> tuple[Ints, Ints, Comparison]:
    """All cells under one numbering of their texts, by size, and what is copied from where."""
    opened = [month.open() for month in found]
    sets = side_by_side([cell.sets for cell in opened])
    sizes = np.array([len(cell.sets) for cell in opened], dtype=np.int64)
    begins = np.cumsum(sizes) - sizes
    article = np.concatenate(
        [np.empty(0, np.int64), *(month.articles[cell.best] for month, cell in zip(found, opened, strict=True))]
    )
    order = cells.by_size(sets.body, known.day[article], article)
    number = np.empty(order.size, dtype=np.int64)
    number[order] = np.arange(order.size)
    text_of = np.empty(len(known.title), dtype=np.int64)
    for begin, month, cell in zip(begins.tolist(), found, opened, strict=True):
        text_of[month.articles] = number[begin + cell.text_of]
    parts = []
    for one, other, part in pairs:
        before = begins[one], begins[one] if one == other else begins[other] - sizes[one]
        rows = np.sort(number[part.rows + np.array(before)], axis=1)
        parts.append(Related(rows, part.body, part.opening, part.why, part.title))
    texts = Texts(
        Joined(sets.parts, sets.part[order], sets.row[order]),
        [cell.index for cell in opened],
        article[order],
        known,
    )
    repeated = np.bincount(text_of, minlength=order.size) > 1
    return text_of, texts.article, gather(texts, repeated, _in_order(joined(parts)), window_days)


def _in_order(related: Related) -> Related:
    """Pairs by number: what follows must not depend on how the articles lie in cells."""
    return related.pick(np.lexsort((related.rows[:, 1], related.rows[:, 0])))
