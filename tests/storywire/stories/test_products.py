"""What is left out to find the products that matter is never missing from them."""

import numpy as np
import pytest
import scipy.sparse as sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.stories import products as under_test
from storywire.stories.products import products


def matrix(lot: np.random.Generator, rows: int, terms: int, heavy: float) -> sparse.csr_matrix:
    """Rows of length 1 that share common terms, the first ones; some have nothing else, as by `heavy`."""
    commonness = 1.0 / (1.0 + np.arange(terms))
    values = (lot.random((rows, terms)) < commonness) * lot.random((rows, terms))
    values *= np.where(lot.random((rows, 1)) < heavy, np.arange(terms) < 4, np.minimum(1.0, 0.01 / commonness))
    return sparse.csr_matrix(values / np.maximum(np.sqrt((values**2).sum(axis=1, keepdims=True)), 1e-12))


def large(found: sparse.coo_matrix) -> np.ndarray:
    values: np.ndarray = found.toarray()
    return np.where(values >= 0.1, values, 0.0)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 30), st.integers(0, 30), st.sampled_from([0.0, 0.2, 1.0]))
def test_every_product_that_is_large_enough_is_there(seed: int, one: int, other: int, heavy: float):
    lot = np.random.default_rng(seed)
    left, right = matrix(lot, one, 200, heavy), matrix(lot, other, 200, heavy / 2)
    wanted = (left @ right.T.tocsr()).toarray()
    assert large(products(left, right, 0.1)) == pytest.approx(np.where(wanted >= 0.1, wanted, 0.0), abs=1e-12)
    assert (large(products(left, right, 0.1)) == large(products(right, left, 0.1)).T).all()


def test_few_pairs_are_multiplied_in_full_and_which_terms_are_common_is_not_to_be_seen(monkeypatch: pytest.MonkeyPatch):
    lot = np.random.default_rng(1)
    left, right = matrix(lot, 300, 5_000, 0.1), matrix(lot, 300, 5_000, 0.0)
    found = products(left, right, 0.1)
    assert found.nnz < (left @ right.T.tocsr()).nnz / 20
    for share in (0.3, 2.0):
        monkeypatch.setattr(under_test, "COMMON", share)
        assert (large(products(left, right, 0.1)) == large(found)).all()
