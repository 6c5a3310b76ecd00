"""Who a text names: rather few people than wrong ones.

A person is two to four words written as a name. A known given name at their head, or a title before them, is needed,
and something else that speaks for a person: a title, a verb of saying or an age beside it, the surname standing alone
elsewhere, or the whole name a second time. Bodies and sights called after people are told by their other words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from storywire.names.forms import key
from storywire.names.lists import given_names, places
from storywire.names.runs import Run, words_after
from storywire.names.vocabulary import ABBREVIATED, BODIES, DAYS, SAYING, TITLES

MOST_WORDS = 4
"""Words of a person's name, particles apart."""

_AGE = re.compile(r"(?:, | \()\d\d(?![\d.,]*\d)")
_OF = frozenset({"von", "vom", "zu", "zur"})
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+$")
_POSSESSIVE = re.compile("['’]s?$")
_GLUED = re.compile(r"[^\W\d_]{4}[^\W\d_]*(?<=[a-zà-ÿа-я])[A-ZÀ-ÞА-Я]")
"""Two words that ran together when the page was read; McCain and DeLuca are none."""


class Person(NamedTuple):
    """A person as usually written, the key of the surname, and how often the text has either."""

    name: str
    surname: str
    times: int


class _Candidate(NamedTuple):
    """A run that may be a person's name, and what speaks for it."""

    words: tuple[str, ...]
    is_known: bool
    has_title: bool
    is_spoken_for: bool


def people(found: Sequence[Run]) -> list[Person]:
    """The people among the runs of a text, the most named first."""
    alone = Counter([key(run.words[0]) for run in found if len(run.words) == 1])
    by_key: dict[tuple[str, str], list[_Candidate]] = {}
    for run in found:
        if len(run.words) > 1 and (candidate := _candidate(run)):
            by_key.setdefault((key(candidate.words[0]), key(candidate.words[-1])), []).append(candidate)
    named = []
    for (first, last), candidates in by_key.items():
        again = alone[last] or (alone[first] if first not in given_names() else 0)
        if not any(_holds(candidate, bool(again), len(candidates), first) for candidate in candidates):
            continue
        spelled = Counter([" ".join(candidate.words) for candidate in candidates])
        name = min(spelled, key=lambda spelling: (-spelled[spelling], len(spelling), spelling))
        named.append(Person(name, last, len(candidates) + alone[last]))
    return sorted(named, key=lambda person: -person.times)


def _holds(candidate: _Candidate, again: bool, times: int, first: str) -> bool:
    """Whether enough speaks for a person; a given name that is a place's too, as in a club's name, says less."""
    if not candidate.is_known:
        return candidate.has_title and again
    if first in places():
        return candidate.has_title or (candidate.is_spoken_for and again)
    return candidate.has_title or candidate.is_spoken_for or again or times > 1


def _candidate(run: Run) -> _Candidate | None:
    """The name in a run, without the titles before it."""
    keys = [key(word) for word in run.words]
    if any(one in BODIES for one in keys) or " ".join(keys) in places():
        return None
    has_title = key(run.before) in TITLES
    start = 0
    while start < len(keys) and keys[start] in TITLES:
        start, has_title = start + 1, True
    at = next((place for place in range(start, len(keys)) if _is_given(run.words[place], keys[place])), None)
    if at is None and not has_title:
        return None
    words = _ended(run.words[start if at is None else at :])
    large = [word for word in words if word[0].isupper()]
    if (
        not 1 < len(large) <= MOST_WORDS
        or len(set(large)) < len(large)
        or words[-1].isupper()
        or _GLUED.search(words[-1])
    ):
        return None
    beside = {run.before, *words_after(run)}
    spoken_for = bool(beside & SAYING) or _AGE.match(run.after) is not None
    return _Candidate(words, at is not None, has_title, spoken_for)


def _ended(words: tuple[str, ...]) -> tuple[str, ...]:
    """The name up to a possessive or what the person belongs to, and without the day that follows it."""
    for place, word in enumerate(words):
        if _POSSESSIVE.search(word):
            words = (*words[:place], _POSSESSIVE.sub("", word))
            break
    parts = [place for place, word in enumerate(words) if word in _OF and place > 1]
    words = words[: parts[0]] if parts else words  # `Ida Moor von der Feuerwehr`, but not `Ida von der Moor`
    while words and words[-1].casefold() in DAYS:
        words = words[:-1]
    return words


def _is_given(word: str, one: str) -> bool:
    """Whether a word is a known given name, or initials that stand for one."""
    return one in given_names() or (
        _INITIALS.match(word) is not None and len(one) > 1 and one not in places() and one not in ABBREVIATED
    )
