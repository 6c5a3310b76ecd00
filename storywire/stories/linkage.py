"""Average linkage, cut once: what belongs together by the mean of all pairs, not by a chain of single ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MAX_MEMBERS = 3_000
"""Items of one component that are clustered as a whole: a matrix of 72 MB, about a second."""

FLOOR_STEP = 0.02
"""How far the floor is raised at a time inside a component above `MAX_MEMBERS`."""


HALF = 0.5
"""Mean support that a join must exceed."""


def partition(
    count: int,
    edges: tuple[Ints, Ints, Floats],
    compare: Callable[[Ints], tuple[Floats, Floats]],
    threshold: float,
    cohesion: float,
    max_members: int = MAX_MEMBERS,
) -> Ints:
    """A cluster number for each of `count` items: average linkage inside each component of `edges`.

    `edges` are all pairs at or above the threshold; `compare` gives all similarities of some items, and their
    `support` (see `average_linkage`). A mean never exceeds its largest part, so two clusters
    whose average reaches the threshold share an edge: working by component gives what all pairs at once
    would give. A component of more than `max_members` is taken apart first, by leaving out its weakest
    edges, `FLOOR_STEP` by `FLOOR_STEP`, until every part is small enough; only joins between such parts,
    weaker than the raised floor, are lost. Parts held together by equal texts (similarity 1) are cut in
    order of their items.

    Numbers count up in the order of each cluster's first item.
    """
    labels = np.full(count, -1, np.int64)
    following = 0
    for members in _components(count, edges, threshold, max_members):
        found = average_linkage(*compare(members), threshold, cohesion) if len(members) > 1 else np.zeros(1, int)
        labels[members] = found + following
        following += int(found.max()) + 1
    firsts = np.full(following, count, np.int64)
    np.minimum.at(firsts, labels, np.arange(count))
    return np.argsort(np.argsort(firsts))[labels]


def _components(count: int, edges: tuple[Ints, Ints, Floats], floor: float, max_members: int) -> list[Ints]:
    """Connected items, each component ascending and of at most `max_members`."""
    rows, columns, values = edges
    pending: list[tuple[Ints, tuple[Ints, Ints, Floats], float]] = [(np.arange(count), (rows, columns, values), floor)]
    done: list[Ints] = []
    while pending:
        items, (rows, columns, values), floor = pending.pop()
        keep = values >= floor
        rows, columns, values = rows[keep], columns[keep], values[keep]
        local = sparse.coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(items), len(items)))
        number, component = connected_components(local, directed=False)
        order = np.argsort(component, kind="stable")
        bounds = np.searchsorted(component[order], np.arange(number + 1))
        edge_component = component[rows]
        for this in range(number):
            members = order[bounds[this] : bounds[this + 1]]
            if len(members) <= max_members:
                done.append(items[members])
            elif floor >= 1.0:
                done += [items[members[i : i + max_members]] for i in range(0, len(members), max_members)]
            else:
                inside = edge_component == this
                place = np.searchsorted(members, np.stack([rows[inside], columns[inside]]))
                raised = min(1.0, round(floor + FLOOR_STEP, 6))
                pending.append((items[members], (place[0], place[1], values[inside]), raised))
    return done


def average_linkage(similarity: Floats, support: Floats, threshold: float, cohesion: float) -> Ints:
    """Clusters of a few items from all their similarities, numbered from 0.

    Two clusters are joined, the most alike first, while their mean similarity is at least `threshold` and
    at least `cohesion` times the geometric mean of their inner similarities (0 for a single item). The
    second rule keeps two close-knit events of one running story apart that share its names and background.
    And more than half of the `support` (0 to 1 for each pair: whether it speaks for joining) must be there: a
    digest that is like both sides does not bring two strangers together.

    >>> similarity = np.array([[1, 0.9, 0.2], [0.9, 1, 0.2], [0.2, 0.2, 1]])
    >>> average_linkage(similarity, similarity > 0, 0.3, 0.0).tolist()
    [0, 0, 1]
    >>> average_linkage(similarity, similarity > 0, 0.1, 0.0).tolist()
    [0, 0, 0]
    """
    count = len(similarity)
    distance = 1.0 - similarity
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), method="average")
    size = [1] * count
    inner = [0.0] * count
    sound = [True] * count
    members = [np.array([item]) for item in range(count)]
    parent = list(range(2 * count - 1))
    for step, (first, second, height, _) in enumerate(tree.tolist()):
        a, b, node = int(first), int(second), count + step
        between = round(1.0 - height, 6)
        pairs_a, pairs_b, pairs = size[a] * (size[a] - 1) / 2, size[b] * (size[b] - 1) / 2, size[a] * size[b]
        size.append(size[a] + size[b])
        inner.append((inner[a] * pairs_a + inner[b] * pairs_b + between * pairs) / (pairs_a + pairs_b + pairs))
        needed = round(max(threshold, cohesion * (inner[a] * inner[b]) ** 0.5), 6)
        members.append(np.concatenate([members[a], members[b]]))
        joined = sound[a] and sound[b] and between >= needed
        sound.append(joined and round(float(support[np.ix_(members[a], members[b])].mean()), 6) > HALF)
        if sound[node]:
            parent[a] = parent[b] = node
    for node in range(len(parent) - 1, -1, -1):
        parent[node] = parent[parent[node]]
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(parent[item], len(numbers)) for item in range(count)], np.int64)
