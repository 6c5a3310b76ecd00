"""What an event or a story is called: a headline without what the newsroom or the page added to it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storywire.stories.words import fold

_TAGS = """
alert | analysis | audio | breaking | breaking news | commentary | corrected | correction | developing | editorial |
exclusive | explainer | gallery | in pictures | interview | just in | listen | live | live blog | live update |
live updates | liveblog | news alert | opinion | photo | photos | pictures | podcast | refile | rpt | update |
update live | updated | updates | urgent | video | videos | watch | watch live | with photos | with video | wrapup |
aktualisiert | analyse | bilder | bildergalerie | eil | eilmeldung | exklusiv | fotos | kommentar | live-ticker |
liveticker | meinung | mit video | newsblog | newsticker | ticker | alerte | alerte info | direct | en direct |
en images | entretien | exclusif | infographie | mis à jour | tribune | vidéo | vidéos | actualización | análisis |
directo | en directo | en vivo | entrevista | exclusiva | galería | opinión | última hora | vídeo | ao vivo |
análise | diretta | esclusiva | exclusivo | foto | in diretta | opinião | ultim'ora | urgente | видео | интервью |
мнение | молния | обновлено | онлайн | срочно | фото | эксклюзив
"""
TAGS = frozenset(tag.strip() for tag in _TAGS.split("|"))
"""Words that say what kind of piece this is, or that it is new, in the languages most captures have."""

FEWEST_WORDS = 3
"""Words a headline must keep."""

MOST_KEYWORDS = 4
"""Keywords that stand for a headline where there is none."""

_SERIAL = re.compile(r"([^\W\d_]{3,}) ?\d{0,2} ?[-–](?=\w)")
_BRACKET = re.compile(r" ?[(\[{]\s*([^()\[\]{}]{2,30}?)\s*[)\]}]")
_BAR = re.compile(r"\s*[|¦]\s*|\s+[»·]\s+")
_PART = re.compile(r"\s+[-–—]+\s+|:\s+")
_SIGNS = re.compile(r"^\W+|[\W\d]+$")
_SPACE = re.compile(r"\s+")
_NO_LETTERS = re.compile(r"[\W_]+")


def label(title: str | None, site: str | None, keywords: Sequence[str]) -> str | None:
    """The cleaned headline; where there is none, the strongest keywords.

    Tags go, at either end or in brackets; what bars part from the longest part; and a first or last part that is
    the name of the article's own `site`.

    >>> label("UPDATE 2-Ferry sinks off Larvand (VIDEO) - Larvand Herald", "larvandherald.example", [])
    'Ferry sinks off Larvand'
    >>> label(None, None, ["Larvand", "ferry"])
    'Larvand, ferry'
    """
    whole = _SPACE.sub(" ", title or "").strip()
    cleaned = max(_BAR.split(_BRACKET.sub(lambda found: "" if _is_tag(found[1]) else found[0], whole)), key=len)
    serial = _SERIAL.match(cleaned)
    if serial and serial[1].isupper() and _is_tag(serial[1]):
        cleaned = cleaned[serial.end() :]
    cleaned = _inner(cleaned, _host(site))
    if len(cleaned.split()) < min(FEWEST_WORDS, len(whole.split())):
        cleaned = whole
    return cleaned.strip() or ", ".join(keywords[:MOST_KEYWORDS]) or None


def _inner(text: str, host: str) -> str:
    """The text without the parts at its ends that are tags or the outlet."""
    while marks := list(_PART.finditer(text)):
        first, last = marks[0], marks[-1]
        if _is_tag(text[: first.start()]) or _is_outlet(text[: first.start()], host):
            text = text[first.end() :]
        elif _is_tag(text[last.end() :]) or _is_outlet(text[last.end() :], host):
            text = text[: last.start()]
        else:
            break
    return text


def _is_tag(words: str) -> bool:
    """Whether these words are a tag, numbers and signs around it apart."""
    return _SIGNS.sub("", words).casefold() in TAGS


def _host(site: str | None) -> str:
    """The letters of an outlet's host without its last label."""
    return _NO_LETTERS.sub("", (site or "").rpartition(".")[0])


def _is_outlet(words: str, host: str) -> bool:
    """Whether these words are what the outlet's host is made of."""
    name = _NO_LETTERS.sub("", fold(words, "und").casefold()).removeprefix("the")
    return len(name) > 2 and len(host) > 2 and (name in host or host.removeprefix("the") in name) and len(words) <= 40
