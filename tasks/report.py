"""What a run did, in figures."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from storywire import schema
from storywire.store.files import read_table
from storywire.store.workspace import Workspace


class Report(BaseModel):
    """The figures of a run, as the log of runs holds them; `changed` tells whether it wrote anything."""

    run_id: str
    started_at: datetime
    seconds: float
    day: date | None
    captures: int
    articles: int
    rejected: int
    copies: int
    events: int
    stories: int
    files_written: int
    files_removed: int
    pipeline_version: str
    changed: bool = True

    def row(self, raw: Path) -> dict[str, Any]:
        """The row of `runs`."""
        return self.model_dump(exclude={"changed"}) | {"raw": str(raw)}


def unchanged(space: Workspace) -> Report:
    """The figures of the newest run that wrote, for a run that found nothing to do."""
    newest = max(((space.processed / "runs").glob("*.parquet")), key=lambda path: path.name)
    row = read_table(newest, [name for name in schema.RUNS.names if name != "raw"]).to_pylist()[0]
    return Report(**(row | {"files_written": 0, "files_removed": 0}), changed=False)


def markdown(report: Report, top_stories: list[dict[str, Any]], reasons: dict[str, int]) -> str:
    """The run's page in the Prefect UI: figures, largest stories, what was left out and why."""
    lines = [
        f"# {report.day or 'Everything pending'}",
        "",
        "Nothing new: no file was touched." if not report.changed else f"Done in {report.seconds:.1f} s.",
        "",
        "| captures | articles | rejected | copies | events | stories | files written | removed |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
        f"| {report.captures} | {report.articles} | {report.rejected} | {report.copies} | {report.events} | "
        f"{report.stories} | {report.files_written} | {report.files_removed} |",
        "",
        "## Largest stories",
        "",
        "| story | articles | reports | outlets | label |",
        "|---|---:|---:|---:|---|",
        *(
            f"| `{s['story_id']}` | {s['n_articles']} | {s['n_reports']} | {s['n_sites']} | {_cell(s['label'])} |"
            for s in top_stories
        ),
        "",
        "## Left out",
        "",
        "| reason | rows |",
        "|---|---:|",
        *(f"| {reason} | {count} |" for reason, count in reasons.items()),
    ]
    return "\n".join(lines)


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")
