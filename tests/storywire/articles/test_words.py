"""Words and letters of western texts are counted by a shorter way, with the long way as the oracle."""

from hypothesis import given
from hypothesis import strategies as st

from storywire.articles import lines, prose, words

LATIN = bytes(range(256)).decode("cp1252", "ignore") + "ıſ\u0307\u0301µΜ\u2011\u202f"


@given(st.text(alphabet=LATIN, max_size=60))
def test_the_shorter_ways_give_what_the_expressions_give(text: str) -> None:
    assert lines.word_count(text) == len(lines._WORD.findall(text))
    assert words.count(text) == len(words._WORD.findall(text))
    assert prose.squashed(text) == prose._NO_LETTERS.sub("", text).casefold()


def test_every_letter_by_itself_is_as_the_expressions_see_it() -> None:
    for code in range(0x3000):
        text = f"a{chr(code)}B é"
        assert words.count(text) == len(words._WORD.findall(text))
        assert prose.squashed(text) == prose._NO_LETTERS.sub("", text).casefold()
