"""What `storywire status` shows: a calendar of capture days, and under it what somebody should look at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from storywire.pauses import Gap, Silence
from storywire.store.calendar import State
from storywire.store.health import Health
from storywire.store.status import DayStatus, Status

console = Console()

MARKS = {
    State.DONE: ("✓", "green"),
    State.RUNNING: ("▶", "cyan"),
    State.LATE: ("+", "yellow"),
    State.STALE: ("~", "magenta"),
    State.MISSING: ("○", "yellow"),
    State.FAILED: ("✗", "bold red"),
}
"""The mark and the colour of each state; where marks cannot be printed, its first letter stands for it."""

NOTHING = "·"
WEEK = timedelta(days=7)

MOST_LISTED = 10
"""Silent outlets, and gaps, that are listed, the longest and the newest first; `--json` has all."""


def show(found: Status, data: Path) -> None:
    """The whole view; it fits into 80 columns."""
    _figures(found, data)
    if not found.days:
        console.print("No capture day is known yet; `storywire run` takes in what lies in the raw folder.")
    else:
        console.print(_calendar(found.days))
        console.print(_legend(found))
        console.print()
    if any(one.state is not State.DONE for one in found.days):
        console.print(_unfinished(found.days))
    if found.silent:
        console.print(_silences(found.silent))
    if found.fetched:
        console.print(_fetched(found.fetched))
    for line in _lines(found):
        console.print(line, soft_wrap=True, highlight=False)


def _figures(found: Status, data: Path) -> None:
    named = {name: f"{count:,}" for name, count in found.figures}
    console.print(f"[bold]{escape(str(data))}[/bold], code {found.pipeline_version}", soft_wrap=True, highlight=False)
    console.print("   ".join(f"[bold]{count}[/bold] {name}" for name, count in named.items()), highlight=False)
    console.print()


def _calendar(days: tuple[DayStatus, ...]) -> Table:
    """A row per week, Monday first: day of the month, mark, and the articles captured on it.

    The month at the left is that of the row's first day. Weeks without a shown day are one line, however many.
    """
    table = Table("", *("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), box=None, padding=(0, 1, 0, 0))
    for column in table.columns:
        column.min_width, column.no_wrap = 9 if column.header else 8, True
    shown = {one.day: one for one in days}
    first, last = days[0].day, days[-1].day
    before: date | None = None
    named = ""
    for monday in sorted({day - timedelta(days=day.weekday()) for day in shown}):
        if before and (skipped := (monday - before) // WEEK - 1):
            table.add_row(Text(f"{_mark(None)} {skipped:,} wk", style="dim"))
        week = [monday + timedelta(days=n) for n in range(min(7, (date.max - monday).days + 1))]
        month = f"{max(monday, first):%b %Y}"
        cells = [_cell(day, shown.get(day)) if first <= day <= last else Text() for day in week]
        table.add_row(Text(month if month != named else "", style="bold"), *cells)
        before, named = monday, month
    return table


def _cell(day: date, one: DayStatus | None) -> Text:
    if one is None:
        return Text(f"{day.day:2} {_mark(None)}", style="dim")
    return Text.assemble(
        (f"{day.day:2} ", "dim"),
        (_mark(one.state), MARKS[one.state][1]),
        f" {_short(one.articles)}" if one.articles else "",
    )


def _mark(state: State | None) -> str:
    if console.encoding.startswith("utf"):
        return MARKS[state][0] if state else NOTHING
    return state[0].upper() if state else "."


def _short(count: int) -> str:
    """A count in four characters or fewer.

    >>> [_short(n) for n in (7, 9_999, 10_000, 1_250_000)]
    ['7', '9999', '10k', '1M']
    """
    for size, unit in ((1_000_000, "M"), (10_000, "k")):
        if count >= size:
            return f"{count // (1_000 if unit == 'k' else size)}{unit}"
    return str(count)


def _legend(found: Status) -> Text:
    """Every state that occurs, with its mark and its count."""
    legend = Text()
    for state, (_, style) in MARKS.items():
        if count := found.states.get(state):
            legend.append(f"{_mark(state)} ", style).append(f"{state} {count:,}  ")
    return legend.append(f"{_mark(None)} unknown", "dim")


def _unfinished(days: tuple[DayStatus, ...]) -> Table:
    """The days that are not done; neighbours of which the same is to be said share a row."""
    table = _table("Not done", "days", "", "state", "captures", "why")
    table.columns[1].justify = table.columns[3].justify = "right"
    for (state, why), alike in groupby(days, key=lambda one: (one.state, one.why)):
        if state is not State.DONE:
            of_row = list(alike)
            span = _span(of_row[0].day, of_row[-1].day)
            kept = f"{sum(one.kept for one in of_row):,}"
            count = f"{len(of_row):,}" if len(of_row) > 1 else ""
            table.add_row(span, count, Text(state, MARKS[state][1]), kept, Text(why))
    return table


def _silences(silent: tuple[Silence, ...]) -> Table:
    table = _table("Silent", "who", "name", "last capture", "days behind", "usually every")
    table.columns[3].justify = "right"
    longest = sorted(silent, key=lambda one: (-one.days, one.name))
    for one in longest[:MOST_LISTED]:
        table.add_row(one.kind, Text(one.name), str(one.last), str(one.days), f"{one.usual_days:g} d")
    if (more := len(longest) - MOST_LISTED) > 0:
        table.add_row("", f"and {more} more")
    return table


def _fetched(sources: tuple[Health, ...]) -> Table:
    """Sources that are fetched: those in trouble first, then the longest silent."""
    table = _table("Fetched", "source", "answered", "silent", "today", "usual", "waiting", "trouble")
    for column in table.columns[2:6]:
        column.justify = "right"
    ordered = sorted(sources, key=lambda one: (not one.is_failing, -(one.silent_days or 0), one.source))
    for one in ordered[:MOST_LISTED]:
        answered = f"{one.asked_at:%m-%d %H:%M}" if one.asked_at else "never"
        silent = f"{one.silent_days} d" if one.silent_days else ""
        usual = f"{one.expected:g}" if one.expected is not None else ""
        trouble = ", ".join(f"{what} {count}" for what, count in one.failures.items())
        trouble = f"{one.error} ({trouble})" if one.error else trouble
        name = Text(one.source, "bold red" if one.is_failing else "")
        table.add_row(name, answered, silent, f"{one.seen:,}", usual, f"{one.waiting:,}", Text(trouble))
    if (more := len(ordered) - MOST_LISTED) > 0:
        table.add_row("", f"{more} more")
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(*columns, title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.columns[-1].overflow = "fold"  # a path that is cut short is of no use
    return table


def _lines(found: Status) -> Iterator[Text]:
    """What else is to be told, a line each."""
    if found.gaps:
        yield _line("Gaps", ", ".join(_gap(gap) for gap in found.gaps[: -MOST_LISTED - 1 : -1]))
    if found.undated:
        yield _line("Undated", f"{found.undated:,} captures without a day")
    for attempt in found.at_work:
        days = f", for {_span(min(attempt.days), max(attempt.days))}" if attempt.days else ""
        yield _line("At work", f"{attempt}{days}, since {attempt.started_at:%Y-%m-%d %H:%M} UTC")
    if gone := found.missing_files:
        more = f" and {len(gone) - 1:,} more" if gone[1:] else ""
        yield _line(
            "Gone", f"{gone[0]}{more} of the tables; the next run makes what it can anew, see `storywire verify`", "red"
        )
    if found.writer:
        yield _line("Writing", found.writer)
    if error := found.last_error:
        yield _line(
            "Last error", f"{error.day} ({error.flow}, {error.failed_at:%Y-%m-%d %H:%M} UTC): {error.error}", "red"
        )


def _line(name: str, said: str, style: str = "") -> Text:
    return Text.assemble((f"{name}: ", "bold"), (said, style))


def _gap(gap: Gap) -> str:
    return f"{_span(gap.first, gap.last)} ({gap.days} d)" if gap.days > 1 else str(gap.first)


def _span(first: date, last: date) -> str:
    return str(first) if first == last else f"{first}..{last}"
