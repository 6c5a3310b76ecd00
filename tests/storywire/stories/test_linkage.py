import itertools

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.components import InMemory
from storywire.stories.linkage import DATED, average_linkage
from storywire.stories.partition import partition


def random_similarities(seed: int, count: int) -> np.ndarray:
    """Values at random, so that no two means are equal and no order of joining is left to chance."""
    rng = np.random.default_rng(seed)
    upper = np.zeros((count, count))
    places = np.triu_indices(count, 1)
    upper[places] = np.round(rng.random(len(places[0])), 6)
    return upper + upper.T + np.eye(count)


def slow(similarity: np.ndarray, threshold: float, cohesion: float) -> list[set[int]]:
    """Average linkage as one would do it by hand: join the most alike, look again."""

    def mean(one: list[int], two: list[int]) -> float:
        return float(np.mean([similarity[i, j] for i in one for j in two]))

    def inner(one: list[int]) -> float:
        pairs = list(itertools.combinations(one, 2))
        return float(np.mean([similarity[i, j] for i, j in pairs])) if pairs else 0.0

    trees = [([i], True, [{i}]) for i in range(len(similarity))]  # items, still sound, clusters below
    while len(trees) > 1:
        a, b = max(itertools.combinations(trees, 2), key=lambda pair: mean(pair[0][0], pair[1][0]))
        between = mean(a[0], b[0])
        needed = max(threshold, cohesion * (inner(a[0]) * inner(b[0])) ** 0.5)
        alike = np.mean([similarity[i, j] >= threshold / 2 for i in a[0] for j in b[0]])
        sound = a[1] and b[1] and round(between, 6) >= round(needed, 6) and alike > 0.5
        trees = [tree for tree in trees if tree is not a and tree is not b]
        trees.append((a[0] + b[0], sound, [set(a[0]) | set(b[0])] if sound else a[2] + b[2]))
    return trees[0][2]


def as_sets(labels: np.ndarray) -> list[set[int]]:
    return [set(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)]


def edges_of(similarity: np.ndarray, threshold: float):
    rows, columns = np.nonzero(np.triu(similarity >= threshold, 1))
    return rows, columns, similarity[rows, columns]


def whole(similarity: np.ndarray, threshold: float, cohesion: float) -> np.ndarray:
    return average_linkage(similarity, similarity >= threshold / 2, threshold, cohesion)


def by_component(similarity: np.ndarray, threshold: float, cohesion: float, **bound: int) -> np.ndarray:
    return partition(
        np.arange(len(similarity), dtype=np.uint64),
        np.zeros(len(similarity), dtype=np.int64),
        edges_of(similarity, threshold),
        lambda parts: [(part, part >= threshold / 2) for part in (similarity[np.ix_(rows, rows)] for rows in parts)],
        (threshold, cohesion),
        "pieces",
        InMemory(),
        **bound,
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9), st.floats(0.05, 0.95), st.sampled_from([0.0, 0.65, 0.9]))
def test_joining_by_hand_gives_the_same_clusters(seed, count, threshold, cohesion):
    similarity = random_similarities(seed, count)
    want = sorted(slow(similarity, threshold, cohesion), key=min)
    assert sorted(as_sets(whole(similarity, threshold, cohesion)), key=min) == want


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 25), st.floats(0.3, 0.99), st.sampled_from([0.0, 0.65]))
def test_working_by_component_loses_nothing(seed, count, threshold, cohesion):
    similarity = random_similarities(seed, count)
    want = sorted(as_sets(whole(similarity, threshold, cohesion)), key=min)
    assert sorted(as_sets(by_component(similarity, threshold, cohesion)), key=min) == want


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 25), st.floats(0.3, 0.9))
def test_a_giant_component_is_taken_apart_and_stays_within_its_components(seed, count, threshold):
    similarity = random_similarities(seed, count)
    labels = by_component(similarity, threshold, 0.0, max_members=4)
    assert max(len(members) for members in as_sets(labels)) <= 4
    graph = nx.Graph(list(zip(*edges_of(similarity, threshold)[:2], strict=True)))
    graph.add_nodes_from(range(count))
    component = {node: number for number, nodes in enumerate(nx.connected_components(graph)) for node in nodes}
    assert all(len({component[node] for node in members}) == 1 for members in as_sets(labels))


def test_equal_texts_beyond_the_bound_are_cut_in_order():
    assert by_component(np.ones((10, 10)), 0.125, 0.65, max_members=4).tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]


def test_one_strong_link_does_not_chain_two_groups():
    similarity = np.full((6, 6), 0.02)
    similarity[:3, :3] = similarity[3:, 3:] = 0.6
    similarity[2, 3] = similarity[3, 2] = 0.5
    np.fill_diagonal(similarity, 1.0)
    assert by_component(similarity, 0.125, 0.0).tolist() == [0, 0, 0, 1, 1, 1]


def test_two_close_knit_events_of_one_story_stay_apart():
    similarity = np.full((4, 4), 0.3)
    similarity[:2, :2] = similarity[2:, 2:] = 0.8
    np.fill_diagonal(similarity, 1.0)
    assert whole(similarity, 0.125, 0.65).tolist() == [0, 0, 1, 1]
    assert whole(similarity, 0.125, 0.0).tolist() == [0, 0, 0, 0]


MONDAY, TUESDAY, WEDNESDAY = 1, 2, 4


def test_mondays_undated_report_does_not_join_the_event_of_a_wednesday():
    similarity = np.array([[1.0, 0.8, 0.5], [0.8, 1.0, 0.5], [0.5, 0.5, 1.0]])

    def clusters(*named: int) -> list[int]:
        return average_linkage(similarity, similarity > 0, 0.1, 0.0, 0.7, named=named).tolist()

    assert clusters(WEDNESDAY | DATED, 0, MONDAY) == [0, 0, 1]  # whichever of the two names the day
    assert clusters(WEDNESDAY | DATED, MONDAY, MONDAY) == [0, 0, 0]  # one weekday in common is enough
    assert clusters(WEDNESDAY | DATED, DATED, MONDAY | DATED) == [0, 0, 0]  # where there are dates, they decide
    assert clusters(WEDNESDAY, 0, 0) == clusters(0, 0, MONDAY) == [0, 0, 0]


def test_reports_far_more_alike_than_a_running_story_join_across_weekdays():
    similarity = np.array([[1.0, 0.8, 0.6], [0.8, 1.0, 0.6], [0.6, 0.6, 1.0]])
    found = average_linkage(similarity, similarity > 0, 0.1, 0.0, 0.7, named=[TUESDAY, 0, WEDNESDAY])
    assert found.tolist() == [0, 0, 0]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 15))
def test_weekdays_only_ever_keep_apart(seed, count):
    similarity = random_similarities(seed, count)
    named = np.random.default_rng(seed).integers(0, 8, count).tolist()
    free = average_linkage(similarity, similarity >= 0.1, 0.2, 0.65)
    held = average_linkage(similarity, similarity >= 0.1, 0.2, 0.65, 0.7, named=named)
    assert all(len(set(free[held == label].tolist())) == 1 for label in np.unique(held))
