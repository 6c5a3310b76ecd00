"""Words are read fast, and as they would be read the slow way."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storywire.stories.words import fold, read_words

TEXTS = st.lists(
    st.sampled_from([*"aBs.1,2'’`  é_ñﾞｶがß½…“٣", "U.S.", "a.b", "\u0301", "é\u0323", "ﬁ", "й", "日本", "ไทย", "İ"]),
    max_size=20,
).map("".join)


@given(TEXTS, st.sampled_from(["en", "fr", "ja", "vi", "ar"]))
def test_a_text_folded_run_by_run_has_the_words_of_the_text_folded_whole(text: str, code: str) -> None:
    assert read_words(text, code) == read_words(fold(text, code), code)


@given(TEXTS)
def test_dots_of_initials_and_of_numbers_part_nothing(text: str) -> None:
    """The expression written as one would say it, against the fast one."""
    said = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}|(?<=\d)[.,](?=\d)")
    joined = said.sub(lambda found: found[0].replace(".", "").replace(",", ""), fold(text, "en"))
    parted = joined.replace(".", " . ").replace(",", " , ")
    assert read_words(text, "en") == read_words(parted, "en")


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_a_limit_gives_the_first_words_and_no_more(limit: int) -> None:
    text = "The ferry sank. Nobody was hurt, said Ada Moor. The crew came home."
    assert read_words(text, "en", limit) == read_words(text, "en")[:limit]
