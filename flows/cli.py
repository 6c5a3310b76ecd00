"""The command line: `storywire run | fetch | backfill | status | explain | verify | maintain | sources`."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from flows import listed
from flows.calling import carry_out
from storywire.explanation import Explanation
from storywire.settings import PREFIX, Settings, SettingsError
from storywire.sources.listing import ListingError
from storywire.store.attempts import DaysFailedError
from storywire.store.files import BrokenPromiseError, StoreError

app = typer.Typer(
    help="Raw news pages to tables one can trust.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(listed.app, name="sources")

Raw = Annotated[Path | None, typer.Option(help="Folder the pages are taken from; default: STORYWIRE_RAW or data/raw.")]
Data = Annotated[Path | None, typer.Option(help="Folder for interim/ and processed/; default: STORYWIRE_DATA or data.")]
EVERY_DAY = 100_000
"""More days than there are."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@app.command()
def run(
    raw: Raw = None,
    data: Data = None,
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only what was captured on this day; default: everything."),
    ] = None,
    catch_up: Annotated[int, typer.Option(help="Days before it that run as well where missing or failed.")] = 0,
) -> None:
    """Take in what is pending and bring the tables up to date."""
    from flows import shown
    from flows.daily import daily

    with shown.bars():
        report = carry_out(daily, day=day.date() if day else None, raw=raw, data=data, catch_up=catch_up)
    shown.reports([report], data, day.date() if day else None)


@app.command()
def fetch(
    names: Annotated[list[str] | None, typer.Argument(help="Names of sources; default: all that are listed.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Ask every feed now, due or not.")] = False,
    raw: Raw = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Fetch what is due of the listed sources into the raw folder."""
    from flows import fetched
    from flows.fetch import fetch as flow
    from storywire.store.workspace import Workspace

    with fetched.live():
        done = carry_out(flow, sources=names or None, force=force, raw=raw, data=data)
    if as_json:
        typer.echo(json.dumps(done, indent=1))  # for a program to read, without rich's line breaks
    else:
        settings = Settings().at(raw, data)
        fetched.show(done, fetched.failing(Workspace(settings.data)), settings.sources)


@app.command()
def backfill(
    start: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="First day, YYYY-MM-DD (UTC).")],
    end: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="Last day, included.")],
    raw: Raw = None,
    data: Data = None,
    reprocess: Annotated[
        str, typer.Option(help="Which days run beside those that never did: none, failed, or completed (all).")
    ] = "failed",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which days would run, and why.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Say what would change in the tables; publish nothing.")] = False,
    run_backwards: Annotated[bool, typer.Option("--run-backwards", help="Newest day first.")] = False,
    max_active: Annotated[int, typer.Option(help="Days read side by side and published together.")] = 4,
    by: Annotated[str, typer.Option(help="What the days are: capture or publication.")] = "capture",
    as_json: Json = False,
) -> None:
    """Run the days of a range that are missing or failed, both ends included."""
    from flows import shown
    from flows.backfill import backfill as flow

    with shown.bars():
        done = carry_out(
            flow,
            start=start.date(),
            end=end.date(),
            reprocess=reprocess,
            max_active=max_active,
            run_backwards=run_backwards,
            by=by,
            dry_run=dry_run,
            diff=diff,
            raw=raw,
            data=data,
        )
    if as_json:
        typer.echo(done.model_dump_json(indent=1))  # for a program to read, without rich's line breaks
    else:
        shown.backfilled(done, data, planned=dry_run)


@app.command()
def status(
    start: Annotated[datetime | None, typer.Argument(formats=["%Y-%m-%d"], help="First day, YYYY-MM-DD (UTC).")] = None,
    end: Annotated[
        datetime | None, typer.Argument(formats=["%Y-%m-%d"], help="Last day, included; default: the last known.")
    ] = None,
    data: Data = None,
    as_json: Json = False,
    days: Annotated[
        int, typer.Option(min=1, help="Without START: how many days, the last ones anything is known of.")
    ] = 28,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="End with exit code 1 if a day shown failed, was made by other code, or has captures no run took in, "
            "or if files of the tables are gone.",
        ),
    ] = False,
) -> None:
    """Show how each capture day stands, who is at work, and what has stopped coming; changes nothing."""
    from flows import standing
    from storywire.store.status import status as look
    from storywire.store.workspace import Workspace

    settings = Settings().at(None, data)
    first, last = (day.date() if day else None for day in (start, end))
    most = EVERY_DAY if check and first is None else days  # a monitor must not overlook an old one
    found = look(Workspace(settings.data), settings.silent_days, first, last, most=most)
    if as_json:
        typer.echo(found.model_dump_json(indent=1))  # for a program to read, without rich's line breaks
    else:
        standing.show(found, settings.data)
    if check and (found.missing_files or any(day.needs_a_run for day in found.days)):
        raise typer.Exit(1)


@app.command()
def explain(
    a: Annotated[
        str,
        typer.Argument(
            help="An article: its id, its address, or a file name below the raw folder. Alone: a story's or event's id."
        ),
    ],
    b: Annotated[str | None, typer.Argument(help="Another article.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say whether two articles are the same, and why; or, of one id, how a story or event holds together."""
    from flows import explained, storyline
    from storywire.store import lookup

    found = lookup.explain(a, b, data) if b is not None else lookup.explain(a, None, data)
    if as_json:
        typer.echo(explained.as_json(found))  # for a program to read, without rich's line breaks
    elif isinstance(found, Explanation):
        explained.show(found)
    else:
        storyline.show(found)


@app.command()
def verify(
    data: Data = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what is safe to mend: derived files, an interrupted publish.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check every promise of the tables; exit code 1 where one does not hold."""
    from flows import shown
    from storywire.store import attempts, lock, verification
    from storywire.store.workspace import Workspace

    settings = Settings().at(None, data)
    space = Workspace(settings.data, detector=settings.language_detector).there()
    if repair:
        from flows.maintain import inspect

        with attempts.begun(space, "verify") as run:
            done = inspect(run.space, settings, mend=True)
            findings, mended, left = done.findings, done.mended, done.left
    else:
        with lock.held(space.lock, settings.lock_wait_seconds):
            findings = left = verification.verify(space)
        mended = []
    shown.verified(findings, mended, left, as_json=as_json)
    if left:
        raise typer.Exit(1)


@app.command()
def maintain(
    data: Data = None,
    repair: Annotated[bool, typer.Option(help="Mend what is safe to mend.")] = True,
) -> None:
    """Verify, mend, merge small files, and let go of what the settings say; once a week is enough."""
    from flows import shown
    from flows.maintain import maintain as flow

    done = carry_out(flow, repair=repair, data=data)
    shown.verified(done.findings, done.mended, done.left, as_json=False)
    shown.tidied(done.compacted, done.expired)


def main() -> None:
    """Run the command line.

    Exit codes: 0 done, 1 days failed or a promise does not hold, 2 what an operator can mend, in one sentence.
    """
    try:
        app()
    except DaysFailedError as error:
        _say(f"{len(error.failed)} of {error.of} days failed; run the same command again to do exactly these:")
        for day, why in sorted(error.failed.items()):
            _say(f"  {day}: {why}")
        sys.exit(1)
    except BrokenPromiseError as error:
        _say(f"storywire: {error}")
        sys.exit(1)
    except ListingError as error:
        for problem in error.problems:
            _say(problem)
        sys.exit(2)
    except (StoreError, SettingsError) as error:
        _say(f"storywire: {error}")
        sys.exit(2)
    except ValidationError as error:
        if error.title != Settings.__name__:
            raise
        for one in error.errors():
            name = f"{PREFIX}{str(one['loc'][0]).upper()}: " if one["loc"] else "settings: "
            value = f" (got {one['input']!r})" if one["loc"] else ""
            _say(f"storywire: {name}{one['msg']}{value}")
        sys.exit(2)


def _say(line: str) -> None:
    Console(stderr=True, soft_wrap=True).print(line, style="red", markup=False, highlight=False)


if __name__ == "__main__":
    main()
