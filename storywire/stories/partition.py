"""Members into clusters, piece by piece; a piece whose members are what they were keeps the clusters it had."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial as bound

import numpy as np
from numpy.typing import NDArray

from storywire.components import Arrays, Kept, by_home, digest, listed, ranges
from storywire.hashes import Hashes, of_sets, place_in
from storywire.stories import linkage
from storywire.stories.linkage import MAX_MEMBERS, Numbers
from storywire.stories.members import Cells, cell_name

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

Compare = Callable[[list[Ints]], Iterable[tuple[Floats, Floats]]]
"""Gives for each of some pieces all similarities of its members, and the support of each pair (see
`linkage.average_linkage`)."""

Named = Callable[[Ints], NDArray[np.uint8]]
"""Gives for some members what `linkage.average_linkage` calls `named`."""


def partition(
    content: Hashes,
    cell: Cells,
    edges: tuple[Numbers, Numbers, Floats],
    compare: Compare,
    rule: tuple[float, ...],
    name: str,
    kept: Kept,
    max_members: int = MAX_MEMBERS,
    named: Named | None = None,
) -> Ints:
    """A cluster number for each member: average linkage inside each component of `edges`.

    `edges` are all pairs at or above the threshold; `rule` is threshold, cohesion and, with `named`,
    `apart` (see `linkage.average_linkage`). A mean never exceeds its largest
    part, so two clusters whose average reaches the threshold share an edge: working by component gives what all pairs
    at once would give. Components of more than `max_members` are taken apart first, see `linkage.pieces`.

    Numbers count up in the order of each cluster's first member. What a piece becomes rests on its members (`content`)
    alone; it is kept with the month (`cell`) of its first one. Members without an edge, the most, are not looked at.
    """
    left, right, alike = edges
    touched = np.zeros(content.size, np.bool_)
    touched[left] = touched[right] = True
    those, place = np.flatnonzero(touched), (np.cumsum(touched) - 1).astype(np.int32)
    piece = linkage.pieces(those.size, (place[left], place[right], alike), rule[0], max_members)
    by_piece, bounds = listed(piece, int(piece.max(initial=-1)) + 1)
    size = np.diff(bounds)
    # A piece lies in the month of its first member; what was taken apart to single ones needs no joining.
    home = np.where(size > 1, cell[those[by_piece[bounds[:-1]]]], np.int16(-1))
    label = np.zeros(those.size, np.int64)
    for number, some in by_home(home):
        sizes = size[some]
        in_order = by_piece[ranges(bounds[some], sizes)]  # piece by piece, members ascending
        file = f"{name}-{cell_name(number)}"
        make = bound(_joined, content, those[in_order], sizes, compare, rule, named, kept, file)
        label[in_order] = kept.keep(file, digest(rule, content[those[in_order]], sizes), make)["label"]
    cluster = bounds[piece] + label
    first = np.empty(those.size, np.int64)
    first[cluster[::-1]] = np.arange(those.size)[::-1]  # the last one written stands
    is_first = np.ones(content.size, np.bool_)
    is_first[those] = first[cluster] == np.arange(those.size)
    found: Ints = np.cumsum(is_first) - 1
    found[those] = found[those[first[cluster]]]
    return found


def _joined(
    content: Hashes,
    in_order: Ints,
    sizes: Ints,
    compare: Compare,
    rule: tuple[float, ...],
    named: Named | None,
    kept: Kept,
    file: str,
) -> Arrays:
    """The cluster of each member inside its piece, piece by piece; known pieces are not joined again."""
    hashes = of_sets(content[in_order], sizes)
    told = np.array(rule)
    begin = np.cumsum(sizes) - sizes
    label = np.empty(in_order.size, np.int32)
    last = kept.last(file)
    if not last or not np.array_equal(last["rule"], told):
        last = {"piece": hashes[:0], "size": sizes[:0], "label": label[:0]}
    place = place_in(last["piece"], hashes)
    known, fresh = np.flatnonzero(place >= 0), np.flatnonzero(place < 0)
    source = ranges((np.cumsum(last["size"]) - last["size"])[place[known]], sizes[known])
    label[ranges(begin[known], sizes[known])] = last["label"][source]
    spans = [slice(*span) for span in zip(begin[fresh].tolist(), (begin + sizes)[fresh].tolist(), strict=True)]
    for span, (similarity, support) in zip(spans, compare([in_order[span] for span in spans]), strict=True):
        days = () if named is None else named(in_order[span]).tolist()
        label[span] = linkage.average_linkage(similarity, support, *rule, named=days)
    return {"rule": told, "piece": hashes, "size": sizes.astype(np.int64), "label": label}
