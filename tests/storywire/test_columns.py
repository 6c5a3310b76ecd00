"""Values taken by our own hands are those that Arrow takes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from storywire.columns import taken

STRINGS = st.integers(0, 20).flatmap(lambda n: st.lists(st.text("abé", min_size=n, max_size=n), max_size=9))
MIXED = st.lists(st.none() | st.text("abé", max_size=9), max_size=9)


@given(STRINGS | MIXED, st.integers(0, 3), st.lists(st.integers(0, 8), max_size=20))
def test_strings_are_taken_as_arrow_takes_them(strings, before, places):
    column = pa.array([*strings[:1] * before, *strings], pa.string())[before * bool(strings) :]
    wanted = np.array([place % len(strings) for place in places] if strings else [], np.int32)

    found = taken(column, wanted)

    found.validate(full=True)
    assert found.equals(column.take(pa.array(wanted)))


def test_a_null_that_has_room_of_its_own_stays_null():
    ends, letters = np.array([0, 4, 8], np.int32), pa.py_buffer(b"piership")
    column = pa.StringArray.from_buffers(2, pa.py_buffer(ends), letters, pa.py_buffer(b"\x01"), 1)
    assert taken(column, np.array([1, 0, 1])).to_pylist() == [None, "pier", None]


def test_numbers_are_taken_too():
    assert taken(pa.array([7, None, 5]), np.array([2, 1])).to_pylist() == [5, None]
