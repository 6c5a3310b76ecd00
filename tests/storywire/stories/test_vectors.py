"""What is told of vectors without looking them up whole leaves nothing out."""

from pathlib import Path
from unittest import mock

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.stories import neighbours, vectors, volumes
from storywire.stories.clusters import EVENT, STORY
from storywire.stories.means import means
from storywire.stories.vectors import Vectors
from tests.storywire.stories.test_kept import DRAWN, drawn_rows, on_disk, same, whole

TERMS = 12
WEIGHTS = st.dictionaries(st.integers(0, TERMS - 1), st.floats(0.05, 1.0), min_size=1, max_size=5)


def reports(parts: list[list[dict[int, float]]], power: float) -> Vectors:
    """Vectors of length 1 in parts, each of which has only the terms of its own reports."""
    terms, matrices, lengths, part, row = [], [], [], [], []
    for number, told in enumerate(parts):
        own = sorted({term for report in told for term in report})
        codes = [own.index(term) for report in told for term in sorted(report)]
        loads = np.array([report[term] for report in told for term in sorted(report)])
        counts = np.array([len(report) for report in told])
        owner = np.repeat(np.arange(counts.size), counts)
        loads = (loads / np.sqrt(np.bincount(owner, loads**2))[owner]).astype(np.float32)
        found = {"count": counts, "code": np.array(codes, np.int32), "weight": loads, "term": np.array(own, np.uint64)}
        terms.append(found["term"])
        matrices.append(volumes.matrix(found))
        lengths.append(np.sqrt(np.bincount(owner, loads.astype(np.float64) ** (2 * vectors.LEVEL))))
        part += [number] * counts.size
        row += range(counts.size)
    names = [pa.array(each.astype(str)) for each in terms]
    places = np.array(part, np.int16), np.array(row, np.int32)
    return Vectors(terms, names, matrices, lengths, *places, np.zeros(len(part), np.uint8), power)


@given(
    st.lists(st.lists(WEIGHTS, min_size=1, max_size=6), min_size=1, max_size=3),
    st.sampled_from([1.0, vectors.LEVEL]),
    st.floats(0.01, 0.99),
    st.data(),
)
def test_no_column_that_reaches_is_left_out(parts, power, least, data):
    found = reports(parts, power)
    count = found.row.size
    some = st.lists(st.integers(0, count - 1), min_size=1, max_size=count, unique=True).map(sorted).map(np.array)
    rows, columns = data.draw(some), data.draw(some)
    one, other = found.matrices(rows, columns)
    reach = (one @ other.T).toarray().max(axis=0) >= least
    with mock.patch.object(vectors, "BLOCK", 2):
        assert (found.likely(rows, columns, least) | ~reach).all()
    groups = means(found, np.array(data.draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))))
    every = np.flatnonzero(groups.size)
    one, other = groups.matrices(every, every)
    reach = (one @ other.T).toarray().max(axis=0) >= least
    assert (groups.likely(every, every, least) | ~reach).all()


def test_a_column_that_shares_no_term_is_unlikely():
    found = reports([[{0: 1.0, 1: 0.5}, {2: 1.0}], [{1: 1.0}, {3: 1.0}]], 1.0)
    assert found.likely(np.array([0]), np.arange(4), EVENT.least()).tolist() == [True, False, True, False]


@pytest.mark.parametrize("undated", [False, True])
def test_the_least_cosine_is_that_which_just_reaches_the_threshold(undated):
    for scale in (EVENT, STORY):
        factor = scale.undated if undated else 1.0
        assert scale.least(undated=undated) * factor == pytest.approx(scale.threshold, abs=2e-6)
        assert scale.least(undated=undated) * factor < scale.threshold


@given(drawn=DRAWN)
@settings(deadline=None, max_examples=12)
def test_clusters_are_the_same_whether_few_are_told_first(tmp_path_factory, drawn):
    rows = drawn_rows(drawn)
    folder: Path = tmp_path_factory.mktemp("few")
    with mock.patch.object(neighbours, "MANY", 1):
        for end in range(1, len(rows) + 1, 3):
            on_disk(folder, [row for row in rows if row["is_lead"]][:end])
        assert same(on_disk(folder, rows)[0], whole(rows))
    assert same(on_disk(folder, rows)[0], whole(rows))
