"""What the operator listed, fetched into the raw folder when it is due; the daily run takes it in from there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow

from storywire.settings import Settings
from storywire.store.workspace import Workspace
from tasks import fetch as step
from tasks.alarm import alarmed
from tasks.announce import announce_table
from tasks.progress import reporter


@flow(name="fetch", flow_run_name=lambda: f"fetch-{datetime.now(UTC):%Y-%m-%dT%H:%M}")
def fetch(
    sources: list[str] | None = None, force: bool = False, raw: Path | None = None, data: Path | None = None
) -> step.Fetched:
    """Ask the feeds that are due and fetch the pages that are new, politely, host by host.

    Args:
        sources: Names of sources; all that are listed, where not given.
        force: Ask every feed now, due or not.
        raw: Folder the pages are put into; the worker's STORYWIRE_RAW where not given.
        data: Folder that holds the memory of what was fetched; the worker's STORYWIRE_DATA where not given.
    """
    settings = Settings().at(raw, data)
    with alarmed(settings, "fetch"):
        space = Workspace(settings.data, detector=settings.language_detector).prepare()
        wanted = step.listed(settings, sources or ())
        fetched = step.fetch(space, settings, wanted, force=force, watch=reporter())
        rows = [{"source": name} | {what: str(n) for what, n in counts.items()} for name, counts in fetched.items()]
        announce_table("storywire-fetch", rows, "What became of what was asked of each source")
    return fetched
