"""The articles of each event and of each story, who founded it, and the hash of all that is told of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storywire.components import listed, ranges, starts
from storywire.hashes import Hashes, of_sets
from storywire.stories.given import Given
from storywire.stories.similarity import NO_DAY

Ints = NDArray[np.int64]

_LATEST = 1 << 24
"""A day after all others, some 46,000 years on."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """Articles by cluster: cluster `i` has `size[i]` of them, from `order[begin[i]]` on, ascending.

    `founder` is the earliest report of each, undated ones last, of equals the one with the smallest id. `content` is
    the hash of what is told of its articles.
    """

    order: Ints
    begin: Ints
    size: Ints
    founder: Ints
    content: Hashes

    def members(self, number: int) -> Ints:
        """The articles of one cluster."""
        return self.order[self.begin[number] : self.begin[number] + self.size[number]]


def of_events(articles: Given, content: Hashes, event: Ints) -> Grouped:
    """The articles of each event; `event` is the number of each article's, `content` the hash of what is told of it."""
    order, bounds = listed(event, int(event.max(initial=-1)) + 1)
    return _grouped(articles, content, order, bounds[:-1])


def of_stories(articles: Given, content: Hashes, events: Grouped, story: Ints) -> Grouped:
    """The articles of each story; `story` is the number of each event's. Most are what their only event is."""
    sizes = np.bincount(story)
    several = np.flatnonzero(sizes > 1)
    which, bounds = listed(story, sizes.size)
    # Story by story, and in a story one article after the other.
    count = sizes[several]
    inside = which[ranges(bounds[several], count)]
    members = events.order[ranges(events.begin[inside], events.size[inside])]
    owner = np.repeat(np.repeat(np.arange(several.size), count), events.size[inside])
    order = np.sort(owner * len(articles) + members) % max(1, len(articles))
    found = _grouped(articles, content, order, starts(owner))
    only = which[bounds[:-1]]
    begin, size, founder = (part[only] for part in (events.begin, events.size, events.founder))
    told = events.content[only]
    begin[several] = events.order.size + found.begin
    size[several], founder[several], told[several] = found.size, found.founder, found.content
    return Grouped(np.append(events.order, found.order), begin, size, founder, told)


def _grouped(articles: Given, content: Hashes, order: Ints, begin: Ints) -> Grouped:
    """Articles that stand cluster by cluster."""
    if not order.size:
        return Grouped(order, order, order, order, content[:0])
    first = articles.first[order]
    age = np.where(articles.is_lead[order], np.where(first == NO_DAY, np.int64(_LATEST - 1), first), _LATEST)
    # The number is told with the age, so that the first of equals is found in one go.
    count = len(articles)
    founder = np.minimum.reduceat(age * count + order, begin) % count
    size = np.diff(np.append(begin, order.size))
    return Grouped(order, begin, size, founder, of_sets(content[order], size))
