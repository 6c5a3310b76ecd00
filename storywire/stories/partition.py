"""Members into clusters, piece by piece; a piece whose members are what they were keeps the clusters it had."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial as bound

import numpy as np
from numpy.typing import NDArray

from storywire.components import Arrays, Kept, by_home, digest, homes
from storywire.hashes import Hashes, of_sets
from storywire.stories import linkage
from storywire.stories.linkage import MAX_MEMBERS
from storywire.stories.members import cell_name

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

Compare = Callable[[list[Ints]], Iterable[tuple[Floats, Floats]]]
"""Gives for each of some pieces all similarities of its members, and the support of each pair (see
`linkage.average_linkage`)."""


def partition(
    content: Hashes,
    cell: Ints,
    edges: tuple[Ints, Ints, Floats],
    compare: Compare,
    rule: tuple[float, ...],
    name: str,
    kept: Kept,
    max_members: int = MAX_MEMBERS,
    named: Ints | None = None,
) -> Ints:
    """A cluster number for each member: average linkage inside each component of `edges`.

    `edges` are all pairs at or above the threshold; `rule` is threshold, cohesion and, with `named`,
    `apart` (see `linkage.average_linkage`). A mean never exceeds its largest
    part, so two clusters whose average reaches the threshold share an edge: working by component gives what all pairs
    at once would give. Components of more than `max_members` are taken apart first, see `linkage.pieces`.

    Numbers count up in the order of each cluster's first member. What a piece becomes rests on its members (`content`)
    alone; it is kept with the month (`cell`) of its first one.
    """
    count = content.size
    piece = linkage.pieces(count, edges, rule[0], max_members)
    home = homes(piece, cell, np.ones(count, dtype=np.bool_))
    label = np.zeros(count, np.int64)
    for number, items in by_home(home):
        in_order = items[np.argsort(piece[items], kind="stable")]  # piece by piece, members ascending
        sizes = np.unique(piece[in_order], return_counts=True)[1]
        file = f"{name}-{cell_name(number)}"
        make = bound(_joined, content, in_order, sizes, compare, rule, named, kept, file)
        label[in_order] = kept.keep(file, digest(rule, content[in_order], sizes), make)["label"]
    return numbered(piece * (int(label.max(initial=0)) + 1) + label)


def _joined(
    content: Hashes,
    in_order: Ints,
    sizes: Ints,
    compare: Compare,
    rule: tuple[float, ...],
    named: Ints | None,
    kept: Kept,
    file: str,
) -> Arrays:
    """The cluster of each member inside its piece, piece by piece; known pieces are not joined again."""
    owner = np.repeat(np.arange(sizes.size), sizes)
    hashes = of_sets(content[in_order], owner, sizes.size)
    told = np.array(rule)
    last = kept.last(file)
    known: dict[int, Ints] = {}
    if last and np.array_equal(last["rule"], told):
        ends = np.cumsum(last["size"])
        parts = zip(last["piece"].tolist(), (ends - last["size"]).tolist(), ends.tolist(), strict=True)
        known = {piece: last["label"][begin:end] for piece, begin, end in parts}
    members = dict(zip(hashes.tolist(), np.split(in_order, np.cumsum(sizes)[:-1]), strict=True))
    fresh = [piece for piece in members if piece not in known]
    compared = compare([members[piece] for piece in fresh])
    for piece, (similarity, support) in zip(fresh, compared, strict=True):
        days = () if named is None else named[members[piece]].tolist()
        known[piece] = linkage.average_linkage(similarity, support, *rule, named=days).astype(np.int32)
    label = np.concatenate([known[piece] for piece in members])
    return {"rule": told, "piece": hashes, "size": sizes.astype(np.int64), "label": label}


def numbered(label: Ints) -> Ints:
    """The same clusters, counted in the order of their first members.

    >>> numbered(np.array([7, 3, 7, 9])).tolist()
    [0, 1, 0, 2]
    """
    _, first, place = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(first.size, np.int64)
    rank[np.argsort(first)] = np.arange(first.size)
    found: Ints = rank[place.reshape(-1)]
    return found
