"""What is left of a name in any script and language: its consonants, by kinds that survive being written anew.

Vretakos, Вретакос, ヴレタコス and فريتاكوس have one skeleton. Vowels change with every transcription and every case,
and some scripts leave them out; consonants stay, where those that scripts or languages do not tell apart count as one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

MAX_KINDS = 6
"""Consonants of a skeleton; what follows is the ending of a case more often than of a name."""

OPEN = "a"
"""Stands for whatever a name begins with that is no consonant everywhere: vowels, h, w and y."""

_KINDS = {
    **dict.fromkeys("bp", "b"),
    **dict.fromkeys("fv", "f"),
    **dict.fromkeys("kq", "k"),
    **dict.fromkeys("szj", "s"),
    **dict.fromkeys("lr", "l"),
    **{letter: letter for letter in "dgmnt"},
    **{"c": "k", "x": "ks", "ß": "s", "ñ": "n"},
}
"""The kind of each Latin consonant: Arabic has no p, Japanese no l, and sibilants are spelt in a hundred ways."""

_OTHER_SCRIPTS = {
    **dict(zip("бвгґдзжклмнпрстфцчшщ", "bfggdssklmnblstfssss", strict=True)),
    **dict(zip("љњћђџѓќѕ", "lnsdsgks", strict=True)),
    **dict(zip("βγδζθκλμνπρστφ", "fgdstklmnblstf", strict=True)),
    **{"ς": "s", "ξ": "ks", "ψ": "bs"},
    **dict(zip("بپتطثدضذكقکغگفڤمنرلسصزظشجچژ", "bbtttdddkkkggffmnllssssssss", strict=True)),
    **dict(zip("בגדזטכךלמםנןסצץפףקרשת", "bgdstkklmmnnsssffklst", strict=True)),
}
"""Letters that are no consonant by themselves, such as х, which is kh, h or ch, are left out."""

_BY_LANGUAGE = {
    "de": (("tsch|dsch|sch", "s"), ("(?<=[aou])ch|ch", ""), ("w", "v")),
    "nl": (("sch", "s"), ("ch", ""), ("w", "v"), ("j", "")),
    "it": (("ch", "k"), ("sc(?=[ei])", "s"), ("gl(?=i)", "l")),
    "es": (("j|g(?=[ei])", ""), ("ll", "y")),
    "pl": (("cz|sz|rz|ch", "s"), ("w", "v"), ("j", "")),
    **dict.fromkeys(("cs", "sk", "sl", "hr", "fi", "sv", "nb", "da", "et", "lv", "lt"), (("j", ""),)),
}
"""Spellings of single languages, as patterns and what they are to be read as."""

_EVERYWHERE = (("tsch|dsch|dzh|sch|tch|sh|ch|zh|ts|tz|dj|c(?=[eiy])", "s"), ("kh", ""), ("ph", "f"), ("gn", "n"))


def skeleton(word: str, code: str) -> str:
    """The kinds of the consonants of a word without case, in order, each run of one kind once.

    >>> skeleton("vretakos", "en"), skeleton("вретакос", "ru"), skeleton("ヴレタコス", "ja"), skeleton("فريتاكوس", "ar")
    ('fltks', 'fltks', 'fltks', 'fltks')
    >>> skeleton("dschawad", "de"), skeleton("javad", "en"), skeleton("جواد", "ar")
    ('sfd', 'sfd', 'sd')
    """
    word = _spelt_out(word)
    if word.isascii():
        for pattern, read in _spellings(code):
            word = pattern.sub(read, word)
    kinds = [_KINDS.get(letter) or _OTHER_SCRIPTS.get(letter, "") for letter in word]
    found = "".join(kinds)
    runs = re.sub(r"(.)\1+", r"\1", found)[:MAX_KINDS]
    return runs if kinds and kinds[0] else OPEN + runs


@cache
def _spellings(code: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    spellings = (*_BY_LANGUAGE.get(code, ()), *_EVERYWHERE)
    return tuple((re.compile(pattern), read) for pattern, read in spellings)


_KANA = {"TI": "s", "TU": "s", "HU": "f", "DI": "s", "DU": "s"}


@lru_cache(maxsize=1 << 14)
def _syllable(letter: str) -> str:
    """A letter of a script of syllables as its name in Unicode spells it; marks and other letters as they are."""
    name = unicodedata.name(letter, "")
    if not name.startswith(("KATAKANA LETTER ", "HIRAGANA LETTER ", "HANGUL SYLLABLE ")):
        return letter
    spelt = name.rpartition(" ")[2]
    if " SMALL " in name:
        return "" if spelt in {"TU", "YA", "YU", "YO"} else spelt.lower()
    return _KANA.get(spelt, spelt).lower()


def _spelt_out(word: str) -> str:
    return word if word.isascii() else "".join(map(_syllable, unicodedata.normalize("NFC", word)))
