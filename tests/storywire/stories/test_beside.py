"""What stands beside other ways of clustering is counted right."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks import beside
from benchmarks.beside import Result
from benchmarks.clusterers import WINDOW_DAYS, components, day_number, in_one_pass, near

FERRY, STORM = {0: 1.0}, {1: 1.0}


def result(setting: str, benchmark: str, f1: float) -> Result:
    return Result(setting, benchmark, f1, f1, f1, 2, 1.0, None)


def test_agreement_is_the_adjusted_rand_index() -> None:
    # One pair in both, a third of one expected, at most one and a half: (1 - 1/3) / (3/2 - 1/3).
    assert beside.agreement([0, 0, 1, 1], [0, 0, 1, 2]) == pytest.approx(4 / 7)
    assert beside.agreement([0, 1, 2], ["c", "a", "b"]) == 1.0
    assert beside.agreement([0, 0, 1, 1], [0, 1, 0, 1]) < 0


def test_the_best_setting_of_each_benchmark_need_not_be_the_best_for_all() -> None:
    results = [
        result(*row)
        for row in (
            ("low", "dated", 0.9),
            ("low", "undated", 0.1),
            ("mid", "dated", 0.8),
            ("mid", "undated", 0.7),
            ("high", "dated", 0.2),
            ("high", "undated", 0.8),
        )
    ]
    assert {name: each.setting for name, each in beside.best(results).items()} == {"dated": "low", "undated": "high"}
    assert {each.setting for each in beside.best_single(results).values()} == {"mid"}


def test_a_result_tells_the_largest_cluster_and_what_a_shuffle_changed() -> None:
    found = pd.DataFrame(
        {
            "setting": ["a"] * 4,
            "id": list("wxyz"),
            "benchmark": ["dated"] * 4,
            "story_cluster": ["1", "1", "1", "2"],
            "shuffled": ["2", "2", "2", "1"],
        }
    )

    def scorer(gold: pd.DataFrame, part: pd.DataFrame) -> dict[str, dict[str, float]]:
        return {"dated": {"bcubed_p": 0.5, "bcubed_r": 0.25, "bcubed_f1": len(part) / len(gold)}}

    [row] = beside.scored(found, found, {"a": {"dated": 3.0}}, scorer)
    assert row == Result("a", "dated", 0.5, 0.25, 1.0, 3, 3.0, 1.0)


def test_pairs_are_all_within_the_window_whatever_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.clusterers.BLOCK", 7)
    draw = np.random.default_rng(4)
    vectors, day = draw.random((40, 5)), draw.integers(0, 60, 40).astype(float)
    found = near(vectors, day, 1.0)
    cosine = vectors @ vectors.T
    wanted = {
        frozenset((one, other))
        for one in range(40)
        for other in range(one)
        if cosine[one, other] >= 1.0 and abs(day[one] - day[other]) <= WINDOW_DAYS
    }
    pairs = [frozenset(pair) for pair in zip(found.left.tolist(), found.right.tolist(), strict=True)]
    assert set(pairs) == wanted
    assert len(pairs) == len(wanted) > 0
    undated = near(vectors, np.full(40, np.nan), -1.0)
    assert len(undated.left) == 40 * 39 // 2
    assert not undated.gap.any()


def test_components_join_what_is_linked_through_others() -> None:
    pairs = near(np.eye(4)[[0, 0, 0, 1]], np.array([0.0, 6.0, 12.0, 0.0]), 0.5)
    label = components(4, pairs, pairs.alike >= 0.5)
    assert label[0] == label[1] == label[2] != label[3]


def test_a_single_pass_depends_on_the_order_and_keeps_to_the_window() -> None:
    both = {0: 0.6, 1: 0.8}
    rows = [FERRY, both, STORM]
    one_way = in_one_pass(rows, np.zeros(3), np.array([0, 1, 2]), 0.5)
    other_way = in_one_pass(rows, np.zeros(3), np.array([2, 1, 0]), 0.5)
    assert len(set(one_way.tolist())) == 2
    assert (one_way[0] == one_way[1]) != (other_way[0] == other_way[1])
    apart = in_one_pass([FERRY, FERRY], np.array([0.0, WINDOW_DAYS + 1]), np.array([0, 1]), 0.0)
    assert apart.tolist() == [0, 1]


def test_days_are_numbers_in_either_spelling() -> None:
    assert day_number("2026-02-03") == day_number("2/3/26") == day_number("02/03/2026")
    assert np.isnan(day_number(None))
