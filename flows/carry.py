"""What capture days go through, from stored captures to published tables: the table of contents of a run."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import NamedTuple

from storywire.difference import Difference
from storywire.settings import Settings
from storywire.store import lock, published, shelf, swap
from storywire.store.files import StoreError
from storywire.store.workspace import Workspace
from tasks.announce import announce, harmless
from tasks.clean import clean
from tasks.cluster import cluster
from tasks.deduplicate import deduplicate
from tasks.difference import difference
from tasks.finish import finish
from tasks.normalise import normalise
from tasks.publish import compare, publish
from tasks.report import Clock, Report, span, unchanged
from tasks.revise import revise
from tasks.step import named_after
from tasks.take import Taken, take

LOG = logging.getLogger("storywire.carry")


class Carried(NamedTuple):
    """What became of some days: the figures, and the days that could not be read, with the reason."""

    report: Report
    failed: dict[date, str]


def carry(
    space: Workspace,
    settings: Settings,
    days: Collection[date] | None,
    clock: Clock,
    *,
    anew: bool = False,
) -> Carried:
    """Carry capture days through to the tables; `None` for all there are captures of.

    Pages are read side by side with other runs. What depends on more than one page is done by one
    run at a time, over the captures as they are then. With `anew`, pages that were read before are
    read again.
    """
    with named_after(span(tuple(days or ()))):
        taken, failed = _read_pages(space, settings, days, anew)
        with lock.held(space.lock, settings.lock_wait_seconds) as after_a_death:
            swap.recover(space.processed)
            if after_a_death:  # which damaged numbers may have been the cause of
                _cleared_where_damaged(space)
            if anew:
                published.forget(space.published)  # and again, as another run may have published meanwhile
            taken = _taken_again(space, settings, days, taken, failed)
            failed |= taken.unreadable
            after = compare(space, settings, taken.listed)
            if after is None:
                report = unchanged(space, tuple(sorted(days or ())), clock)
            else:
                clustered = _relate(space, settings, taken)
                report = publish(space, settings, after, days or (), clock, clustered)
            finish(space, days or (), failed, clock)
        with harmless():
            announce(space, report)
        return Carried(report, {date.fromisoformat(day): why for day, why in failed.items()})


def foresee(space: Workspace, settings: Settings, days: Collection[date], *, anew: bool = False) -> Difference:
    """What carrying these days through would change in the tables; nothing is published.

    Raises:
        StoreError: The captures of a day cannot be read.
    """
    taken, failed = _read_pages(space, settings, days, anew)
    _whole(failed)
    with lock.held(space.lock, settings.lock_wait_seconds):
        swap.recover(space.processed)
        if anew:
            published.forget(space.published)
        taken = _taken_again(space, settings, days, taken, failed)
        _whole(taken.unreadable)
        return difference(space, _relate(space, settings, taken))


def _read_pages(
    space: Workspace, settings: Settings, days: Collection[date] | None, anew: bool
) -> tuple[Taken, dict[str, str]]:
    """The list of captures with every page of it read, and the days that cannot be."""
    redo = frozenset(map(str, days or ())) if anew else frozenset[str]()
    if anew:
        published.forget(space.published)  # now, as a kill may come before the publish
    taken = take(space, settings, days)
    failed = dict(taken.unreadable)
    failed |= clean(space, settings, taken.listed, redo)
    failed |= normalise(space, settings, taken.listed, redo)
    return taken, failed


def _taken_again(
    space: Workspace, settings: Settings, days: Collection[date] | None, before: Taken, failed: dict[str, str]
) -> Taken:
    """The list as it is now that nobody else publishes, with the pages read that came in meanwhile."""
    taken = take(space, settings, days, failed)
    if taken.digest != before.digest:
        _whole(clean(space, settings, taken.listed) | normalise(space, settings, taken.listed))
    return taken


def _relate(space: Workspace, settings: Settings, taken: Taken) -> Path:
    """What depends on more than one page: revisions, copies, events and stories."""
    current = revise(space, taken.listed)
    try:
        return _gathered(space, settings, current)
    except Exception:  # damaged numbers may lead to any
        if not _cleared_where_damaged(space):
            raise
        return _gathered(space, settings, current)


def _gathered(space: Workspace, settings: Settings, current: Path) -> Path:
    grouped = deduplicate(space, settings, current)
    return cluster(space, settings, grouped)


def _cleared_where_damaged(space: Workspace) -> bool:
    """Have all articles compared anew, if what is kept of earlier comparisons is damaged; whether it is."""
    if found := [path for folder in space.shelves() for path in shelf.damaged(folder)]:
        LOG.warning("all articles are compared anew: %s and %d others are damaged", found[0], len(found) - 1)
        space.clear_shelves()
    return bool(found)


def _whole(failed: dict[str, str]) -> None:
    """Days that are in the list of a publish must be readable."""
    for why in failed.values():
        raise StoreError(why)
