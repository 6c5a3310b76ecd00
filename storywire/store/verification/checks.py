"""All that is checked, in the order it is reported."""

from __future__ import annotations

from datetime import UTC, datetime

from storywire.store.swap import JOURNAL
from storywire.store.verification import (
    accounts,
    contents,
    daybook,
    inventory,
    kept,
    leaves,
    recounts,
    references,
)
from storywire.store.verification.findings import Finding
from storywire.store.workspace import Workspace

OVER_ROWS = (*accounts.CHECKS, *references.CHECKS, *recounts.CHECKS)

CHECKS: dict[str, str] = {
    **inventory.PROMISES,
    **contents.PROMISES,
    **leaves.PROMISES,
    **{check.check: check.promise for check in OVER_ROWS},
    **daybook.PROMISES,
    **kept.PROMISES,
}
"""Every promise that is checked: a short name, and what is promised."""


def verify(space: Workspace) -> list[Finding]:
    """Every promise of the data folder that is not kept; none where all is well.

    A damaged file is one finding; checks that would need it are left out, as they would only repeat
    it. A folder in which nothing was published is one finding, since its path is most likely wrong.
    Reads every byte once and writes nothing. A publish meanwhile looks like damage, so hold the
    writer's lock.
    """
    findings = inventory.interrupted(space)
    listed, tables = None, {}
    if not (space.processed / JOURNAL).exists():  # else some files are new and some old
        listed, of_manifest = inventory.read_manifest(space)
        findings += of_manifest
    if listed:
        files = contents.read(space, listed)
        tables = contents.whole(files, listed)
        findings += inventory.against_disk(space, listed)
        findings += [finding for file in files for finding in file.findings]
        findings += leaves.keys(files)
        findings += leaves.strangers(space, set(listed.files["path"].to_pylist()))
        for check in OVER_ROWS:
            findings += check.findings(tables)
        findings += daybook.miscounted(listed, tables)
    findings += daybook.unborne(space, listed)
    stored = kept.captures(space)
    findings += stored.false
    findings += kept.missing(space, stored, tables)
    findings += kept.stages(space)
    findings += kept.shelves(space)
    findings += kept.ledger(space)
    findings += kept.unfinished(space, datetime.now(UTC))
    order = list(CHECKS)
    return sorted(findings, key=lambda finding: (order.index(finding.check), finding.where))
