"""The form in which a name is looked up: without case, accents, possessive, and endings that mark its case."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans({"’": "'", "ʼ": "'", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ё": "е"})
_ACCENT = re.compile("(?<=[a-z])[\u0300-\u036f]+")
_POSSESSIVE = re.compile("'s?$")
_CYRILLIC = re.compile("[а-яєіїґў]")
_ENDING = re.compile("(?<=...)(?:ами|ями|ого|его|ому|ему|ом|ем|ой|ей|ах|ях|ую|ая|ое|ый|ий|[аеиоуыьэюяйіїє])$")
"""Endings of names in Russian and its kin; what is left has three letters or more."""


@lru_cache(maxsize=1 << 15)
def key(name: str) -> str:
    """The form of a name, word by word, that is the same for each of its spellings and cases.

    >>> key("São Paulo’s"), key("Москве") == key("Москва"), key("Нижнем Новгороде") == key("Нижний Новгород")
    ('sao paulo', True, True)
    """
    folded = name.translate(_LETTERS).casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", folded)))
    folded = _POSSESSIVE.sub("", folded).replace(".", "").replace("-", " ")
    if _CYRILLIC.search(folded):
        return " ".join(_ENDING.sub("", word) for word in folded.split())
    return " ".join(folded.split())
