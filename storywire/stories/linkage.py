"""Average linkage, cut once: what belongs together by the mean of all pairs, not by a chain of single ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from storywire.components import components, listed

Ints = NDArray[np.int64]
Numbers = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]

MAX_MEMBERS = 3_000
"""Items of one component that are clustered as a whole: a matrix of 72 MB, about a second."""

FLOOR_STEP = 0.02
"""How far the floor is raised at a time inside a component above `MAX_MEMBERS`."""


HALF = 0.5
"""Mean support that a join must exceed."""

DATED = 1 << 7
"""The bit beside those of the seven weekdays that says an item has a day of publication."""


def pieces(count: int, edges: tuple[Numbers, Numbers, Floats], floor: float, max_members: int = MAX_MEMBERS) -> Ints:
    """The number of the piece each of `count` items is in: components of `edges`, of at most `max_members`.

    A component of more is taken apart by leaving out its weakest edges, `FLOOR_STEP` by `FLOOR_STEP` above `floor`,
    until every part is small enough; only joins between such parts, weaker than the raised floor, are lost. Parts held
    together by equal texts (similarity 1) are cut in order of their items.
    """
    rows, columns, values = edges
    found = components(count, rows, columns)
    while floor < 1.0 and np.bincount(found, minlength=1).max() > max_members:
        giant = np.bincount(found)[found] > max_members
        floor = min(1.0, round(floor + FLOOR_STEP, 6))
        inside = giant[rows] & (values >= floor)
        kept = ~giant[rows] | inside
        rows, columns, values = rows[kept], columns[kept], values[kept]
        found = components(count, rows, columns)
    if np.bincount(found, minlength=1).max() <= max_members:
        return found
    order, bounds = listed(found, int(found.max(initial=-1)) + 1)
    place = np.empty(count, np.int64)
    place[order] = np.arange(count) - np.repeat(bounds[:-1], np.diff(bounds))
    part: Ints = np.unique(found * (count // max_members + 1) + place // max_members, return_inverse=True)[1]
    return part.reshape(-1)


def average_linkage(
    similarity: Floats,
    support: Floats,
    threshold: float,
    cohesion: float,
    apart: float = 0.0,
    *,
    named: Sequence[int] = (),
) -> Ints:
    """Clusters of a few items from all their similarities, numbered from 0.

    Two clusters are joined, the most alike first, while their mean similarity is at least `threshold` and
    at least `cohesion` times the geometric mean of their inner similarities (0 for a single item). The
    second rule keeps two close-knit events of one running story apart that share its names and background.
    And more than half of the `support` (0 to 1 for each pair: whether it speaks for joining) must be there: a
    digest that is like both sides does not bring two strangers together.

    `named` has for each item the weekdays it names, a bit each, and `DATED` where its day is known. Two clusters that
    name weekdays, but none in common, and that have no dates on both sides to go by, must be at least `apart` times as
    alike as the closer-knit of them is: what Monday's report shares with Wednesday's event may be the running story.

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
    days = list(named) or [0] * count
    for step, (first, second, height, _) in enumerate(tree.tolist()):
        a, b, node = int(first), int(second), count + step
        between = round(1.0 - height, 6)
        pairs_a, pairs_b, pairs = size[a] * (size[a] - 1) / 2, size[b] * (size[b] - 1) / 2, size[a] * size[b]
        size.append(size[a] + size[b])
        inner.append((inner[a] * pairs_a + inner[b] * pairs_b + between * pairs) / (pairs_a + pairs_b + pairs))
        least = max(threshold, cohesion * (inner[a] * inner[b]) ** 0.5)
        if differ(days[a], days[b]):
            least = max(least, apart * max(inner[a], inner[b]))
        needed = round(least, 6)
        days.append(days[a] | days[b])
        members.append(np.concatenate([members[a], members[b]]))
        joined = sound[a] and sound[b] and between >= needed
        sound.append(joined and round(float(support[np.ix_(members[a], members[b])].mean()), 6) > HALF)
        if sound[node]:
            parent[a] = parent[b] = node
    for node in range(len(parent) - 1, -1, -1):
        parent[node] = parent[parent[node]]
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(parent[item], len(numbers)) for item in range(count)], np.int64)


def differ(one: int, other: int) -> bool:
    """Whether two clusters name weekdays, none in common, and are not both dated.

    >>> differ(1, 2), differ(1, 3), differ(1, 0), differ(1 | DATED, 2), differ(1 | DATED, 2 | DATED)
    (True, False, False, True, False)
    """
    return not one & other and bool(one & ~DATED) and bool(other & ~DATED)
