"""The heaviest terms of each event or story, summed over the vectors of its reports: no text is read for them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from storywire.components import in_batches
from storywire.stories.vectors import Vectors

Ints = NDArray[np.int64]

KEYWORDS = 8
"""Terms shown for an event or a story."""

DECIMALS = 6
"""Sums are rounded, so that the order of equal terms rests on their spelling."""

AT_ONCE = 2_000
"""Reports whose terms are summed at a time, some 10 MB."""


def heaviest(vectors: Vectors, groups: Sequence[Ints]) -> list[list[str]]:
    """The terms with the largest sum of weights over the reports of each group, of equals the first by alphabet."""
    return [terms for some in in_batches(list(groups), AT_ONCE) for terms in _of_some(vectors, some)]


def _of_some(vectors: Vectors, groups: list[Ints]) -> list[list[str]]:
    """See `heaviest`."""
    reports = np.concatenate(groups)
    bounds = np.cumsum([0, *(group.size for group in groups)])
    matrix, terms = vectors.by_term(reports)
    sums = sparse.csr_matrix((np.ones(reports.size), np.arange(reports.size), bounds)) @ matrix
    spans = list(pairwise(sums.indptr.tolist()))
    # Only what can be among the heaviest, once rounded.
    near = [begin + np.flatnonzero(_is_near(sums.data[begin:end])) for begin, end in spans]
    places = np.concatenate(near)
    names = iter(vectors.spelt(terms[sums.indices[places]], reports))
    weights = (-round(weight, DECIMALS) for weight in sums.data[places].tolist())
    told = zip(weights, names, strict=True)
    return [[name for _, name in sorted(islice(told, each.size))[:KEYWORDS]] for each in near]


def _is_near(weights: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which weights are among the heaviest, or are as good as equal to the last of these."""
    rank = max(weights.size - KEYWORDS, 0)
    near: NDArray[np.bool_] = weights >= (np.partition(weights, rank)[rank] if rank else 0.0) - 10.0**-DECIMALS
    return near
