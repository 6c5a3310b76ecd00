"""Which pairs of texts are worth a comparison: an inverted index, linear in what is frequent.

Every shared hash proposes pairs of the texts that hold it. A hash in more texts than `FREQUENT` is a
stock phrase, or a report that ran everywhere: there each text is paired only with a few hubs and with the
texts 1, 2, 4, 8, ... places behind it in order of size. Ten thousand near copies then make some 20
pairs each, and `storywire.duplicates.groups` finds the lead within a few steps. Nothing is dropped for
being frequent alone.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from storywire.duplicates.frames import SHORT_BODY, Sketch
from storywire.duplicates.sets import Ints, Sets
from storywire.duplicates.shingles import Hashes

FREQUENT = 48
"""Texts that may share a hash and still be paired each with each: 1,128 pairs."""

HUBS = 4
"""Texts a frequent hash pairs with all others; several, as the largest may be a live blog."""

LEAST_SHARED = 2
"""Sketch hashes a pair must share; copies of 30 shared shingles share about four."""

LEAST_BODY = 0.06
"""Share of the smaller sketch that must be shared: half of what makes an edge, for sampling noise."""

LEAST_OPENING = 0.2
"""Share of the smaller opening: well below a copy's, as pairs of frequent 3-grams are not all counted."""


def candidate_pairs(sets: Sets, own: Sketch) -> Ints:
    """Pairs (smaller number first, ascending) that may share text; `sets` in order of size, largest first."""
    n = len(sets)
    keys, counts = _counted(own.hashes, own.owners, n)
    least = LEAST_BODY * np.minimum(own.own[keys // n], own.own[keys % n])
    body = keys[(counts >= LEAST_SHARED) & (counts >= least)]
    keys, counts = _counted(*_openings_of_short(sets), n)
    one, other = keys // n, keys % n
    least = LEAST_OPENING * np.minimum(sets.opening[one], sets.opening[other])
    opening = keys[(counts >= least) & (np.minimum(sets.body[one], sets.body[other]) < SHORT_BODY)]
    keys = np.union1d(body, opening)
    return np.stack([keys // n, keys % n], axis=1)


def _openings_of_short(sets: Sets) -> tuple[Hashes, Ints]:
    """Opening postings that can bring a short text to another: hashes that some short text has."""
    is_short = sets.body < SHORT_BODY
    short = [hashes[is_short[owners]] for hashes, owners in sets.blocks(sets.starts + sets.body, sets.opening)]
    wanted = np.unique(np.concatenate([np.empty(0, np.uint64), *short]))
    parts_hashes, parts_owners = [], []
    for hashes, owners in sets.blocks(sets.starts + sets.body, sets.opening):
        kept = is_short[owners]
        if wanted.size:
            kept |= wanted[np.minimum(np.searchsorted(wanted, hashes), wanted.size - 1)] == hashes
        parts_hashes.append(hashes[kept])
        parts_owners.append(owners[kept])
    return np.concatenate([np.empty(0, np.uint64), *parts_hashes]), np.concatenate(
        [np.empty(0, np.int64), *parts_owners]
    )


def _counted(hashes: Hashes, owners: Ints, n: int) -> tuple[Ints, Ints]:
    """Pairs as `first * n + second`, and how many hashes proposed each."""
    order = np.argsort(hashes, kind="stable")  # owners stay ascending inside one hash
    hashes, owners = hashes[order], owners[order]
    begins = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])) if hashes.size else np.empty(0, np.int64)
    sizes = np.diff(np.append(begins, hashes.size))
    found = [np.empty(0, dtype=np.int64)]
    for size in np.unique(sizes[(sizes > 1) & (sizes <= FREQUENT)]).tolist():
        lists = owners[begins[sizes == size][:, None] + np.arange(size)]
        one, other = np.triu_indices(size, 1)
        found.append((lists[:, one] * n + lists[:, other]).ravel())
    found.extend(_linear(owners, begins[sizes > FREQUENT], sizes[sizes > FREQUENT], n))
    keys, counts = np.unique(np.concatenate(found), return_counts=True)
    return keys, counts


def _linear(owners: Ints, begins: Ints, sizes: Ints, n: int) -> list[npt.NDArray[np.int64]]:
    """For lists too long for all pairs: each text with the hubs, and at doubling distances."""
    found: list[npt.NDArray[np.int64]] = []
    for begin, size in zip(begins.tolist(), sizes.tolist(), strict=True):
        members = owners[begin : begin + size]
        found.extend(members[hub] * n + members[hub + 1 :] for hub in range(HUBS))
        rest = members[HUBS:]
        found.extend(rest[: -(1 << step)] * n + rest[1 << step :] for step in range((rest.size - 1).bit_length()))
    return found
