"""Read each capture as an article."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TYPE_CHECKING

from storywire.capture import Capture
from storywire.schema import CLEANED
from storywire.settings import Settings
from storywire.store import captures, stages
from storywire.store.files import read_table
from storywire.store.workspace import Workspace
from tasks.per_page import PerPage, compute
from tasks.step import step

if TYPE_CHECKING:
    from storywire.pages import Row


@step("clean")
def clean(space: Workspace, settings: Settings, listed: Path, anew: AbstractSet[str] = frozenset()) -> dict[str, str]:
    """Clean the listed captures; returns the days whose captures cannot be read, with the reason.

    What this version of the code has cleaned before is not read again, but for the days `anew`.
    """
    missing = {
        day: sorted(set(ids) - (set() if day in anew else stages.done(space.cleaned, day, settings.page_limits)))
        for day, ids in stages.by_day(read_table(listed, ["capture_id", "captured_at"])).items()
    }
    return compute(CLEAN, space, settings, missing)


def _load(space: Workspace, day: str, ids: list[str]) -> list[Capture]:
    return captures.bodies(space.captures, day, set(ids))


def _folder(space: Workspace) -> Path:
    return space.cleaned


def _function() -> Callable[[Capture], Row]:
    from storywire import pages

    return pages.clean


def _refused(capture: Capture, reason: str, detail: str) -> Row:
    from storywire import pages

    return pages.refused(CLEANED, capture.id, reason, detail)


CLEAN = PerPage("clean", CLEANED, _folder, _load, _function, _refused)
