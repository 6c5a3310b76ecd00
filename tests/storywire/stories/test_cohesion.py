from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import numpy as np
import pytest

from storywire.stories.clusters import EVENT, STORY, cluster, reports_of
from storywire.stories.cohesion import Cohesion, cohere
from storywire.stories.given import given
from storywire.stories.means import means
from storywire.stories.members import of_events
from storywire.stories.similarity import dense
from tests.storywire.stories.test_clusters import BEES, DAY, ELECTION, FERRY, FERRY_TOO, INQUIRY, MINE, article, table

ROWS = [
    article("a", FERRY),
    article("b", FERRY_TOO),
    article("c", INQUIRY, DAY + timedelta(days=7)),
    article("d", INQUIRY, None),
    article("e", MINE),
    article("f", ELECTION),
    article("g", BEES, DAY + timedelta(days=400)),
]


def story_of_ferry(*rows) -> tuple[Cohesion, dict[str, str]]:
    reports = table(*rows).sort_by("article_id")
    placed = {row["article_id"]: row for row in cluster(reports).clustered.to_pylist()}
    events = [placed[one]["event_id"] for one in reports["article_id"].to_pylist()]
    stories = [placed[one]["story_id"] or placed[one]["event_id"] for one in reports["article_id"].to_pylist()]
    return cohere(reports, events, stories, placed["a"]["story_id"], STORY), {
        a: r["event_id"] for a, r in placed.items()
    }


def test_a_story_is_tied_by_the_very_similarities_it_was_made_by():
    found, events = story_of_ferry(*ROWS)
    reports = table(*ROWS)
    reports = reports.take(given(reports).place)
    names = list(dict.fromkeys(events.values()))
    group = np.array([names.index(events[article]) for article in reports["article_id"].to_pylist()])
    single, vectors = reports_of(reports)
    groups = means(replace(vectors, power=STORY.power), group)
    whole = dense(of_events(single, groups).items(np.arange(len(names))), STORY)
    assert found.members[0] == events["a"]
    assert len(found.links) == len(found.members) - 1 >= 1
    for link in [*found.links, *(near.link for near in found.near)]:
        assert link.similarity == pytest.approx(whole[names.index(link.one), names.index(link.other)], abs=1e-6)


def test_the_parts_of_the_terms_add_up_to_the_similarity():
    found, _ = story_of_ferry(article("a", FERRY), article("c", INQUIRY, DAY + timedelta(days=7)))
    assert [link.days_apart for link in found.links] == [7]
    for link in found.links:
        assert {"larvand", "drovna", "corvina"} <= {term for term, _ in link.terms}
        assert 0.8 * link.similarity < sum(value for _, value in link.terms) <= link.similarity + 1e-5
        values = [value for _, value in link.terms]
        assert values == sorted(values, reverse=True)


def test_every_join_inside_holds_and_none_with_a_cluster_outside_does_unless_another_came_first():
    found, events = story_of_ferry(*ROWS)
    assert found.weakest is not None
    assert found.weakest.holds
    assert sorted(found.weakest.sides[0] + found.weakest.sides[1]) == sorted(found.members)
    assert all(near.join.holds == (near.why == "order") for near in found.near)
    assert not {near.cluster for near in found.near} & set(found.members)
    assert events["g"] not in {near.cluster for near in found.near}  # a year later


def test_the_weakest_join_is_no_stronger_than_any_link():
    found, _ = story_of_ferry(*ROWS)
    assert found.weakest is not None
    pairs = {frozenset((link.one, link.other)): link.similarity for link in found.links}
    assert found.weakest.similarity <= min(pairs.values())


def test_what_nearly_joined_is_told_with_its_reason():
    for days in range(EVENT.window + 1):  # the first day on which the inquiry, told twice, is another event
        later = [article(name, INQUIRY, DAY + timedelta(days=days)) for name in "cd"]
        reports = table(article("a", FERRY), article("b", FERRY_TOO), *later).sort_by("article_id")
        placed = {row["article_id"]: row["event_id"] for row in cluster(reports).clustered.to_pylist()}
        if placed["a"] != placed["c"]:
            break
    assert placed["a"] == placed["b"] != placed["c"]
    found = cohere(reports, list("abcd"), [placed[one] for one in "abcd"], placed["a"], EVENT)
    assert [near.cluster for near in found.near] == [placed["c"]]
    near = found.near[0]
    assert near.why in {"similarity", "cohesion", "support"}
    assert near.join.similarity < near.join.needed or near.join.support <= 0.5
    assert near.link.days_apart == days


def test_a_part_alone_has_neither_links_nor_a_weakest_join():
    reports = table(article("a", FERRY))
    found = cohere(reports, ["a"], ["e1"], "e1", EVENT)
    assert (found.members, found.links, found.weakest, found.near) == (("a",), (), None, ())


def test_the_order_of_what_is_asked_changes_nothing():
    rows = ROWS[:6]
    one = story_of_ferry(*rows)[0]
    assert all(story_of_ferry(*rows[::-1])[0] == one for _ in range(2))
    # A pair is told from the earlier member to the later one.
    places = {name: place for place, name in enumerate(one.members)}
    assert all(places[link.one] < places[link.other] for link in one.links)
    assert len({frozenset((link.one, link.other)) for link in one.links}) == len(one.links)
    assert len(list(combinations(one.members, 2))) >= len(one.links)
