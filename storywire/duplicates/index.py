"""The inverted index of one cell's texts: which of them hold a hash, without what is an outlet's frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from storywire.components import Arrays, starts
from storywire.duplicates import frames
from storywire.duplicates.sets import Ints, Sets
from storywire.duplicates.shingles import OPENING, Hashes

OWNER_BITS = np.uint64(24)
"""Bits of a posting that name the text: 16 million texts a cell. The other 40 are of the hash."""

_OWNER = np.uint64((1 << 24) - 1)

_HASH_BITS = np.uint64(64) - OWNER_BITS


@dataclass(frozen=True)
class Postings:
    """Which text holds which hash, as one ascending number: 40 bits of the hash, then the text.

    Forty bits are enough to propose a pair, which is then compared by whole hashes.
    """

    packed: Hashes

    @classmethod
    def of(cls, hashes: Hashes, owners: Ints) -> Postings:
        """Postings from hashes and the text that holds each."""
        if owners.size and int(owners.max()) > int(_OWNER):
            raise ValueError(f"{int(owners.max()) + 1} texts in one month are more than an index holds, {_OWNER + 1}")
        # Without the highest bit, which tells openings from bodies, and the lowest, by which bodies are sampled.
        return cls(np.sort((hashes << np.uint64(1)) & ~_OWNER | owners.astype(np.uint64)))

    def owners(self, places: Ints | slice) -> Ints:
        """The texts of some postings."""
        return (self.packed[places] & _OWNER).astype(np.int64)

    @cached_property
    def runs(self) -> tuple[Hashes, Ints, Ints]:
        """Each distinct hash, cut to 40 bits, where its postings begin, and how many they are."""
        hashes = self.packed >> OWNER_BITS
        begins = starts(hashes)
        return hashes[begins], begins, np.diff(np.append(begins, hashes.size))

    @cached_property
    def _sieve(self) -> tuple[np.uint64, npt.NDArray[np.bool_]]:
        """Which beginnings occur among the distinct hashes, and how many bits are not of the beginning.

        Hashes are spread evenly, and two to four beginnings for each: most of what is not there falls through.
        """
        hashes = self.runs[0]
        bits = hashes.size.bit_length() + 1
        others = _HASH_BITS - np.uint64(bits)
        sieve = np.zeros(1 << bits, dtype=np.bool_)
        sieve[hashes >> others] = True
        return others, sieve

    def find(self, hashes: Hashes) -> tuple[Ints, Ints, Ints]:
        """Which of some hashes anybody holds, by place; where the postings of these begin, and how many they are."""
        own, begins, sizes = self.runs
        others, sieve = self._sieve
        there = np.flatnonzero(sieve[hashes >> others])
        wanted = hashes[there]
        at = np.minimum(own.searchsorted(wanted), own.size - 1)
        held = own[at] == wanted
        at = at[held]
        return there[held], begins[at], sizes[at]


@dataclass(frozen=True, slots=True)
class Index:
    """What texts are found by: their own part of the body sketch, and the openings of short and of longer texts.

    `own` counts a text's postings in `body`, `own_sampled` those that a long text would have, too;
    `framed` tells whether a frame was left out of it (`storywire.duplicates.frames`), and
    `own_parts` has the hashes of those texts, one after the other, up to `own_ends`.
    """

    body: Postings
    short: Postings
    long: Postings
    own: Ints
    own_sampled: Ints
    framed: npt.NDArray[np.int8]
    own_parts: Hashes
    own_ends: Ints

    def own_part(self, text: int) -> Hashes:
        """The sketch of a framed text without its frame, ascending."""
        return self.own_parts[self.own_ends[text] - self.own[text] : self.own_ends[text]]

    def arrays(self) -> Arrays:
        """All of it as plain arrays, to be kept."""
        postings = {f"{name}_postings": getattr(self, name).packed for name in ("body", "short", "long")}
        return postings | {name: getattr(self, name) for name in _BY_TEXT}


def from_arrays(kept: Mapping[str, npt.NDArray[Any]]) -> Index:
    """The index out of what `Index.arrays` gave."""
    body, short, long = (Postings(kept[name]) for name in ("body_postings", "short_postings", "long_postings"))
    return Index(body, short, long, **{name: kept[name] for name in _BY_TEXT})


_BY_TEXT = ("own", "own_sampled", "framed", "own_parts", "own_ends")


def build(sets: Sets, sites: Ints) -> Index:
    """Indexes packed sets in order of size, largest first (`sites`: a number for each outlet, -1 for unknown)."""
    own = frames.sketch(sets, sites)
    openings = [(np.empty(0, np.uint64), np.empty(0, np.int64))]
    openings += [(part[part >= OPENING], texts[part >= OPENING]) for part, texts in sets.blocks()]
    hashes, owners = (np.concatenate(columns) for columns in zip(*openings, strict=True))
    short = (sets.body < frames.SHORT_BODY)[owners]
    return Index(
        Postings.of(own.hashes, own.owners),
        Postings.of(hashes[short], owners[short]),
        Postings.of(hashes[~short], owners[~short]),
        own.own,
        own.own_sampled,
        own.framed,
        own.hashes[own.framed[own.owners] != frames.NO_FRAME],
        np.cumsum(np.where(own.framed != frames.NO_FRAME, own.own, 0)),
    )
