"""What an outlet prints under article after article: boilerplate, which makes no two articles copies.

Counted over a sketch of the texts: hashes divisible by 8 (FracMinHash; unlike MinHash its share of
a set does not depend on the set's size, so containment can be estimated), and all hashes of a short
text. What counts as a frame is a function of the whole set of articles, which every call is given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from storywire.components import distinct
from storywire.duplicates.sets import Ints, Sets
from storywire.duplicates.shingles import BODY_WORDS, OPENING, SHORT_SPAN, Hashes
from storywire.hashes import mixed

ONE_IN = 8
"""One body shingle in so many stands in the sketch; 30 shared ones then leave about four."""

SHORT_BODY = SHORT_SPAN - BODY_WORDS + 1
"""Body shingles below which a text is short."""

FRAME_PAGES = 8
"""Different texts of one outlet that make a shared shingle its frame; seldom are eight of them one article."""

WHOLLY_FRAME = 0.9
"""Share of frame above which a page is one of many nearly equal ones: compared in full, and a copy under one headline
alone. So the captures of one page stay together, and consent walls do not."""

NO_FRAME, PARTLY, WHOLLY = 0, 1, 2
"""How much of a text is frame."""

_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, so a hash keeps all its bits


@dataclass(frozen=True, slots=True)
class Sketch:
    """Postings (hash, text), by text, of what is an article's own, and how many each text has.

    `own` counts all its postings, `own_sampled` those that a long text would have, too; `framed` is
    `NO_FRAME`, `PARTLY` or `WHOLLY`.
    """

    hashes: Hashes
    owners: Ints
    own: Ints
    own_sampled: Ints
    framed: npt.NDArray[np.int8]


def sketch(sets: Sets, sites: Ints) -> Sketch:
    """The sketch of every text without the frame of its outlet (`sites`: a number, -1 for unknown)."""
    parts_hashes, parts_owners = [], []
    for hashes, owners in sets.blocks():
        kept = (hashes < OPENING) & ((hashes % np.uint64(ONE_IN) == 0) | (sets.body[owners] < SHORT_BODY))
        parts_hashes.append(hashes[kept])
        parts_owners.append(owners[kept])
    hashes = np.concatenate([np.empty(0, np.uint64), *parts_hashes])
    owners = np.concatenate([np.empty(0, np.int64), *parts_owners])
    frame = _frame(hashes, sites[owners])
    total = np.bincount(owners, minlength=len(sets))
    framed = np.bincount(owners[frame], minlength=len(sets))
    share = np.where(framed == 0, NO_FRAME, np.where(framed > WHOLLY_FRAME * total, WHOLLY, PARTLY)).astype(np.int8)
    frame &= share[owners] == PARTLY
    hashes, owners = hashes[~frame], owners[~frame]
    sampled = hashes % np.uint64(ONE_IN) == 0
    return Sketch(
        hashes,
        owners,
        np.bincount(owners, minlength=len(sets)),
        np.bincount(owners[sampled], minlength=len(sets)),
        share,
    )


def _frame(hashes: Hashes, sites: Ints) -> npt.NDArray[np.bool_]:
    """Which postings stand in many texts of one outlet."""
    keys = hashes * _FACTOR + mixed((sites + 1).astype(np.uint64))
    ordered = np.sort(keys)
    if ordered.size < FRAME_PAGES:
        return np.zeros(hashes.size, dtype=np.bool_)
    # A key so many places behind its like stands often enough.
    often = distinct(ordered[FRAME_PAGES - 1 :][ordered[FRAME_PAGES - 1 :] == ordered[: 1 - FRAME_PAGES]])
    if not often.size:
        return np.zeros(hashes.size, dtype=np.bool_)
    places = often.searchsorted(keys)
    places[places == often.size] = 0
    frame: npt.NDArray[np.bool_] = (often[places] == keys) & (sites >= 0)
    return frame
