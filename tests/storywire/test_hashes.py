"""Hashes of strings rest on the string alone: not on where it stands, nor on how long its neighbours are."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from storywire import hashes
from storywire.hashes import of_strings, place_in, prefixes

OTHERS = ["", "tide", "a tide table of the harbour", None]


def of_one_length(least: int) -> st.SearchStrategy[list[str]]:
    """Some strings of one length, at least so many letters."""
    lengths = st.integers(least, 40)
    return lengths.flatmap(lambda length: st.lists(st.text("ab9-", min_size=length, max_size=length), max_size=9))


@given(of_one_length(1), st.integers(0, 3))
def test_a_string_has_one_hash_among_strings_of_its_length_and_among_others(strings, before):
    alone = of_strings(pa.array([*strings[:1] * before, *strings], pa.string())[before * bool(strings) :])
    among = of_strings(pa.array([*OTHERS, *strings], pa.string()))[len(OTHERS) :]

    assert alone.tolist() == among.tolist()
    assert len(set(alone.tolist())) == len(set(strings))


@given(of_one_length(1))
def test_prefixes_are_in_the_order_of_the_first_eight_bytes(strings):
    alone = prefixes(pa.array(strings, pa.string())).tolist()

    assert alone == prefixes(pa.array([*OTHERS[:3], *strings], pa.string())).tolist()[3:]
    ranks = sorted({text.encode()[:8] for text in strings})
    assert [sorted(set(alone)).index(value) for value in alone] == [ranks.index(text.encode()[:8]) for text in strings]


def test_nothing_has_no_hashes():
    assert of_strings(pa.array([], pa.string())).size == prefixes(pa.array([], pa.string())).size == 0


@given(st.lists(st.integers(0, 40), max_size=60), st.lists(st.integers(0, 50), max_size=60), st.integers(0, 58))
def test_a_hash_is_found_at_its_first_place_among_few_and_among_many(there, asked, together):
    """Whatever the first bits of the hashes: all of them may be the same, as of those without the upper bits."""
    among, wanted = (np.array(values, np.uint64) << np.uint64(together) for values in (there, asked))
    places = [there.index(one) if one in there else -1 for one in asked]
    assert place_in(among, wanted).tolist() == places
    with mock.patch.object(hashes, "_MANY", 0):
        assert place_in(among, wanted).tolist() == places
