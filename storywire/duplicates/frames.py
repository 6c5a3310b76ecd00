"""What an outlet prints under article after article: boilerplate, which makes no two articles copies.

Counted over a sketch of the texts: hashes divisible by 8 (FracMinHash; unlike MinHash its share of
a set does not depend on the set's size, so containment can be estimated), and all hashes of a short
text. What counts as a frame is a function of the whole set of articles, which every call is given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from storywire.duplicates.sets import Ints, Sets
from storywire.duplicates.shingles import BODY_WORDS, SHORT_SPAN, Hashes

ONE_IN = 8
"""One body shingle in so many stands in the sketch; 30 shared ones then leave about four."""

SHORT_BODY = SHORT_SPAN - BODY_WORDS + 1
"""Body shingles below which a text is short."""

FRAME_PAGES = 8
"""Different texts of one outlet that make a shared shingle its frame; seldom are eight of them one article."""

WHOLLY_FRAME = 0.9
"""Share of frame above which a page is one of many nearly equal ones, and is compared in full."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """Postings (hash, text) of what is an article's own, and how many each text has.

    `own` counts all its postings, `own_sampled` those that a long text would have, too.
    """

    hashes: Hashes
    owners: Ints
    own: Ints
    own_sampled: Ints
    framed: npt.NDArray[np.bool_]


def sketch(sets: Sets, sites: Ints) -> Sketch:
    """The sketch of every text without the frame of its outlet (`sites`: a number, -1 for unknown)."""
    parts_hashes, parts_owners = [], []
    for hashes, owners in sets.blocks(sets.starts, sets.body):
        kept = (hashes % np.uint64(ONE_IN) == 0) | (sets.body[owners] < SHORT_BODY)
        parts_hashes.append(hashes[kept])
        parts_owners.append(owners[kept])
    hashes = np.concatenate([np.empty(0, np.uint64), *parts_hashes])
    owners = np.concatenate([np.empty(0, np.int64), *parts_owners])
    frame = _frame(hashes, sites[owners])
    total = np.bincount(owners, minlength=len(sets))
    framed = np.bincount(owners[frame], minlength=len(sets))
    framed[framed > WHOLLY_FRAME * total] = 0
    frame &= framed[owners] > 0
    hashes, owners = hashes[~frame], owners[~frame]
    sampled = hashes % np.uint64(ONE_IN) == 0
    return Sketch(
        hashes,
        owners,
        np.bincount(owners, minlength=len(sets)),
        np.bincount(owners[sampled], minlength=len(sets)),
        framed > 0,
    )


def _frame(hashes: Hashes, sites: Ints) -> npt.NDArray[np.bool_]:
    """Which postings stand in many texts of one outlet."""
    frame = np.zeros(hashes.size, dtype=np.bool_)
    if not hashes.size:
        return frame
    order = np.lexsort((sites, hashes))
    sorted_hashes, sorted_sites = hashes[order], sites[order]
    fresh = np.append(True, (sorted_hashes[1:] != sorted_hashes[:-1]) | (sorted_sites[1:] != sorted_sites[:-1]))
    begins = np.flatnonzero(fresh)
    counts = np.diff(np.append(begins, hashes.size))
    frame[order] = np.repeat((counts >= FRAME_PAGES) & (sorted_sites[begins] >= 0), counts)
    return frame


def own_containment(own: Sketch, sets: Sets, pairs: Ints) -> npt.NDArray[np.float64]:
    """Containment of each pair in what is the articles' own; 0 where one has nothing of its own."""
    ends = np.cumsum(own.own)  # postings are in order of their owners
    found = np.zeros(len(pairs))
    for number, (one, other) in enumerate(pairs.tolist()):
        common = np.intersect1d(
            own.hashes[ends[one] - own.own[one] : ends[one]],
            own.hashes[ends[other] - own.own[other] : ends[other]],
            assume_unique=True,
        ).size
        both_short = sets.body[one] < SHORT_BODY and sets.body[other] < SHORT_BODY
        sizes = own.own if both_short else own.own_sampled
        found[number] = common / max(1, min(sizes[one], sizes[other]))
    return found
