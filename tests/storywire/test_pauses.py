"""Who has fallen silent, and which days nothing is known of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storywire import pauses

NEWEST = date(2026, 3, 31)


def every(days: int, *, times: int, last: int) -> list[date]:
    """Capture days at a steady pace, the last so many days before the newest of all."""
    return [NEWEST - timedelta(days=last + days * n) for n in range(times)]


def silent(delivered: list[date], silent_days: int = 3) -> bool:
    return bool(pauses.silences("outlet", {"courier.example": delivered}, NEWEST, silent_days))


@pytest.mark.parametrize(
    ("delivered", "expected"),
    [
        pytest.param(every(1, times=9, last=2), False, id="a daily that misses a day or two is not silent"),
        pytest.param(every(1, times=9, last=3), False, id="three days are not yet more than three times its gap"),
        pytest.param(every(1, times=9, last=4), True, id="a daily of which nothing came for four days is"),
        pytest.param(every(7, times=9, last=21), False, id="a weekly may skip two issues"),
        pytest.param(every(7, times=9, last=22), True, id="a weekly that skips a third is silent"),
        pytest.param(every(1, times=2, last=40), False, id="two days are no habit"),
        pytest.param(every(1, times=3, last=40), True, id="three are"),
        pytest.param(every(1, times=9, last=93), False, id="what ended a quarter ago is gone, not silent"),
        pytest.param(every(1, times=9, last=-4), False, id="nobody is silent before the newest day"),
    ],
)
def test_an_outlet_is_silent_by_its_own_habit(delivered: list[date], expected: bool) -> None:
    assert silent(delivered) is expected


def test_a_pause_the_operator_allows_is_no_silence() -> None:
    assert silent(every(1, times=9, last=6), silent_days=6)
    assert not silent(every(1, times=9, last=6), silent_days=7)


def test_the_longest_silence_comes_first() -> None:
    found = pauses.silences(
        "source",
        {"b": every(1, times=5, last=9), "a": every(1, times=5, last=9), "z": every(2, times=5, last=30)},
        NEWEST,
        3,
    )
    assert [(one.name, one.days, one.usual_days) for one in found] == [("z", 30, 2), ("a", 9, 1), ("b", 9, 1)]


@given(st.sets(st.dates(date(2026, 1, 1), date(2026, 4, 30))))
def test_gaps_and_known_days_make_up_the_whole_span(known: set[date]) -> None:
    missing = set()
    for gap in pauses.gaps(known):
        days = {gap.first + timedelta(days=n) for n in range(gap.days)}
        assert max(days) == gap.last
        missing |= days
    whole = {min(known) + timedelta(days=n) for n in range((max(known) - min(known)).days + 1)} if known else set()
    assert missing == whole - known
