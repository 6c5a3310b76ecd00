from datetime import date
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.schema import STORY_ALIASES
from storywire.stories import identity
from storywire.stories.identity import names, resolve, retire

NONE = STORY_ALIASES.empty()


def placed(**story_of: str | None) -> pa.Table:
    return pa.table(
        {
            "article_id": pa.array(list(story_of), pa.string()),
            "story_id": pa.array(list(story_of.values()), pa.string()),
        }
    )


def rows(aliases: pa.Table) -> dict[str, tuple[str | None, str]]:
    assert aliases.schema.equals(STORY_ALIASES.arrow)
    return {row["retired_id"]: (row["story_id"], row["why"]) for row in aliases.to_pylist()}


def test_a_name_tells_the_day_and_starts_with_a_letter():
    (dated, undated) = names("s", [(date(2031, 5, 4), "a1"), (None, "a1")])
    assert dated.startswith("s20310504-")
    assert undated == "sundated-" + dated.split("-")[1]


def test_two_founders_never_share_a_name(monkeypatch):
    monkeypatch.setattr(identity, "HASH_DIGITS", 1)
    found = names("e", [(None, f"a{number}") for number in range(17)])
    assert len(set(found)) == 17


def test_a_late_page_that_founds_a_story_renames_it():
    got = retire(placed(a="s1", b="s1"), placed(a="s0", b="s0", early="s0"), NONE)
    assert rows(got) == {"s1": ("s0", "renamed")}


def test_stories_that_grow_together_are_merged():
    got = retire(placed(a="s1", b="s1", c="s2", d="s2"), placed(a="s1", b="s1", c="s1", d="s1"), NONE)
    assert rows(got) == {"s2": ("s1", "merged")}


def test_a_story_that_falls_apart_leads_to_its_larger_part():
    got = retire(placed(a="s1", b="s1", c="s1"), placed(a="s2", b="s3", c="s3"), NONE)
    assert rows(got) == {"s1": ("s3", "split")}


def test_equal_parts_lead_to_the_smaller_id():
    got = retire(placed(a="s1", b="s1"), placed(a="s3", b="s2"), NONE)
    assert rows(got) == {"s1": ("s2", "split")}


def test_a_story_without_a_second_article_dissolves():
    got = retire(placed(a="s1", b="s1"), placed(a=None), NONE)
    assert rows(got) == {"s1": (None, "dissolved")}
    assert resolve("s1", got) is None


def test_aliases_never_chain():
    first = retire(placed(a="s3", b="s3"), placed(a="s2", b="s2"), NONE)
    second = retire(placed(a="s2", b="s2"), placed(a="s1", b="s1"), first)
    assert rows(second) == {"s2": ("s1", "renamed"), "s3": ("s1", "renamed")}
    assert resolve("s3", second) == "s1"


def test_an_alias_leads_on_whatever_an_older_state_knows_of_the_story():
    aliases = retire(placed(a="s1", b="s1"), placed(a="s2", b="s2"), NONE)
    assert resolve("s1", retire(placed(a="s2", b="s2", c="s1"), placed(a="s2", b="s2"), aliases)) == "s2"


def test_an_id_in_use_again_is_no_alias():
    first = retire(placed(a="s1", b="s1"), placed(a="s2", b="s2"), NONE)
    assert rows(retire(placed(a="s2", b="s2"), placed(a="s1", b="s1"), first)) == {"s2": ("s1", "renamed")}


def cause(before: dict, after: dict) -> dict[str, str | None]:
    got = retire(placed(**before), placed(**after), NONE)
    return dict(zip(got["retired_id"].to_pylist(), got["caused_by"].to_pylist(), strict=True))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"b": "s1", "c": "s1", "d": "s2"}, {"b": "s1", "c": "s1", "d": "s1", "e": "s1"}, {"s2": "e"}),
        ({"b": "s2", "c": "s2"}, {"a": "s1", "b": "s1", "c": "s1"}, {"s2": "a"}),
        ({"a": "s1", "b": "s1", "c": "s1"}, {"b": "s2", "c": "s2"}, {"s1": "a"}),
        ({"a": "s1", "b": "s1", "c": "s1"}, {"a": "s3", "b": "s2", "c": "s2"}, {"s1": "a"}),
        ({"a": "s1", "b": "s2"}, {"a": "s1", "b": "s1"}, {"s2": "a"}),
        ({"a": "s1", "b": "s1"}, {"a": "s2", "b": "s2"}, {"s1": None}),
        ({"a": "s1", "b": "s1"}, {"a": None}, {"s1": "b"}),
    ],
    ids=["merged", "an earlier report", "founder gone", "split", "moved", "rules", "dissolved"],
)
def test_an_alias_names_the_article_that_brought_it_about(before: dict, after: dict, expected: dict):
    assert cause(before, after) == expected


def test_the_cause_of_an_earlier_change_stays():
    first = retire(placed(b="s3", c="s3"), placed(a="s2", b="s2", c="s2"), NONE)
    second = retire(placed(a="s2", b="s2", c="s2"), placed(**{"0": "s1"}, a="s1", b="s1", c="s1"), first)
    assert second["caused_by"].to_pylist() == ["0", "a"]
    earlier = first.drop_columns("caused_by")  # as tables were written before the column was there
    assert retire(placed(a="s2"), placed(a="s2"), earlier)["caused_by"].to_pylist() == [None]


def test_an_unknown_id_stands_for_itself():
    assert resolve("s9", NONE) == "s9"


def test_nothing_changes_where_nothing_moved():
    before = placed(a="s1", b="s1", c=None)
    assert retire(before, before, NONE).num_rows == 0


story = st.one_of(st.none(), st.sampled_from([f"s{number}" for number in range(5)]))
stories = st.dictionaries(st.sampled_from([f"a{number}" for number in range(8)]), story)


@pytest.mark.filterwarnings("error")
@settings(max_examples=50, deadline=None)
@given(st.lists(stories, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_every_id_ever_used_resolves_to_a_live_story_or_none(history, random):
    aliases, used = NONE, set()
    for before, after in pairwise(history):
        used |= {name for name in before.values() if name}
        live = {name for name in after.values() if name}
        shuffled = list(before.items())
        random.shuffle(shuffled)
        again = retire(placed(**dict(shuffled)), placed(**after), aliases)
        aliases = retire(placed(**before), placed(**after), aliases)
        assert aliases.equals(again)
        found = rows(aliases)
        assert not found.keys() & live
        assert used <= found.keys() | live
        for name in used:
            assert resolve(name, aliases) in live | {None}
        assert all((target is None) == (why == "dissolved") for target, why in found.values())
