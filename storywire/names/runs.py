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
_REST = rf"(?:\.(?:[{_UPPER}]\.){{0,2}}(?!\w)|\w*(?:['’-]\w+)*)"
_RUN = re.compile(rf"[{_UPPER}](?<!\w[{_UPPER}]){_REST}(?: (?:(?:{PARTICLES}) )?[{_UPPER}]{_REST})*")
"""It begins with the letters that it may begin with, so that the engine passes over all others at once."""
_AFTER = re.compile(r"(,?) ?(\w+)(?: (\w+))?")
_STOPS = ".!?…:;\n|"
_OPENERS = " \xa0\"'“”„«»‹›‘’([-–—•"


class Run(NamedTuple):
    """A run as written, its words, the word before it (lower case), the text after it, whether it opens a sentence."""

    text: str
    words: tuple[str, ...]
    before: str
    after: str
    opens: bool

    def without_first(self) -> Run:
        """The run without its first word, which then stands before it."""
        first = self.words[0]
        return Run(self.text[len(first) + 1 :], self.words[1:], first.casefold().rstrip("."), self.after, False)


def runs(text: str) -> Iterator[Run]:
    """The runs of a text, in reading order.

    >>> [(run.text, run.before) for run in runs("On Monday the mayor of Larvand, Ilse van Drovna, left.")]
    [('On Monday', ''), ('Larvand', 'of'), ('Ilse van Drovna', 'larvand')]
    """
    text = text[:READ_CHARACTERS]
    for found in _RUN.finditer(text):
        start, end = found.span()
        bare = text[start - MOST_BEFORE if start > MOST_BEFORE else 0 : start].rstrip(_OPENERS)
        opens = not bare or bare[-1] in _STOPS
        before = ""
        if bare and (not opens or bare[-1] == "."):
            before = "".join(bare.rstrip(".,").rsplit(maxsplit=1)[-1:]).casefold()
        written = found[0]
        yield Run(written, tuple(written.split(" ")), before, text[end : end + MOST_AFTER], opens)


def words_after(run: Run) -> tuple[str, ...]:
    """The next two words after a run, in lower case, where no more than a comma stands between."""
    found = _AFTER.match(run.after)
    return tuple(word.casefold() for word in found.groups()[1:] if word) if found else ()
