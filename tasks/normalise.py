"""Tag each article with its language, its own date and its own credit, and with what it is compared by."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow.compute as pc

from storywire.schema import CLEANED, NORMALISED
from storywire.settings import Settings
from storywire.store import stages
from storywire.store.files import read_table
from storywire.store.workspace import Workspace
from tasks.per_page import PerPage, compute
from tasks.step import step

if TYPE_CHECKING:
    from storywire.pages import Row

COLUMNS = [
    *("capture_id", "article_id", "site", "title", "authors", "byline", "text"),
    *("language_declared", "date_candidates", "origins"),
]


@step("normalise")
def normalise(
    space: Workspace, settings: Settings, listed: Path, anew: AbstractSet[str] = frozenset()
) -> dict[str, str]:
    """Normalise the listed captures that are articles; returns the days that cannot be read, with the reason.

    Results of this version of the code and this detector of languages are kept, but for the days `anew`.
    """
    missing = {}
    for day, ids in stages.by_day(read_table(listed, ["capture_id", "captured_at"])).items():
        state = stages.read(space.cleaned, ids, CLEANED, ["capture_id", "reason"], day)
        articles = set(state.filter(pc.is_null(state["reason"]))["capture_id"].to_pylist())
        done = set() if day in anew else stages.done(space.normalised, day, settings.page_limits)
        missing[day] = sorted(articles - done)
    return compute(
        replace(NORMALISE, function=partial(_function, settings.language_detector)), space, settings, missing
    )


def _load(space: Workspace, day: str, ids: list[str]) -> list[Row]:
    listed = read_table(space.passing("captures"), ["capture_id", "captured_at"])
    seen = dict(zip(listed["capture_id"].to_pylist(), listed["captured_at"].to_pylist(), strict=True))
    rows: list[Row] = stages.read(space.cleaned, ids, CLEANED, COLUMNS, day).to_pylist()
    return [row | {"captured_at": seen[row["capture_id"]]} for row in rows]


def _folder(space: Workspace) -> Path:
    return space.normalised


def _function(detectors: Literal["combined", "langdetect"] = "combined") -> Callable[[Row], Row]:
    from storywire import pages

    return partial(pages.normalise, detectors=detectors)


def _refused(item: Row, reason: str, detail: str) -> Row:
    from storywire import pages

    return pages.refused(NORMALISED, item["capture_id"], reason, detail) | {"article_id": item["article_id"]}


NORMALISE = PerPage("normalise", NORMALISED, _folder, _load, _function, _refused)
