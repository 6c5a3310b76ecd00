"""Passages of many pairs of texts, as plain arrays that can be kept from run to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np

from storywire.components import Arrays
from storywire.duplicates import passages
from storywire.duplicates.tokens import tokens

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


def joined(parts: Sequence[Arrays]) -> Arrays:
    """The passages of several lists of pairs, one after the other."""
    names = [name for kind in PLACES for name in (kind, f"{kind}_counts")]
    return {name: np.concatenate([np.empty(0, np.int32), *(part[name] for part in parts)]) for name in names}
