"""Datelines: the place, the day and the agency's sign that a wire report opens with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from storywire.articles.agencies import mentions, named, signed, wired
from storywire.articles.datewords import fold, listed, month_number, weekday_names

LONGEST_DATELINE = 110
"""Characters up to the agency's sign; places, a state and a date fit ("SAN PEDRO, Norland, March 3 (AP) -")."""

FIRST_LINES = 4
"""Lines among which a report begins; captions and a summary stand before it."""

AFTER_OTHERS = 0.93
"""Confidence of a dateline below captions; it may also open one item of many."""

BRACKETED = re.compile(
    r"\(\s?([^()\n]{2,40}?)\s?\)|（\s?([^（）\n]{2,40}?)\s?）|\[\s?([^\[\]\n]{2,40}?)\s?\]|【([^【】\n]{2,40})】"
    r"|(?<!\w)/\s?([^/\s][^/\n]{1,38}?)\s?/(?!\w)"
)
AFTER_SIGN = re.compile(r"[\s.,]{0,3}(?:[-–—―‒−]{1,2}|:|\.-|：)|\s*[.．]\s")
SENTENCE = re.compile(r"(?<=[^\W\d_])\.\s(?=[^\W\d_])")
DASH = re.compile(r"\s?[-–—―]{1,2}\s")
PLACE_WORDS = frozenset(listed("de del la le the of and et und y e von am im in an near al el du des da do dos д г"))
MOST_PLACE_WORDS = 10


def signs(lines: Sequence[str], language: str | None) -> Iterator[tuple[str, float, str]]:
    """The agencies that a report's datelines name, each with its confidence and the words that say so."""
    for place, line in enumerate(lines[:FIRST_LINES]):
        head = line[: LONGEST_DATELINE + 40]
        if not mentions(head):
            continue
        found = _in_brackets(head, language) or _without_brackets(head, language)
        if found is None and (telegram := wired(head)):
            found = (telegram[0], 0.97, telegram[1])
        if found:
            yield found[0], found[1] if place == 0 else min(found[1], AFTER_OTHERS), found[2]


def _in_brackets(head: str, language: str | None) -> tuple[str, float, str] | None:
    """An agency's sign in brackets after a place, or at the very start, before the report begins."""
    for bracket in BRACKETED.finditer(head[:LONGEST_DATELINE]):
        inside = next(group for group in bracket.groups() if group)
        agency = signed(inside, language)
        before = head[: bracket.start()]
        if not agency or not _is_place(before, language) or _is_short_for(inside, before):
            continue
        ending = AFTER_SIGN.match(head, bracket.end())
        if ending or bracket[0][0] in "【[" or _is_bare(before, head[bracket.end() :]):
            return agency, 0.97, head[: ending.end() if ending else bracket.end()].strip()
    return None


def _without_brackets(head: str, language: str | None) -> tuple[str, float, str] | None:
    """As in "MOSCOW, 3 March — RIA Novosti. The", "3 March. INTERFAX.RU - The", "ELLA, MARCH 3, ARMENPRESS. The"."""
    parts = DASH.split(head, maxsplit=1)
    if len(parts) == 2 and len(parts[0]) <= LONGEST_DATELINE:
        place, rest = parts
        sign = re.split(r"[.,]\s", rest, maxsplit=1)[0]
        if len(sign) < 40 and sign != rest and _is_place(place, language) and (agency := named(sign, language)):
            return agency, 0.95, f"{place} — {sign}"
        if found := _ending_in_sign(place, language):
            return found
    ends = (_ending_in_sign(head[: stop.start()], language) for stop in SENTENCE.finditer(head[:LONGEST_DATELINE]))
    return next((found for found in ends if found), None)


def _ending_in_sign(words: str, language: str | None) -> tuple[str, float, str] | None:
    *_, last = re.split(r"[.,]\s+", words)
    day = words.removesuffix(last)
    if any(each.isdigit() for each in day) and _is_place(day, language) and (agency := named(last, language)):
        return agency, 0.9, words
    return None


def _is_short_for(inside: str, before: str) -> bool:
    """Whether a bracket abbreviates the words before it: "Civic Party (CP) - ..." is no dateline."""
    initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", before)).upper()
    return len(inside) > 1 and initials.endswith(inside.upper())


def _is_place(words: str, language: str | None) -> bool:
    """Whether what stands before a sign can be a place and a date: no sentence, hardly a word in lower case."""
    tokens = re.findall(r"[^\W\d_]+", words)
    if len(tokens) > MOST_PLACE_WORDS or re.search(r"[?!\"“”«»]", words):
        return False
    low = [each for each in tokens if each[0].islower() and each not in PLACE_WORDS and not month_number(each)]
    return not low or (language is not None and all(fold(each) in weekday_names(language) for each in low))


def _is_bare(before: str, rest: str) -> bool:
    """Whether a report begins right after the sign without a dash, as in "NEW PORT, March 3 (AFP) The ferry"."""
    opened = re.match(r"\s+([^\W\d_])", rest)
    if not opened or opened[1].islower():
        return False
    cased = opened[1].isupper()
    return not cased or not before.strip() or before.isupper() or bool(re.search(r"[,\d]", before))
