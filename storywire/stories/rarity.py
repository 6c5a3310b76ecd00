"""How much a term says in its language: rare words much, common words little, by frozen tables."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from storywire.stories.words import Made, bare_form, fold, is_unspaced

ARTICLE_WORDS = 500
"""Length of an article in words; turns a word's share of all words into its share of all articles."""

RARE = 3e-7
"""Share of all words given to a word no table knows; the tables end at one in a million (`small` of wordfreq)."""

UNKNOWN = 1e-5
"""Share given to names and to runs of unspaced letters in a language without a table, whatever their length."""

BASE = {
    **{"no": "nb", "nn": "nb", "hr": "sh", "sr": "sh", "bs": "sh", "tl": "fil", "iw": "he", "in": "id"},
    **{"gl": "pt", "be": "ru", "yue": "zh"},
}
"""Tables to borrow where a language has another code, or a close relative with a table."""

TABLES = frozenset(
    [
        *("ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fil", "fr", "he", "hi", "hu", "id"),
        *("is", "it", "ja", "ko", "lt", "lv", "mk", "ms", "nb", "nl", "pl", "pt", "ro", "ru", "sh", "sk", "sl", "sv"),
        *("ta", "tr", "uk", "ur", "vi", "zh"),
    ]
)
"""Languages of wordfreq's `small` tables."""

CHARACTER_PAIRS = frozenset({"zh", "ja", "ko"})
"""Languages whose terms are pairs of characters, so that their tables are turned into tables of pairs."""


@dataclass(frozen=True, slots=True)
class Table:
    """The table of one language: each term's share of all words, and for unspaced scripts each character's."""

    shares: dict[str, float]
    characters: dict[str, float]

    def share(self, term: str) -> float:
        """The term's expected share of all words of its language."""
        if term[0].isdigit():
            return _number_share(term)
        share = self.shares.get(term)
        if share is not None:
            return share
        if self.characters:
            chance: float = math.prod(self.characters.get(character, RARE) for character in term)
            return max(RARE, chance)
        if self.shares:
            return RARE
        return UNKNOWN if is_unspaced(term) else _length_share(term)


@lru_cache(maxsize=1 << 14)
def rarity(term: str, code: str, is_name: bool = False) -> float:
    """The negative log of the share of articles of a language that have the term.

    Without a table the length of a word has to do, which says nothing of names.

    >>> rarity("the", "en") < rarity("border", "en") < rarity("larvand", "en")
    True
    """
    known = table(code)
    share = min(known.share(term), UNKNOWN) if is_name and not known.shares else known.share(term)
    return -math.log(-math.expm1(-ARTICLE_WORDS * share))


@lru_cache(maxsize=8)
def rarities(code: str) -> Made[str, float]:
    """The rarity of each term of a language that is no name."""
    return Made(lambda term: rarity.__wrapped__(term, code))


def _number_share(term: str) -> float:
    """Small numbers and years are common, long numbers rare."""
    if len(term) <= 2:
        return 1e-4
    if len(term) == 3 or (len(term) == 4 and term[:2] in {"19", "20"}):
        return 2e-5
    return 1e-6


def _length_share(term: str) -> float:
    """Short words are common, in every language (Zipf's law of abbreviation): a tenth per two letters.

    Unrelated texts of 150 words then agree by a mean cosine of .02 to .09, against .00 to .05 with a table.
    """
    return max(RARE, math.exp(math.log(10.0) * (-0.5 - 0.5 * len(term))))


@lru_cache(maxsize=64)
def table(code: str) -> Table:
    """The table of a language, loaded when first asked for; empty where there is none."""
    code = BASE.get(code, code)
    if code not in TABLES:
        return Table({}, {})
    from wordfreq import get_frequency_dict, get_frequency_list  # half a second to import; only to weigh articles

    frequencies: dict[str, float] = get_frequency_dict(code, wordlist="small")
    for cached in (get_frequency_dict, get_frequency_list):  # which would keep every table twice
        cached.cache_clear()
    if code in CHARACTER_PAIRS:
        return _of_characters(frequencies)
    shares: defaultdict[str, float] = defaultdict(float)
    # All words with other letters in one string: a tenth of the time that one by one takes.
    odd = [word for word in frequencies if not word.isascii()]
    folded = dict(zip(odd, fold("\n".join(odd), code).casefold().split("\n"), strict=bool(odd)))
    for word, share in frequencies.items():
        shares[bare_form(folded[word] if word in folded else word.casefold(), code)] += share
    return Table(dict(shares), {})


def _of_characters(frequencies: dict[str, float]) -> Table:
    """Shares of character pairs: as often as they stand inside words, or side by side by chance."""
    characters: defaultdict[str, float] = defaultdict(float)
    pairs: defaultdict[str, float] = defaultdict(float)
    for word, share in frequencies.items():
        for character in word:
            characters[character] += share
        for first, second in pairwise(word):
            pairs[first + second] += share
    total = math.fsum(characters.values())
    chances = {character: share / total for character, share in characters.items()}
    shares = {pair: max(share, chances[pair[0]] * chances[pair[1]]) for pair, share in pairs.items()}
    return Table({**{w: s for w, s in frequencies.items() if len(w) > 2}, **shares}, chances)
