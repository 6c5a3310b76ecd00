"""The articles as they are given, day by day: what everybody asks for, and no second copy of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from storywire.columns import in_one, taken
from storywire.components import distinct
from storywire.hashes import Hashes, of_rows, prefixes
from storywire.stories.members import Cells, Days, cells, days
from storywire.stories.similarity import NO_DAY

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Given:
    """Articles by number: number `i` is row `place[i]` of `table`.

    They are in order of their days and on these of their ids, undated ones last: what is compared, or belongs to one
    event, stands side by side.

    `identity` is the hash of what each is read from; `first` is its day, `seen` that of its capture.
    """

    table: pa.Table
    place: NDArray[np.int32]
    identity: Hashes
    first: Days
    seen: Days
    is_lead: NDArray[np.bool_]

    def __len__(self) -> int:
        return self.place.size

    def column(self, name: str, numbers: Ints | slice = slice(None)) -> pa.Array:
        """One column, in order, of all or of some articles."""
        return taken(in_one(self.table[name]), self.place[numbers])

    def rows(self, numbers: Ints) -> pa.Table:
        """All columns of some articles."""
        return self.table.take(pa.array(self.place[numbers]))

    def pick(self, numbers: Ints) -> Given:
        """Some of the articles, numbered anew."""
        place, identity, is_lead = self.place[numbers], self.identity[numbers], self.is_lead[numbers]
        return Given(self.table, place, identity, self.first[numbers], self.seen[numbers], is_lead)

    def cell(self, numbers: Ints | slice = slice(None)) -> Cells:
        """The month each of the articles, or of some of them, is kept in."""
        return cells(self.first[numbers], self.seen[numbers])


def given(articles: pa.Table) -> Given:
    """The rows of a table as `Given` numbers them, with the columns that may be left out.

    Raises:
        ValueError: an article comes twice.
    """
    if "captured_at" not in articles.column_names:
        articles = articles.append_column("captured_at", pa.nulls(len(articles), pa.timestamp("us", "UTC")))
    if "capture_id" not in articles.column_names:
        articles = articles.append_column("capture_id", articles["article_id"])
    articles = articles.combine_chunks()
    identity = of_rows(articles["capture_id"])
    first, seen = days(articles["published_on"]), days(articles["captured_at"])
    place = _ascending(in_one(articles["article_id"])).astype(np.int32)
    place = place[np.argsort(_turns(first)[place], kind="stable")]
    is_lead = articles["is_lead"].to_numpy()
    return Given(articles, place, identity[place], first[place], seen[place], is_lead[place])


def _turns(days: Days) -> NDArray[np.integer[Any]]:
    """Numbers that ascend with the days; the last is that of unknown ones. Of 16 bits, if they fit: sorted in no time.

    >>> _turns(np.array([7, NO_DAY, 5], np.int32)).tolist()
    [2, 3, 0]
    """
    known = days[days != NO_DAY]
    first, last = int(known.min(initial=np.iinfo(np.int32).max)), int(known.max(initial=0))
    turns = np.where(days == NO_DAY, last + 1, days) - first
    return turns.astype(np.uint16) if last - first < np.iinfo(np.uint16).max else turns


def _ascending(ids: pa.Array) -> Ints:
    """The rows in order of their ids: by their first eight bytes, and only those that share these by the rest.

    Raises:
        ValueError: an id comes twice.
    """
    start = prefixes(ids)
    order = np.argsort(start)
    start.sort()  # in place: to pick them by the order takes longer
    equal = np.flatnonzero(start[1:] == start[:-1])
    tied = distinct(np.append(equal, equal + 1))
    if tied.size:
        names = ids.take(pa.array(order[tied]))
        by_name = pc.sort_indices(names)
        names = names.take(by_name)
        if pc.any(pc.equal(names[1:], names[:-1])).as_py():
            raise ValueError("an article_id stands in more than one row; pass one row per article")
        order[tied] = order[tied][by_name.to_numpy()]
    return order
