"""Two texts compared by themselves, as the pipeline compares them: what `storywire explain` shows of any pair."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from storywire.duplicates import bands, edges
from storywire.duplicates.bands import Why
from storywire.duplicates.compare import is_one_headline
from storywire.duplicates.frames import SHORT_BODY
from storywire.duplicates.sets import from_lists, shared
from storywire.duplicates.shingles import shingle, words


@dataclass(frozen=True, slots=True)
class Side:
    """What the comparison knows of an article: `agency` and `day` are its own, and reliable, or none."""

    text: str
    title: str | None = None
    agency: str | None = None
    day: date | None = None
    n_words: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """What two texts have in common, and what that makes them; `kind` is none where they are unrelated.

    `counted_on` is `opening` where a short text was found in the opening of the other, by runs of three words. What
    depends on other articles is left out: whether shared text is the outlet's frame, or one text put together from
    several.
    """

    containment: float
    containment_one: float
    containment_other: float
    jaccard: float
    shared_shingles: int
    least_shingles: int
    shingles_one: int
    shingles_other: int
    counted_on: str
    openings_agree: float
    size_ratio: float
    same_title: bool
    same_agency: bool
    days_apart: int | None
    within_window: bool
    decided_by: str
    kind: str | None


def measure(one: Side, other: Side, window_days: int) -> Measured:
    """Compares two articles by the same counts, bands and rules as `storywire.duplicates.compare`.

    >>> report = " ".join(f"word{number}" for number in range(200))
    >>> found = measure(Side(report), Side("In short: " + report), 14)
    >>> found.kind, found.decided_by, found.containment, found.shared_shingles
    ('copy', 'text', 1.0, 196)
    """
    lists = pa.array([shingle(one.text).tolist(), shingle(other.text).tolist()], pa.list_(pa.uint64()))
    sets, rows = from_lists(lists), np.array([[0, 1]], dtype=np.int64)
    body, opening = shared(sets, rows)
    pairs = bands.measure(sets, rows, body, opening)
    smaller = np.minimum(sets.body[:1], sets.body[1:])
    apart = abs((one.day - other.day).days) if one.day and other.day else None
    near = apart is None or apart <= window_days
    agency = one.agency is not None and one.agency == other.agency
    title = is_one_headline(*(frozenset(words(side.title or "")) for side in (one, other)))
    flags = {name: np.array([value]) for name, value in (("near", near), ("credit", agency), ("title", title))}
    judged = bands.judge(pairs, smaller, own=np.array([True]), **flags)
    kind = edges.kinds(judged, pairs.jaccard, pairs.ratio, same_length=np.array([one.n_words == other.n_words]))
    why = Why(int(judged[0]))
    is_short = bool(smaller[0] < SHORT_BODY)
    return Measured(
        containment=float(pairs.containment[0]),
        containment_one=float(pairs.first[0]),
        containment_other=float(pairs.second[0]),
        jaccard=float(pairs.jaccard[0]),
        shared_shingles=int(pairs.shared[0]),
        least_shingles=bands.LEAST_SHORT if is_short else bands.LEAST,
        shingles_one=int(sets.body[0]),
        shingles_other=int(sets.body[1]),
        counted_on="opening" if pairs.on_opening[0] else "body",
        openings_agree=float(opening[0] / max(1, sets.opening.min())),
        size_ratio=float(pairs.ratio[0]),
        same_title=title,
        same_agency=agency,
        days_apart=apart,
        within_window=near,
        decided_by=why.name.lower(),
        kind=str(kind[0]) if why else None,
    )
