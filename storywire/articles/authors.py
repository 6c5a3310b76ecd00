"""The people a byline names: not the agency, the desk, the date or the address around them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from storywire.articles.prose import clean_lines, squashed
from storywire.articles.urls import is_like_a_host

MAX_NAME = 60
"""Characters; longer strings are sentences about an author."""

MAX_WORDS = 6
"""Words in a person's name, particles and initials included."""

_LEAD = re.compile(
    r"^\W*(?:[^\W\d][\w ]{0,30}\sby|by|von|par|por|door|av|af|przez|от|автор|autora?|autorin|auteur|autore|authors?|"
    r"text|texte|texto|testo|reporter|correspondent|بقلم|كتب|文|記者|记者|作者|撰文|yazan)\s*[:：]?\s+",
    re.IGNORECASE,
)
_LEAD_COLON = re.compile(r"^\W*[^\W\d]{2,12}\s*[:：]\s*")
_SPLIT = re.compile(
    r"\s*[,;|/•·⋅、，；&\n]\s*|\s+(?:and|und|et|y|e|och|og|en|und|i|и|ve|with|mit|avec|con|وَ?|と)\s+",
    re.IGNORECASE,
)
_ORGANISATION = re.compile(
    r"\b(?:agency|agencies|agence|agentur|agencia|agência|agenzia|staff|desk|team|news|newsroom|newspaper|redaktion|"
    r"redaction|rédaction|redacción|redação|redazione|редакция|editors?|editorial|press|media|admin|administrator|online|"
    r"wire|services?|tv|radio|magazine|times|post|daily|weekly|journal|gazette|tribune|herald|guest|contributors?|"
    r"correspondents?|reporters?|writers?|group|inc|ltd|llc|gmbh|company|foundation|institute|university|department|"
    r"ministry|association|council|office|bureau|network|webmaster|autoren|dpa|afp|ap|reuters|epa|ansa|efe|apa|sid|kna|"
    r"epd|тасс|интерфакс|xinhua|unknown|anonymous|null|none|undefined|studio|blog|club|community|official|the)\b|"
    r"新闻|新聞|通信|编辑|編集|記者|记者|网|وكالة|صحيفة",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\b(?:by|written|share|sign|log|login|read|more|about|follow|updated?|published|posted|photo|photos|photographs?|image|"
    r"images|bild|foto|getty|comments?|subscribe|authors?|autor|expert|posts?|profile|view|articles?|stories|bio|privacy|policy|facebook|twitter|instagram|director|professor|manager|founder|ceo|"
    r"president|analyst|educator|specialist|consultant|strategist|columnist|journalist)\b|"
    r"^(?:mon|tue|wed|thu|fri|sat|sun)$",
    re.IGNORECASE,
)
_DEGREE = re.compile(r"[A-Z]{2,4}|(?:[A-Z][a-z]{0,3}\.){1,3}(?:[A-Z]\.?)?|Ph\.?D\.?|[JS]r\.?")
_PARTICLES = frozenset(
    {"al", "bin", "da", "de", "del", "della", "di", "dos", "el", "ibn", "la", "le", "ten", "ter", "van", "von"}
)
_NOT_WRITTEN = re.compile(
    r"\b(?:\w+[\s-]+)?(?:reviewed|check(?:ed)?|edited|verified|approved|translated|illustrat(?:ed|ions?)|photo(?:s|graphs|graphed)?|"
    r"images?|fotos?|bilder|vidéos?|videos?)\s+(?:by|von|par|por|di)\b",
    re.IGNORECASE,
)
_REPORTER = re.compile(r"\s+(?:기자|특파원)(?:\s.*)?$|\s*(?:記者|记者)$")
_ADDRESS = re.compile(r"https?:|www\.|\S@\S")
_NOT_A_NAME = re.compile(r"[@\d<>{}\[\]|=#_©:?!]|[a-z]\.[a-z]{2,}")
_ROLE = re.compile(r"\s*[(\[–—].*$|\s+-\s+.*$")


def people(names: Iterable[str], outlet: Iterable[str] = (), *, shortest: int = 1) -> tuple[str, ...]:
    """The people among strings that credit someone, each once, in their order.

    `outlet` are names of the site, its publisher and its host, which many pages put in an author's place or
    behind the name (but a host of two words run together is a person's own site); `shortest` is the least
    number of words a name needs where it is not marked as one. Beside a full name a single word is a role.

    >>> people(["By Mara Lindqvist and JOHN OKORO, Shipping", "Harbour News Desk", "mara.lindqvist@pier.example"])
    ('Mara Lindqvist', 'John Okoro')
    """
    outlets = [name for name in outlet if name]
    keys = {squashed(name) for name in outlets if " " in name}
    single = {squashed(name) for name in outlets}
    found: dict[str, str] = {}
    for credit in names:
        least = shortest
        for part in _parts(credit):
            name = _without_outlet(part, outlets)
            key = squashed(name)
            if key in keys or (key in single and " " not in name):
                continue
            size = len(name.split())
            if key and (size >= least or not name.isascii()) and is_person(name):
                found.setdefault(key, _cased(name))
                least = max(least, min(2, size))
    return tuple(found.values())


def signatures(names: Iterable[str]) -> tuple[str, ...]:
    """Who strings credit, as they stand: people, desks and agencies, each once, in their order.

    >>> signatures(["By Mara Lindqvist, Harbour News Desk", "https://harbour.example/mara", "harbour_admin"])
    ('Mara Lindqvist', 'Harbour News Desk', 'harbour_admin')
    """
    parts = (part for credit in names for part in _parts(credit))
    fit = (part for part in parts if 0 < len(squashed(part)) <= MAX_NAME and not _LABEL.fullmatch(part))
    return tuple({squashed(part): part for part in fit}.values())


def is_organisation(name: str) -> bool:
    """Whether a credit holds a word for newsrooms, desks and agencies; words in lower case are a sentence's."""
    sentence = name.islower() and " " in name
    return len(name) <= MAX_NAME and not sentence and _ORGANISATION.search(name) is not None


def is_person(name: str) -> bool:
    """Whether a string can be a person's name: a few words, no digits, addresses or words for organisations."""
    words = name.split()
    if not words or len(name) > MAX_NAME or len(words) > MAX_WORDS or len(squashed(name)) < 2:
        return False
    if _NOT_A_NAME.search(name) or _ORGANISATION.search(name) or _LABEL.search(name):
        return False
    return not words[-1].islower() and (not words[0].islower() or words[0] in _PARTICLES)


def _parts(credit: str) -> list[str]:
    """The single names in a credit, without "By", roles and degrees."""
    text = " ".join(clean_lines(credit).split("\n"))
    if len(text) > 10 * MAX_NAME or _ADDRESS.search(text):
        return []
    if other := _NOT_WRITTEN.search(text):
        text = text[: other.start()]
    text = _LEAD.sub("", _LEAD_COLON.sub("", text))
    if text.count(":") > 1:
        return []
    parts = [_LEAD.sub("", _ROLE.sub("", part)).strip(" .,;:*-–—'\"()") for part in _SPLIT.split(text) if part]
    if parts and is_like_a_host(parts[0]):
        parts = parts[:1]
    return [_REPORTER.sub("", part) for number, part in enumerate(parts) if not (number and _DEGREE.fullmatch(part))]


def _without_outlet(name: str, outlets: Iterable[str]) -> str:
    """The name without the outlet's behind it."""
    for outlet in outlets:
        if name.casefold().endswith(f" {outlet.casefold()}") and " " in name[: -len(outlet)].strip(" ,-–—"):
            return name[: -len(outlet)].strip(" ,-–—")
    return name


def _cased(name: str) -> str:
    """A name in capitals written as names are; others as they stand."""
    return name.title() if name.isupper() and " " in name else name
