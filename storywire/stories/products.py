"""Which rows of two sparse matrices have a product that matters: most share some of the commonest terms and no more.

Such terms are what multiplying costs, and they weigh next to nothing. So they are left out at first: what a pair gets
from them is at most the product of their lengths in either row (Cauchy, Schwarz). Only pairs that may reach what is
asked for are multiplied in full, each over all its terms in their order, so that its product rests on the two alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from storywire.components import distinct, ranges

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

COMMON = 0.04
"""Share of the rows, of the longer matrix, from which on a term is common; flat from .02 to .05."""

ERROR = 1e-9
"""More than rounding can add to, or take from, a bound."""

AT_ONCE = 4_000
"""Pairs that are multiplied in full at a time, some 10 MB."""


def products(one: Any, other: Any, least: float) -> Any:
    """The products of rows of two CSR matrices that are at least `least`; and maybe some more."""
    if one.shape[0] > other.shape[0]:
        return products(other, one, least).T
    common = np.bincount(other.indices, minlength=other.shape[1]) >= max(1.0, COMMON * other.shape[0])
    mine, theirs = _length(one, common), _length(other, common)
    # By common terms alone some pairs may reach it: where few of a row do they are listed, else it is multiplied whole.
    shortest = np.argsort(theirs)
    alone = theirs.size - np.searchsorted(theirs[shortest], (least - ERROR) / np.maximum(mine, ERROR))
    whole = alone > COMMON * theirs.size
    some = np.flatnonzero(~whole & (alone > 0))
    found = [(np.repeat(some, alone[some]), shortest[ranges(theirs.size - alone[some], alone[some])])]
    rows = np.flatnonzero(~whole)
    if rows.size:
        rest = _only(other, ~common) @ _only(one[rows], ~common).T.tocsr()
        found.append(_near(rest, rows, theirs, mine, least))
    rows = np.flatnonzero(whole)
    if rows.size:
        found.append(_near(other @ one[rows].T.tocsr(), rows, theirs, np.zeros_like(mine), least))
    left, right = np.divmod(
        distinct(np.concatenate([row * theirs.size + column for row, column in found])), theirs.size
    )
    return sparse.coo_matrix((_in_full(one, other, left, right), (left, right)), (one.shape[0], other.shape[0]))


def _near(rest: Any, rows: Ints, theirs: Floats, mine: Floats, least: float) -> tuple[Ints, Ints]:
    """The pairs whose product may be at least `least`: what is known of it, and the lengths of what was left out.

    `rest` has a row for each of `theirs`, a column for each of `rows`. The most that any of these lacks rules out
    nearly all of its cells, one after the other, before single ones are looked at.
    """
    lost = mine[rows]
    short = np.repeat(least - ERROR - theirs * lost.max(), np.diff(rest.indptr))
    likely = np.flatnonzero(rest.data >= short)
    row, column = np.searchsorted(rest.indptr, likely, side="right") - 1, rest.indices[likely]
    near = rest.data[likely] + theirs[row] * lost[column] >= least - ERROR
    return rows[column[near]], row[near]


def _length(matrix: Any, terms: Flags) -> Floats:
    """The length of each row over some terms."""
    squares = sparse.csr_matrix((np.square(matrix.data), matrix.indices, matrix.indptr), matrix.shape)
    length: Floats = np.sqrt(squares @ terms.astype(np.float64))
    return length


def _only(matrix: Any, terms: Flags) -> Any:
    """The matrix with nothing but some terms."""
    there = np.flatnonzero(terms[matrix.indices])
    bounds = np.searchsorted(there, matrix.indptr)
    return sparse.csr_matrix((matrix.data[there], matrix.indices[there], bounds), matrix.shape)


def _in_full(one: Any, other: Any, left: Ints, right: Ints) -> Floats:
    """The product of each pair of rows."""
    every = np.ones(one.shape[1])
    spans = (slice(start, start + AT_ONCE) for start in range(0, left.size, AT_ONCE))
    parts = [in_order(one[left[span]]).multiply(in_order(other[right[span]])) @ every for span in spans]
    return np.concatenate([np.empty(0), *parts])


def in_order(matrix: Any) -> Any:
    """The matrix itself, in which the terms of each row now ascend."""
    matrix.sort_indices()
    return matrix
