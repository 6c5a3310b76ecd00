"""Check, mend and tidy a data folder; the caller holds its locks."""

from __future__ import annotations

from datetime import UTC, datetime

from storywire.settings import Settings
from storywire.store import upkeep, verification
from storywire.store.upkeep import Compacted, Expired
from storywire.store.verification import Finding
from storywire.store.workspace import Workspace
from tasks.step import step


@step("verify")
def verify(space: Workspace) -> list[Finding]:
    """Every promise of the data folder that is not kept."""
    return verification.verify(space)


@step("repair")
def repair(space: Workspace, findings: list[Finding]) -> list[Finding]:
    """Mend what is safe to mend; the tables are made anew by what follows."""
    return verification.repair(space, findings)


@step("compact")
def compact(space: Workspace) -> Compacted:
    """Merge many small files to few."""
    return upkeep.compact(space)


@step("expire")
def expire(space: Workspace, settings: Settings) -> Expired:
    """Let go of what the settings say."""
    return upkeep.expire(
        space, stages_days=settings.keep_stages_days, runs_days=settings.keep_runs_days, now=datetime.now(UTC)
    )
