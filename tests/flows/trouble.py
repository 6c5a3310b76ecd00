"""Places and clocks that go wrong under a run: a disk that fills up, a command line that can be stopped at a moment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FERRY = (
    "A ferry with 212 people on board ran aground off Norrby on Tuesday, and all of them were brought ashore by noon.",
    "The captain said a gust had pushed the vessel onto the bank while it waited for the berth to be cleared of ice.",
    "The coast guard will tow the ship at high tide and has closed the channel to other traffic until then.",
    "Passengers were given soup in the gymnasium of the school, where a choir happened to be rehearsing for Sunday.",
)
TOWED = (
    "The ferry that ran aground off Norrby was towed free on Wednesday night, a day later than the coast guard hoped.",
    "Divers found two dents in the hull but no leak, and the channel was opened to traffic again before midnight.",
    "The operator said the vessel would sail again on Saturday, and that the 212 passengers get their money back.",
)
BREAD = (
    "The bakers of Ostrava Street have won the regional prize for rye bread for the third year running, the jury said.",
    "Their sourdough was praised for its crust and for a crumb that kept its moisture for a week in the pantry.",
    "The prize comes with a grant of 4,000 euros, which the family wants to spend on a new oven before the winter.",
)
BRIDGE = (
    "The council of Velm voted to close the iron bridge to lorries from March, after cracks were found in two girders.",
    "Engineers expect the repair to take eleven months and to cost 3.2 million crowns, half of it paid by the region.",
    "Shopkeepers on the north bank fear for their deliveries and have asked for a pontoon beside the old mill.",
)


def html(title: str, day: str, paragraphs: tuple[str, ...], outlet: str) -> str:
    """A page as an outlet prints it, with its date and its address."""
    slug = title.lower().replace(" ", "-")
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f'<html lang="en"><head><title>{title}</title><link rel="canonical" href="https://{outlet}.example/{slug}">'
        f'<meta property="article:published_time" content="{day}T08:10:00+00:00"></head>'
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    )


PAGES = {
    "2026-02-03/ferry.html": html("Ferry runs aground off Norrby", "2026-02-03", FERRY, "norrby"),
    "2026-02-03/bread.html": html("Bakers of Ostrava Street win prize", "2026-02-03", BREAD, "ostrava"),
    "2026-02-04/ferry.html": html("All safe after ferry runs aground", "2026-02-04", FERRY, "coast"),
    "2026-02-04/towed.html": html("Ferry towed free off Norrby", "2026-02-04", TOWED, "norrby"),
    "2026-02-05/bridge.html": html("Velm closes its iron bridge to lorries", "2026-02-05", BRIDGE, "velm"),
    "2026-02-05/index.html": "<html><body><ul>" + "<li><a href='/x'>Ten things</a></li>" * 60 + "</ul></body></html>",
    "2026-02-06/bread.txt": "Bread of the year\n\nBy Jana Holub\n\n" + "\n\n".join(BREAD),
    "2026-02-06/bridge.html": html("Iron bridge closed to lorries", "2026-02-06", BRIDGE[:2], "region"),
}
"""Copies, a follow-up, a page without a date and one that is no article, on four capture days of two pages each."""

FIRST, SECOND = sorted(PAGES)[::2], sorted(PAGES)[1::2]
"""Every other page: each half has one of every day."""


def land(raw: Path, paths: list[str] | None = None) -> Path:
    """Let pages arrive in a raw folder."""
    for path in sorted(PAGES) if paths is None else paths:
        (raw / path).parent.mkdir(parents=True, exist_ok=True)
        (raw / path).write_text(PAGES[path])
    return raw


@dataclass(frozen=True, slots=True)
class Disk:
    """A small disk of its own, mounted at a folder."""

    folder: Path

    def remount(self, options: str) -> None:
        """Change its size, or whether it can be written to."""
        subprocess.run(["mount", "-o", f"remount,{options}", str(self.folder)], check=True, capture_output=True)

    def used(self) -> int:
        """Bytes that are taken, in whole blocks."""
        found = os.statvfs(self.folder)
        return (found.f_blocks - found.f_bfree) * found.f_frsize

    def inodes(self) -> int:
        """Files and folders there are."""
        found = os.statvfs(self.folder)
        return found.f_files - found.f_ffree


def mounted(*arguments: str) -> Iterator[None]:
    """Mount something and unmount it, whatever happens; raises PermissionError where that is not allowed."""
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise PermissionError(done.stderr.strip())
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", arguments[-1]], check=True)
