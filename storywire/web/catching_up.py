"""What the archives know and the memory does not: after a crash, or where the memory was lost."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from storywire.articles import urls
from storywire.store import archive
from storywire.store.archive import Kept, Missed
from storywire.store.visits import Page, State, Visits
from storywire.web.pages import REFUSED, had

LOG = logging.getLogger("storywire.fetch")

Rechecks = Mapping[str, tuple[timedelta, ...]]
"""By source: how long after its first fetch a page is looked at again."""


def catch_up(raw: Path, memory: Visits, rechecks: Rechecks) -> None:
    """Bring archives to an end that a crash left half written, and learn from them which pages are had.

    Where nothing is remembered at all, every archive of ours in the raw folder is read.

    Raises:
        StoreError: An archive cannot be brought to an end, or the memory not be written.
    """
    memory.drop_claims()
    if memory.is_new():
        for path in sorted(raw.glob("*/*.warc.gz")):
            try:
                learn(memory, archive.scan(raw, path), rechecks)
            except OSError as error:
                LOG.warning("%s cannot be read (%s): its pages may be fetched again", path, error.strerror)
    memory.commit()

    def remember(found: Iterable[Kept | Missed]) -> None:
        learn(memory, found, rechecks)
        memory.commit()

    if left := archive.recover(raw, remember):
        LOG.warning("%d pages were kept by a run that did not end; they are not fetched again", len(left))


def learn(memory: Visits, found: Iterable[Kept | Missed], rechecks: Rechecks) -> None:
    """Remember what archives hold; what is remembered already stays as it is."""
    for one in found:
        hops = one.hops if isinstance(one, Kept) else ()
        asked = hops[0][0] if hops else one.url
        named, there, at = urls.canonical(asked), urls.canonical(one.url), one.at.timestamp()
        if named is None:
            continue
        page = memory.page(named) or Page(named, asked, one.source, one.notice.as_json(), at, at)
        if isinstance(one, Missed):
            if not page.had:
                state = State.REFUSED if one.kind in REFUSED else State.GONE
                memory.put(replace(page, state=state, due=None, error=one.detail))
        elif page.last_had is None or page.last_had < at:
            memory.put(had(page, one, rechecks.get(one.source, ())))
        if isinstance(one, Kept) and there and there != named:
            reached = memory.page(there) or Page(there, one.url, one.source, page.notice, at, at)
            memory.put(replace(reached, state=State.HAD, due=None, error=reached.error or f"reached from {named}"))
