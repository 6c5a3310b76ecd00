"""Who stands for a group: stars around a lead article, never chains of copies of copies.

Every member is a copy of its lead itself, so a teaser that fits two reports, or a live blog,
brings no strangers together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from storywire.components import components, distinct, starts
from storywire.duplicates.bands import Flags, Pairs, Shares
from storywire.duplicates.sets import Ints

STEP = 0.9
"""Texts within a tenth of each other are equally complete: captions and corrections come to that much."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What ranks a text besides its size; of `day` and `last` the smaller is better.

    `repeated` tells that several articles have this very text, `dateline` that one is explicit.
    """

    repeated: Flags
    dateline: Flags
    day: Ints
    last: Ints


def ranks(size: Ints, copies: Pairs, standing: Standing) -> Ints:
    """The place of every text among those it is a copy of, 0 for the first: a total order.

    Most complete text, then an explicit wire dateline, then the earliest reliable date, then the fuller
    text, then the smaller id. Complete is, first, what a single copy bears out most of: the words of
    a rewrite or of a live blog are its own. Second, what is longest; but a text whose opening none of its
    copies shares has something of its own on top, a local introduction or other items, and again only
    what it shares counts. Both are counted in steps of a tenth below the most of the component.
    """
    n = size.size
    one, other = copies.rows[:, 0], copies.rows[:, 1]
    shares_opening = np.zeros(n, dtype=np.bool_)
    shares_opening[copies.rows[copies.lead_agrees].ravel()] = True
    borne_out = np.where(standing.repeated, size, 0)
    np.maximum.at(borne_out, one, copies.shared)
    np.maximum.at(borne_out, other, copies.shared)
    complete = np.where(shares_opening, size, np.minimum(size, borne_out))
    component = components(n, *copies.rows.T)
    order = np.lexsort(
        (
            standing.last,
            np.where(shares_opening, -size, size),
            standing.day,
            ~standing.dateline,
            ~shares_opening,
            _steps_below(complete, component),
            _steps_below(borne_out, component),
        )
    )
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    return place


def _steps_below(amount: Ints, component: Ints) -> Ints:
    """How many tenths an amount falls short of the most in its component."""
    most = np.ones(amount.size, dtype=np.int64)
    np.maximum.at(most, component, amount)
    steps: Ints = np.floor(np.log(np.maximum(amount, 1) / most[component]) / np.log(STEP)).astype(np.int64)
    return steps


def stars(place: Ints, rows: Ints, containment: Shares) -> Ints:
    """The lead of every text: itself, or the copied lead that holds most of it.

    Going down the ranking, a text leads unless it is a copy of a lead above it.
    """
    above, below = _by_rank(place, rows)
    lead = np.arange(place.size)
    leads, follows = np.ones(place.size, dtype=np.bool_), np.zeros(place.size, dtype=np.bool_)
    open_above, open_below = above, below
    while open_below.size:
        # Whatever is not below anything still open is a lead; whatever is below a lead follows.
        leads[:] = ~follows
        leads[open_below] = False
        follows[open_below[leads[open_above]]] = True
        still = ~follows[open_above] & ~leads[open_above] & ~follows[open_below]
        open_above, open_below = open_above[still], open_below[still]
    to_lead = ~follows[above]
    above, below, share = above[to_lead], below[to_lead], containment[to_lead]
    order = np.lexsort((place[above], -share, below))
    first = order[starts(below[order])]
    lead[below[first]] = above[first]
    return lead


def unseen_pairs(place: Ints, lead: Ints, copies: Ints, seen: Ints) -> Ints:
    """Pairs to compare next: a text and the best lead among the leads of its copies.

    A report that ran in hundreds of outlets has too many pairs to propose them all; where a copy's copy follows
    a better lead, the text is compared with that lead, unless that has been `seen` to.
    """
    best = place[lead].copy()
    for one, other in (copies.T, copies.T[::-1]):
        np.minimum.at(best, one, place[lead[other]])
    by_place = np.argsort(place)
    target = by_place[best]
    text = np.flatnonzero((target != lead) & (target != np.arange(place.size)))
    proposed = np.sort(np.stack([text, target[text]], axis=1), axis=1)
    n = place.size
    keys = distinct(proposed[:, 0] * n + proposed[:, 1])
    keys = np.setdiff1d(keys, seen[:, 0] * n + seen[:, 1], assume_unique=True)
    return np.stack([keys // n, keys % n], axis=1)


def _by_rank(place: Ints, rows: Ints) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The better and the worse placed text of each pair."""
    first_above = place[rows[:, 0]] < place[rows[:, 1]]
    return np.where(first_above, rows[:, 0], rows[:, 1]), np.where(first_above, rows[:, 1], rows[:, 0])
