"""The runs of a text, found by a pattern that begins with a letter, beside the one that says what a run is."""

import re

from hypothesis import given
from hypothesis import strategies as st

from storywire.names import runs as fast
from storywire.names.runs import runs

UPPER = fast._UPPER
WORD = rf"(?:(?:[{UPPER}]\.){{1,3}}(?!\w)|[{UPPER}]\w*(?:['’-]\w+)*)"
SLOW = re.compile(rf"(?<!\w){WORD}(?: (?:(?:{fast.PARTICLES}) )?{WORD})*")

PIECES = ["A", "É", "Ж", "b", "ж", "7", "_", ".", "-", "’", "'", " ", " ", " ", "van ", "de la ", "J. ", "Ida ", "\n"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_runs_are_words_written_as_names(text: str):
    assert [(run.text, run.words) for run in runs(text)] == [
        (found, tuple(found.split(" "))) for found in SLOW.findall(text)
    ]


def test_a_run_without_its_first_word_has_it_before():
    (run,) = runs("Captain Ida van Moor left.")
    rest = run.without_first()
    assert (rest.text, rest.words, rest.before) == ("Ida van Moor", ("Ida", "van", "Moor"), "captain")
