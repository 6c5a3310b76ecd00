"""The words of a text in the form in which two articles may share them.

Where a script parts its words with spaces, a term is a word in a light normal form; where it does not,
a term is a run of characters (Han, kana and Hangul: 2; Thai, Lao, Khmer and Burmese: 4, being alphabets).
The script decides, not the language, so a wrong language code does little harm.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

Capital = Literal["yes", "no", "open"]
"""Whether a term has a capital inside a sentence; `open` where a capital there would say nothing."""

STOPS = frozenset('.!?…:;"“”„«»‹›•|\n')
"""After one of these a capital may be there for the sentence's sake."""

KEEP_ACCENTS = frozenset({"vi"})
"""Languages whose words fall together without their accents; elsewhere outlets drop them as they please."""

PLURAL_S = frozenset({"en", "fr", "es", "pt", "ca", "gl"})
"""Languages with a plural in -s, folded away."""

STEM_LETTERS = {
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "sr", "pl", "cs", "sk", "sl", "hr", "bs", "sh"), 6),
    **dict.fromkeys(("fi", "et", "hu", "tr", "az", "lt", "lv", "el", "ro", "sq"), 6),
}
"""Letters a word is compared by where its ending changes with case and number.

Cutting words to a fixed length comes close to a stemmer in retrieval over European languages
(McNamee and Mayfield, Character N-Gram Tokenization for European Language Text Retrieval, 2004).
"""

FIRST_UNSPACED = "\u0e00"
"""The first character of the scripts without spaces (Thai)."""

MAX_LETTERS = 40
"""Longer words are addresses and accidents; their first letters stand for them."""

_MARKS = [chr(code) for code in range(0x300, 0x2100) if unicodedata.category(chr(code)).startswith("M")]
_ACCENTS = "".join(m for m in _MARKS if 10 <= unicodedata.combining(m) <= 35 or unicodedata.combining(m) >= 200)
_ACCENT = re.compile(f"[{re.escape(_ACCENTS)}]")
"""Accents, Arabic and Hebrew vowel points; not the vowel signs that Indic scripts and Thai write with."""

_KATAKANA = "\u30a0-\u30ff"
_DENSE = "\u3040-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3"
_ALPHABET = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_STOP = f"[{re.escape(''.join(sorted(STOPS)))}]"
_SPACED = re.compile(rf"[^\W_]+(?:'[^\W_]+)*|{_STOP}")
_LETTER = f"(?![{_DENSE}{_KATAKANA}{_ALPHABET}])(?:[^\\W_]|[{re.escape(''.join(_MARKS))}])"
_ANY_SCRIPT = re.compile(rf"[{_KATAKANA}]+|[{_DENSE}]+|[{_ALPHABET}]+|(?:{_LETTER})+(?:'(?:{_LETTER})+)*|{_STOP}")
_NEEDS_ANY_SCRIPT = re.compile(f"[{_DENSE}{_KATAKANA}{_ALPHABET}{re.escape(''.join(_MARKS))}]")
_DOTTED = re.compile(
    r"[.,](?<=\d.)(?=\d)"
    r"|\.(?<=(?<![^\W_])[^\W\d_]\.)(?=[^\W\d_]\.)"
    r"|\.(?<=(?<![^\W_])[^\W\d_]\.[^\W\d_]\.)"
)
"""A dot or comma that parts nothing: between the digits of `1,000`, or behind a letter of `U.S.`. The sign itself comes
first, since there are few of them; what stands before it is looked at afterwards."""
_PAST_ASCII = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")
"""Letters that folding may change, and the one that accents among them may stand on."""
LONGEST_RUN = 60
"""Letters of a run past ASCII that is remembered; longer ones are whole sentences, which do not come again."""

_TYPOGRAPHIC = (("’‘ʼ`", "'"), ("–—€", " "), ("“”„•‹›", ";"), ("…", "..."))
"""Signs that make other letters of a text than ASCII necessary, by what says the same: an apostrophe, blank or stop."""
_ONE_BYTE = bytes(range(256)).decode("latin-1")
_SENTENCES = "".join(
    letter if letter.isalnum() or letter == "'" else "\n" if letter in STOPS else " " for letter in _ONE_BYTE
).encode("latin-1")
"""Letters and digits as they are, stops as ends of lines, all else as blanks."""
_NO_APOSTROPHE = re.compile(rb"'(?:(?![^ '\n])|(?<![^ '\n]'))")
"""One that stands not between two letters."""
MOST_KEPT = 1 << 14
"""Words of a language of which what was made is kept for the next text."""

_KATAKANA_RUN = re.compile(f"[{_KATAKANA}]+")
_DENSE_RUN = re.compile(f"[{_DENSE}]+")
_ALPHABET_RUN = re.compile(f"[{_ALPHABET}]+")
_HIRAGANA = re.compile("[\u3041-\u309f]+")
_LETTERS = str.maketrans({**dict.fromkeys("’ʼ‘`", "'"), **dict(zip("łŁøØđĐı", "lLoOdDi", strict=True))})
"""Kinds of apostrophe, and letters whose stroke is no accent to Unicode."""

_SERBIAN = frozenset({"sr", "sh", "bs", "hr"})
_CYRILLIC = str.maketrans(
    {
        **dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgddezzijklmnoprstcufhccs", strict=True)),
        **{"љ": "lj", "њ": "nj", "џ": "dz"},
    }
)
"""Serbian is written in two scripts, letter by letter the same; its table is in Latin letters."""

_ARABIC_ARTICLE = re.compile("^[وف]?(?:[بك]?ال|لل)(?=.{3})")
_ARABIC_FORMS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ـ": None})
_ELIDED = frozenset({"fr", "it", "ca"})


def primary(language: str | None) -> str:
    """The language without script and region, `und` where unknown.

    >>> primary("zh-Hant"), primary(None)
    ('zh', 'und')
    """
    return (language or "und").replace("_", "-").split("-")[0].lower()


def fold(text: str, code: str) -> str:
    """The text without the differences outlets make at will: accents, full-width forms, kinds of apostrophe.

    >>> fold("Kovačić’s", "en")
    "Kovacic's"
    """
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text.translate(_LETTERS))
    if code in KEEP_ACCENTS:
        return text
    return unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", text)))


@lru_cache(maxsize=1 << 15)
def normal_form(word: str, code: str) -> str:
    """The form in which a folded word is compared: without case, plural, possessive or article.

    >>> normal_form("Minister's", "en"), normal_form("countries", "en"), normal_form("l'accord", "fr")
    ('minister', 'country', 'accord')
    """
    return sys.intern(bare_form(word.casefold(), code))


def bare_form(term: str, code: str) -> str:
    """The normal form of a word without case."""
    if "'" in term:
        head, _, tail = term.partition("'")
        if code in _ELIDED:
            term = tail if len(head) <= 5 and len(tail) > 2 else head
        else:
            term = head if len(head) > 2 or tail == "s" else head + tail
    if code in PLURAL_S and len(term) > 3 and term.endswith("s"):
        if code == "en" and len(term) > 4 and term.endswith("ies"):
            term = term[:-3] + "y"
        elif not term.endswith(("ss", "us", "is")):
            term = term[:-1]
    elif code in _SERBIAN:
        term = term.translate(_CYRILLIC)
    elif code == "ar":
        term = _ARABIC_ARTICLE.sub("", term.translate(_ARABIC_FORMS))
    return term[: STEM_LETTERS.get(code, MAX_LETTERS)]


def _folded(text: str, code: str) -> str:
    """`fold`, which changes each run of letters past ASCII by itself: pages repeat the same few."""
    if text.isascii():
        return text
    return _PAST_ASCII.sub(lambda run: _folded_run(run[0], code), text)


@lru_cache(maxsize=1 << 14)
def _remembered(run: str, code: str) -> str:
    return fold(run, code)


def _folded_run(run: str, code: str) -> str:
    return _remembered(run, code) if len(run) <= LONGEST_RUN else fold(run, code)


@lru_cache(maxsize=1 << 16)
def _read(token: str, code: str) -> tuple[str, Capital] | None:
    """The term of a folded word inside a sentence; None where it has none."""
    term = sys.intern(bare_form(token.casefold(), code))
    if len(term) > 1 or term.isdigit():
        return term, "open" if term[0].isdigit() else "yes" if token[0].isupper() else "no"
    return None


def read_words(text: str, code: str, limit: int = sys.maxsize) -> list[tuple[str, Capital]]:
    """The terms of a text in reading order, repeats included, and how each is written; the first `limit` of them.

    >>> read_words("The U.S. sent 1,000 troops.", "en")
    [('the', 'open'), ('us', 'yes'), ('sent', 'no'), ('1000', 'open'), ('troop', 'no')]
    >>> [term for term, _ in read_words("欧盟峰会在サンプル", "ja")]
    ['欧盟', '盟峰', '峰会', '会在', 'サンプル']
    """
    for signs, sign in _TYPOGRAPHIC:
        for each in signs:
            text = text.replace(each, sign)
    text = _DOTTED.sub("", _folded(text, code))
    plain = in_bytes(text)
    return (by_script(text, code, limit) if plain is None else by_sentence(plain, code, limit))[:limit]


def in_bytes(text: str) -> bytes | None:
    """A folded text in one byte a letter, words between blanks and sentences on lines; None where letters need more."""
    try:
        plain = text.encode("latin-1").translate(_SENTENCES)
    except UnicodeEncodeError:
        return None
    return _NO_APOSTROPHE.sub(b" ", plain) if b"'" in plain else plain


def by_sentence(plain: bytes, code: str, limit: int) -> list[tuple[str, Capital]]:
    """What `by_script` finds, in half of its time."""
    read = _kept_terms(code)
    found: list[tuple[str, Capital]] = []
    for sentence in plain.split(b"\n"):
        if not (inside := sentence.split()):
            continue
        if first := read[inside.pop(0)]:
            found.append((first[0], "open"))
        found.extend(filter(None, map(read.__getitem__, inside)))
        if len(found) >= limit:
            break
    return found


class Made(dict[Key, Value]):
    """What is made of each key, once for as long as the keys are few: to look it up needs no call."""

    def __init__(self, make: Callable[[Key], Value]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Key) -> Value:
        if len(self) >= MOST_KEPT:
            self.clear()
        made = self[key] = self._make(key)
        return made


@lru_cache(maxsize=8)
def _kept_terms(code: str) -> Made[bytes, tuple[str, Capital] | None]:
    """The term of each word inside a sentence, as `_read` has it."""
    return Made(lambda word: _read(word.decode("latin-1"), code))


def by_script(text: str, code: str, limit: int) -> list[tuple[str, Capital]]:
    """The terms of a folded text of any script, up to the end of the sentence that has the last of `limit`."""
    dense = _NEEDS_ANY_SCRIPT.search(text) is not None
    found: list[tuple[str, Capital]] = []
    opens = True
    for token in (_ANY_SCRIPT if dense else _SPACED).findall(text):
        if token in STOPS:
            if len(found) >= limit:
                break
            opens = True
            continue
        if dense and token[0] >= FIRST_UNSPACED and (grams := _grams(token)):
            found.extend((gram, "open") for gram in grams)
            continue
        if read := _read(token, code):
            found.append((read[0], "open") if opens else read)
        opens = False
    return found


def is_unspaced(term: str) -> bool:
    """Whether a term is a run of letters of an alphabet written without spaces."""
    return _ALPHABET_RUN.fullmatch(term) is not None


def _grams(run: str) -> list[str]:
    """The runs of characters that stand for words where a script has no spaces; none in other scripts."""
    if _KATAKANA_RUN.fullmatch(run):  # a foreign name or word, written as one
        return [run]
    size = 2 if _DENSE_RUN.fullmatch(run) else 4 if _ALPHABET_RUN.fullmatch(run) else 0
    if not size:
        return []
    grams = [run[i : i + size] for i in range(max(1, len(run) - size + 1))]
    return [gram for gram in grams if not _HIRAGANA.fullmatch(gram)]  # endings and particles
