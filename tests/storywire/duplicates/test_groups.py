import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.duplicates.groups import stars, unseen_pairs

EDGES = st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda e: e[0] < e[1]), max_size=30)


def rows_of(edges: set[tuple[int, int]]) -> np.ndarray:
    return np.array(sorted(edges), dtype=np.int64).reshape(-1, 2)


@given(EDGES, st.permutations(range(12)))
@settings(deadline=None)
def test_every_member_is_a_copy_of_its_lead_and_no_two_leads_are_copies(edges: set[tuple[int, int]], places: list[int]):
    place = np.array(places)
    lead = stars(place, rows_of(edges), np.ones(len(edges)))
    for text, leader in enumerate(lead.tolist()):
        assert lead[leader] == leader
        if text != leader:
            assert (min(text, leader), max(text, leader)) in edges
            assert place[leader] < place[text]
    assert all(lead[one] != one or lead[other] != other for one, other in edges)


def test_a_teaser_of_two_reports_goes_with_the_one_that_holds_more_of_it():
    rows = rows_of({(0, 2), (1, 2)})
    assert stars(np.arange(3), rows, np.array([0.7, 0.9])).tolist() == [0, 1, 1]


def test_a_copy_of_a_copy_is_compared_with_the_lead():
    place, copies = np.arange(3), rows_of({(0, 1), (1, 2)})
    lead = stars(place, copies, np.ones(2))
    assert unseen_pairs(place, lead, copies, copies).tolist() == [[0, 2]]
    assert unseen_pairs(place, lead, copies, rows_of({(0, 1), (1, 2), (0, 2)})).size == 0
