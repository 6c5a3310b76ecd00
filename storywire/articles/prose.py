"""Running text: what an article is made of, and menus, error pages and login walls are not."""

from __future__ import annotations

import re

from storywire.articles import words
from storywire.articles.characters import clean
from storywire.articles.latin import LETTERS, latin

SENTENCE = 5
"""Words from which a line that ends like a sentence is one; buttons and labels are shorter."""

OPEN = 25
"""Words from which a line is running text however it ends; headlines of any language stay below."""

_ENDS = frozenset('.!?…。！？؟۔।;:；：›»”"’)')
_NO_LETTERS = re.compile(r"[\W_]+")
_LATIN_NO_LETTERS = bytes(code for code, letter in enumerate(LETTERS) if not letter.isalnum())
_LATIN_FOLDED = "".join(low if (low := letter.lower()) in LETTERS else letter for letter in LETTERS).encode("latin-1")
_SHARP_S, _MICRO = b"\xdf", b"\xb5"
"""What case folding changes into other than one letter of Latin-1."""


def clean_lines(text: str) -> str:
    r"""The lines of a text as they are stored: NFC, one space between words, no empty line, nothing invisible.

    >>> clean_lines("Caf\u0065\u0301  in\u00a0the\u200b port\r\n\n opens")
    'Café in the port\nopens'
    """
    return "\n".join(line for raw in clean(text).splitlines() if (line := " ".join(raw.split())))


def unwrapped(text: str) -> str:
    r"""The text with lines that break off within a sentence joined: where the next one starts in lower case.

    >>> unwrapped("The ferry sank off\nthe northern pier.\nNobody was hurt.")
    'The ferry sank off the northern pier.\nNobody was hurt.'
    """
    joined: list[str] = []
    for line in text.splitlines():
        if joined and line[:1].islower() and joined[-1][-1:] not in _ENDS:
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
    return "\n".join(joined)


def prose_words(text: str) -> int:
    r"""Words of a text that stand in sentences, not in labels, headlines and menus.

    >>> prose_words("Home\nSports\nThe ferry sank off the northern pier.")
    7
    """
    total = 0
    for line in text.splitlines():
        size = words.count(line)
        if size >= OPEN or (size >= SENTENCE and line[-1] in _ENDS):
            total += size
    return total


def squashed(text: str) -> str:
    """Letters and digits alone, without case: how the same words are found again in another layout."""
    if text.isascii():  # most lines are, and need not be looked at for more
        return text.encode().translate(_LATIN_FOLDED, _LATIN_NO_LETTERS).decode()
    if (plain := latin(text)) is None or _MICRO in plain:
        return _NO_LETTERS.sub("", text).casefold()
    return plain.translate(_LATIN_FOLDED, _LATIN_NO_LETTERS).replace(_SHARP_S, b"ss").decode("latin-1")
