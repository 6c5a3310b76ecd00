"""Capitalised runs: one or more words in a row that are written as names, and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

READ_CHARACTERS = 3_000
"""Characters of a text that are read: who and where is said at its beginning."""

PARTICLES = (
    "de(?: la| las| los)?|del|della|di|da|dos|das|do|du|(?:van|von)(?: der| den)?|vom|zu|zur|ter|ten"
    "|bin|bint|ibn|al|el|af|av"
)
"""Small words inside names of people and places."""

MOST_BEFORE, MOST_AFTER = 24, 40
"""Characters looked at on either side of a run."""

_UPPER = "".join(letter for letter in map(chr, range(0x530)) if letter.isupper())
_WORD = rf"(?:(?:[{_UPPER}]\.){{1,3}}(?!\w)|[{_UPPER}]\w*(?:['’-]\w+)*)"
_RUN = re.compile(rf"(?<!\w){_WORD}(?: (?:(?:{PARTICLES}) )?{_WORD})*")
_AFTER = re.compile(r"(,?) ?(\w+)(?: (\w+))?")
_STOPS = ".!?…:;\n|"
_OPENERS = " \xa0\"'“”„«»‹›‘’([-–—•"


class Run(NamedTuple):
    """One run: its words, the word before it (lower case), the text after it, and whether a sentence opens with it."""

    words: tuple[str, ...]
    before: str
    after: str
    opens: bool

    @property
    def text(self) -> str:
        """The run as it is written."""
        return " ".join(self.words)

    def without_first(self) -> Run:
        """The run without its first word, which then stands before it."""
        return Run(self.words[1:], self.words[0].casefold().rstrip("."), self.after, False)


def runs(text: str) -> Iterator[Run]:
    """The runs of a text, in reading order.

    >>> [(run.text, run.before) for run in runs("On Monday the mayor of Larvand, Ilse van Drovna, left.")]
    [('On Monday', ''), ('Larvand', 'of'), ('Ilse van Drovna', 'larvand')]
    """
    text = text[:READ_CHARACTERS]
    for found in _RUN.finditer(text):
        start, end = found.span()
        bare = text[max(0, start - MOST_BEFORE) : start].rstrip(_OPENERS)
        ends = not bare or bare[-1] in _STOPS
        before = bare.rstrip(".,").rsplit(maxsplit=1)[-1:] if not ends or bare[-1:] == "." else ()
        yield Run(
            tuple(found[0].split(" ")), before[0].casefold() if before else "", text[end : end + MOST_AFTER], ends
        )


def words_after(run: Run) -> tuple[str, ...]:
    """The next two words after a run, in lower case, where no more than a comma stands between."""
    found = _AFTER.match(run.after)
    return tuple(word.casefold() for word in found.groups()[1:] if word) if found else ()
