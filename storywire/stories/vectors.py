"""Articles and events as rows of a sparse matrix."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sparse
from numpy.typing import NDArray

from storywire.stories.similarity import NO_DAY, Items

Ints = NDArray[np.int64]


def of_reports(leads: pa.Table) -> Items:
    """The lead articles as items, one row each in the table's order.

    Columns stand in the order of their terms' spelling. Terms of a single report are left out: no
    other report can share them.
    """
    terms = _plain(leads["terms"])
    lengths = pc.fill_null(pc.list_value_length(terms), 0).to_numpy().astype(np.int64)
    coded = pc.list_flatten(terms).dictionary_encode()
    order = pc.sort_indices(coded.dictionary).to_numpy()
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    indices = rank[coded.indices.to_numpy()]
    values = pc.list_flatten(_plain(leads["weights"])).to_numpy().astype(np.float64)
    bounds = np.concatenate([[0], np.cumsum(lengths)])
    vectors = sparse.csr_matrix((values, indices, bounds), shape=(len(lengths), len(order)))
    vectors = vectors[:, np.bincount(indices, minlength=len(order)) > 1]
    vectors.sort_indices()
    days = pc.fill_null(_plain(leads["published_on"]).cast(pa.int32()), NO_DAY).to_numpy().astype(np.int64)
    words = pc.fill_null(_plain(leads["n_words"]), 0).to_numpy().astype(np.float64)
    return Items(vectors, days, days, words)


def of_groups(items: Items, group: Ints) -> Items:
    """Each group as one item: the mean of its vectors, its first and last known day, its mean length.

    The product of two means is the mean of all products: the average similarity of two events' reports.
    """
    count = int(group.max()) + 1 if len(group) else 0
    size = np.bincount(group, minlength=count)
    share = 1.0 / size[group]
    mean = sparse.csr_matrix((share, (group, np.arange(len(group)))), shape=(count, len(group)))
    dated = items.first != NO_DAY
    first = np.full(count, np.iinfo(np.int64).max)
    last = np.full(count, NO_DAY, np.int64)
    np.minimum.at(first, group[dated], items.first[dated])
    np.maximum.at(last, group[dated], items.last[dated])
    first[last == NO_DAY] = NO_DAY
    vectors = sparse.csr_matrix(mean @ items.vectors)
    vectors.sort_indices()
    return Items(vectors, first, last, np.bincount(group, weights=items.words, minlength=count) / np.maximum(size, 1))


def _plain(column: pa.ChunkedArray) -> pa.Array:
    """The column in one piece."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
