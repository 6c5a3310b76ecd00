"""Tag each article with its language, its own date and its own credit, and with what it is compared by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow.compute as pc

from storywire import pages
from storywire.schema import CLEANED, NORMALISED
from storywire.settings import Settings
from storywire.store import stages
from storywire.store.files import read_table
from storywire.store.workspace import Workspace
from tasks.per_page import keep_results
from tasks.progress import stage
from tasks.step import step

COLUMNS = [
    "capture_id",
    "article_id",
    "site",
    "title",
    "authors",
    "byline",
    "text",
    "language_declared",
    "date_candidates",
    "origins",
]


@step("normalise")
def normalise(space: Workspace, settings: Settings, listed: Path, cleaned: Path) -> Path:
    """Normalise the listed captures that are articles; results of this version of the code are kept."""
    captures = read_table(listed, ["capture_id", "captured_at"])
    seen = dict(zip(captures["capture_id"].to_pylist(), captures["captured_at"].to_pylist(), strict=True))
    state = stages.read(cleaned, seen, CLEANED, ["capture_id", "reason"])
    articles = set(state.filter(pc.is_null(state["reason"]))["capture_id"].to_pylist())
    missing = sorted(articles - stages.done(space.normalised, settings.page_limits))
    with stage("normalise", len(missing)) as advance:
        if missing:
            batches = _batches(cleaned, missing, seen, settings.batch_captures)
            keep_results(batches, pages.normalise, _refused, space.normalised, NORMALISED, settings, advance)
    return space.normalised


def _batches(
    cleaned: Path, missing: list[str], seen: dict[str, datetime | None], size: int
) -> Iterator[list[pages.Row]]:
    for start in range(0, len(missing), size):
        rows = stages.read(cleaned, missing[start : start + size], CLEANED, COLUMNS).to_pylist()
        yield [row | {"captured_at": seen[row["capture_id"]]} for row in rows]


def _refused(item: pages.Row, reason: str, detail: str) -> pages.Row:
    return pages.refused(NORMALISED, item["capture_id"], reason, detail) | {"article_id": item["article_id"]}
