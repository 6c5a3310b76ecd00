"""Credit lines: what closes an agency's text and says whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from storywire.articles.agencies import SIGN_PARTS, closings, mentions, named, signed

LAST_LINES = 6
"""Lines at the end of a text among which credits stand."""
LONGEST_CREDIT = 800
LONGEST_LINE = 120
MOST_SIGNED = 2
"""Paragraphs of one text that may end in brackets; a press review ends each in the name of its source."""

PICTURE = re.compile(
    r"\b(?:image|photo|photograph|picture|media|video|caption|credit|courtesy|source|foto|bild|bilder|imagen|immagine|"
    r"fotografía|fotoğraf|фото|зображення|изображение|kuva|kép|zdjęcie)s?\W*$",
    re.IGNORECASE,
)
"""What says that the credit behind it is a picture's."""
RIGHTS = re.compile(
    r"(?:©|\(c\)|ⓒ|\bcopyright\b)[\s:]*(?:(?:©|\(c\)|\bcopyright\b)\s*)?(?:(?:19|20)\d\d(?:\s?[-–]\s?(?:19|20)?\d\d)?)?"
    r"[\s,:]*(?:by\s)?(.{2,60})",
    re.IGNORECASE,
)
SOURCE_LINE = re.compile(
    r"^[\[(*–—-]?\s*(?:source|sources|quelle|quellen|fuente|fuentes|fonte|fonti|источник|джерело|المصدر|مصدر|来源|來源|"
    r"出典|källa|kilde|lähde|źródło|zdroj|forrás|bron|kaynak|sumber|nguồn|출처|स्रोत|πηγή|sursa|izvor|извор|allikas|"
    r"šaltinis|avots|zdroje|крыніца|burimi|מקור|منبع|ที่มา)\s*[:：]\s*(.{2,60}?)[\])]?$",
    re.IGNORECASE,
)
SOURCES = re.compile(r"\s*[,/;|&、，+]\s*|\s(?:and|und|et|y|e|i|och|og|en|и|і)\s")
LAST_SOURCES = 3
FILES = re.compile(
    r"^[\[(*–—-]?\s*(?:with files from|avec|mit material (?:von|der)|mit|con información de|com informações da?|"
    r"com agência|con|theo|по материалам|за матеріалами|met)\s(.{2,60}?)[\])]?\.?$",
    re.IGNORECASE,
)
REPUBLISHED = re.compile(
    r"\b(?:this|este|esta|este|cet|cette|dieser|diese|questo|questa|ten|tento|эта|этот|ця|dit|deze|denna|denne)\s"
    r"[^\W\d_]{3,12}\b[^.]{0,40}?\b(?:published|republished|reprinted|appeared|publicad[oa]|publiée?|republiée?|"
    r"erschien|veröffentlicht|pubblicat[oa]|ripubblicat[oa]|опубликован[аы]?|gepubliceerd|publicerad)\b[^.]{0,30}?"
    r"\b(?:by|on|from|in|at|of|en|por|par|sur|auf|bei|von|de|da|su|в|на|op|på)\s+(.{2,60})",
    re.IGNORECASE,
)
FIRST = re.compile(r"^\W*(?:originally|first)\s+(?:published|appeared)\s+(?:by|on|in|at)\s+(.{2,60})", re.IGNORECASE)
DISTRIBUTED = re.compile(r"\b(?:distributed|syndicated) by\s+(.{2,60})", re.IGNORECASE)
COLLEAGUES = re.compile(
    r"(?:^|[.!?_;:(•–—-]\s*)(?:(?:[Nn]umerous|[Ss]everal|[Oo]ther|[Aa]nd)\s)?"
    r"(?P<name>[^\W\d_]\w*(?: [A-Z][\w&-]+){0,5}) (?:[\w-]+ )?"
    r"(?:[Ww]riters?|[Rr]eporters?|[Jj]ournalists?|[Cc]orrespondents?|researchers?)\b"
    r".{1,600}?\bcontributed\b(?=\s*(?:[.;]|$|from\b|reporting\b|to (?:this|the) (?:report|story|article)\b))"
)
FEED = re.compile(r"\b(?:syndicated|agency) feed\b[^.]{0,20}?[-–—(:]\s*(.{2,30}?)[)\].]*$", re.IGNORECASE)
END_SIGN = re.compile(
    r"(?:\(([^()\n]{2,30})\)|（([^（）\n]{2,30})）|\[([^\[\]\n]{2,30})\]|(?<!\w)/([^/\s][^/\n]{1,28})/(?:[^\W\d_]{2,9})?)[.\s]{0,2}"
    r"(?:[^\W\d_]{2,4}/(?: ?[^\W\d_]{2,4}/?)*)?$"
)
CLOSED = re.compile(r"(?:^|[.!?…。।:\"'”’»“]|__)\s*$")
"""What stands before a sign that ends a text: a whole sentence, or nothing."""
SIGNATURE = re.compile(r"(?:^|[.!?…”\"»।]\s)[-–—\s]{0,4}([^\W\d_][^.!?\n]{1,40})\.?$")
LONGEST_CAPTION, LONGEST_POINTER = 200, 100
PHRASES = ((RIGHTS, 0.9), (REPUBLISHED, 0.95), (FIRST, 0.9), (DISTRIBUTED, 0.9), (FEED, 0.9))


def signs(text: str, lines: Sequence[str], language: str | None) -> Iterator[tuple[str, float, str]]:
    """The agencies that the last lines of a text name as its source, with confidence and the words that say so."""
    ends = [line[-LONGEST_CREDIT:] for line in reversed(lines[-LAST_LINES:])]
    yield from _house_phrases(ends)
    for left, end in enumerate(ends):
        if not mentions(end):
            continue
        for pattern, confidence in PHRASES:
            for match in pattern.finditer(end):
                agency = leading_name(match[1], language)
                if agency and not PICTURE.search(end, 0, match.start()):
                    yield agency, confidence, match[0].strip()
        if left < LAST_SOURCES and (stated := SOURCE_LINE.search(end)):
            sources = [named(part, language) for part in SOURCES.split(stated[1])]
            # One chart's sources are several, and not all of them agencies.
            if sources[0] and all(sources):
                yield sources[0], 0.75, stated[0].strip()
        for match in COLLEAGUES.finditer(end):
            if agency := leading_name(match["name"], language):
                yield agency, 0.85, match[0].strip(" .!?_;:(")
        if len(end) < LONGEST_LINE and (files := FILES.search(end)) and (agency := signed(files[1], language)):
            yield agency, 0.6, files[0].strip()
        # A sign ends the text, but for pointers; on a short line before them it is a caption's, in the midst of a text
        # that of a passage, and several make a press review.
        over = all(len(each) <= LONGEST_POINTER for each in ends[:left])
        sign = END_SIGN.search(end) if over and (left < 2 or len(end) > LONGEST_CAPTION) else None
        if sign and CLOSED.search(end, 0, sign.start()):
            inside = next(group for group in sign.groups() if group)
            agency = named(SIGN_PARTS.split(inside)[0], language)
            if agency and _signed_lines(text) <= MOST_SIGNED:
                yield agency, 0.9, sign[0].strip()
        signature = SIGNATURE.search(end) if left == 0 and not PICTURE.search("".join(ends[1:2])) else None
        if signature and (agency := named(signature[1], language)):
            yield agency, 0.8, signature[1]


def _house_phrases(ends: Sequence[str]) -> Iterator[tuple[str, float, str]]:
    """The phrases that one agency alone closes its texts with."""
    low = "\n".join(ends).casefold()
    for agency, needed, pattern in closings():
        if all(words in low for words in needed):
            yield from ((agency, 0.9, match[0]) for end in ends if (match := pattern.search(end)))


def _signed_lines(text: str) -> int:
    return sum(1 for line in text.splitlines() if END_SIGN.search(line.rstrip()[-LONGEST_CREDIT:]))


def leading_name(words: str, language: str | None) -> str | None:
    """The agency that words begin with: "The Associated Press. All rights reserved"."""
    tokens = words.split()
    for length in range(min(7, len(tokens)), 0, -1):
        phrase = " ".join(tokens[:length])
        if agency := named(phrase, language) or named(SIGN_PARTS.split(phrase)[0], language):
            return agency
    return None
