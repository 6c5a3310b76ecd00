"""The tables of events and stories, put together from what is kept of each month: mapped, not copied."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from storywire.columns import coded, in_one
from storywire.components import Kept
from storywire.hashes import Hashes, mix, of_rows
from storywire.schema import CLUSTERED, EVENTS, STORIES
from storywire.stories import described, groups
from storywire.stories.described import FOUNDED, ID, MARK, Month, Told
from storywire.stories.given import Given
from storywire.stories.identity import of_marks
from storywire.stories.members import is_undated

Ints = NDArray[np.int64]
Rows = NDArray[np.int32]

_LEAD, _SOURCE, _DAY = np.uint64(3), np.uint64(5), np.uint64(0x9E3779B97F4A7C15)


def tables(told: Told, event: Ints, story: Ints, kept: Kept) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Which event and story each article belongs to, the events and the stories.

    `event` is the number of each article's, `story` that of each event's.

    A story of one article has no id and no row.
    """
    articles = told.articles
    of_events = groups.of_events(articles, told.content, event)
    by_month = described.months(told, of_events, articles.cell(of_events.founder), "events", kept)
    event_number, events = _in_order("e", by_month)
    of_stories = groups.of_stories(of_events, story)
    several = of_stories.size > 1
    # Most stories have one event: of these everything is told already.
    home = np.full(several.size, -1, np.int16)
    home[several] = articles.cell(of_stories.founder[several])
    story_number, stories = _in_order("s", described.months(told, of_stories, home, "stories", kept, by_month))
    event_row, story_row = _rows(event_number, event_number.size), _rows(story_number, several.size)
    event_id, story_id = (in_one(rows[ID]) for rows in (events, stories))
    clustered = {
        "article_id": articles.column("article_id"),
        "event_id": event_id.take(pa.array(event_row[event])),
        "story_id": _taken(story_id, story_row[story][event]),
    }
    n_events = np.bincount(story, minlength=several.size)[story_number].astype(np.int32)
    return (
        pa.table(clustered).cast(CLUSTERED.arrow),
        _table(events, EVENTS.arrow, event_id=event_id, story_id=_taken(story_id, story_row[story[event_number]])),
        _table(stories, STORIES.arrow, story_id=story_id, n_events=pa.array(n_events)),
    )


def content(articles: Given, lead: Hashes) -> Hashes:
    """The hash of all that is told of each article; `lead` is the identity of the lead of its group."""
    names = coded(articles.table["originator"])
    every = of_rows(pa.concat_arrays([names.dictionary, pa.nulls(1, names.dictionary.type)]))
    source = every[names.indices.fill_null(len(names.dictionary)).to_numpy()[articles.place]]
    day = (2 * articles.first.astype(np.int64) + articles.is_lead).astype(np.uint64)
    # All but the day are hashes, and odd factors keep apart which is which.
    return mix(articles.identity + _LEAD * lead + _SOURCE * source + _DAY * day)


def _in_order(prefix: str, months: Mapping[int, Month]) -> tuple[Ints, pa.Table]:
    """The number and the row of each cluster, in order of their ids.

    Ids of dated clusters ascend month by month, those of undated ones follow. The latter are named again, all together:
    two founders that share a hash may be in different months.
    """
    dated = [month for cell, month in sorted(months.items()) if not is_undated(cell)]
    loose = [month for cell, month in sorted(months.items()) if is_undated(cell)]
    nothing = np.empty(0, np.int64), described.KEPT.empty_table()
    numbers, rows = _joined(loose) if loose else nothing
    ids = of_marks(prefix, *(in_one(rows[name]) for name in (FOUNDED, MARK)))
    order = pc.sort_indices(ids)
    rows = rows.drop_columns(ID).append_column(ID, ids).take(order)
    number = np.concatenate([*(month.numbers for month in dated), numbers[order.to_numpy()]])
    return number, pa.concat_tables([nothing[1], *(month.rows for month in dated), rows])


def _joined(months: list[Month]) -> tuple[Ints, pa.Table]:
    return np.concatenate([month.numbers for month in months]), pa.concat_tables([month.rows for month in months])


def _rows(number: Ints, count: int) -> Rows:
    """The row of each of `count` clusters, -1 for none."""
    row = np.full(count, -1, np.int32)
    row[number] = np.arange(number.size, dtype=np.int32)
    return row


def _taken(names: pa.Array, row: Rows) -> pa.Array:
    """The name in each row, null for -1."""
    return names.take(pa.array(row, mask=row < 0))


def _table(rows: pa.Table, schema: pa.Schema, **columns: pa.Array) -> pa.Table:
    """What is told of clusters, with some columns more, as declared."""
    told = {name: rows[name] for name in described.TOLD.names}
    return pa.table({**told, **columns}).select(schema.names).cast(schema)
