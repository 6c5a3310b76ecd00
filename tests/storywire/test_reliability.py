"""The table of certainty counts each date once, in the bin of its confidence."""

from __future__ import annotations

import pytest

from benchmarks.reliability import reliability

DAYS = ["2031-03-03", "2031-03-04"]


@pytest.mark.parametrize(
    ("least", "bins"),
    [
        (1, [(5, 6, 1), (6, 7, 2), (8, 9, 3), (9, 10, 4)]),
        (3, [(5, 7, 3), (8, 9, 3), (9, 10, 4)]),
        (7, [(5, 10, 10)]),
        (9, [(5, 10, 10)]),
    ],
)
def test_tenths_are_put_together_until_they_hold_enough(least: int, bins: list[tuple[int, int, int]]) -> None:
    confidences = [0.55, 0.6, 0.69, *[0.8] * 3, *[0.99] * 4]
    rows = [{"publication_date": DAYS[0], "date_confidence": confidence} for confidence in confidences]
    found = reliability(rows, [DAYS[number % 2] for number in range(10)], least)
    assert [(one.begin, one.end, one.pages) for one in found] == bins
    assert sum(one.right * one.pages for one in found) == pytest.approx(5)
    assert sum(one.stated * one.pages for one in found) == pytest.approx(sum(confidences))


def test_pages_without_a_date_are_in_no_bin() -> None:
    rows: list[dict[str, object]] = [{"publication_date": None, "date_confidence": None}, {"publication_date": DAYS[0]}]
    assert reliability(rows, DAYS) == []
