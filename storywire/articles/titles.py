"""The headline of an article, reconciled from all the places where a page repeats it.

Headline element, JSON-LD, OpenGraph, Twitter card, browser title and a meta element named after headlines say the same
in the end, with the outlet's and the section's name around it in some of them. What belongs to the headline shows in
comparing them; no site is known by name.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storywire.articles.prose import clean_lines, squashed
from storywire.articles.urls import is_like_a_host

WEIGHTS = {
    **{"headline": 2.5, "h1": 1.5, "jsonld": 1.1, "opengraph": 1.3},
    **{"page": 0.7, "card": 0.4, "meta": 0.4},
}
"""How far one place is believed where places differ. Headline element and OpenGraph are right most often alone
(.79 and .55 of 404 labelled pages); any two that agree outweigh a third. The only heading of a page, where it is
worded like the rest, is its `headline`: OpenGraph, browser title and card often repeat one line that was written for
search engines, and only JSON-LD beside them outweighs it. Nearby weights give the same titles."""

HEADLINE_WORDS = 4
"""Words from which an only heading may be the headline; shorter ones name a topic or a section."""

HEADLINE_SHARE = 0.3
"""Share of words (Jaccard) that an only heading has in common with another place if it is the headline."""

MAX_TITLE = 400
"""Characters; what is longer is no headline."""

NAME_WORDS = 4
"""Words up to which a part of a title may be an outlet's name in another order or shortened."""

_SEPARATOR = re.compile(r"\s+[|\-–—‒―:·•»›«~/\\]+\s+|\s*[|｜ㅣ_]\s*|\s+::\s+|\s*(?:--|—)\s*")
_DASH = re.compile(r"[-–—]")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Sources:
    """What the places of a page say, raw; `names` are those of the outlet, `sections` those of its parts."""

    headings: Sequence[str] = ()
    jsonld: str | None = None
    opengraph: str | None = None
    card: str | None = None
    meta: str | None = None
    page: str | None = None
    names: Sequence[str] = ()
    sections: Sequence[str] = ()


def reconciled(sources: Sources) -> str | None:
    """The title most places agree on, without the names of outlet and section.

    >>> reconciled(Sources(["Ferry sinks"], opengraph="Ferry sinks | The Pier", page="Ferry sinks - News - The Pier"))
    'Ferry sinks'
    """
    names = {squashed(name) for name in sources.names} - {""}
    names |= {"".join(word[0] for word in _WORD.findall(name.casefold())) for name in sources.names if " " in name}
    vocabulary = {word for name in (*sources.names, *sources.sections) for word in _WORD.findall(name.casefold())}
    raw = [(place, getattr(sources, place)) for place in ("jsonld", "opengraph", "page", "card", "meta")]
    said = [(place, text) for place, value in raw if (text := _one_line(value))]
    headings = [text for heading in sources.headings if (text := _one_line(heading)) and squashed(text) not in names]
    elsewhere = [set(_WORD.findall(text.casefold())) for _, text in said]
    if heading := max(headings, key=lambda heading: round(_agreement(heading, elsewhere), 6), default=None):
        sole = len(headings) == 1 and len(heading.split()) >= HEADLINE_WORDS
        known = sole and _agreement(heading, elsewhere) >= HEADLINE_SHARE
        said.insert(0, ("headline" if known else "h1", heading))
    votes: dict[str, float] = {}
    first: dict[str, str] = {}
    for place, text in said:
        others = {squashed(other) for elsewhere, other in said if elsewhere != place} - {""}
        title = _without_names(text, names, vocabulary, others)
        key = squashed(title)
        if not key or key in names:
            continue
        votes[key] = votes.get(key, 0.0) + WEIGHTS[place]
        first.setdefault(key, title)
    if not votes:
        return None
    order = list(first)
    return first[max(votes, key=lambda key: (round(votes[key], 6), -order.index(key)))]


def _agreement(heading: str, elsewhere: Iterable[set[str]]) -> float:
    """The largest share of words that a heading has in common with what another place says."""
    own = set(_WORD.findall(heading.casefold()))
    return max((len(own & words) / len(own | words) for words in elsewhere if own), default=0.0)


def _without_names(text: str, names: set[str], vocabulary: set[str], others: set[str]) -> str:
    """The title without what names the outlet or the section, at its end or its beginning."""
    cuts = list(_SEPARATOR.finditer(text))
    for cut in cuts:
        for part in (text[: cut.start()], text[cut.end() :]):
            if squashed(part) in others:
                return part
    for dash in _DASH.finditer(text):
        if squashed(text[: dash.start()]) in others:
            return text[: dash.start()]
    while cuts and _is_name(text[cuts[-1].end() :], names, vocabulary):
        text = text[: cuts[-1].start()]
        cuts.pop()
    if cuts and _is_name(text[: cuts[0].start()], names, vocabulary):
        text = text[cuts[0].end() :]
    return text


def _is_name(part: str, names: set[str], vocabulary: set[str]) -> bool:
    """Whether a part of a title is the outlet's name or initials, words of it, its host or the section's name."""
    key = squashed(part)
    own = set(_WORD.findall(part.casefold()))
    return not key or key in names or (len(own) <= NAME_WORDS and own <= vocabulary) or is_like_a_host(part.strip())


def _one_line(text: str | None) -> str:
    """A title as one clean line; nothing where it cannot be one."""
    line = " ".join(clean_lines(html.unescape(text or "")).split("\n"))
    return line if 0 < len(line) <= MAX_TITLE else ""
