"""The words of a text with their places in it: what `storywire.duplicates.shingles.words` forgets.

A word is here what it is there, without case, accents, quotes and dashes. Where a script leaves no spaces, each
character is a token of its own and counts for a part of a word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from xxhash import xxh3_64_intdigest

from storywire.duplicates.sets import Ints
from storywire.duplicates.shingles import (
    ASCII,
    BODY_WORDS,
    CHARACTERS,
    CHARACTERS_A_WORD,
    SYLLABLES,
    SYLLABLES_A_WORD,
    TYPOGRAPHY,
    UNHEARD,
    Hashes,
)

WORTH = 120
"""What a word counts. Five words in a row are there as much as eight characters, or twelve that spell syllables."""

_CHARACTER = WORTH * BODY_WORDS // (BODY_WORDS + CHARACTERS_A_WORD - 1)
_SYLLABLE = WORTH * BODY_WORDS // (BODY_WORDS + SYLLABLES_A_WORD - 1)
_SPACED = re.compile(rb"[^ ]+")
_TOKEN = re.compile(
    f"([{CHARACTERS}])|([{SYLLABLES}])|(?:(?![{CHARACTERS}{SYLLABLES}])[\\w\u0900-\u0963\u0966-\u0dff])+"
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token `i` is `text[begins[i] : ends[i]]`: its hash, and what it counts in parts of `WORTH`.

    Ascending, without overlap; what stands between two tokens holds no word.
    """

    text: str
    hashes: Hashes
    begins: Ints
    ends: Ints
    worth: Ints

    def __len__(self) -> int:
        return self.begins.size

    def part(self, first: int, last: int) -> Tokens:
        """The tokens from `first` up to `last`; their places stay those in the whole text."""
        cut = slice(first, last)
        return Tokens(self.text, self.hashes[cut], self.begins[cut], self.ends[cut], self.worth[cut])


def tokens(text: str) -> Tokens:
    """The tokens of a text.

    >>> found = tokens("“Él dijo”: ¡no!")
    >>> [found.text[begin:end] for begin, end in zip(found.begins, found.ends)]
    ['Él', 'dijo', 'no']
    """
    typed = text
    for mark in TYPOGRAPHY:
        typed = typed.replace(mark, " ")
    if typed.isascii():
        plain = typed.encode().translate(ASCII)
        places = [match.span() for match in _SPACED.finditer(plain)]
        keys = plain.split()
        worth = [WORTH] * len(keys)
    else:
        places, keys, worth = _read(typed)
    spans = np.array(places, dtype=np.int64).reshape(-1, 2)
    hashes = np.fromiter(map(xxh3_64_intdigest, keys), np.uint64, len(keys))
    return Tokens(text, hashes, spans[:, 0], spans[:, 1], np.array(worth, dtype=np.int64))


_Found = tuple[list[tuple[int, int]], list[bytes], list[int]]
"""Place, word and worth of every token."""


def _read(text: str) -> _Found:
    alphabet = set(text)
    if all(not _joins(char) and _class(char) == _class(_heard(char)) is not None for char in alphabet):
        return _read_by_word(text)
    return _read_by_character(text)


def _read_by_word(text: str) -> _Found:
    """The tokens where every character is either no part of words or one by itself: most texts."""
    places: list[tuple[int, int]] = []
    keys: list[bytes] = []
    worth: list[int] = []
    known: dict[str, bytes] = {}
    for match in _TOKEN.finditer(text):
        word = match[0]
        key = known.get(word)
        if key is None:
            key = known[word] = _key("".join(map(_heard, word)), spaced=not (match[1] or match[2]))
        places.append(match.span())
        keys.append(key)
        worth.append(_CHARACTER if match[1] else _SYLLABLE if match[2] else WORTH)
    return places, keys, worth


def _read_by_character(text: str) -> _Found:
    """The tokens where characters have accents of their own, stand for several, or are not heard."""
    starts = [place for place, char in enumerate(text) if place == 0 or not _joins(char)]
    starts.append(len(text))
    parts = [_heard(text[start:end]) for start, end in pairwise(starts)]
    owners = [number for number, part in enumerate(parts) for _ in part]
    heard = "".join(parts)
    places: list[tuple[int, int]] = []
    keys: list[bytes] = []
    worth: list[int] = []
    begun = last = -1
    for match in _TOKEN.finditer(heard):
        first = owners[match.start()]
        if first == last:  # of one character of the text, as in "½" or "㍿"
            begin = places.pop()[0]
            keys.pop()
            counts = worth.pop()
        else:
            begun, begin, counts = match.start(), starts[first], 0
        last = owners[match.end() - 1]
        key = _key(heard[begun : match.end()], spaced=not (match[1] or match[2]))
        places.append((begin, starts[last + 1]))
        keys.append(key)
        # A voiced kana is one character, though two are heard.
        worth.append(_CHARACTER * len(key.decode()) if match[1] else counts + (_SYLLABLE if match[2] else WORTH))
    return places, keys, worth


def _key(heard: str, *, spaced: bool) -> bytes:
    return (heard if spaced else unicodedata.normalize("NFC", heard)).encode(errors="surrogatepass")


@lru_cache(maxsize=10_000)
def _joins(char: str) -> bool:
    """Whether a character is read together with the one before: accents, vowel signs, voicing marks."""
    first = unicodedata.normalize("NFKD", char)[0]
    return unicodedata.combining(first) > 0 or unicodedata.category(first)[0] == "M"


@lru_cache(maxsize=10_000)
def _heard(characters: str) -> str:
    """A character as it is compared; nothing where it is not heard."""
    plain = UNHEARD.sub("", unicodedata.normalize("NFKD", characters))
    return plain.casefold().replace("ı", "i").replace("_", " ")


@lru_cache(maxsize=10_000)
def _class(characters: str) -> int | None:
    """Which kind of word all of the characters are part of, 0 for none; `None` where they differ or there are none."""
    found = {(1 if match[1] else 2 if match[2] else 3) if (match := _TOKEN.match(char)) else 0 for char in characters}
    return found.pop() if len(found) == 1 else None
