"""Find out which articles are the same report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from storywire import changes
from storywire.columns import in_one
from storywire.components import Arrays, by_home, digest
from storywire.duplicates import lineage, several
from storywire.duplicates.lineage import Lineage
from storywire.duplicates.sets import Ints, Sets, from_lists
from storywire.hashes import Hashes, of_rows
from storywire.schema import DUPLICATES, GROUPED
from storywire.settings import Settings
from storywire.store import current, stages
from storywire.store.files import write_table, write_tables
from storywire.store.shelf import Shelf
from storywire.store.workspace import Workspace
from tasks.progress import stage
from tasks.step import step

COLUMNS = [
    *("article_id", "capture_id", "site", "title", "n_words", "captured_at"),
    *("published_on", "published_at", "date_source", "date_confidence"),
    *("wire_agency", "wire_source", "wire_confidence", "wire_evidence"),
]


PAIRS = 1_000
"""Pairs whose texts are laid side by side in one go: some 50 MB for articles of usual length."""


@step("deduplicate")
def deduplicate(space: Workspace, settings: Settings, _current: Path) -> Path:
    """Group copies around their lead and let dates and credits pass inside a group.

    New articles are read, and the months they are in compared; what is kept of the others stands.
    """
    articles = current.read(space, COLUMNS)
    shelf = Shelf(space.copies)
    with stage("deduplicate", articles.num_rows) as advance:
        found = lineage.find(
            articles, window_days=settings.duplicate_window_days, read=partial(_shingles, space), kept=shelf
        )
        write_tables(_with_passages(space, found, articles, shelf), space.passing("duplicates"), DUPLICATES.arrow)
        shelf.clear()
        write_table(found.grouped, space.passing("grouped"), GROUPED.arrow)
        advance(articles.num_rows)
    return space.passing("grouped")


def _shingles(space: Workspace, articles: pa.Table) -> Sets:
    """The shingles of some articles, from the days they were captured on."""
    return from_lists(in_one(current.of(space, articles, ["shingles"])["shingles"]))


def _with_passages(space: Workspace, found: Lineage, articles: pa.Table, shelf: Shelf) -> Iterator[pa.Table]:
    """The edges with what each article shares with its original, added to it and left out of it, by capture day.

    Texts are read of pairs that were not there before.
    """
    place = pc.index_in(found.grouped["article_id"], articles["article_id"])
    captures = in_one(articles["capture_id"]).take(place)
    days = stages.days(articles["captured_at"]).take(place).combine_chunks().dictionary_encode()
    names = days.dictionary.to_pylist()
    for day, places in by_home(days.indices.to_numpy()[found.links.article]):
        part = found.links.pick(places)
        ends = pa.table([captures.take(pa.array(end)) for end in (part.article, part.original)], names=list(_ENDS))
        ends = ends.append_column("day", days.take(pa.array(part.original)).cast(pa.string()))
        pairs, file = of_rows(*(ends[name] for name in _ENDS)), f"passages-{names[day]}"
        make = partial(_renewed, shelf, file, pairs, partial(_passages, space, names[day], ends))
        yield changes.of_copies(found.edges_at(places), shelf.keep(file, digest(pairs), make))


_ENDS = ("article", "original")


def _renewed(shelf: Shelf, file: str, pairs: Hashes, make: Callable[[Ints], Arrays]) -> Arrays:
    return several.renewed(shelf.last(file), pairs, make)


def _passages(space: Workspace, day: str, ends: pa.Table, places: Ints) -> Arrays:
    """What some pairs of captures share, a bounded number of texts at a time; the articles were taken on one day."""
    ends = ends.take(pa.array(places))
    pairs = list(zip(*(ends[name].to_pylist() for name in _ENDS), strict=True))
    batches = [pairs[start : start + PAIRS] for start in range(0, len(pairs), PAIRS)]
    needed = [day, *ends["day"].unique().to_pylist()]
    texts = current.texts(space, needed, ({id_ for pair in batch for id_ in pair} for batch in batches))
    return several.joined([several.between(batch, of_batch) for batch, of_batch in zip(batches, texts, strict=True)])
