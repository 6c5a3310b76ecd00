"""Pages a CPU second, beside the usual composite on the same pages in the same run; and a worker's memory.

`python -m benchmarks.speed --data DIR [--pages N] [--memory]`: DIR holds `pages.parquet` (docs/quality.md). Ours is
page bytes to a finished article row, all fields, shingles and terms included. The composite is trafilatura with
metadata, htmldate for the date, langdetect for the language. One process does both, a few pages by one and the same
pages by the other in turn, so that a busy machine slows both alike; time is CPU time, and the spread is over those
blocks of pages. What loads once per process is loaded before the clock starts, on either side.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import langdetect
import numpy as np
import pyarrow.parquet as pq
import trafilatura
from htmldate import find_date

from benchmarks.answers import article, memory
from benchmarks.quality import captured
from storywire.capture import Capture
from storywire.stories import rarity
from storywire.work import warm
from storywire.work.pool import run_each

Seconds = dict[str, float]
"""CPU seconds by what they were spent on."""

OURS = "storywire"
COMPOSITE = ("trafilatura with metadata", "htmldate", "langdetect")
FASTEST = "trafilatura fast, text alone"

BLOCK = 13
"""Pages one side does before the next has its turn: about a second, short beside the moods of a machine."""

DRAWS = 1_000
"""Draws of the blocks, with replacement, from which the spread of the ratio is taken."""

WANTED = 2.5
"""Pages of ours to one of the composite."""

MEMORY_PAGES = 5_000
"""Pages one worker is given, without the recycling that would hide what it keeps."""

MEMORY_STEP = 500
"""Pages between two figures of its memory."""

_PARAGRAPH = re.compile(rb"(?<=<p>)[^<&]+")
_CONSONANTS = b"bcdfghjklmnpqrstvwxz"


def ours(page: Capture) -> Seconds:
    """Both per-page stages of the pipeline."""
    started = time.process_time()
    article(page)
    return {OURS: time.process_time() - started}


def composite(page: Capture) -> Seconds:
    """The three libraries one after the other, as their documentation says; what one of them cannot read is left."""
    started = time.process_time()
    found = trafilatura.bare_extraction(page.body, url=page.url, with_metadata=True, include_comments=False)
    extracted = time.process_time()
    with contextlib.suppress(Exception):
        find_date(page.body, url=page.url, original_date=True)
    dated = time.process_time()
    with contextlib.suppress(langdetect.LangDetectException):
        langdetect.detect(getattr(found, "text", None) or "")
    steps = (extracted - started, dated - extracted, time.process_time() - dated)
    return dict(zip(COMPOSITE, steps, strict=True))


def fastest(page: Capture) -> Seconds:
    """The extractor at its fastest, for comparison: no metadata, date or language."""
    started = time.process_time()
    trafilatura.bare_extraction(page.body, url=page.url, fast=True, include_comments=False)
    return {FASTEST: time.process_time() - started}


def measured(pages: list[Capture]) -> list[Seconds]:
    """CPU seconds of every block of pages; the sides take turns in beginning."""
    sides: list[Callable[[Capture], Seconds]] = [ours, composite, fastest]
    for side in sides:
        side(Capture(warm.PAGE, "html", "warm.html"))
    for code in rarity.TABLES:  # as langdetect has by now loaded its profiles of all languages
        rarity.table(code)
    gc.collect()
    gc.freeze()  # as in a worker; else a search through all tables, .2 s, falls to one side or the other by lot
    blocks = []
    for number, begin in enumerate(range(0, len(pages), BLOCK)):
        spent: Seconds = defaultdict(float)
        turn = number % len(sides)
        for side in sides[turn:] + sides[:turn]:
            for page in pages[begin : begin + BLOCK]:
                for name, seconds in side(page).items():
                    spent[name] += seconds
        blocks.append(spent)
    return blocks


def print_speed(pages: list[Capture]) -> None:
    """Pages a CPU second of each side, and the ratio of ours to the composite with its spread."""
    langdetect.DetectorFactory.seed = 0  # else its time, as its answer, is drawn by lot
    blocks = measured(pages)
    total = {name: sum(block[name] for block in blocks) for name in (OURS, *COMPOSITE, FASTEST)}
    together = sum(total[name] for name in COMPOSITE)
    shown = {
        OURS: total[OURS],
        "composite": together,
        **{f"  {name}": total[name] for name in COMPOSITE},
        "  the same without the second htmldate": together - total["htmldate"],
        FASTEST: total[FASTEST],
    }
    print(f"{f'{len(pages)} pages':42}{'pages/CPU s':>12}{'ms/page':>9}")
    for name, seconds in shown.items():
        print(f"{name:42}{len(pages) / seconds:12.1f}{1000 * seconds / len(pages):9.1f}")
    pairs = np.array([(sum(block[name] for name in COMPOSITE), block[OURS]) for block in blocks])
    drawn = pairs[np.random.default_rng(0).integers(0, len(pairs), (DRAWS, len(pairs)))].sum(axis=1)
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [0.05, 0.95])
    print(f"{OURS} does {together / total[OURS]:.2f} times the composite's pages", end=" ")
    print(f"(90 % of draws between {low:.2f} and {high:.2f}; {WANTED} is wanted)")


def print_memory(pages: list[Capture]) -> None:
    """The memory of one worker of the pool, while it does thousands of pages in words that change."""
    many = [
        Capture(_reworded(page.body, turn), page.kind, page.uri, page.url, page.captured_at)
        for turn in range(-(-MEMORY_PAGES // len(pages)))
        for page in pages
    ]
    print(f"{'pages':>6}{'held MB':>9}{'peak MB':>9}")
    outcomes = run_each(memory, many[:MEMORY_PAGES], workers=1, deadline_seconds=60, recycle_after=2 * MEMORY_PAGES)
    for number, outcome in enumerate(outcomes, start=1):
        if outcome.value is None:
            print(f"{number:6} {outcome.failure}: {outcome.detail}")
        elif number % MEMORY_STEP == 0:
            print(f"{number:6}{outcome.value['held'] / 1e6:9.0f}{outcome.value['peak'] / 1e6:9.0f}", flush=True)


def _reworded(body: bytes, turn: int) -> bytes:
    """The page with other words in its paragraphs: what remembers words has seen none of them."""
    turn %= len(_CONSONANTS)
    letters = bytes.maketrans(_CONSONANTS, _CONSONANTS[turn:] + _CONSONANTS[:turn])
    return _PARAGRAPH.sub(lambda text: text[0].translate(letters), body)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--pages", type=int, help="take this many pages, spread over the set")
    parser.add_argument("--memory", action="store_true", help=f"the memory of a worker over {MEMORY_PAGES:,} pages")
    given = parser.parse_args()
    path = given.data / "pages.parquet"
    if not path.exists():
        print(f"left out: {path} is not there")
        return 0
    rows = pq.read_table(path).to_pylist()
    chosen = rows[:: max(1, len(rows) // given.pages)][: given.pages] if given.pages else rows
    pages = [captured(row["html"], row["url"], row.get("crawled_at")) for row in chosen]
    (print_memory if given.memory else print_speed)(pages)
    return 0


if __name__ == "__main__":
    sys.exit(main())
