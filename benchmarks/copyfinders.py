"""Groups of copies as other open tools find them, for `benchmarks/growth.py`.

`python benchmarks/copyfinders.py TOOL THRESHOLD TEXTS GROUPS`: TEXTS is a Parquet file with a column `text`, GROUPS the
one to write, with a column `group`. It prints the CPU seconds as JSON. It runs in the environment of alternatives.lock,
imports nothing of ours and fetches nothing. Either tool gets word 5-grams, 128 permutations and the bands its
documentation gives for the threshold; a pair counts where the estimated similarity reaches the threshold, too, and what
is connected is a group.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

PERMUTATIONS = 128
WORDS = 5
BANDS = {0.7: 16, 0.5: 32}
"""Bands for rensa, which asks for their number: a pair at (1 / bands) ** (bands / 128) is found every other time."""

Pairs = Iterator[tuple[int, int]]

_WORD = re.compile(r"\w+")


def grams(text: str) -> set[str]:
    """The word 5-grams of a text."""
    words = _WORD.findall(text.lower())
    return {" ".join(words[at : at + WORDS]) for at in range(max(1, len(words) - WORDS + 1))}


def by_datasketch(texts: list[str], threshold: float) -> Pairs:
    """MinHashLSH as in its documentation."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    sketches: list[Any] = []
    for number, text in enumerate(texts):
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([gram.encode() for gram in grams(text)])
        for other in index.query(sketch):
            if sketches[other].jaccard(sketch) >= threshold:
                yield other, number
        index.insert(number, sketch)
        sketches.append(sketch)


def by_rensa(texts: list[str], threshold: float) -> Pairs:
    """R-MinHash and its index."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold, PERMUTATIONS, BANDS[threshold])
    sketches: list[Any] = []
    for number, text in enumerate(texts):
        sketch = RMinHash(PERMUTATIONS, 0)
        sketch.update(grams(text))
        for other in index.query(sketch):
            if sketches[other].jaccard(sketch) >= threshold:
                yield other, number
        index.insert(number, sketch)
        sketches.append(sketch)


TOOLS = {"datasketch": by_datasketch, "rensa": by_rensa}


def grouped(count: int, pairs: Pairs) -> list[int]:
    """The smallest member of the group of each text."""
    parent = list(range(count))

    def root(text: int) -> int:
        while parent[text] != text:
            parent[text] = text = parent[parent[text]]
        return text

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return [root(text) for text in range(count)]


def main() -> int:
    """Group the texts with one tool."""
    tool, threshold, source, target = sys.argv[1:]
    texts = pq.read_table(source, columns=["text"])["text"].to_pylist()
    find = TOOLS[tool]
    grouped(2, find(["warm up", "before the clock starts"], float(threshold)))
    started = time.process_time()
    groups = grouped(len(texts), find(texts, float(threshold)))
    seconds = time.process_time() - started
    pq.write_table(pa.table({"group": groups}), Path(target))
    print(json.dumps({"seconds": seconds}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
