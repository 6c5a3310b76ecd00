"""What is invisible goes, however it is looked for."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from storywire.articles.characters import MARKS, clean
from storywire.articles.encoding import decode

LETTERS = st.text(
    st.one_of(
        st.characters(max_codepoint=0x300, exclude_categories=["Cs"]), st.sampled_from("日\u200b\u202e\u2028\ufffe😀")
    )
)


@given(LETTERS)
def test_a_clean_text_has_no_controls_and_no_marks_of_direction(text: str) -> None:
    """Letter by letter, by Unicode's own categories: white space, private letters and joiners stay."""
    kept = [c for c in text if (c.isspace() and not "\x1c" <= c <= "\x1f" and c != "\x85") or not _invisible(c)]
    assert clean(text) == unicodedata.normalize("NFC", "".join(kept))


def _invisible(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf"} or character == "\ufffe"


def test_accents_are_piled_up_no_higher_than_text_needs() -> None:
    pile = clean("e" + "\u0301\u0323" * 4 * MARKS + "x")
    assert len(unicodedata.normalize("NFD", pile)) == MARKS + 2


@given(LETTERS)
def test_a_decoded_page_has_one_kind_of_line_end_and_no_controls(text: str) -> None:
    page = "<p>é" + text.replace("\x00", "")  # every other byte of UTF-16 is zero
    expected = "".join(c for c in page.replace("\r\n", "\n").replace("\r", "\n") if c in "\t\n" or not _is_control(c))
    assert decode(page.encode(), None).text == expected


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc" or character == "\ufffe"
