"""What a data folder needs once a week: its promises checked, small files merged, what is old let go."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow
from pydantic import BaseModel

from flows.carry import carry
from storywire.settings import Settings
from storywire.store import lock
from storywire.store.files import BrokenPromiseError
from storywire.store.upkeep import Compacted, Expired
from storywire.store.verification import CHECKS, Finding
from storywire.store.workspace import Workspace
from tasks.alarm import alarmed
from tasks.announce import announce_table
from tasks.begin import at_work
from tasks.keep import compact, expire, repair, verify
from tasks.report import Clock

MOST_TOLD = 5
"""Findings that are told in an error; one of a lost folder of captures would fill a screen."""


class Verified(BaseModel):
    """What was found broken, what of it was mended, and what is left."""

    findings: list[Finding]
    mended: list[Finding] = []
    left: list[Finding] = []


class Maintained(Verified):
    """The same, and what was merged and let go."""

    compacted: Compacted
    expired: Expired


@flow(name="maintain", flow_run_name=lambda: f"maintain-{datetime.now(UTC):%Y-%m-%d}")
def maintain(repair: bool = True, data: Path | None = None) -> Maintained:
    """Check every promise of the tables, mend what is safe to mend, merge small files, let go of what is old.

    Args:
        repair: Mend what is safe to mend: derived files, an interrupted publish.
        data: Folder that holds the stages and the tables; the worker's STORYWIRE_DATA where not given.

    Raises:
        BrokenPromiseError: A promise does not hold, and was not or could not be mended.
        StoreError: There is no data folder, or it cannot be used.
    """
    settings = Settings().at(None, data)
    with alarmed(settings, "maintain"):
        Workspace(settings.data).there()
        return _maintained(settings, repair=repair)


def _maintained(settings: Settings, *, repair: bool) -> Maintained:
    with at_work(settings, "maintain") as run:
        space = run.space
        found = inspect(space, settings, mend=repair)
        rows = [one.shown() for one in found.findings]
        announce_table("storywire-verify", rows, f"{len(CHECKS)} promises checked; those that did not hold")
        if found.left:
            told = [f"{one.check}: {one.where}: {one.what} {one.remedy}" for one in found.left]
            more = f"; and {len(told) - MOST_TOLD} more, which `storywire verify` lists" if told[MOST_TOLD:] else ""
            raise BrokenPromiseError(f"{len(told)} findings are left: {'; '.join(told[:MOST_TOLD])}{more}")
        with lock.held(space.intake, settings.lock_wait_seconds), lock.held(space.lock, settings.lock_wait_seconds):
            return Maintained(**dict(found), compacted=compact(space), expired=expire(space, settings))


def inspect(space: Workspace, settings: Settings, *, mend: bool) -> Verified:
    """Check every promise, and where asked mend what is safe to mend and look again."""
    with lock.held(space.lock, settings.lock_wait_seconds):
        findings = verify(space)
        if not mend:
            return Verified(findings=findings, left=findings)
        mended = repair(space, findings)
    if any(finding.check != "publish" for finding in mended):
        carry(space, settings, (), Clock(space.run))
    with lock.held(space.lock, settings.lock_wait_seconds):
        return Verified(findings=findings, mended=mended, left=verify(space) if findings else [])
