"""The characters a text is stored with, whatever its page holds.

Kept is what a language is written with, the joiners of Persian and Hindi included. Left out is what no reader sees,
and what turns the direction of writing around: a title must not run backwards through an analyst's table.
"""

from __future__ import annotations

import re
import unicodedata

MARKS = 30
"""Accents on one letter, as in Unicode's stream-safe text (UAX 15); languages use five. Putting more into their order
takes a time that grows with the square of their number: half a minute for the 160 kB of one page."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
"""Controls that are no white space, soft hyphens, spaces without width, all that sets the direction of writing
(marks, embeddings, overrides, isolates), codes that are no characters, and halves of surrogate pairs."""

_ASCII_INVISIBLE = bytes([*range(0x09), *range(0x0E, 0x20), 0x7F])

_PILE = re.compile(rf"[^\w\x00-\x7f]{{{MARKS + 1},}}")
"""Where accents may be piled up; none of them is a letter to `re`."""

_MAYBE_PILED = b"?" * (MARKS + 1)
"""What ASCII makes of so many other characters in a row; few texts with spaces have them."""


def clean(text: str) -> str:
    r"""The text in NFC without what is invisible; white space stays as it is.

    >>> clean("Caf\u0065\u0301 \u202eon the\u202c pier\x00")
    'Café on the pier'
    """
    if text.isascii():
        return text.encode().translate(None, _ASCII_INVISIBLE).decode()
    # What is invisible is not printable; to ask takes a fraction of the time that the search does.
    if not text.replace("\n", "").isprintable():
        text = _INVISIBLE.sub("", text)
    if _MAYBE_PILED in text.encode("ascii", "replace"):
        text = _PILE.sub(_without_pile, text)
    return unicodedata.normalize("NFC", text)


def clean_line(text: str) -> str:
    r"""A text as one line.

    >>> clean_line(" Ferry\u2028aground ")
    'Ferry aground'
    """
    return " ".join(clean(text).split())


def _without_pile(run: re.Match[str]) -> str:
    """A run of marks and signs with no more than `MARKS` marks on one another."""
    kept, height = [], 0
    for character in run[0]:
        height = height + 1 if unicodedata.combining(character) else 0
        if height <= MARKS:
            kept.append(character)
    return "".join(kept)
