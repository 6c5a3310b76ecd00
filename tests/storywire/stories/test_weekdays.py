import numpy as np
import pyarrow as pa
import pytest

from storywire.stories import weekdays
from storywire.stories.terms import weigh


def named(*texts: tuple[str, str]) -> list[int]:
    """The weekday each text names, as a bit, through its terms."""
    found = [weigh(None, text, language).terms for text, language in texts]
    terms = pa.array([term for those in found for term in those], pa.string()).dictionary_encode()
    counts = np.array([len(those) for those in found])
    return weekdays.named(terms, counts, [language for _, language in texts]).tolist()


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("The council of Larvand met on Tuesday to hear the ferry's owner.", "en", 1),
        ("Der Stadtrat von Larvand tagte am Mittwoch wegen der Fähre.", "de", 2),
        ("Le conseil de Larvand s'est réuni vendredi.", "fr", 4),
        ("Rada Larvandu zebrała się w czwartek.", "pl", 3),
    ],
)
def test_the_weekday_of_a_report_is_read_in_its_language(text, language, day):
    assert named((text, language)) == [1 << day]


def test_a_weekday_of_another_language_is_a_word_like_others():
    assert named(("The Freitag sank off Larvand.", "en"), ("The ferry sank off Larvand.", "en")) == [0, 0]


def test_texts_without_words_and_languages_without_names_have_no_weekday():
    assert named(("", "en"), ("The ferry sank on Monday.", "qqq")) == [0, 0]


def test_the_weekday_of_the_opening_goes_before_that_of_the_background():
    text = "The ferry sank on Monday. " + "Nobody on board was hurt. " * 20 + "It had been inspected on Friday."
    assert named((text, "en")) == [1]
