"""Read each capture as an article."""

from __future__ import annotations

from pathlib import Path

from storywire import pages
from storywire.capture import Capture
from storywire.schema import CLEANED
from storywire.settings import Settings
from storywire.store import captures, stages
from storywire.store.files import read_table
from storywire.store.workspace import Workspace
from tasks.per_page import keep_results
from tasks.progress import stage
from tasks.step import step


@step("clean")
def clean(space: Workspace, settings: Settings, listed: Path) -> Path:
    """Clean the listed captures; what this version of the code has cleaned before is not read again."""
    wanted = set(read_table(listed, ["capture_id"]).column("capture_id").to_pylist())
    missing = wanted - stages.done(space.cleaned, settings.page_limits)
    with stage("clean", len(missing)) as advance:
        if missing:
            batches = captures.bodies(space.captures, missing, settings.batch_captures)
            keep_results(batches, pages.clean, _refused, space.cleaned, CLEANED, settings, advance)
    return space.cleaned


def _refused(capture: Capture, reason: str, detail: str) -> pages.Row:
    return pages.refused(CLEANED, capture.id, reason, detail)
