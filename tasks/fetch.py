"""Fetch what the operator listed into the raw folder."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING

from storywire.settings import Settings
from storywire.sources import listing
from storywire.sources.source import Source
from storywire.store.files import StoreError
from storywire.store.workspace import Workspace
from tasks.step import step

if TYPE_CHECKING:
    from storywire.web.crawl import Watch

LOG = logging.getLogger("storywire.fetch")

Fetched = dict[str, dict[str, int]]
"""By source: what became of what was asked, and how often."""


def listed(settings: Settings, names: Collection[str] = ()) -> tuple[Source, ...]:
    """The sources of the operator's list, all or some; none where there is no list.

    Raises:
        StoreError: The list cannot be used, or a name is not in it.
    """
    if not settings.sources.exists():
        if names:
            raise StoreError(f"{settings.sources} does not exist, so there is no source {sorted(names)[0]!r}")
        return ()
    try:
        sources = listing.read(settings.sources).sources
    except listing.ListingError as error:
        raise StoreError(str(error)) from None
    if unknown := sorted(set(names) - {source.name for source in sources}):
        known = ", ".join(source.name for source in sources)
        raise StoreError(f"{settings.sources}: there is no source {unknown[0]!r}; there are {known}")
    return tuple(source for source in sources if not names or source.name in names)


@step("fetch")
def fetch(
    space: Workspace,
    settings: Settings,
    sources: tuple[Source, ...],
    *,
    force: bool = False,
    watch: Watch = lambda source, what, count: None,
) -> Fetched:
    """Fetch what is due; returns what became of it, by source."""
    from storywire.web import fetching  # half a second, which a run that fetches nothing need not wait

    found: dict[str, Counter[str]] = fetching.fetch(space, settings, sources, force=force, watch=watch)
    return {name: dict(sorted(counts.items())) for name, counts in found.items()}


def fetch_if_listed(space: Workspace, settings: Settings) -> None:
    """Fetch what is due, if anything is listed; a run that has pages to carry goes on without it where that fails."""
    try:
        if sources := listed(settings):
            fetch(space, settings, sources)
    except StoreError as error:
        LOG.error("nothing was fetched: %s", error)
