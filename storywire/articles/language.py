"""The language of an article's text, by two detectors that make up for each other, or `und` when in doubt.

langdetect's profiles (`profiles`) are the better judge between the 55 they have, and a closed set: asked for Zulu
they say Swahili, with certainty. py3langid knows 139 languages and is slower. Where a long text is what its
profile leads to expect, nobody else is asked; else py3langid says how likely a language is that has no profile, and
both together which of the others it is. On the 11,250 labelled sentences .984 of those with a profile are right and
.916 of all, where langdetect has .978 and .678, py3langid .980 and .922.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from langdetect import detector_factory
from langdetect.detector import Detector
from langdetect.lang_detect_exception import LangDetectException
from langdetect.utils.ngram import NGram
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from storywire.articles import languagetags, profiles
from storywire.articles.profiles import (
    ARABIC,
    CYRILLIC,
    HANGUL,
    IDEOGRAPH,
    KANA,
    LATIN,
    LETTER,
    Profiles,
    Reading,
)

Detectors = Literal["combined", "langdetect"]
"""What decides: both detectors, or langdetect's own code alone, seeded."""

HEAD_LETTERS = 700
"""Letters that are read. Two thousand n-grams leave no doubt between any two languages, and what is foreign in
an article (quotes, names, a second language's summary) stands further down."""

MIN_LETTERS = 10
"""Letters below which nothing is said: the labelled set has too few such texts to tell how often it would be right."""

MIN_IDEOGRAPHS = 4
"""The same for Han, kana and Hangul, which carry two to three Latin letters each."""

INDEPENDENCE = 6.0
"""N-grams that count as one observation: each letter is in six of them, so they are no independent evidence."""

WEIGHT = 0.5
"""Weight of the profiles' log-probability beside py3langid's: both read the same letters, so that they agree says
less than two witnesses would. Anything from .5 to 1 has .98 of the labelled sentences right."""

FLATTENED = 0.75
"""Exponent of py3langid's own probabilities, which are a little too sure of the language being one without a profile.
With this, stated and observed shares of right answers agree within .05 from .6 up on either half of the sentences."""

LEANING = 0.5
"""Nats in favour of the languages with a profile, before a word is read: news is mostly in one of them."""

MIN_CONFIDENCE = 0.3
"""Probability below which the answer is wrong four times in five on the labelled sentences."""

CANDIDATE = 0.1
"""Probability from which the declared language may be preferred: langdetect's own bound for naming a candidate."""

LONG = 1_000
"""N-grams (about 330 letters) from which the profiles may decide alone."""

CERTAIN = 0.999
"""Probability from which they may; all but a few long texts have more."""

GOOD_EXCESS = 0.25
"""Nats per n-gram above a language's own entropy up to which they may: nineteen articles in twenty stay below."""

FEW_FOREIGN = 0.002
"""Share of letters the language does not write, up to which they may: foreign names have fewer. The closest strangers
give themselves away by such letters: Serbian read as Macedonian has .0036 and more, Esperanto as Slovene .0099."""

SAMPLE_LETTERS = 300
"""Letters py3langid reads of a text, in 200 microseconds; all of the head only where it then contradicts."""

MAX_EXCESS = 0.45
"""Nats per n-gram that a long text of a language may cost above its own entropy. One article in a hundred of known
languages exceeds .35; of unknown ones nearly all that are no close kin of the answer."""

EXCESS_NOISE = 12.0
"""The same for n n-grams is `MAX_EXCESS + EXCESS_NOISE / sqrt(n)`: keeps .997 of the labelled sentences."""

MIN_KNOWN = 0.3
"""Share of n-grams that any profile has seen, below which the script is a stranger: Georgian .19, Chinese .48."""

MIN_OWN_LETTERS = 0.05
"""Share of kana without which no text is Japanese, and of Hangul without which none is Korean: running Japanese
has a third and more, running Korean nearly all."""

_SCRIPTED = {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant"}
_BY_SCRIPT = frozenset({"ja", "ko", "th", "zh-cn", "zh-tw"})
"""Languages their script gives away; rare ideographs are missing from any profile and cost without meaning."""

_SCRIPTS = {"Latn": LATIN, "Cyrl": CYRILLIC, "Arab": ARABIC}
_IN_MANY_SCRIPTS = frozenset({"az", "crh", "kk", "ku", "ky", "mn", "sr", "tg", "tk", "tt", "uz"})
"""Languages that are printed in more than one of these, so that the code must say which."""

MARKS = (0x300, 0x323)
"""First and last of the accents langdetect joins with their vowel in Vietnamese."""

_NEVER = 1e-12
"""Stands for a probability py3langid gives as nought."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language as BCP 47 code, its probability, and what decided: langdetect, py3langid, declared or none."""

    code: str
    confidence: float | None
    source: str


UNDETERMINED = Language("und", None, "none")


@dataclass(frozen=True, slots=True)
class Head:
    """The letters of a text that are read: characters as `profiles` numbers them, and what each is."""

    codes: NDArray[np.intp]
    kinds: NDArray[np.uint8]

    def count(self, kind: np.uint8) -> int:
        """Characters of some kind."""
        return int(np.count_nonzero(self.kinds & kind))


@dataclass(frozen=True, slots=True)
class Panel:
    """The languages either detector knows: those with a profile first, then the others.

    `labels` are py3langid's, `places` where each of them stands, `primaries` where each profile's language does:
    behind both Chinese profiles is one language of py3langid's.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    places: NDArray[np.intp]
    primaries: NDArray[np.intp]


def identify(text: str, declared: str | None, detectors: Detectors = "combined") -> Language:
    """The language of a text; what the page declares decides only between candidates the text allows.

    >>> identify("Der Hafen ist nach zwölf Tagen wieder geöffnet worden.", None).code
    'de'
    >>> identify("Hafen", "de").code
    'und'
    """
    if detectors == "langdetect":
        return by_langdetect(text)
    known, panel = profiles.load(), _panel()
    head = _head(known, text)
    if head.count(IDEOGRAPH) < MIN_IDEOGRAPHS and head.count(LETTER) < MIN_LETTERS:
        return UNDETERMINED
    reading = profiles.read(known, head.codes)
    reading.logs[[known.names.index(name) for name in _unwritten(head)]] = -np.inf
    best = int(reading.logs.argmax())
    wanted = _wanted(panel, declared, best)
    shares, told = _alone(reading), best
    if wanted >= len(known.names) or not _is_plain(reading, best, known.names[best], shares[best]):
        shares, told = _together(panel, reading, head, best)
    found = int(shares.argmax())
    if found != wanted >= 0 and shares[wanted] >= CANDIDATE:
        return Language(_code(panel.names[wanted], head), round(float(shares[wanted]), 4), "declared")
    doubtful = shares[found] < MIN_CONFIDENCE and wanted != found
    strange = found < len(known.names) and told != found and _is_stranger(reading, found, known.names[found])
    if doubtful or strange or panel.names[found] == "zxx":
        return UNDETERMINED
    source = "langdetect" if found == best else "py3langid"
    return Language(_code(panel.names[found], head), round(float(shares[found]), 4), source)


def by_langdetect(text: str) -> Language:
    """The answer of langdetect's own code, seeded here and not in the process.

    >>> by_langdetect("Der Hafen ist nach zwölf Tagen wieder geöffnet worden.").code
    'de'
    """
    detector_factory.init_factory()
    detector: Detector = detector_factory._factory.create()
    detector.seed = 0
    detector.append(text)
    try:
        found = detector.get_probabilities()
    except LangDetectException:
        return UNDETERMINED
    if not found:
        return UNDETERMINED
    return Language(_SCRIPTED.get(found[0].lang, found[0].lang), round(min(found[0].prob, 1.0), 4), "langdetect")


def _head(known: Profiles, text: str) -> Head:
    """The first letters of a text, without addresses, and of the script that most of them are in."""
    clipped = text[: 4 * HEAD_LETTERS]
    if "://" in clipped:
        clipped = Detector.URL_RE.sub(" ", clipped)
    if "@" in clipped:
        clipped = Detector.MAIL_RE.sub(" ", clipped)
    if clipped.isupper():
        clipped = clipped.lower()
    codes = profiles.characters(clipped)
    letters = np.flatnonzero(known.kinds[codes] & LETTER)
    if len(letters) > HEAD_LETTERS:
        codes = codes[: letters[HEAD_LETTERS]]
    if ((codes >= MARKS[0]) & (codes <= MARKS[1])).any():
        codes = profiles.characters(NGram.normalize_vi(profiles.text_of(codes)))
    head = Head(codes, known.kinds[codes])
    if 2 * head.count(LATIN) < head.count(LETTER):
        kept = (head.kinds & LATIN) == 0
        head = Head(np.where(kept, codes, ord(" ")), np.where(kept, head.kinds, np.uint8(0)))
    return head


def _unwritten(head: Head) -> list[str]:
    """Languages whose own letters a text in ideographs lacks: langdetect takes traditional Chinese for Korean."""
    if not (whole := head.count(IDEOGRAPH)):
        return []
    own = {"ko": head.count(HANGUL), "ja": head.count(KANA)}
    return [name for name, letters in own.items() if letters < MIN_OWN_LETTERS * whole]


def _wanted(panel: Panel, declared: str | None, best: int) -> int:
    """The place of a declared language, -1 where there is none; for Chinese without a script the likelier one."""
    tag = languagetags.normal_tag(declared)
    if tag is None:
        return -1
    name = {"zh-Hans": "zh-cn", "zh-Hant": "zh-tw"}.get(tag[:7], languagetags.written(tag))
    if name == "zh":
        return best if panel.names[best].startswith("zh") else panel.names.index("zh-cn")
    return panel.names.index(name) if name in panel.names else -1


def _alone(reading: Reading) -> NDArray[np.float64]:
    """The probability of every language with a profile, by the profiles."""
    return _normal(np.exp((reading.logs - reading.logs.max()) / INDEPENDENCE))


def _is_plain(reading: Reading, best: int, name: str, share: float) -> bool:
    """Whether the profiles explain a long text so well that nobody else need be asked."""
    fits = _excess(reading, best) <= GOOD_EXCESS and reading.foreign[best] <= FEW_FOREIGN
    return (fits or name in _BY_SCRIPT) and reading.n >= LONG and share >= CERTAIN


def _together(panel: Panel, reading: Reading, head: Head, best: int) -> tuple[NDArray[np.float64], int]:
    """The probability of every language by both detectors, and which one py3langid itself names."""
    shares, told = _pooled(panel, reading, head.codes[:SAMPLE_LETTERS])
    if int(shares.argmax()) != best and len(head.codes) > SAMPLE_LETTERS:
        shares, told = _pooled(panel, reading, head.codes)
    return shares, told


def _pooled(panel: Panel, reading: Reading, codes: NDArray[np.intp]) -> tuple[NDArray[np.float64], int]:
    """What both detectors say, py3langid of some characters.

    py3langid says how much falls to languages without a profile; what is left is shared among the others by the
    product of what both say of them, each by its weight (a logarithmic opinion pool; Genest and Zidek 1986).
    """
    said = dict(_py3langid().rank(profiles.text_of(codes)))
    each = np.array([said[label] for label in panel.labels]) ** FLATTENED
    heard = np.bincount(panel.places, each, len(panel.names))
    with_profile = len(panel.primaries)
    witness = np.log(heard[panel.primaries] + _NEVER)
    evidence = (reading.logs - reading.logs.max()) * (WEIGHT / INDEPENDENCE) + witness
    inside = _normal(np.exp(evidence - evidence.max())) * heard[:with_profile].sum() * math.exp(LEANING)
    told = int(heard.argmax())
    if told < with_profile and panel.primaries[best := int(evidence.argmax())] == told:
        told = best
    return _normal(np.concatenate([inside, heard[with_profile:]])), told


def _normal(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    whole: float = shares.sum()
    return shares / whole


def _excess(reading: Reading, place: int) -> float:
    """Nats per n-gram that a text costs above what a text of a language would."""
    return float(reading.own[place] - reading.logs[place]) / max(1, reading.n)


def _is_stranger(reading: Reading, place: int, name: str) -> bool:
    """Whether a text costs more in a language than any text of that language does."""
    if name in _BY_SCRIPT:
        return False
    bound = MAX_EXCESS + EXCESS_NOISE / math.sqrt(max(1, reading.n))
    return reading.share < MIN_KNOWN or _excess(reading, place) > bound


def _code(name: str, head: Head) -> str:
    """A detector's name of a language as BCP 47 code, with the script where a language has several."""
    if name in _IN_MANY_SCRIPTS:
        return f"{name}-{max(_SCRIPTS, key=lambda script: head.count(_SCRIPTS[script]))}"
    return _SCRIPTED.get(name, name)


@cache
def _py3langid() -> LanguageIdentifier:
    """py3langid's own model, read once a process: .6 s, 35 MB."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@cache
def _panel() -> Panel:
    """The languages of both detectors."""
    known = profiles.load().names
    primaries = [languagetags.written(name) for name in known]
    labels = tuple(_py3langid().labels)
    others = sorted(set(map(languagetags.written, labels)) - set(primaries))
    names = (*known, *others)
    place = {name: primaries.index(name) for name in primaries} | {name: names.index(name) for name in others}
    return Panel(
        names,
        labels,
        np.array([place[languagetags.written(label)] for label in labels]),
        np.array([place[name] for name in primaries]),
    )
