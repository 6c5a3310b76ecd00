"""What `storywire fetch` shows: how every source goes on while it runs, and what became of it."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from storywire.store import visits
from storywire.store.health import health
from storywire.store.workspace import Workspace

console = Console()

SHOWN = 20
"""Sources shown while it runs, those with most still to do: what fits on a screen."""

FAILED = "failed:"


@contextlib.contextmanager
def live() -> Iterator[None]:
    """A line for every source at work, on a terminal; nothing where the output goes to a file."""
    from tasks.progress import listening

    counts: dict[str, Counter[str]] = {}
    began = time.monotonic()

    def told(source: str, what: str, count: int) -> None:
        counts.setdefault(source, Counter())[what] += count

    if not console.is_terminal:
        yield
        return
    view = _View(counts, began)
    with Live(view, console=console, refresh_per_second=4, transient=True), listening(told):
        yield


class _View:
    """The table as it is whenever the screen is drawn."""

    def __init__(self, counts: Mapping[str, Counter[str]], began: float) -> None:
        self._counts = counts
        self._began = began

    def __rich__(self) -> Group:
        rows = {name: Counter(counts) for name, counts in list(self._counts.items())}
        most = sorted(rows, key=lambda name: (-_left(rows[name]), name))[:SHOWN]
        table = Table("source", "", "pages", "new", "had", "failed", box=box.SIMPLE_HEAD, pad_edge=False)
        for column in table.columns[2:]:
            column.justify = "right"
        for name in sorted(most):
            row = rows[name]
            queued, done = row["queued"], row["queued"] - _left(row)
            bar = ProgressBar(total=max(queued, 1), completed=done, width=24)
            failed = Text(f"{_failed(row):,}", style="red" if _failed(row) else "dim")
            table.add_row(name, bar, f"{done:,}/{queued:,}", f"{row['new']:,}", f"{row['had']:,}", failed)
        seconds = time.monotonic() - self._began
        had = sum(row["had"] for row in rows.values())
        more = f", {len(rows) - SHOWN} more sources" if len(rows) > SHOWN else ""
        return Group(table, Text(f"{had:,} pages in {seconds:.0f} s, {had / max(seconds, 0.1):.0f} a second{more}"))


def show(fetched: Mapping[str, Mapping[str, int]], failing: Mapping[str, str], listing: Path) -> None:
    """What became of what was asked, a row for each source that was asked anything, and why feeds did not answer."""
    asked = {name: counts for name, counts in fetched.items() if counts}
    if not listing.exists():
        console.print(f"{listing} does not exist, so nothing is fetched; `storywire sources add` begins it.")
        return
    if not asked:
        console.print("Nothing was due; --force asks every feed now.")
        return
    table = Table("source", "asked", "listed", "new", "had", "unchanged", "failed", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    table.columns[-1].justify = "left"
    table.columns[-1].overflow = "fold"
    for name, counts in sorted(asked.items()):
        why = ", ".join(
            f"{what.replace('_failed:', ' ').removeprefix(FAILED)} {n}" for what, n in counts.items() if FAILED in what
        )
        table.add_row(
            name, *(f"{counts.get(what, 0):,}" for what in ("asked", "listed", "new", "had", "unchanged")), why
        )
    console.print(table)
    for name in sorted(asked.keys() & failing.keys()):
        console.print(f"{name}: {failing[name]}", style="red", markup=False, highlight=False, soft_wrap=True)
    total = sum((Counter(counts) for counts in asked.values()), Counter[str]())
    console.print(f"{total['had']:,} pages fetched, {_failed(total):,} failed; `storywire run` takes them in.")


def failing(space: Workspace) -> dict[str, str]:
    """Sources whose feeds do not answer, each with the last trouble."""
    with visits.opened(space.visits, to_read=True) as memory:
        return {one.source: one.error for one in health(memory, datetime.now(UTC)) if one.error}


def _left(row: Mapping[str, int]) -> int:
    """Pages that are queued and not yet settled."""
    settled = sum(row.get(what, 0) for what in ("had", "unchanged", "known")) + _failed(row)
    return max(row.get("queued", 0) - settled, 0)


def _failed(row: Mapping[str, int]) -> int:
    return sum(count for what, count in row.items() if what.startswith(FAILED))
