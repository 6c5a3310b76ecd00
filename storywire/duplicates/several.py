"""Passages of many pairs of texts, as plain arrays that can be kept from run to run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

import numpy as np

from storywire.components import Arrays, ranges
from storywire.duplicates import passages
from storywire.duplicates.sets import Ints
from storywire.duplicates.tokens import tokens
from storywire.hashes import Hashes, place_in

PLACES = {"shared": 4, "added": 2, "removed": 2}
"""Numbers that say where one passage stands: its begin and end, shared ones in both texts."""


def between(pairs: Sequence[tuple[str, str]], texts: Mapping[str, str]) -> Arrays:
    """The passages of pairs of texts, (article, original), given the texts by name.

    For each kind the places of all passages one after the other, and under `<kind>_counts` how many each pair has.
    """
    read = {name: tokens(texts[name]) for name in {name for pair in pairs for name in pair}}
    found = [passages.between(read[article], read[original]) for article, original in pairs]
    arrays: Arrays = {}
    for kind in PLACES:
        spans = [getattr(one, kind) for one in found]
        flat = chain.from_iterable(chain.from_iterable(spans))
        arrays[kind] = np.fromiter(flat, dtype=np.int32)
        arrays[f"{kind}_counts"] = np.array([len(each) for each in spans], dtype=np.int32)
    return arrays


def renewed(last: Arrays, pairs: Hashes, make: Callable[[Ints], Arrays]) -> Arrays:
    """The passages of pairs, each known by a hash: those that `last` has, and what `make` gives of the others' places.

    What comes of it is `last` the next time.
    """
    last = last or {"pair": pairs[:0], **joined([])}
    place = place_in(last["pair"], pairs)
    fresh = np.flatnonzero(place < 0)
    place[fresh] = last["pair"].size + np.arange(fresh.size)
    return {"pair": pairs, **_picked(joined([last, make(fresh)]), place)}


def _picked(found: Arrays, places: Ints) -> Arrays:
    """The passages of some pairs."""
    arrays: Arrays = {}
    for kind, width in PLACES.items():
        counts = found[f"{kind}_counts"]
        begin = np.cumsum(counts, dtype=np.int64) - counts
        rows = ranges(begin[places], counts[places])
        arrays |= {kind: found[kind].reshape(-1, width)[rows].reshape(-1), f"{kind}_counts": counts[places]}
    return arrays


def joined(parts: Sequence[Arrays]) -> Arrays:
    """The passages of several lists of pairs, one after the other."""
    names = [name for kind in PLACES for name in (kind, f"{kind}_counts")]
    return {name: np.concatenate([np.empty(0, np.int32), *(part[name] for part in parts)]) for name in names}
