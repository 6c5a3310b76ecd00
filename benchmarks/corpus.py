"""Pages of invented outlets, as many as are wanted: what speed and growth are measured on.

The words are real and common, their order is drawn by lot, so no two reports share more than chance
gives. What matters to the pipeline is as in the wild: menus and footers around the text, agency
reports that run at several outlets whole, cut or with a paragraph on top, reports of the same event
in words of their own, and days that follow each other.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from wordfreq import top_n_list

OUTLETS = 40
REPORTS_OF_AN_EVENT = 3
"""Reports in words of their own that one event has, at most; most have one."""

COPIES_OF_A_REPORT = 6
"""Outlets that run an agency report, at most."""

SHARE_OF_AGENCY = 0.25
"""Share of the reports that come from an agency."""

TOP_NAV = ("Home", "World", "Politics", "Business", "Culture", "Sport", "Weather", "Letters")


@dataclass(frozen=True, slots=True)
class Page:
    """One captured page."""

    path: str
    url: str
    captured_at: datetime
    html: str


def pages(first: date, days: int, per_day: int, seed: int = 0) -> Iterator[Page]:
    """Pages captured on some days, `per_day` on each; the same for the same arguments."""
    for number in range(days):
        day = first + timedelta(days=number)
        lot = random.Random(f"{seed} {day}")  # noqa: S311 - a benchmark must repeat itself
        made = 0
        while made < per_day:
            for page in _event(lot, day, made):
                if made < per_day:
                    yield page
                    made += 1


def write(folder: Path, made: Iterator[Page]) -> int:
    """Write pages below a raw folder, a folder and a sidecar for each day; returns how many."""
    count = 0
    sidecars: dict[Path, list[str]] = {}
    for page in made:
        path = folder / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.html, encoding="utf-8")
        facts = {"path": path.name, "url": page.url, "captured_at": page.captured_at.isoformat()}
        sidecars.setdefault(path.parent, []).append(json.dumps(facts))
        count += 1
    for parent, lines in sidecars.items():
        (parent / "captures.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return count


def _event(lot: random.Random, day: date, number: int) -> Iterator[Page]:
    """The pages on one thing that happened."""
    subject = lot.sample(_words(), 60)
    names = [f"{lot.choice(_words()).title()} {lot.choice(_words()).title()}" for _ in range(6)]
    for report in range(lot.choice([1, 1, 1, REPORTS_OF_AN_EVENT])):
        title = " ".join(lot.sample(subject, 7)).capitalize()
        text = [_paragraph(lot, subject, names) for _ in range(lot.randint(6, 12))]
        agency = lot.random() < SHARE_OF_AGENCY
        if agency:
            text[0] = f"{lot.choice(names).split()[0].upper()} (AP) — {text[0]}"
        runs = lot.randint(2, COPIES_OF_A_REPORT) if agency else 1
        for outlet in lot.sample(range(OUTLETS), runs):
            own = list(text)
            if agency and lot.random() < 0.3:
                own = [*own[: max(3, len(own) // 2)]]
            elif agency and lot.random() < 0.3:
                own = [_paragraph(lot, subject, names), *own]
            yield _page(lot, day, f"{number}-{report}", outlet, title, own)


def _page(lot: random.Random, day: date, slug: str, outlet: int, title: str, text: list[str]) -> Page:
    host = f"outlet-{outlet:02}.example"
    url = f"https://{host}/{day:%Y/%m/%d}/{slug}-{'-'.join(title.lower().split()[:4])}"
    moment = datetime.combine(day, time(lot.randint(0, 23), lot.randint(0, 59)), UTC)
    facts = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": title}
    facts["datePublished"] = (moment - timedelta(hours=1)).isoformat()
    nav = "".join(f'<li><a href="/{name.lower()}">{name}</a></li>' for name in TOP_NAV)
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text)
    html = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | Outlet {outlet}</title>'
        f'<script type="application/ld+json">{json.dumps(facts)}</script></head><body><nav><ul>{nav}</ul></nav>'
        f"<main><article><h1>{title}</h1>{body}</article></main>"
        f"<footer><p>© Outlet {outlet}. All rights reserved.</p></footer></body></html>"
    )
    return Page(f"{day}/{host}-{slug}.html", url, moment, html)


def _paragraph(lot: random.Random, subject: list[str], names: list[str]) -> str:
    return " ".join(_sentence(lot, subject, names) for _ in range(lot.randint(2, 4)))


def _sentence(lot: random.Random, subject: list[str], names: list[str]) -> str:
    """Words of the subject between the small words that make a language."""
    words: list[str] = []
    for _ in range(lot.randint(5, 9)):
        words += [lot.choice(_small()), lot.choice(subject)]
    if lot.random() < 0.4:
        words += ["said", lot.choice(names)]
    words[0] = words[0].capitalize()
    return " ".join(words) + "."


@cache
def _small() -> list[str]:
    return top_n_list("en", 60)


@cache
def _words() -> list[str]:
    return [word for word in top_n_list("en", 9_000)[200:] if word.isascii() and word.isalpha() and len(word) > 3]
