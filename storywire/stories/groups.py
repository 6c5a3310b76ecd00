"""The articles of each event and of each story, who founded it, and the hash of all that is told of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storywire.components import listed
from storywire.hashes import Hashes, mix, of_sums
from storywire.stories.given import Given

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grouped:
    """Clusters of articles: events, or stories, which are clusters of `events`.

    Cluster `i` is made of `order[bounds[i]]` up to `order[bounds[i + 1]]`, ascending, and has `size[i]` articles.
    `founder` is the earliest report of each, undated ones last, of equals the one with the smallest id. `content` is
    the hash of what is told of its articles, made from `told`, the sum of their mixed hashes.
    """

    order: Ints
    bounds: Ints
    size: Ints
    founder: Ints
    told: Hashes
    events: Grouped | None = None

    @property
    def content(self) -> Hashes:
        """The hash of what is told of the articles of each cluster."""
        return of_sums(self.told, self.size)

    def members(self, number: int) -> Ints:
        """The articles of one cluster, ascending."""
        inside = self.order[self.bounds[number] : self.bounds[number + 1]]
        if self.events is None:
            return inside
        return np.sort(np.concatenate([self.events.members(event) for event in inside.tolist()]))


def of_events(articles: Given, content: Hashes, event: Ints) -> Grouped:
    """The articles of each event; `event` is the number of each article's, `content` the hash of what is told of it.

    Every event has a report.
    """
    order, bounds = listed(event, int(event.max(initial=-1)) + 1)
    size = np.diff(bounds)
    is_lead = articles.is_lead[order]
    earlier: Ints = np.cumsum(is_lead) - is_lead
    # Articles ascend by their days: the first of an event that is a report is its earliest.
    founder = order[np.flatnonzero(is_lead)[earlier[bounds[:-1]]]]
    return Grouped(order, bounds, size, founder, np.add.reduceat(mix(content[order]), bounds[:-1]))


def of_stories(events: Grouped, story: Ints) -> Grouped:
    """The articles of each story; `story` is the number of each event's."""
    order, bounds = listed(story, int(story.max(initial=-1)) + 1)
    size, told = (np.add.reduceat(of[order], bounds[:-1]) for of in (events.size, events.told))
    return Grouped(order, bounds, size, np.minimum.reduceat(events.founder[order], bounds[:-1]), told, events)
