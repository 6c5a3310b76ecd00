"""What one more day costs the whole command: CPU seconds of `storywire run`, from raw pages to published tables.

`python -m benchmarks.daily [--sizes 10000,40000]`. The articles are those of `benchmarks.newswire`, a JSONL file for
each day of capture. At each size all days but the last are carried through first (an hour for 100,000), then the last
one arrives: its run is what is printed, start of Python and of the workers included, with the largest resident memory
of any of its processes (on Linux, with what is mapped from files). `benchmarks.growth` and `benchmarks.storygrowth`
measure the steps that compare, by themselves.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import newswire
from benchmarks.newswire import Made


def days(count: int) -> Iterator[tuple[str, list[Made]]]:
    """About so many articles by the day they were captured on, whole days."""
    found: dict[str, list[Made]] = {}
    # Copies run up to nine days late: days that are whole once these are over.
    for one in newswire.articles(count + 10 * newswire.PER_DAY):
        found.setdefault(f"{one.captured_at:%Y-%m-%d}", []).append(one)
    for day in sorted(found)[: count // newswire.PER_DAY]:
        yield day, found[day]


def line(made: Made) -> str:
    """An article as a line of a delivery."""
    text = f"{made.agency} - {made.text}" if made.agency else made.text
    told = {"url": f"https://{made.site}/{made.article_id}", "title": made.title, "text": text}
    told |= {"captured_at": made.captured_at.isoformat()}
    return json.dumps(told | ({"published_at": str(made.published_on)} if made.published_on else {}))


def run(folder: Path) -> tuple[float, float]:
    """CPU seconds and megabytes of one run over all that is in `folder/raw`."""
    command = [str(Path(sys.executable).with_name("storywire")), "run"]
    command += ["--raw", str(folder / "raw"), "--data", str(folder / "data")]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - this very program
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} ended with exit code {child.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def measured(folder: Path, count: int) -> tuple[float, float, float]:
    """What the days before cost, and what the last one does: CPU seconds of either, and megabytes of the last."""
    (folder / "raw").mkdir(parents=True)
    *earlier, last = days(count)
    for number, (day, articles) in enumerate([*earlier, last]):
        (folder / "raw" / f"{day}.jsonl").write_text("".join(f"{line(one)}\n" for one in articles))
        if number == len(earlier) - 1:
            before, _ = run(folder)
    return before, *run(folder)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,40000", help="numbers of articles, parted by commas")
    first = None
    print(f"{'articles':>10}{'before CPU s':>14}{'day CPU s':>12}{'times':>8}{'peak MB':>10}")
    for size in (int(size) for size in parser.parse_args().sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            before, day, peak = measured(Path(folder), size)
        first = first or day
        print(f"{size:10,}{before:14.0f}{day:12.1f}{day / first:8.2f}{peak:10,.0f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
