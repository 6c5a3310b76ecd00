"""What a text is compared by: hashes of its word n-grams, stable over machines and versions.

One list holds two families, told apart by the highest bit, so a list is all that later steps need:

* body: every 5-gram of the text (highest bit 0). Containment and Jaccard are counted on these.
* opening: every 3-gram of the first 120 words (highest bit 1). A text shorter than 90 words lies
  wholly inside that window, so a brief or teaser is compared by 3-grams with the opening of any
  longer text: one changed word spoils 3 of them and not 5. Between long texts the same
  hashes tell whether the lead agrees.

The opening adds about an eighth to the list; 3-grams of the whole text would double it.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import numpy.typing as npt
from xxhash import xxh3_64_intdigest

from storywire.components import distinct
from storywire.hashes import mixed

Hashes = npt.NDArray[np.uint64]

BODY_WORDS = 5
"""Words in a body shingle. Independent reports of one event share few runs of five words."""

OPENING_WORDS = 3
"""Words in an opening shingle."""

OPENING_SPAN = 120
"""Words that count as the opening: a lead of 60-80 words, with a dateline or a caption before it."""

SHORT_SPAN = 90
"""Words below which a text is short, and compared by its opening shingles."""

OPENING = np.uint64(1 << 63)
"""The bit that marks an opening shingle; as the highest, it leaves a list in two sorted runs."""

_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, so multiplying loses nothing modulo 2**64
CHARACTERS = "\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
SYLLABLES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_UNSPACED = re.compile(f"[{CHARACTERS}{SYLLABLES}]")
_INSIDE_UNSPACED = re.compile(
    f"(?<=[{CHARACTERS}{SYLLABLES}])[^\\w{CHARACTERS}{SYLLABLES}]+(?=[{CHARACTERS}{SYLLABLES}])"
)
# Vowel signs of the scripts of India are no \w, yet they stand inside words.
_WORD = re.compile("[\\w\u0900-\u0963\u0966-\u0dff]+")
_RUN = re.compile(
    f"([{CHARACTERS}]+)|([{SYLLABLES}]+)|(?:(?![{CHARACTERS}{SYLLABLES}])[\\w\u0900-\u0963\u0966-\u0dff])+"
)
# Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowels and tatweel, soft hyphen, zero-width marks.
UNHEARD = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u0655\u0670\u00ad\u200b-\u200f\u2060\ufeff]"
)
TYPOGRAPHY = "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00a0"  # curly quotes, dashes, ellipsis, hard space
ASCII = bytes(ord(chr(code).lower()) if chr(code).isalnum() else 32 for code in range(128)) + bytes(128)
CHARACTERS_A_WORD = 4
SYLLABLES_A_WORD = 8


def words(text: str) -> list[bytes]:
    """The words of a text as copies share them, in UTF-8: without case, accents, quotes, dashes.

    Chinese, Japanese, Thai, Lao, Burmese and Khmer leave no spaces: there every character begins
    a word of its own, four characters long (eight where they spell syllables), so five words in a row,
    eight or twelve characters, say about as much as elsewhere. The script decides, never the language that was
    detected: a wrong guess must not make a copy incomparable with its original.

    >>> [word.decode() for word in words("“Él dijo—¡NO!” It's ﬁne")]
    ['el', 'dijo', 'no', 'it', 's', 'fine']
    >>> [word.decode() for word in words("東京都で 地震、BBC")]
    ['東京都で', '京都で地', '都で地震', 'bbc']
    """
    for mark in TYPOGRAPHY:
        text = text.replace(mark, " ")
    found: list[bytes] = []
    for line in text.split("\n"):
        if line.isascii():  # most lines of English and many of other texts, at a tenth of the cost
            found += line.encode().translate(ASCII).split()
            continue
        heard = _heard(line)
        if _UNSPACED.search(heard):  # there a word may go on behind the end of a line
            return _encoded(_unspaced(_heard(text)))
        found += _encoded(_WORD.findall(heard))
    return found


def _heard(text: str) -> str:
    """A text in NFKD without what copies leave out or write otherwise."""
    return UNHEARD.sub("", unicodedata.normalize("NFKD", text)).casefold().replace("ı", "i").replace("_", " ")


def _unspaced(text: str) -> list[str]:
    """The words of a text some of which is written without spaces."""
    found: list[str] = []
    # Composed again, or a voiced kana would count as two characters.
    for match in _RUN.finditer(_INSIDE_UNSPACED.sub("", unicodedata.normalize("NFC", text))):
        run = match[0]
        span = CHARACTERS_A_WORD if match[1] else SYLLABLES_A_WORD if match[2] else 0
        if span:
            found.extend(run[start : start + span] for start in range(max(1, len(run) - span + 1)))
        else:  # taken apart again: a Korean copy that lost its one Chinese character is still a copy
            found.append(unicodedata.normalize("NFD", run))
    return found


def _encoded(words: list[str]) -> list[bytes]:
    """Words in UTF-8, encoded in one go. A lone surrogate out of a broken page must not stop it."""
    return "\n".join(words).encode(errors="surrogatepass").split(b"\n") if words else []


def shingle(text: str, language: str | None = None) -> Hashes:
    """The hashes a text is compared by, ascending and distinct; none where it has no words.

    `language` is part of the call but decides nothing; see `words` for why.

    >>> shingle("The mayor of Osterhagen resigned.").size
    4
    >>> bool((shingle("It’s over — now") == shingle("IT'S OVER - NOW")).all())
    True
    """
    found = words(text)
    hashed = np.fromiter(map(xxh3_64_intdigest, found), np.uint64, len(found))
    body = grams(hashed, BODY_WORDS) & ~OPENING
    opening = grams(hashed[:OPENING_SPAN], OPENING_WORDS) | OPENING
    return np.concatenate([distinct(body), distinct(opening)])


def grams(hashed: Hashes, n: int) -> Hashes:
    """One hash for every run of `n` words; for the whole text where it has fewer."""
    if not hashed.size:
        return hashed
    n = min(n, hashed.size)
    total = np.full(hashed.size - n + 1, n, dtype=np.uint64)
    for offset in range(n):
        total = total * _FACTOR + hashed[offset : hashed.size - n + 1 + offset]
    return mixed(total)
