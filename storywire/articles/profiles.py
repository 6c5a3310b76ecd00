"""The letter n-grams of a text, held against the profiles langdetect ships: how likely is it in each language?

langdetect draws n-grams at random until one language has won; its answer depends on a seed that is global to the
process. Here every n-gram of the text's head is asked for instead, all at once and in whole numbers: the same Bayes
rule without the draw, so the same text has the same answer anywhere, in a tenth of the time.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from langdetect.utils.ngram import NGram
from numpy.typing import NDArray

SMOOTHING = 0.5 / 10_000
"""Probability of an n-gram a profile has not seen: langdetect's own, without its random width."""

CHARACTERS = 0x10000
"""Characters with a symbol of their own; the profiles have no letter above, and the last of these is none."""

LETTER, CAPITAL, LATIN, CYRILLIC, ARABIC, KANA, HANGUL, HAN = (np.uint8(1 << bit) for bit in range(8))
"""What a character can be, one bit each; a letter is of its script as well."""

IDEOGRAPH = KANA | HANGUL | HAN
"""Letters that carry two to three Latin ones each."""

_BLOCKS = (
    (LATIN, "AZ", "az", "\u00c0\u024f", "\u1e00\u1eff"),
    (CYRILLIC, "\u0400\u052f"),
    (ARABIC, "\u0600\u06ff", "\u0750\u077f"),
    (KANA, "\u3040\u30ff"),
    (HANGUL, "\uac00\ud7a3"),
    (HAN, "\u3400\u4dbf", "\u4e00\u9fff", "\uf900\ufaff"),
)

_SPACE, _STRANGE = 0, 1
"""Symbols of what is no letter, and of letters no profile has."""

_BITS = 12
"""Bits of a symbol: the profiles have 3,159 letters."""

_UNIT = 1 / 400
"""Nats that are counted as one: sums of whole numbers are the same on every machine, in any order, as long as they
stay below 2^24, where 32-bit floats stop being exact; 4,000 n-grams that no profile has seen do."""

_UNSEEN = round(math.log(SMOOTHING) / _UNIT)
"""What an n-gram costs in a language whose profile does not have it."""

_SHORTEST_PAIR = 2 << NGram.N_GRAM * _BITS
"""All n-grams below are single letters."""


@dataclass(frozen=True, slots=True)
class Profiles:
    """The profiles as tables: log-probability per n-gram (row) and language (column), and the way to the rows.

    `grams` are the n-grams, ascending, as `grams_of` writes them, `sizes` their lengths less one; `entropy` is, per
    length and language, the mean log-probability of an n-gram in that language's own text.
    """

    names: tuple[str, ...]
    grams: NDArray[np.int64]
    logs: NDArray[np.float32]
    sizes: NDArray[np.int64]
    entropy: NDArray[np.float64]
    symbols: NDArray[np.int64]
    kinds: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the profiles make of a text: log-probability and, beside it, what a text of that language would cost itself.

    `n` counts the n-grams that any profile has, `share` them among all; `foreign` is the share of the letters that a
    language's profile has never seen.
    """

    logs: NDArray[np.float64]
    own: NDArray[np.float64]
    foreign: NDArray[np.float64]
    n: int
    share: float


def characters(text: str) -> NDArray[np.intp]:
    """The characters of a text as places in `Profiles.symbols` and `Profiles.kinds`."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return np.minimum(codes, CHARACTERS - 1).astype(np.intp)


def text_of(codes: NDArray[np.intp]) -> str:
    """The text of some characters."""
    return codes.astype(np.uint32).tobytes().decode("utf-32-le", "surrogatepass")


def read(profiles: Profiles, codes: NDArray[np.intp]) -> Reading:
    """Hold the n-grams of some characters against every profile."""
    grams, counts = np.unique(grams_of(profiles, codes), return_counts=True)
    total, letters = counts.sum(), counts[: np.searchsorted(grams, _SHORTEST_PAIR)].sum()
    rows = np.minimum(np.searchsorted(profiles.grams, grams), len(profiles.grams) - 1)
    known = profiles.grams[rows] == grams
    rows, counts = rows[known], counts[known].astype(np.float32)
    costs = profiles.logs.take(rows, axis=0)
    single = int(np.count_nonzero(profiles.sizes[rows] == 0))
    seen = counts[:single] @ (costs[:single] > _UNSEEN).astype(np.float32)
    logs = (counts @ costs).astype(np.float64) * _UNIT
    own = np.bincount(profiles.sizes[rows], counts, NGram.N_GRAM) @ profiles.entropy
    n = int(counts.sum())
    return Reading(logs, own, 1 - seen / max(1, letters), n, n / max(1, int(total)))


def grams_of(profiles: Profiles, codes: NDArray[np.intp]) -> NDArray[np.int64]:
    """The letter n-grams of some characters, 1 to 3 long, as langdetect takes them; each is one number.

    The edges of a word are spaces, and a capital that follows a capital is in none.
    """
    symbols = np.zeros(len(codes) + 2, np.int64)
    symbols[1:-1] = profiles.symbols[codes]
    kept = symbols != _SPACE
    kept[1:] |= kept[:-1]
    kept[0] = True
    symbols = symbols[kept]
    last = symbols[1:]
    pairs = symbols[:-1] << _BITS | last
    triples = symbols[:-2] << 2 * _BITS | pairs[1:]
    single, double, triple = last != _SPACE, pairs > 0, symbols[1:-1] != _SPACE
    capitals = np.zeros(len(codes) + 2, bool)
    capitals[1:-1] = profiles.kinds[codes] & CAPITAL
    capitals = capitals[kept]
    if (shouted := capitals[1:] & capitals[:-1]).any():
        single, double, triple = single & ~shouted, double & ~shouted, triple & ~shouted[1:]
    parts = (last[single], pairs[double], triples[triple])
    return np.concatenate([part | size << 3 * _BITS for size, part in enumerate(parts, start=1)])


@cache
def load() -> Profiles:
    """The profiles of langdetect, read once a process: 1 s, 25 MB."""
    folder = files("langdetect").joinpath("profiles")
    paths = sorted((path for path in folder.iterdir() if not path.name.startswith(".")), key=lambda path: path.name)
    profiles = [json.loads(path.read_text("utf-8")) for path in paths]
    names = tuple(profile["name"] for profile in profiles)
    found = {gram for profile in profiles for gram in profile["freq"] if len(gram) <= NGram.N_GRAM}
    letters = {letter: number for number, letter in enumerate(sorted(set("".join(found)) - {" "}), start=_STRANGE + 1)}
    numbers = {gram: _number(gram, letters) for gram in found}
    ordered = sorted(found, key=numbers.__getitem__)
    rows = {gram: row for row, gram in enumerate(ordered)}
    shares = np.zeros((len(rows), len(profiles)))
    for column, profile in enumerate(profiles):
        for gram, count in profile["freq"].items():
            if gram in rows:
                shares[rows[gram], column] = count / profile["n_words"][len(gram) - 1]
    del profiles, profile, found, rows  # what is held at a time counts: a run may read this late
    spelled = [NGram.normalize(chr(code)) for code in range(CHARACTERS - 1)]
    logs = shares + SMOOTHING
    np.log(logs, out=logs)
    sizes = np.array([len(gram) - 1 for gram in ordered])
    entropy = np.zeros((NGram.N_GRAM, len(names)))
    for size in range(NGram.N_GRAM):
        some = shares[sizes == size]
        entropy[size] = (some * logs[sizes == size]).sum(axis=0) / some.sum(axis=0)
    del shares, some
    logs /= _UNIT
    return Profiles(
        names,
        np.array([numbers[gram] for gram in ordered]),
        np.rint(logs, out=logs).astype(np.float32),
        sizes,
        entropy,
        _symbols(spelled, letters),
        _kinds(spelled),
    )


def _number(gram: str, letters: dict[str, int]) -> int:
    """An n-gram of the profiles as one number: its length, then its symbols."""
    number: int = 0
    for letter in gram:
        number = number << _BITS | letters.get(letter, _SPACE)
    size: int = len(gram) << NGram.N_GRAM * _BITS
    return number | size


def _symbols(spelled: list[str], letters: dict[str, int]) -> NDArray[np.int64]:
    """The symbol of every character, by how the profiles spell it."""
    known = {" ": _SPACE, **letters}
    return np.array([*(known.get(letter, _STRANGE) for letter in spelled), _STRANGE], np.int64)


def _kinds(spelled: list[str]) -> NDArray[np.uint8]:
    """What every character is."""
    kinds = np.zeros(CHARACTERS, np.uint8)
    for code, letter in enumerate(spelled):
        character = chr(code)
        if character.isalnum() and not character.isdecimal():
            kinds[code] |= LETTER
        if letter.isupper():
            kinds[code] |= CAPITAL
    for kind, *spans in _BLOCKS:
        for span in spans:
            kinds[ord(span[0]) : ord(span[1]) + 1] |= kind
    return kinds
