import numpy as np
import pytest
import scipy.sparse as sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.stories import similarity
from storywire.stories.similarity import NO_DAY, Items, Scale, between, dense

SCALE = Scale(sigma=1.5, undated=0.5, threshold=0.125, cohesion=0.65)


def items(rng: np.random.Generator, count: int, undated: float = 0.3, span: int = 0) -> Items:
    vectors = sparse.random(count, 12, density=0.4, rng=rng, format="csr", data_rvs=lambda n: rng.random(n) + 0.05)
    norms = np.maximum(np.sqrt(vectors.multiply(vectors).sum(axis=1)), 1e-9)
    vectors = sparse.csr_matrix(vectors.multiply(1.0 / np.asarray(norms).reshape(-1, 1)))
    first = np.where(rng.random(count) < undated, NO_DAY, rng.integers(19_000, 19_020, count))
    last = np.where(first == NO_DAY, NO_DAY, first + rng.integers(0, span + 1, count))
    return Items(vectors, first, last)


def edges(all_: Items, scale: Scale) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every pair once, smaller number first; and that both directions say the same."""
    left, right, values = between(all_, all_, scale)
    once = left < right
    told = {(int(r), int(c)): float(v) for r, c, v in zip(left, right, values, strict=True)}
    assert all(told[c, r] == v for (r, c), v in told.items())
    return left[once], right[once], values[once]


def slow(all_: Items, scale: Scale) -> dict[tuple[int, int], float]:
    """Every pair, one by one, from the definition."""
    vectors, found = all_.vectors.toarray(), {}
    for i in range(len(vectors)):
        for j in range(i + 1, len(vectors)):
            cosine = float(vectors[i] @ vectors[j])
            if NO_DAY in (all_.first[i], all_.first[j]):
                value = cosine * scale.undated
            else:
                gap = max(0, all_.first[i] - all_.last[j], all_.first[j] - all_.last[i])
                value = cosine * np.exp(-(gap**2) / (2 * scale.sigma**2))
            if round(min(value, 1.0), 6) >= scale.threshold:
                found[i, j] = round(min(value, 1.0), 6)
    return found


@settings(deadline=None)
@given(
    st.integers(0, 10_000), st.integers(1, 40), st.sampled_from([1, 7, 60, 4_000_000]), st.sampled_from([0.0, 0.3, 1.0])
)
def test_the_blocks_find_the_pairs_a_slow_search_finds(seed, count, cells, undated):
    all_ = items(np.random.default_rng(seed), count, undated, span=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similarity, "BLOCK_CELLS", cells)
        rows, columns, values = edges(all_, SCALE)
    got = {(int(r), int(c)): float(v) for r, c, v in zip(rows, columns, values, strict=True)}
    want = slow(all_, SCALE)
    assert len(got) == len(rows)  # no pair twice
    assert got.keys() == want.keys()
    assert all(got[pair] == pytest.approx(want[pair], abs=2e-6) for pair in want)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_a_pair_has_the_same_similarity_alone_and_among_all(seed):
    all_ = items(np.random.default_rng(seed), 25)
    full = dense(all_, SCALE)
    for row, column, value in zip(*edges(all_, SCALE), strict=True):
        assert full[row, column] == full[column, row] == value
        assert dense(all_.take(np.array([row, column])), SCALE)[0, 1] == value


def test_equal_texts_are_out_of_reach_outside_the_window():
    vectors = sparse.csr_matrix(np.ones((2, 1)))
    for gap, joined in ((SCALE.window, True), (SCALE.window + 1, False)):
        days = np.array([19_000, 19_000 + gap])
        assert (len(edges(Items(vectors, days, days), SCALE)[0]) > 0) is joined


def test_undated_texts_must_be_more_alike_than_those_of_one_day():
    vectors = sparse.csr_matrix([[1.0, 0.0], [0.2, 0.96**0.5], [0.4, 0.84**0.5]])
    for day, joined in ((19_000, [(0, 1), (0, 2), (1, 2)]), (NO_DAY, [(0, 2), (1, 2)])):
        days = np.full(3, day)
        left, right, _ = edges(Items(vectors, days, days), SCALE)
        assert sorted(zip(left.tolist(), right.tolist(), strict=True)) == joined


def test_no_items_have_no_pairs():
    assert [len(part) for part in edges(items(np.random.default_rng(0), 0), SCALE)] == [0, 0, 0]
