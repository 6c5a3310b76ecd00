"""What `storywire explain` shows: the verdict, the two side by side, the figures, the words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from storywire.explanation import Check, Explanation, Passage

if TYPE_CHECKING:
    from storywire.store.storylines import Storyline

WIDTH = 100
"""Columns used at most: longer lines are hard to read."""

LONGEST = 240
"""Characters of a passage shown; of a longer one its beginning and its end."""

MOST = 8
"""Passages of a kind shown; `--json` has all."""

COLOURS = {"same_event": "cyan", "same_story": "cyan", "unrelated": "red", "shares_passages": "yellow"}


def as_json(found: Explanation | Storyline) -> str:
    """One JSON object; days and moments as ISO 8601."""
    return json.dumps(asdict(found), default=_iso, ensure_ascii=False, indent=1)


def _iso(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in an explanation")


def show(found: Explanation, console: Console | None = None) -> None:
    """Print the explanation, as wide as the terminal is and no wider than one reads well."""
    console = console or Console(highlight=False)
    width = min(console.width, WIDTH)
    for part in (_verdict(found), _heads(found), _figures(found), _kin(found), *_passages(found)):
        console.print(part, width=width)


def _verdict(found: Explanation) -> RenderableType:
    colour = COLOURS.get(found.verdict, "green")
    said = Text(found.sentence, style="bold")
    return Panel(
        Group(said, Text(found.reason)),
        title=Text(found.verdict.replace("_", " ").upper(), style=f"bold {colour}"),
        title_align="left",
        border_style=colour,
        padding=(0, 1),
    )


def _heads(found: Explanation) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False, show_edge=False, padding=(0, 1))
    table.add_column("", style="dim", no_wrap=True, width=10)
    for label, row in zip("AB", found.articles, strict=True):
        role = "" if found.verdict == "same_article" else _role(found, row["article_id"])
        table.add_column(Text.assemble((label, "bold"), role), ratio=1, overflow="fold")
    for name, cells in (
        ("title", [row["title"] or "none" for row in found.articles]),
        ("outlet", [_outlet(row) for row in found.articles]),
        ("published", [_date(row) for row in found.articles]),
        ("credit", [_credit(row) for row in found.articles]),
        ("language", [f"{row['language'] or 'und'}, {row['n_words']} words" for row in found.articles]),
        ("id", [row["article_id"] for row in found.articles]),
        ("capture", [row["capture_uri"] or "unknown" for row in found.articles]),
    ):
        table.add_row(name, *map(Text, cells))
    return Padding(table, (1, 0, 0, 0))


def _role(found: Explanation, article: str) -> str:
    if found.verdict in {"same_event", "same_story", "unrelated"}:
        return ""
    return "  the original" if article == found.original_id else "  taken from it"


def _outlet(row: dict[str, Any]) -> str:
    return " · ".join(filter(None, (row["site_name"], row["site"]))) or "unknown"


def _date(row: dict[str, Any]) -> str:
    if row["published_on"] is None:
        return "unknown"
    taken = f", from {row['date_inherited_from']}" if row["date_inherited_from"] else ""
    return f"{row['published_on']} ({row['date_source']} {_share(row['date_confidence'])}{taken})"


def _credit(row: dict[str, Any]) -> str:
    if row["wire_agency"] is None:
        return "none"
    taken = f", from {row['wire_inherited_from']}" if row["wire_inherited_from"] else ""
    evidence = f" “{_short(row['wire_evidence'], 60)}”" if row["wire_evidence"] else ""
    return f"{row['wire_agency']} ({row['wire_source']} {_share(row['wire_confidence'])}{taken}){evidence}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"


def _figures(found: Explanation) -> RenderableType:
    measured = found.measured
    table = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False, show_edge=False, padding=(0, 1))
    table.add_column("measured", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("held to", justify="right", no_wrap=True)
    table.add_column("", width=3, no_wrap=True)
    table.add_column("which means", ratio=1, style="dim")
    for check in found.checks:
        mark = Text("yes", style="green") if check.holds else Text("no", style="dim")
        if check.measured is None or isinstance(check.measured, bool):
            mark = Text()
        table.add_row(check.name.replace("_", " "), _value(check, check.measured), _limit(check), mark, check.meaning)
    where = "runs of three words of the opening" if measured.counted_on == "opening" else "runs of five words"
    both = (
        f"{measured.containment_one:.0%} of A is in B, {measured.containment_other:.0%} of B in A; Jaccard "
        f"{measured.jaccard:.2f}; {measured.shared_shingles} shared {where} (A has {measured.shingles_one}, "
        f"B {measured.shingles_other})."
    )
    return Padding(Group(table, Text(both)), (1, 0, 0, 0))


def _value(check: Check, value: float | bool | None) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if check.name.startswith("containment") or check.name == "openings_agree":
        return f"{value:.0%}"
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _limit(check: Check) -> str:
    return "" if isinstance(check.threshold, bool) else _value(check, check.threshold)


def _kin(found: Explanation) -> RenderableType:
    """How the tables link the two: pairs, inheritance, group, event, story."""
    names = {row["article_id"]: label for row, label in zip(found.articles, "AB", strict=True)}

    def named(article: str) -> str:
        return names.get(article, article)

    lines: list[tuple[str, str]] = []
    for link in found.links:
        at = "the lead, " if link["original_id"] not in names else ""
        lines.append(
            (
                "link",
                f"{named(link['article_id'])} ← {at}{named(link['original_id'])}: {link['kind']}, {link['evidence']}",
            )
        )
    if not found.links and found.verdict != "same_article":
        lines.append(("link", "none in the tables; the figures were computed now"))
    leads = [lead["article_id"] if lead else None for lead in found.group["leads"]]
    if found.group["same"]:
        lines.append(("group", f"one, led by {named(leads[0] or '')}"))
    else:
        lines.append(("group", f"two, led by {named(leads[0] or 'nobody')} and {named(leads[1] or 'nobody')}"))
    for value in found.inherited:
        source = " ".join(filter(None, (value.source, _share(value.confidence))))
        lines.append(
            (
                "passed on",
                f"{value.what} {value.value} ({source}): {named(value.taken_from)} → {named(value.taken_by)}",
            )
        )
    for name, cluster in (("event", found.event), ("story", found.story)):
        lines.append((name, _cluster(cluster, f"{name}_id")))
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True, width=9)
    table.add_column(overflow="fold")
    for name, line in lines:
        table.add_row(name, Text(line))
    return Padding(table, (1, 0, 0, 0))


def _cluster(found: dict[str, Any], key: str) -> str:
    one, other = (_named(row, key) if row else "none" for row in found["of"])
    return f"one, {one}" if found["same"] else one if one == other else f"A {one}; B {other}"


def _named(row: dict[str, Any], key: str) -> str:
    size = f"{_count(row['n_articles'], 'article')}, {_count(row['n_sources'], 'source')}"
    return f"{row[key]} “{_short(row['label'] or '', 60)}” ({size})"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'s' * (number != 1)}"


def _passages(found: Explanation) -> Iterable[RenderableType]:
    labels = {row["article_id"]: label for row, label in zip(found.articles, "AB", strict=True)}
    article, original = labels[found.article_id], labels[found.original_id]
    for kind, title, sign, colour in (
        ("shared", "In both", "=", "default"),
        ("added", f"Only in {article}", "+", "green"),
        ("removed", f"Only in {original}", "-", "red"),
    ):
        if not found.passages["shared"]:
            break  # then the rest is two whole texts
        passages = found.passages[kind]
        if not passages:
            continue
        size = sum(passage.end - passage.begin for passage in passages)
        count = f"{_count(len(passages), 'passage')}, {_count(size, 'character')}"
        yield Padding(Text.assemble((title, "bold"), (f"  {count}", "dim")), (1, 0, 0, 0))
        table = Table.grid(padding=(0, 1))
        table.add_column(style=f"bold {colour}", width=1)
        table.add_column(overflow="fold")
        for passage in _longest(passages):
            table.add_row(sign, Text(_short(passage.text, LONGEST), style=colour))
        yield table
        if len(passages) > MOST:
            yield Text(f"  and {len(passages) - MOST} shorter ones; --json has them all", style="dim")


def _longest(passages: tuple[Passage, ...]) -> list[Passage]:
    """The longest passages, in order."""
    ranked = sorted(passages, key=lambda passage: (passage.begin - passage.end, passage.begin))[:MOST]
    return sorted(ranked, key=lambda passage: passage.begin)


def _short(text: str, most: int) -> str:
    """A text on one line, its middle left out where it is long."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    begins, ends = line[: most * 2 // 3], line[-most // 3 :]
    # At a space, where the script has any.
    return f"{begins.rpartition(' ')[0] or begins} … {ends.partition(' ')[2] or ends}"
