"""Languages told a CPU second, and how often the answers are the same: ours beside its two detectors alone.

`python -m benchmarks.language --data DIR [--most 3000]`: every different text of 3,000 characters in the sets of DIR
(pages, stories) goes to each detector once, by turns in small batches, so that what else the machine does falls on
all alike. The two slow ones get every tenth batch.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from storywire.articles import language

CHARACTERS = 3_000
"""Length of a document: a news report of 500 words."""

BATCH = 50
"""Documents a detector gets before it is another's turn."""

SLOW_TURNS = 10
"""Batches of which the slow detectors get one."""

Answer = Callable[[str], str]


def documents(folder: Path, most: int) -> list[str]:
    """The different texts of that length, in the order of the sets."""
    return list(dict.fromkeys(_texts(folder)))[:most]


def _texts(folder: Path) -> Iterator[str]:
    for name in ("pages", "stories"):
        path = folder / f"{name}.parquet"
        if path.exists():
            texts = pq.read_table(path, columns=["text"])["text"].to_pylist()
            yield from (text[:CHARACTERS] for text in texts if text and len(text) >= CHARACTERS)


def measure(texts: list[str], detectors: dict[str, Answer], fast: str) -> dict[str, tuple[float, list[str]]]:
    """CPU seconds of every detector, and its answers to the batches it had."""
    spent = dict.fromkeys(detectors, 0.0)
    answers: dict[str, list[str]] = {name: [] for name in detectors}
    for turn, start in enumerate(range(0, len(texts), BATCH)):
        batch = texts[start : start + BATCH]
        for name, answer in detectors.items():
            if name == fast or turn % SLOW_TURNS == 0:
                begun = time.process_time()
                answers[name] += map(answer, batch)
                spent[name] += time.process_time() - begun
    return {name: (spent[name], answers[name]) for name in detectors}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--most", type=int, default=3_000, help="documents, at most")
    given = parser.parse_args()
    texts = documents(given.data, given.most)
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    detectors: dict[str, Answer] = {
        "storywire": lambda text: language.identify(text, None).code,
        "langdetect": lambda text: language.by_langdetect(text).code,
        "py3langid": lambda text: str(identifier.classify(text)[0]),
    }
    for answer in detectors.values():  # tables are loaded once a process, not once a document
        answer("The kiosk on the square has opened again after a winter of repairs.")
    found = measure(texts, detectors, "storywire")
    slowest = found["langdetect"][0] / len(found["langdetect"][1])
    print(f"{len(texts)} documents of {CHARACTERS} characters")
    for name, (seconds, answers) in found.items():
        rate = len(answers) / seconds
        print(f"{name:10} {rate:7.0f} a CPU second, {rate * slowest:5.1f} x langdetect")
    said = found["storywire"][1]
    ours = [code for turn in range(0, len(texts), BATCH * SLOW_TURNS) for code in said[turn : turn + BATCH]]
    same = sum(one == other for one, other in zip(ours, found["langdetect"][1], strict=True))
    print(f"the same answer as langdetect: {same} of {len(ours)}")


if __name__ == "__main__":
    main()
