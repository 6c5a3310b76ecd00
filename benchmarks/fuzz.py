"""Damage real pages at random and see that each ends as an article or as a row of `rejected`, in clean Unicode.

`python -m benchmarks.fuzz --count N --seed S [--data DIR]`: the pages are the bundled ones and, where DIR holds
labelled sets (`pages.parquet`, `textdumps.parquet`), theirs. A case depends on the pages, the seed and its number.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.damage import BUNDLED, bundled, case, labelled, timed
from storywire.settings import Settings
from storywire.work.pool import Pool

BATCH = 500
"""Cases that are held at a time."""


def main() -> int:
    """Run the cases and say how many failed, and which was the slowest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=BUNDLED, help="folder of labelled sets")
    parser.add_argument("--count", type=int, default=1_000, help="cases")
    parser.add_argument("--seed", type=int, default=1, help="what the cases are drawn by")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    given = parser.parse_args()
    limits = Settings()
    sources = [*bundled(), *labelled(given.data)]
    failed, slowest, total = 0, (0.0, -1), 0.0
    with Pool(
        workers=given.workers,
        deadline_seconds=limits.page_deadline_seconds,
        recycle_after=limits.recycle_after,
        memory_bytes=limits.worker_memory_bytes,
        preload=("storywire.work.warm", "benchmarks.damage"),
    ) as pool:
        for begin in range(0, given.count, BATCH):
            numbers = range(begin, min(begin + BATCH, given.count))
            outcomes = pool.run_each(timed, [case(sources, given.seed, number) for number in numbers])
            for number, outcome in zip(numbers, outcomes, strict=True):
                seconds, found = outcome.value or (limits.page_deadline_seconds, [str(outcome.detail)])
                total += seconds
                slowest = max(slowest, (seconds, number))
                if found:
                    failed += 1
                    print(f"case {number} ({outcome.item.kind} {outcome.item.uri}): {'; '.join(found)}", flush=True)
            shown = f"slowest {slowest[0]:.2f} s (case {slowest[1]})"
            print(f"{numbers.stop} cases, {failed} failed, {total:.0f} s, {shown}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
