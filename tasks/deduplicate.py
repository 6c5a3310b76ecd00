"""Find out which articles are the same report."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storywire import changes
from storywire.duplicates import lineage, several
from storywire.duplicates.sets import Sets, from_lists
from storywire.schema import DUPLICATES, GROUPED, NORMALISED
from storywire.settings import Settings
from storywire.store import current, stages
from storywire.store.files import write_table
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

    Texts are read and compared for the months whose articles changed; what is kept of the others stands.
    """
    articles = current.read(space, COLUMNS)
    shelf = Shelf(space.copies)
    with stage("deduplicate", articles.num_rows) as advance:
        found = lineage.find(
            articles, window_days=settings.duplicate_window_days, read=partial(_shingles, space), keep=shelf.keep
        )
        duplicates = _with_passages(space, found.edges, articles, shelf)
        shelf.clear()
        write_table(duplicates, space.passing("duplicates"), DUPLICATES.arrow)
        write_table(found.grouped, space.passing("grouped"), GROUPED.arrow)
        advance(articles.num_rows)
    return space.passing("grouped")


def _shingles(space: Workspace, articles: pa.Table) -> Sets:
    """The shingles of some articles, from the days they were captured on."""
    parts = [
        stages.read(space.normalised, ids, NORMALISED, ["capture_id", "shingles"], day)
        for day, ids in stages.by_day(articles).items()
    ]
    stored = pa.concat_tables(parts).combine_chunks()
    found = from_lists(stored["shingles"].combine_chunks())
    return found.take(pc.index_in(articles["capture_id"], stored["capture_id"]).to_numpy().astype(np.int64))


def _with_passages(space: Workspace, edges: pa.Table, articles: pa.Table, shelf: Shelf) -> pa.Table:
    """The edges with what each article shares with its original, added to it and left out of it.

    Texts are read for the capture days whose pairs are others than before.
    """
    capture = articles["capture_id"].combine_chunks()
    ends = [
        capture.take(pc.index_in(edges[end], articles["article_id"])).to_pylist()
        for end in ("article_id", "original_id")
    ]
    day_of = {id_: day for day, ids in stages.by_day(articles).items() for id_ in ids}
    places: dict[str, list[int]] = {}
    for place, taker in enumerate(ends[0]):
        places.setdefault(day_of[taker], []).append(place)
    found = [DUPLICATES.empty()]
    for day, those in sorted(places.items()):
        pairs = [(ends[0][place], ends[1][place]) for place in those]
        key = hashlib.sha256("\n".join(f"{one} {other}" for one, other in pairs).encode()).hexdigest()
        kept = shelf.keep(f"passages-{day}", key, partial(_passages, space, day_of, pairs))
        found.append(changes.of_copies(edges.take(pa.array(those, pa.int64())), kept))
    return pa.concat_tables(found).sort_by([(name, "ascending") for name in DUPLICATES.order])


def _passages(space: Workspace, day_of: dict[str, str], pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """What pairs of captures share, a bounded number of texts at a time."""
    days = {day_of[capture] for pair in pairs for capture in pair}
    batches = [pairs[start : start + PAIRS] for start in range(0, len(pairs), PAIRS)]
    texts = current.texts(space, days, ({id_ for pair in batch for id_ in pair} for batch in batches))
    return several.joined([several.between(batch, of_batch) for batch, of_batch in zip(batches, texts, strict=True)])
