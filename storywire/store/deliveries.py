"""Who delivered what: captures by their source, and the days on which sources and outlets appeared."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from storywire.schema import ARTICLES
from storywire.store import captures, manifest
from storywire.store.files import UNREADABLE, StoreError
from storywire.store.ledger import Given

LOG = logging.getLogger("storywire.deliveries")

AT_A_TIME = 4
"""Files opened side by side: most of opening a small one is waiting and work that lets other threads run."""

NO_SOURCE = "(no source)"
"""What captures that name no source are counted under."""


def of_day(folder: Path, day: str, given: Given) -> dict[str, int]:
    """How many captures of a day each source delivered; none where they cannot be read."""
    try:
        sources = captures.index(folder, day, given)["source"]
    except StoreError:  # the calendar says so of the day
        return {}
    return dict(sorted(Counter(sources.fill_null(NO_SOURCE).to_pylist()).items()))


def by_source(folder: Path, since: date) -> dict[str, set[date]]:
    """The days, from one on, on which each source delivered captures."""
    found: defaultdict[str, set[date]] = defaultdict(set)
    for day in captures.days(folder):
        files = sorted((folder / str(day)).glob("*.parquet")) if day >= since else []
        for rows in _readable(files, ["source"]):
            for name in pc.unique(rows["source"].drop_null()).to_pylist():
                found[name].add(day)
    return dict(found)


def by_outlet(processed: Path, since: date) -> dict[str, set[date]]:
    """The days on which articles of each outlet were captured that were published from a day on, or on no known day.

    An outlet of which only old articles still come in delivers no news.
    """
    leaves = manifest.load(processed).files
    leaves = leaves.filter(pc.equal(leaves["table"], ARTICLES.name))
    # As text, `undated` comes after every day.
    paths = leaves.filter(pc.greater_equal(leaves["publication_date"], str(since)))["path"].to_pylist()
    columns = ["site", "captured_at"]
    nothing = ARTICLES.arrow.empty_table().select(columns)
    rows = pa.concat_tables([nothing, *_readable([processed / path for path in paths], columns)])
    pairs = pa.table({"site": rows["site"], "day": rows["captured_at"].cast(pa.date32())}).drop_null()
    found: defaultdict[str, set[date]] = defaultdict(set)
    for pair in pairs.group_by(["site", "day"]).aggregate([]).to_pylist():
        if pair["day"] >= since:
            found[pair["site"]].add(pair["day"])
    return dict(found)


def _readable(files: list[Path], columns: list[str]) -> Iterator[pa.Table]:
    """The files that can be read: a publish may take one away meanwhile, and a damaged one is told of elsewhere.

    Many small files are opened, several at a time: so it takes an eighth of the time of `read_table`.
    """

    def read(file: Path) -> pa.Table | None:
        try:
            with pq.ParquetFile(file) as opened:
                return opened.read(columns, use_threads=False)
        except UNREADABLE as error:
            LOG.info("%s cannot be read as Parquet (%s); passed over", file, error)
            return None

    with ThreadPoolExecutor(AT_A_TIME) as readers:
        yield from (rows for rows in readers.map(read, files) if rows is not None)
