"""Every article once, and every capture accounted for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from storywire.store.verification.findings import Breach, TableCheck, columns

Tables = Mapping[str, pa.Table]


def repeated_articles(tables: Tables) -> Iterator[Breach]:
    """Articles with more than one row."""
    files: defaultdict[str, list[str]] = defaultdict(list)
    for article, file in columns(tables["articles"], "article_id", "file"):
        files[str(article)].append(str(file))
    for article, places in sorted(files.items()):
        if len(places) > 1:
            yield Breach(article, f"it has {len(places)} rows, in {' and '.join(sorted(set(places)))}.")


def unaccounted(tables: Tables) -> Iterator[Breach]:
    """Captures that are not exactly one of article, revision and rejected, and rows no capture stands behind."""
    stands_as: dict[str, Counter[Any]] = {
        "an article": Counter(_places(tables["articles"])),
        "a revision": Counter(_places(tables["revisions"])),
        "rejected": Counter(_places(tables["rejected"].filter(_was_captured(tables["rejected"])))),
    }
    came = Counter(_places(tables["captured"]))
    kept: Counter[Any] = sum(stands_as.values(), Counter())
    for place in sorted(came.keys() | kept.keys(), key=repr):
        if came[place] != kept[place]:
            ways = [name for name, places in stands_as.items() for _ in range(places[place])]
            stands = " and ".join(ways) or "nothing"
            what = f"{place[1]} was taken in {came[place]} times and stands as {stands}."
            yield Breach(str(place[0]), what)


def _places(table: pa.Table) -> Iterator[tuple[object, ...]]:
    return columns(table, "capture_uri", "capture_digest")


def _was_captured(rejected: pa.Table) -> pa.Array:
    """What ingest left out became no capture, but for repeats, which are captures under a second path."""
    rows = columns(rejected, "stage", "reason")
    return pa.array([stage != "ingest" or reason == "repeat" for stage, reason in rows], pa.bool_())


def misnumbered_revisions(tables: Tables) -> Iterator[Breach]:
    """Articles whose captures are not numbered 1 to n, each naming the next."""
    earlier: defaultdict[object, list[tuple[Any, ...]]] = defaultdict(list)
    for article, *revision in columns(tables["revisions"], "article_id", "revision", "capture_digest", "superseded_by"):
        earlier[article].append(tuple(revision))
    for article, number, digest in columns(tables["articles"], "article_id", "revision", "capture_digest"):
        before = sorted(earlier.get(article, ()))
        numbers = [own for own, _, _ in before]
        if [*numbers, number] != list(range(1, len(numbers) + 2)):
            yield Breach(str(article), f"its captures are numbered {', '.join(map(str, [*numbers, number]))}.")
        elif [after for _, _, after in before] != [own for _, own, _ in before[1:]] + [digest] * bool(before):
            yield Breach(str(article), "a revision names another capture than the next as the one that came after.")


CHECKS = (
    TableCheck("article_ids", "Every article has one row over all leaves.", ("articles",), repeated_articles),
    TableCheck(
        "accounting",
        "Every capture is exactly one of article, revision and rejected, and every such row is a capture.",
        ("articles", "revisions", "rejected", "captured"),
        unaccounted,
    ),
    TableCheck(
        "revisions",
        "The captures of an article are numbered from 1, the newest is its row, and each names the next.",
        ("articles", "revisions"),
        misnumbered_revisions,
    ),
)
