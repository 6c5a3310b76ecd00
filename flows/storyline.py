"""What `storywire explain STORY` shows: its parts in time, what ties them, the weakest join, what nearly joined."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from storywire.store.storylines import Storyline
    from storywire.stories.cohesion import Join, Link

WIDTH = 100
"""Columns used at most: longer lines are hard to read."""

MOST = 30
"""Members and links shown; `--json` has all."""

BAR = 16
"""Columns of the time line, at least two days wide."""

WHY = {
    "similarity": "too little alike on the whole",
    "cohesion": "each side is much more alike in itself",
    "support": "too few pairs are alike by themselves",
    "order": "it would fit as it is, but a closer join came first, or one of the two is of a series",
}
"""Why two clusters stayed apart, by the words of `cohesion.Near`."""

HOW = {"merged": "was merged into it", "split": "was split, most of it lies here", "renamed": "is now called so"}


def show(found: Storyline, console: Console | None = None) -> None:
    """Print how a story or an event holds together, as wide as the terminal is and no wider than one reads well."""
    console = console or Console(highlight=False)
    width = min(console.width, WIDTH)
    for part in (_head(found), _members(found), *_links(found), *_near(found)):
        console.print(part, width=width)


def _head(found: Storyline) -> RenderableType:
    row = found.row
    counts = [_count(row["n_articles"], "article"), _count(row["n_reports"], "report")]
    counts += [_count(row["n_sources"], "source")]
    if found.kind == "story":
        counts.append(_count(row["n_events"], "event"))
    lines = [Text(row["label"] or "no headline", style="bold")]
    lines.append(Text(" · ".join([*counts, _days(row["first_on"], row["last_on"]), *row["languages"]])))
    for name in ("keywords", "people", "places"):
        if row[name]:
            lines.append(Text.assemble((f"{name}: ", "dim"), ", ".join(row[name])))
    if found.why:
        lines.append(Text(f"{found.asked} {HOW.get(found.why, found.why)}", style="yellow"))
    return Panel(
        Group(*lines),
        title=Text(f"{found.kind.upper()} {found.id}", style="bold cyan"),
        title_align="left",
        border_style="cyan",
        padding=(0, 1),
    )


def _members(found: Storyline) -> RenderableType:
    """The parts in time, each with its days drawn on one line."""
    spans = [_span(row) for row in found.members]
    known = [day for span in spans if span for day in span]
    table = _table("Events in time" if found.kind == "story" else "Reports in time")
    table.add_column("", justify="right", style="bold", no_wrap=True)
    table.add_column("day", no_wrap=True)
    table.add_column("", no_wrap=True, style="cyan", width=BAR)
    table.add_column("what", ratio=1, overflow="fold")
    table.add_column("", justify="right", no_wrap=True)
    for number, (row, span) in enumerate(list(zip(found.members, spans, strict=True))[:MOST], 1):
        day = _days(*span) if span else "undated"
        bar = _bar(span, min(known), max(known)) if span else ""
        size = _count(row["n_articles"], "article") if found.kind == "story" else row["site"] or ""
        what = row["label"] if found.kind == "story" else row["title"]
        table.add_row(str(number), day, bar, Text(what or "no headline"), size)
    return Padding(Group(table, *_more(len(found.members))), (1, 0, 0, 0))


def _links(found: Storyline) -> Iterable[RenderableType]:
    """The strongest link to each, and the weakest join."""
    place = {name: str(number) for number, name in enumerate(found.cohesion.members, 1)}
    if not found.cohesion.links:
        yield Padding(Text(f"It is the only one in its {found.kind}; nothing ties it.", style="dim"), (1, 0, 0, 0))
        return
    table = _table(f"What ties them  ({found.threshold:.3g} is needed, on average over all pairs)")
    table.add_column("", no_wrap=True, style="bold")
    table.add_column("alike", justify="right", no_wrap=True)
    table.add_column("apart", justify="right", no_wrap=True)
    table.add_column("by these terms, each with its part", ratio=1, overflow="fold")
    for link in found.cohesion.links[:MOST]:
        table.add_row(
            f"{place[link.one]} – {place[link.other]}", f"{link.similarity:.3f}", _apart(link), _terms(found, link)
        )
    yield Padding(Group(table, *_more(len(found.cohesion.links))), (1, 0, 0, 0))
    if found.cohesion.weakest:
        weakest = found.cohesion.weakest
        sides = " and ".join(", ".join(place[name] for name in side[:MOST]) for side in weakest.sides)
        said = f"{sides}: {weakest.similarity:.3f} on average, {_needed(weakest)}"
        yield Padding(Text.assemble(("Weakest join  ", "bold"), said), (1, 0, 0, 0))


def _near(found: Storyline) -> Iterable[RenderableType]:
    """What came closest outside, with the value against what was needed."""
    looked = f"{found.compared:,} of {_count(found.around, 'event')} within {found.window_days} days looked at"
    if not found.cohesion.near:
        yield Padding(Text.assemble(("Nothing nearly joined  ", "bold"), (looked, "dim")), (1, 0, 0, 0))
        return
    place = {name: str(number) for number, name in enumerate(found.cohesion.members, 1)}
    table = _table(f"What nearly joined  ({looked})")
    table.add_column("alike", justify="right", no_wrap=True)
    table.add_column("needed", justify="right", no_wrap=True)
    table.add_column("what, and why not", ratio=1, overflow="fold")
    for near in found.cohesion.near:
        row = found.outside[near.cluster]
        what = f"{row['label'] or 'no headline'}  {_days(row['first_on'], row['last_on'])}"
        kin = (
            " of the same story"
            if found.kind == "event" and row["story_id"] and row["story_id"] == found.row["story_id"]
            else ""
        )
        closest = f"{WHY[near.why]}; closest to {place[near.link.one]} ({near.link.similarity:.3f}): "
        cell = Group(
            Text(what), Text.assemble((f"{near.cluster}{kin}  ", "dim"), (closest, "dim"), _terms(found, near.link))
        )
        table.add_row(f"{near.join.similarity:.3f}", f"{near.join.needed:.3f}", cell)
    yield Padding(table, (1, 0, 0, 0))


def _table(title: str) -> Table:
    return Table(
        title=Text(title, style="bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        expand=True,
        pad_edge=False,
        show_edge=False,
        padding=(0, 1),
    )


def _more(count: int) -> Iterable[RenderableType]:
    if count > MOST:
        yield Text(f"  and {count - MOST:,} more; --json has them all", style="dim")


def _span(row: dict[str, Any]) -> tuple[date, date] | None:
    """First and last day of a member; none for an undated one."""
    first = row["first_on"] if "first_on" in row else row["published_on"]
    return (first, row.get("last_on") or first) if first else None


def _bar(span: tuple[date, date], first: date, last: date) -> str:
    """The days of one part on the time line of all."""
    days = max((last - first).days, 1)
    begin, end = (round((day - first).days * (BAR - 1) / days) for day in span)
    return "".join("●" if place in {begin, end} else "━" if begin < place < end else "·" for place in range(BAR))


def _days(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        return "undated"
    return str(first) if first == last else f"{first} – {str(last)[5:] if last.year == first.year else last}"


def _apart(link: Link) -> str:
    return "undated" if link.days_apart is None else _count(link.days_apart, "day")


def _terms(found: Storyline, link: Link) -> Text:
    spelled = [(found.spelling.get(term, term), value) for term, value in link.terms]
    parts = [part for term, value in spelled for part in (f"{term} ", (f"{value:.3f}  ", "dim"))]
    return Text.assemble(*parts) if parts else Text("no term in common", style="dim")


def _needed(join: Join) -> str:
    return f"{join.needed:.3f} is needed"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'s' * (number != 1)}"
