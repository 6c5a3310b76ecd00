import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.components import InMemory, by_home, components, digest, distinct, homes

EDGES = st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda e: e[0] < e[1]), max_size=30)


def rows_of(edges: set[tuple[int, int]]) -> np.ndarray:
    return np.array(sorted(edges), dtype=np.int64).reshape(-1, 2)


def parts_of(edges: set[tuple[int, int]]) -> set[frozenset[int]]:
    graph = nx.Graph(edges)
    graph.add_nodes_from(range(12))
    return {frozenset(part) for part in nx.connected_components(graph)}


@pytest.mark.parametrize("dtype", [np.int16, np.int64, np.uint64])
@given(st.lists(st.integers(0, 30_000)))
def test_distinct_is_what_numpy_finds(dtype: type, values: list[int]):
    given = np.array(values, dtype)
    found = distinct(given)
    assert found.dtype == given.dtype
    np.testing.assert_array_equal(found, np.unique(given))


@given(EDGES)
@settings(deadline=None)
def test_components_are_those_of_networkx(edges: set[tuple[int, int]]):
    found = components(12, *rows_of(edges).T)
    assert {frozenset(np.flatnonzero(found == number).tolist()) for number in set(found.tolist())} == parts_of(edges)


@given(EDGES, st.lists(st.integers(0, 3), min_size=12, max_size=12).map(sorted), st.sets(st.integers(0, 11)))
@settings(deadline=None)
def test_a_component_lies_whole_in_the_batch_of_its_first_part(
    edges: set[tuple[int, int]], parts: list[int], needed: set[int]
):
    alone = np.array([item not in needed for item in range(12)])
    home = homes(components(12, *rows_of(edges).T), np.array(parts), alone)
    for members in parts_of(edges):
        idle = len(members) == 1 and not members & needed
        assert {home[item] for item in members} == {-1 if idle else parts[min(members)]}
    batches = dict(by_home(home))
    assert sorted(item for items in batches.values() for item in items.tolist()) == np.flatnonzero(home >= 0).tolist()
    for part, items in batches.items():
        assert (home[items] == part).all()
        assert (np.diff(items) > 0).all()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((["a", "b"],), (["a\nb", ""],)),
        ((["ab"], ["c"]), (["a"], ["bc"])),
        ((np.array([1, 2]), np.array([3])), (np.array([1]), np.array([2, 3]))),
        ((14,), (15,)),
        ((None,), (0,)),
    ],
)
def test_what_differs_has_another_key(one: tuple, other: tuple):
    assert digest(*one) == digest(*one)
    assert digest(*one) != digest(*other)


def test_what_is_kept_in_memory_is_made_once():
    kept, made = InMemory(), []
    for _ in range(2):
        found = kept.keep("one", "", lambda: made.append(1) or {"x": np.arange(3)})
    assert found["x"].tolist() == [0, 1, 2]
    assert made == [1]
