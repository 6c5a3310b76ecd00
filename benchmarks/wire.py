"""How often the agency a text credits is the right one, and on whose texts credits are given.

`python -m benchmarks.wire --data DIR [--pages] [--verbose]`: DIR holds the labelled sets as Parquet files. Articles of
stories and duplicates whose source is an agency are read as text alone, their site unknown: on its own site an agency's
text is no copy and gets no credit. `--pages` also reads the whole pages, with their metadata. `--verbose` prints every
article the figures count as wrong, and every credit on another outlet's article, to be judged by hand.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.answers import Row, credited
from benchmarks.quality import captured, each
from storywire.articles import language, wire
from storywire.articles.agencies import own_agency
from storywire.articles.urls import site

AGENCIES = {"Reuters": "Reuters", "Associated Press": "AP"}
"""Sources of the sets that are agencies, and what the pipeline calls them."""
NAMES = {"Reuters": "(?:Reuters|REUTERS)", "AP": "(?:Associated Press|AP)"}
NEAR = 300
"""Characters from either end of a text in which a plain reader looks for an agency's name."""
OPENING, CLOSING = 1_500, 600
"""Characters from the start that hold captions and a dateline, from the end that hold what closes a report."""


def names_it(text: str, agency: str) -> bool:
    """Whether the agency's name stands near either end at all, be it under a picture or in a sentence."""
    return bool(re.search(rf"\b{NAMES[agency]}\b", f"{text[:NEAR]}\n{text[-NEAR:]}"))


def credits_it(text: str, agency: str) -> bool:
    """Whether a plain reader finds a credit: the name alone in brackets, a writer's note, the editors, a copyright."""
    name = NAMES[agency]
    if re.search(rf"\({name}[^)/]{{0,20}}\)\s*[-–—]", text[:OPENING]):
        return True
    notes = [rf"\b{name}\b [^.]{{0,40}}(?:writer|journalist|reporter)s?\b.{{3,300}}contributed"]
    notes += [rf"(?:©|opyright).{{0,20}}\b{name}\b", *(["Editing by"] if agency == "Reuters" else [])]
    return any(re.search(note, text[-CLOSING:]) for note in notes)


def texts(data: Path) -> Iterator[Row]:
    """Articles of the sets as their source published them, each text once."""
    seen: set[str] = set()
    for name in ("stories", "duplicates"):
        for row in pq.read_table(data / f"{name}.parquet").to_pylist():
            planted = row.get("variant", "single") != "single"
            if row["source"] and not planted and row["text"] not in seen:
                seen.add(row["text"])
                yield row


def of_agencies(rows: Iterable[Row], verbose: bool) -> None:
    """Print how many articles of agencies were credited rightly, by how much of a credit they carry."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        truth, found = AGENCIES[row["source"]], row["credit"]
        outcome = "none" if found is None else "right" if found.agency == truth else "wrong"
        kinds = ["in all"]
        kinds += ["whose ends name it"] if names_it(row["text"], truth) else []
        kinds += ["with a credit"] if credits_it(row["text"], truth) else []
        counts.update((f"{of} {kind}", outcome) for of in (truth, "both") for kind in kinds)
        if verbose and outcome != "right":
            print(f"  {outcome}: {truth} {kinds[1:]} {row['id']} {found or ''}")
    for group in sorted({group for group, _ in counts}):
        right, wrong, none = (counts[group, outcome] for outcome in ("right", "wrong", "none"))
        total = right + wrong + none
        print(f"{group:27} {total:4} articles: {right} right, {wrong} wrong, {none} without; share {right / total:.3f}")


def of_others(rows: Iterable[Row], verbose: bool) -> None:
    """Print which credits were given to articles of other outlets, and where they stood."""
    given = [row for row in rows if row["credit"]]
    counts = Counter((row["credit"].agency, row["credit"].source) for row in given)
    for (agency, place), count in sorted(counts.items()):
        print(f"  {agency:22} {place:12} {count:4}")
    for row in given if verbose else ():
        print(f"  {row['source']} {row['id']}: {row['credit']}")


def of_pages(data: Path, verbose: bool) -> None:
    """Print which credits whole pages got, and that agencies' own sites credit themselves with nothing."""
    rows = pq.read_table(data / "pages.parquet").to_pylist()
    found = list(each(credited, [captured(row["html"], row["url"], row.get("crawled_at")) for row in rows]))
    got = [(row["url"], answer) for row, answer in zip(rows, found, strict=True) if answer.get("wire_agency")]
    own = sum(1 for row in rows if row["url"] and own_agency(site(row["url"])))
    print(f"pages: {len(rows)}, {own} of agencies' own sites; {len(got)} with a credit")
    for (agency, place), count in sorted(Counter((a["wire_agency"], a["wire_source"]) for _, a in got).items()):
        print(f"  {agency:22} {place:12} {count:4}")
    for url, answer in got if verbose else ():
        print(f"  {url} {answer}")


def main() -> int:
    """Credit every article and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--pages", action="store_true", help="whole pages too; a minute or two")
    parser.add_argument("--verbose", action="store_true", help="every miss and every credit of other outlets")
    given = parser.parse_args()
    rows = list(texts(given.data))
    for row in rows:
        row["credit"] = wire.credit(row["text"], [], [], None, language.identify(row["text"], None).code)
    of_agencies((row for row in rows if row["source"] in AGENCIES), given.verbose)
    houses = [row for row in rows if row["source"] not in AGENCIES]
    broadcaster = [row for row in houses if "BBC" in row["source"]]
    print(f"BBC: {len(broadcaster)} articles, {sum(1 for row in broadcaster if row['credit'])} with a credit")
    print(f"other outlets: {len(houses)} articles, {sum(1 for row in houses if row['credit'])} with a credit")
    of_others(houses, given.verbose)
    if given.pages:
        of_pages(given.data, given.verbose)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
