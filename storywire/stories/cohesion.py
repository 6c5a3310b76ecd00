"""What holds a story or an event together: its links, its weakest join, and what nearly joined it. Pure.

All figures are those the clusters were made by: the same vectors, the same similarity, the same rules of joining.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from storywire.stories.clusters import SPOKESMEN, keys_of, named_days, reports_of
from storywire.stories.given import given
from storywire.stories.linkage import HALF, differ
from storywire.stories.means import means
from storywire.stories.members import languages, of_events
from storywire.stories.similarity import NO_DAY, Items, Scale, dense, fade, support

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_TERMS = 6
"""Shared terms told of a link."""

MOST_NEAR = 5
"""Clusters told of that fell short."""

NEARLY = 0.25
"""Share of the threshold that the mean must reach for a cluster to count as near; a closest pair, twice that."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two members and how alike they are: `terms` with what each adds to the similarity, the most first."""

    one: str
    other: str
    similarity: float
    days_apart: int | None
    terms: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Join:
    """Two sides, the mean of the similarities between them, what it is held against, and the support for joining."""

    sides: tuple[tuple[str, ...], tuple[str, ...]]
    similarity: float
    needed: float
    support: float

    @property
    def holds(self) -> bool:
        """Whether the two sides may be joined."""
        return self.similarity >= self.needed and self.support > HALF


@dataclass(frozen=True, slots=True)
class Near:
    """A cluster outside: the join with it that was not made, why, and the closest pair of members."""

    cluster: str
    join: Join
    why: str
    link: Link


@dataclass(frozen=True, slots=True)
class Cohesion:
    """How a cluster holds together.

    `links` is the strongest set that ties all members (a maximum spanning tree), in order of time; `weakest` the last
    join that made the cluster; `near` what came closest outside.
    """

    members: tuple[str, ...]
    links: tuple[Link, ...]
    weakest: Join | None
    near: tuple[Near, ...]


def cohere(reports: pa.Table, member: Sequence[str], cluster: Sequence[str], of: str, scale: Scale) -> Cohesion:
    """How the cluster `of` holds together, among the reports given.

    `reports` are lead articles as `clusters.cluster` takes them; `member` names what is compared (the event of each
    report in a story, the report itself in an event), `cluster` what it belongs to.
    """
    order = given(reports).place.tolist()
    field = _Field.of(reports.take(order), [member[row] for row in order], [cluster[row] for row in order], scale)
    inside = [place for place, name in enumerate(field.cluster) if name == of]
    inside.sort(key=lambda place: (field.groups.first[place] == NO_DAY, field.groups.first[place], field.names[place]))
    others: defaultdict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(field.cluster):
        if name != of:
            others[name].append(place)
    closest = []
    for name, rows in others.items():
        across = field.similarity[np.ix_(inside, rows)]
        mean, best = round(float(across.mean()), 6), float(across.max())
        if mean >= NEARLY * scale.threshold or best >= 2 * NEARLY * scale.threshold:
            closest.append((-mean, name))
    return Cohesion(
        tuple(field.names[place] for place in inside),
        tuple(field.link(one, other) for one, other in _spanning(field.similarity, inside)),
        field.weakest(inside),
        tuple(field.near(inside, name, others[name]) for _, name in sorted(closest)[:MOST_NEAR]),
    )


@dataclass(frozen=True, slots=True)
class _Field:
    """Members as vectors, with all that can be asked of two of them."""

    names: list[str]
    cluster: list[str]
    terms: list[dict[str, float]]
    groups: Items
    similarity: Floats
    support: Floats
    named: list[int]
    scale: Scale

    @classmethod
    def of(cls, reports: pa.Table, member: Sequence[str], cluster: Sequence[str], scale: Scale) -> _Field:
        place = {name: number for number, name in enumerate(dict.fromkeys(member))}
        group = np.array([place[name] for name in member], np.int64)
        clusters = dict(zip(member, cluster, strict=True))
        single, vectors = reports_of(reports)
        named = np.zeros(len(place), np.int64)
        np.bitwise_or.at(named, group, named_days(single, vectors, np.arange(len(group))))
        vectors = replace(vectors, power=scale.power)
        single = replace(single, vectors=vectors)
        keys = keys_of(reports) if scale.across else None
        if keys is not None:
            single = replace(single, languages=languages(reports["language"]), keys=keys)
        events = of_events(single, means(vectors, group), keys and means(keys, group))
        groups = events.items(np.arange(len(place)))
        size = np.bincount(group).tolist()
        terms: list[dict[str, float]] = [defaultdict(float) for _ in place]
        rows = zip(group.tolist(), reports["terms"].to_pylist(), reports["weights"].to_pylist(), strict=True)
        for number, names, weights in rows:
            raised = [weight**scale.power for weight in weights or ()]
            length = sum(weight * weight for weight in raised) ** 0.5
            for term, weight in zip(names or (), raised, strict=True):
                terms[number][term] += weight / length / size[number]
        spoken = [np.flatnonzero(group == number)[:SPOKESMEN] for number in range(len(place))]
        numbers = np.repeat(np.arange(len(place)), [len(part) for part in spoken])
        supported = support(single.items(np.concatenate(spoken)), numbers, scale)
        names = list(place)
        return cls(
            names, [clusters[n] for n in names], terms, groups, dense(groups, scale), supported, named.tolist(), scale
        )

    def link(self, one: int, other: int) -> Link:
        """The link of two members, the earlier first."""
        factor = float(fade(self.groups, self.groups, np.array([one]), np.array([other]), self.scale)[0])
        mine, theirs = self.terms[one], self.terms[other]
        shared = sorted((-round(mine[t] * theirs[t] * factor, 6), t) for t in mine.keys() & theirs.keys())
        first, last = self.groups.first, self.groups.last
        dated = first[one] != NO_DAY and first[other] != NO_DAY
        gap = int(max(first[one] - last[other], first[other] - last[one], 0)) if dated else None
        terms = tuple((term, -value) for value, term in shared[:MOST_TERMS])
        return Link(self.names[one], self.names[other], float(self.similarity[one, other]), gap, terms)

    def join(self, one: list[int], other: list[int]) -> Join:
        """What average linkage looks at when it is to join two sides."""
        across = np.ix_(one, other)
        inner = self._inner(one), self._inner(other)
        needed = max(self.scale.threshold, self.scale.cohesion * (inner[0] * inner[1]) ** 0.5)
        if differ(*(int(np.bitwise_or.reduce([self.named[place] for place in side])) for side in (one, other))):
            needed = max(needed, self.scale.apart * max(inner))
        return Join(
            (tuple(self.names[place] for place in one), tuple(self.names[place] for place in other)),
            round(float(self.similarity[across].mean()), 6),
            round(needed, 6),
            round(float(self.support[across].mean()), 6),
        )

    def weakest(self, inside: list[int]) -> Join | None:
        """The last join of average linkage over the members; none where there is one alone."""
        if len(inside) < 2:
            return None
        distance = 1.0 - self.similarity[np.ix_(inside, inside)]
        np.fill_diagonal(distance, 0.0)
        tree = linkage(squareform(distance, checks=False), method="average")
        sides: dict[int, list[int]] = {number: [number] for number in range(len(inside))}
        for step, (first, second, _, _) in enumerate(tree.tolist()[:-1]):
            sides[len(inside) + step] = sorted(sides.pop(int(first)) + sides.pop(int(second)))
        one, other = sorted(sides.values())
        return self.join([inside[place] for place in one], [inside[place] for place in other])

    def near(self, inside: list[int], cluster: str, outside: list[int]) -> Near:
        """The join that was not made with a cluster outside, and why not."""
        join = self.join(inside, outside)
        across = self.similarity[np.ix_(inside, outside)]
        one, other = divmod(int(across.argmax()), len(outside))
        why = "order"
        if join.similarity < self.scale.threshold:
            why = "similarity"
        elif join.similarity < join.needed:
            why = "cohesion"
        elif join.support <= HALF:
            why = "support"
        return Near(cluster, join, why, self.link(inside[one], outside[other]))

    def _inner(self, rows: list[int]) -> float:
        """The mean similarity inside one side; 0 for a single member."""
        if len(rows) < 2:
            return 0.0
        upper = np.triu_indices(len(rows), 1)
        return float(self.similarity[np.ix_(rows, rows)][upper].mean())


def _spanning(similarity: Floats, inside: list[int]) -> list[tuple[int, int]]:
    """Pairs that tie all members by the strongest similarities (Prim), each from the earlier member to the later."""
    tied, pairs = inside[:1], []
    rank = {place: number for number, place in enumerate(inside)}
    while len(tied) < len(inside):
        held = set(tied)
        loose = [place for place in inside if place not in held]
        across = similarity[np.ix_(tied, loose)]
        one, other = divmod(int(across.argmax()), len(loose))
        pairs.append(tuple(sorted((tied[one], loose[other]), key=rank.__getitem__)))
        tied.append(loose[other])
    return sorted(((a, b) for a, b in pairs), key=lambda pair: (rank[pair[1]], rank[pair[0]]))
