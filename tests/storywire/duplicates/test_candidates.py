import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.duplicates import index
from storywire.duplicates.candidates import FREQUENT, HUBS, across, within
from storywire.duplicates.sets import Sets, digests, from_lists, shared
from storywire.duplicates.shingles import OPENING, mixed

BIT = int(OPENING)


def body_of(numbers) -> list[int]:
    """Well-mixed body hashes, one for each number."""
    hashes = mixed(np.array(sorted(numbers), dtype=np.uint64)) & ~OPENING
    return np.sort(hashes).tolist()


def opening_of(numbers) -> list[int]:
    """Well-mixed opening hashes, one for each number."""
    return np.sort(mixed(np.array(numbers, dtype=np.uint64)) | OPENING).tolist()


def sets_of(*lists: list[int]) -> Sets:
    return from_lists(pa.array(lists, pa.list_(pa.uint64())))


def pairs_of(sets: Sets, sites: list[int] | None = None) -> set[tuple[int, int]]:
    sites = [-1] * len(sets) if sites is None else sites
    return {tuple(pair) for pair in within(sets, index.build(sets, np.array(sites))).tolist()}


HASHES = st.lists(st.sets(st.integers(0, 40) | st.integers(BIT, BIT + 20), max_size=12), min_size=2, max_size=4)


@given(HASHES)
@settings(deadline=None)
def test_shared_shingles_are_counted_as_by_hand(lists: list[set[int]]):
    sets = sets_of(*(sorted(values) for values in lists))
    rows = np.array([(one, other) for one in range(len(lists)) for other in range(one)])
    body, opening = shared(sets, rows)
    for (one, other), low, high in zip(rows.tolist(), body.tolist(), opening.tolist(), strict=True):
        common = lists[one] & lists[other]
        assert (low, high) == (sum(v < BIT for v in common), sum(v >= BIT for v in common))


@given(HASHES)
@settings(deadline=None)
def test_digests_are_equal_exactly_where_texts_are(lists: list[set[int]]):
    lists = [*lists, set(lists[0])]
    found = [tuple(row) for row in digests(sets_of(*(sorted(values) for values in lists))).tolist()]
    for one in range(len(lists)):
        for other in range(len(lists)):
            assert (found[one] == found[other]) == (lists[one] == lists[other])


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(120, 700)), min_size=2, max_size=8))
@settings(deadline=None)
def test_every_pair_that_shares_a_third_is_proposed(spans: list[tuple[int, int]]):
    spans = sorted(spans, key=lambda span: -span[1])
    ranges = [set(range(start, start + size)) for start, size in spans]
    proposed = pairs_of(sets_of(*(body_of(numbers) for numbers in ranges)))
    for one in range(len(ranges)):
        for other in range(one + 1, len(ranges)):
            common = len(ranges[one] & ranges[other])
            if common >= 60 and common >= 0.35 * len(ranges[other]):
                assert (one, other) in proposed


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(20, 500)), min_size=2, max_size=9), st.data())
@settings(deadline=None)
def test_two_cells_propose_what_one_would(spans: list[tuple[int, int]], data: st.DataObject):
    spans = sorted(spans, key=lambda span: -span[1])
    lists = [body_of(range(start, start + size)) + opening_of(range(min(size, 118))) for start, size in spans]
    here = np.array(data.draw(st.lists(st.booleans(), min_size=len(lists), max_size=len(lists))))
    sides = [np.flatnonzero(here), np.flatnonzero(~here)]
    cells = []
    for side in sides:
        sets = sets_of(*(lists[row] for row in side))
        cells.append((sets, index.build(sets, np.full(len(sets), -1)), side))
    crossing = {(sides[0][one], sides[1][other]) for one, other in across(*cells).tolist()}
    whole = {pair for pair in pairs_of(sets_of(*lists)) if here[pair[0]] != here[pair[1]]}
    assert {tuple(sorted(pair)) for pair in crossing} == whole


def test_a_report_that_ran_everywhere_makes_no_quadratic_pairs_between_months():
    n = 400
    texts = [body_of([*range(400), *range(1000 + 10 * i, 1010 + 10 * i)]) for i in range(2 * n)]
    cells = []
    for side in (range(0, 2 * n, 2), range(1, 2 * n, 2)):
        sets = sets_of(*(texts[row] for row in side))
        cells.append((sets, index.build(sets, np.full(n, -1)), np.array(side)))
    proposed = across(*cells)
    assert len(proposed) <= (HUBS + np.log2(2 * n)) * 2 * n
    assert set(range(n)) == set(proposed[:, 1].tolist())


def test_texts_with_nothing_in_common_are_not_proposed():
    assert pairs_of(sets_of(body_of(range(300)), body_of(range(300, 600)), [], [])) == set()


def test_a_report_that_ran_everywhere_makes_no_quadratic_pairs():
    n = 600
    texts = [body_of([*range(400), *range(1000 + 10 * i, 1010 + 10 * i)]) for i in range(n)]
    proposed = pairs_of(sets_of(*texts))
    assert n > 10 * FREQUENT
    assert len(proposed) <= (HUBS + np.log2(n)) * n
    assert all((0, other) in proposed for other in range(1, n))


def test_the_boilerplate_of_one_outlet_is_no_reason_to_compare():
    n = 30
    texts = [body_of([*range(200), *range(10_000 + 400 * i, 10_300 + 400 * i)]) for i in range(n)]
    assert len(pairs_of(sets_of(*texts))) == n * (n - 1) // 2
    assert pairs_of(sets_of(*texts), sites=[7] * n) == set()


def test_many_versions_of_one_page_are_not_mistaken_for_boilerplate():
    n = 30
    texts = [body_of([*range(400), *range(1000 + 10 * i, 1010 + 10 * i)]) for i in range(n)]
    assert len(pairs_of(sets_of(*texts), sites=[7] * n)) == n * (n - 1) // 2
