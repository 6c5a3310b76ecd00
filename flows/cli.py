"""The command line: `storywire run`, `storywire backfill`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from storywire.settings import Settings
from storywire.store.files import StoreError

if TYPE_CHECKING:
    from tasks.report import Report

app = typer.Typer(
    help="Raw news pages to tables one can trust.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console()

Raw = Annotated[Path | None, typer.Option(help="Folder the pages are taken from; default: STORYWIRE_RAW or data/raw.")]
Data = Annotated[Path | None, typer.Option(help="Folder for interim/ and processed/; default: STORYWIRE_DATA or data.")]
Day = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"])]


@app.command()
def run(
    raw: Raw = None,
    data: Data = None,
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only what was captured on this day; default: everything."),
    ] = None,
) -> None:
    """Take in what is pending and bring the tables up to date."""
    from flows.daily import daily

    with _bars():
        report = (daily if _has_server() else daily.fn)(day.date() if day else None, raw, data)
    _show([report], data)


@app.command()
def backfill(start: Day, end: Day, raw: Raw = None, data: Data = None) -> None:
    """Run a range of capture days, both ends included."""
    from flows.backfill import backfill as flow

    with _bars():
        reports = (flow if _has_server() else flow.fn)(start.date(), end.date(), raw, data)
    _show(reports, data)


def main() -> None:
    """Run the command line; what an operator can mend ends with one sentence and exit code 2."""
    try:
        app()
    except (StoreError, ValidationError) as error:
        if isinstance(error, ValidationError) and error.title != Settings.__name__:
            raise
        first = error.errors()[0] if isinstance(error, ValidationError) else None
        said = f"setting {first['loc'][0]}: {first['msg']} (got {first['input']!r})" if first else str(error)
        Console(stderr=True, soft_wrap=True).print(f"storywire: {said}", style="red", markup=False, highlight=False)
        sys.exit(2)


def _has_server() -> bool:
    """Whether a Prefect server is set; without one the same flow runs right here, and nothing is lost but the UI."""
    from prefect.settings import PREFECT_API_URL

    return bool(PREFECT_API_URL.value())


@contextlib.contextmanager
def _bars() -> Iterator[None]:
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


def _show(reports: list[Report], data: Path | None) -> None:
    """The run's figures, and where to look."""
    last = reports[-1]
    folder = (data or Settings().data) / "processed"
    if not any(report.changed for report in reports):
        console.print(f"Nothing new: no file in {folder} was touched.")
    table = Table("captures", "articles", "rejected", "copies", "events", "stories", "partitions written")
    written = sum(report.files_written for report in reports)
    removed = sum(report.files_removed for report in reports)
    figures = (last.captures, last.articles, last.rejected, last.copies, last.events, last.stories, written)
    table.add_row(*map(str, figures))
    for column in table.columns:
        column.justify = "right"
    console.print(table)
    console.print(f"The tables ({written} files written, {removed} removed): {folder}", soft_wrap=True)
    console.print(f"What was left out, with reasons: {folder / 'rejected'}", soft_wrap=True)
    console.print("What each column means: docs/data-dictionary.md", soft_wrap=True)


if __name__ == "__main__":
    main()
