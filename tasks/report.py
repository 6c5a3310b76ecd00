"""What a run did, in figures."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from storywire import version
from storywire.figures import Figures
from storywire.store import manifest
from storywire.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Clock:
    """When a run began, and how long it has been at work; a clock that is set meanwhile does not matter."""

    run_id: str
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    began: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        """Seconds since the beginning."""
        return round(time.monotonic() - self.began, 3)


class Report(BaseModel):
    """What a run did: the files it wrote and removed, and what the tables amount to now."""

    model_config = ConfigDict(frozen=True)

    run_id: str
    started_at: datetime
    seconds: float
    days: tuple[date, ...]
    pipeline_version: str
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    figures: Figures
    changed: bool = True

    def row(self, raw: Path) -> dict[str, Any]:
        """The row of `runs`."""
        own = self.model_dump(include={"run_id", "started_at", "seconds", "days", "pipeline_version"})
        written = {"files_written": len(self.written), "files_removed": len(self.removed), "raw": str(raw)}
        return own | self.figures.model_dump() | written

    @property
    def title(self) -> str:
        """The days the run was for, in a few words."""
        return span(self.days)


def span(days: tuple[date, ...]) -> str:
    """Some days in a few words.

    >>> span((date(2026, 2, 3), date(2026, 2, 5))), span(())
    ('2026-02-03..2026-02-05', 'pending')
    """
    if not days:
        return "pending"
    first, last = min(days), max(days)
    return str(first) if first == last else f"{first}..{last}"


def unchanged(space: Workspace, days: tuple[date, ...], clock: Clock) -> Report:
    """The figures of the tables as they are, for a run that found nothing to do."""
    return Report(
        run_id=clock.run_id,
        started_at=clock.started_at,
        seconds=clock.seconds(),
        days=days,
        pipeline_version=version.pipeline(),
        figures=manifest.load(space.processed).figures,
        changed=False,
    )


def markdown(report: Report, top_stories: list[dict[str, Any]], reasons: Mapping[str, int], chart: str) -> str:
    """The run's page in the Prefect UI: figures, largest stories, articles by day, what was left out and why."""
    done = f"Done in {report.seconds:.1f} s: {len(report.written)} files written, {len(report.removed)} removed."
    names = list(Figures.model_fields)
    values = [str(getattr(report.figures, name)) for name in names]
    lines = [
        f"# {report.title}",
        "",
        done if report.changed else "Nothing new: no file was touched.",
        "",
        f"| {' | '.join(names)} |",
        f"|{'---:|' * len(names)}",
        f"| {' | '.join(values)} |",
        "",
        "## Largest stories",
        "",
        "| story | articles | reports | outlets | label |",
        "|---|---:|---:|---:|---|",
        *(
            f"| `{s['story_id']}` | {s['n_articles']} | {s['n_reports']} | {s['n_sites']} | {cell(s['label'])} |"
            for s in top_stories
        ),
        "",
        "## Articles by capture day",
        "",
        "```",
        chart,
        "```",
        "",
        "## Left out",
        "",
        "| reason | rows |",
        "|---|---:|",
        *(f"| {reason} | {count} |" for reason, count in reasons.items()),
    ]
    return "\n".join(lines)


BAR = 40
"""Characters of the longest bar."""


def bars(counts: Mapping[date, int]) -> str:
    """A bar for each day, its length the count's share of the largest.

    >>> print(bars({date(2026, 2, 3): 2, date(2026, 2, 4): 40, date(2026, 2, 5): 0}))
    2026-02-03 ██ 2
    2026-02-04 ████████████████████████████████████████ 40
    2026-02-05 0
    """
    most = max(counts.values(), default=0) or 1
    lines = []
    for day, count in sorted(counts.items()):
        bar = "█" * (-(-count * BAR // most))
        lines.append(" ".join(filter(None, (str(day), bar, str(count)))))
    return "\n".join(lines)


def cell(text: str | None) -> str:
    """A text as it may stand in a table of Markdown."""
    return (text or "").replace("|", "\\|").replace("\n", " ")
