"""Words are read fast, and as they would be read the slow way."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storywire.stories import words
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


@given(TEXTS, st.sampled_from(["en", "fr", "vi"]), st.integers(1, 30))
def test_words_are_the_same_by_bytes_and_by_letters(text: str, code: str, limit: int) -> None:
    plain = words.in_bytes(text)
    assert plain is None or words.by_sentence(plain, code, limit) == words.by_script(text, code, limit)


@given(st.text(st.characters(max_codepoint=0x180), max_size=40))
def test_words_of_any_western_letters_are_the_same_by_bytes(text: str) -> None:
    plain = words.in_bytes(text)
    assert plain is None or words.by_sentence(plain, "en", 99) == words.by_script(text, "en", 99)


def test_more_words_than_are_kept_are_read_all_the_same() -> None:
    """What is kept is thrown away when it is too much, in the middle of a text as well."""
    many = [f"w{number}x" for number in range(words.MOST_KEPT + 10)]
    assert [term for term, _ in read_words(" ".join(many), "en")] == many
