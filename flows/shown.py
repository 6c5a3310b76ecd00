"""What the command line shows: bars while it works, figures and where to look when it is done."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from storywire.figures import Figures
from storywire.settings import Settings
from storywire.store import manifest
from storywire.store.calendar import State

if TYPE_CHECKING:
    from flows.backfill import Backfilled
    from storywire.difference import Difference
    from storywire.store.upkeep import Compacted, Expired
    from storywire.store.verification import Finding
    from tasks.report import Report

console = Console(markup=False)
"""Titles and reasons are shown as they are: a bracket in one is no markup."""


@contextlib.contextmanager
def bars() -> Iterator[None]:
    """A progress bar per stage, on a terminal; nothing where the output goes to a file."""
    from tasks.progress import watched

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:

        @contextlib.contextmanager
        def bar(title: str, total: int) -> Iterator[Callable[[int], None]]:
            shown = progress.add_task(title, total=total or None)
            yield lambda done: progress.advance(shown, done)
            finished = progress.tasks[shown].completed
            progress.update(shown, total=max(finished, 1), completed=max(finished, 1))

        with watched(bar):
            yield


def reports(done: list[Report], data: Path | None, day: date | None = None) -> None:
    """The figures of runs, of one for a day where it is given, and where to look."""
    folder = (data or Settings().data) / "processed"
    if day and day not in manifest.load(folder).capture_days:
        console.print(f"No capture of {day} is known.")
    if not any(report.changed for report in done):
        console.print(f"Nothing new: no file in {folder} was touched.")
    written, removed = (sum(len(getattr(one, name)) for one in done) for name in ("written", "removed"))
    table = Table(*Figures.model_fields, "partitions written")
    table.add_row(*(str(getattr(done[-1].figures, name)) for name in Figures.model_fields), str(written))
    for column in table.columns:
        column.justify = "right"
    console.print(table)
    console.print(f"The tables ({written} files written, {removed} removed): {folder}", soft_wrap=True)
    console.print(f"What was left out, with reasons: {folder / 'rejected'}", soft_wrap=True)
    console.print("What each column means: docs/data-dictionary.md", soft_wrap=True)


def backfilled(done: Backfilled, data: Path | None, *, planned: bool) -> None:
    """Which days of the range ran or would run, and what came of it."""
    table = Table("day", "state", "would run" if planned or done.difference else "ran", "why")
    for choice in done.plan:
        table.add_row(str(choice.day), choice.state, "yes" if choice.runs else "", choice.why)
    console.print(table)
    if done.difference is not None:
        difference(done.difference)
    elif done.reports:
        reports(done.reports, data)
    elif planned:
        console.print("The raw folder was not read: what arrived in it since the last run is not seen here.")
    elif left := [choice for choice in done.plan if choice.state in {State.FAILED, State.RUNNING}]:
        console.print(f"Nothing was run, and {len(left)} of {len(done.plan)} days are not done; the table says why.")
    else:
        console.print("Nothing to do: every day of the range is done. `--reprocess completed` does them again.")


def difference(found: Difference) -> None:
    """What would change in the tables."""
    console.print(
        f"Articles {found.articles_before} -> {found.articles_after}, "
        f"stories {found.stories_before} -> {found.stories_after}; nothing was published."
    )
    if found.is_empty:
        console.print("No article would change.")
        return
    table = Table("change", "articles", "for example", "before", "after")
    for kind, count in found.changed.items():
        samples = [one for one in found.samples if one.kind == kind]
        for number, one in enumerate(samples):
            shown = (kind, str(count)) if number == 0 else ("", "")
            table.add_row(*shown, one.title or one.article_id, one.before or "", one.after or "")
    console.print(table)


def verified(findings: list[Finding], mended: list[Finding], left: list[Finding], *, as_json: bool) -> None:
    """Which promises do not hold, what was mended, and what to do about the rest."""
    from storywire.store.verification import CHECKS

    if as_json:
        kinds = {"findings": findings, "mended": mended, "left": left}
        said = {"checks": len(CHECKS)} | {kind: [asdict(one) for one in of] for kind, of in kinds.items()}
        typer.echo(json.dumps(said, indent=1))  # for a program to read, without rich's line breaks
        return
    if not findings:
        console.print(f"{len(CHECKS)} promises checked, all of them hold.")
        return
    console.print(f"{len(CHECKS)} promises checked, {len(findings)} findings, {len(mended)} mended, {len(left)} left.")
    table = Table("check", "where", "what", "remedy")
    for one in findings:
        table.add_row(one.check, one.where, one.what, one.remedy if one in left else "mended")
    for one in left:
        if one not in findings:
            table.add_row(one.check, one.where, one.what, one.remedy)
    console.print(table)


def tidied(compacted: Compacted, expired: Expired) -> None:
    """What was merged and what was let go."""
    freed = (compacted.bytes_freed + expired.bytes_freed) / 1e6
    console.print(
        f"Merged {compacted.files_before} files to {compacted.files_after}; let go of {expired.stages} folders of "
        f"other code, {expired.leftovers} leftovers and {expired.runs} rows of runs: {freed:,.1f} MB freed."
    )
