"""Articles compared month by month, what is found kept from run to run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storywire.components import Arrays, Kept, digest
from storywire.duplicates import candidates, cells
from storywire.duplicates.cells import Cell
from storywire.duplicates.compare import UNDATED, Known, Related, Texts, joined, judged
from storywire.duplicates.sets import Ints, Sets, side_by_side
from storywire.hashes import Hashes, of_rows, place_in

Read = Callable[[pa.Table], Sets]
"""Gives the shingles of some rows, in their order."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The distinct texts, numbered cell by cell, the text of every article, and the pairs of texts that share some.

    `names` are those of the cells, by `texts.sets.part`.
    """

    names: list[str]
    texts: Texts
    text_of: Ints
    related: Related


@dataclass(frozen=True, slots=True)
class Month:
    """One cell, its name, the key of what it is made from and its articles by row.

    It is opened for each use: what is mapped from disk weighs only while somebody looks at it.
    """

    name: str
    key: str
    articles: Ints
    open: Callable[[], Cell]


def compare(rows: pa.Table, known: Known, read: Read, window_days: int, kept: Kept) -> Compared:
    """How the texts of all articles relate; a function of the rows, whatever is kept.

    `rows` are in order of their ids; `known` has one value for each.
    """
    found = _months(rows, known, read, kept)
    opened = [month.open() for month in found]
    begins = np.cumsum([0, *(len(cell.sets) for cell in opened)]).tolist()
    text_of = np.empty(len(known.title), dtype=np.int64)
    for begin, month, cell in zip(begins, found, opened, strict=False):
        text_of[month.articles] = begin + cell.text_of
    best = [month.articles[cell.best] for month, cell in zip(found, opened, strict=True)]
    article = np.concatenate([np.empty(0, np.int64), *best])
    sets = side_by_side([cell.sets for cell in opened])
    texts = Texts(sets, [cell.index for cell in opened], article, known)
    return Compared([month.name for month in found], texts, text_of, _related(found, begins, known, window_days, kept))


def _months(rows: pa.Table, known: Known, read: Read, kept: Kept) -> list[Month]:
    """The cells in order of their names, dated ones first."""
    captured = pc.strftime(rows["captured_at"].cast(pa.timestamp("us")), format=f"{cells.UNDATED}-%Y-%m")
    printed = pc.strftime(rows["published_on"].cast(pa.timestamp("s")), format="%Y-%m")
    names = pc.if_else(pa.array(known.day != UNDATED), printed, captured.fill_null(cells.UNDATED))
    return [
        _month(name, np.flatnonzero(pc.equal(names, name).to_numpy()), rows, known, read, kept)
        for name in sorted(pc.unique(names).to_pylist())
    ]


def _month(name: str, articles: Ints, rows: pa.Table, known: Known, read: Read, kept: Kept) -> Month:
    part = rows.take(pa.array(articles))
    key = _key(part)

    def make() -> Arrays:
        source = of_rows(part["capture_id" if "capture_id" in part.column_names else "article_id"])
        sets = _sets(part, source, read, kept.last(name))
        title = known.title.take(pa.array(articles))
        cell = cells.build(sets, title, known.day[articles], known.credit[articles], known.site[articles])
        return {"source": source, **cell.arrays()}

    return Month(name, key, articles, lambda: cells.from_arrays(kept.keep(name, key, make)))


def _sets(part: pa.Table, source: Hashes, read: Read, last: Arrays) -> Sets:
    """The shingles of some articles: of those that the cell had before from there, the others are read."""
    if not last:
        return read(part)
    place = place_in(last["source"], source)
    before = cells.from_arrays(last)
    there, fresh = np.flatnonzero(place >= 0), np.flatnonzero(place < 0)
    # An article has the shingles of its text, by which it was told that this is its text.
    both = side_by_side([before.sets.take(before.text_of[place[there]]), read(part.take(pa.array(fresh)))])
    return both.take(np.argsort(np.concatenate([there, fresh]))).packed()


def _key(part: pa.Table) -> str:
    """What a cell was made from: its articles, and the captures they are read from, where that is known."""
    names = [name for name in ("article_id", "capture_id") if name in part.column_names]
    return digest(*(part[name].to_pylist() for name in names))


def _related(found: list[Month], begins: list[int], known: Known, window_days: int, kept: Kept) -> Related:
    """The pairs that share text inside each cell, and between those that can touch."""
    counts = np.empty(0, np.int32)
    parts = [Related(counts.reshape(0, 2), counts, counts, counts.astype(np.int8), counts.astype(np.bool_))]
    for one, each in enumerate(found):
        month = replace(each, open=cache(each.open))  # its index serves for all it is compared with
        for other, further in enumerate([month, *found[one + 1 :]], start=one):
            if one != other and not cells.can_touch(month.name, further.name, window_days):
                continue
            make = partial(_compared, month, further, known, window_days)
            pairs = kept.keep(f"{month.name}~{further.name}", f"{window_days} {month.key} {further.key}", make)
            # The further cell's texts were numbered behind the first's.
            shift = begins[one] if one == other else begins[other] - (begins[one + 1] - begins[one])
            rows = np.stack([pairs["one"] + np.int32(begins[one]), pairs["other"] + np.int32(shift)], axis=1)
            parts.append(Related(rows, *(pairs[name] for name in ("body", "opening", "why", "title"))))
    return joined(parts)


def _compared(month: Month, further: Month, known: Known, window_days: int) -> Arrays:
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
    return found.pick(found.why > 0).arrays()
