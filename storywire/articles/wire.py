"""The news agency an article's text came from, and where it says so.

A credit stands in fixed places: the dateline, the byline, a credit line at the end, metadata, a canonical address on
the agency's own site. A mention in the report ("told Reuters") is no credit. A wire copy ran elsewhere, so an agency's
own site credits itself with nothing; `own_agency` tells such sites.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from storywire.articles.agencies import SIGN_PARTS, agencies, named, named_at_end, own_agency, signed
from storywire.articles.datewords import listed, month_number

Source = Literal["dateline", "byline", "credit_line", "metadata", "canonical"]


@dataclass(frozen=True, slots=True)
class Credit:
    """An agency with the words that credit it; `confidence` is the share of such credits expected to be right."""

    agency: str
    source: Source
    confidence: float
    evidence: str


def credit(text: str, authors: Sequence[str], origins: Sequence[str], site: str | None) -> Credit | None:
    """The surest credit an article carries; `origins` are `field=value` from its metadata.

    >>> credit("PORT ELLA, Norland (AP) — Ferries stopped on Monday.", [], [], None).evidence
    'PORT ELLA, Norland (AP) —'
    """
    own = own_agency(site)
    found = [*_in_dateline(text), *_in_byline(text, authors), *_in_credit_lines(text), *_in_origins(origins)]
    order: list[Source] = ["dateline", "byline", "credit_line", "canonical", "metadata"]
    others = [each for each in found if each.agency != own]
    return min(others, key=lambda each: (-each.confidence, order.index(each.source), each.agency), default=None)


LONGEST_DATELINE = 110
"""Characters up to the agency's sign; places, a state and a date fit ("SAN PEDRO, Norland, March 3 (AP) -")."""

BRACKETED = re.compile(
    r"\(\s?([^()\n]{2,40}?)\s?\)|（\s?([^（）\n]{2,40}?)\s?）|\[\s?([^\[\]\n]{2,40}?)\s?\]|【([^【】\n]{2,40})】"
    r"|(?<!\w)/\s?([^/\s][^/\n]{1,38}?)\s?/(?!\w)"
)
AFTER_SIGN = re.compile(r"[\s.,]{0,3}(?:[-–—―‒−]{1,2}|:|\.-|：)|\s*[.．]\s")
DASH = re.compile(r"\s?[-–—―]{1,2}\s")
PLACE_WORDS = frozenset(listed("de del la le the of and et und y e von am im in an near al el du des da do dos д г"))
MOST_PLACE_WORDS = 10


def _in_dateline(text: str) -> Iterator[Credit]:
    """An agency's sign in brackets after a place, or at the very start, before the report begins."""
    for line in _lines(text)[:2]:
        head = line[: LONGEST_DATELINE + 40]
        for bracket in BRACKETED.finditer(head[:LONGEST_DATELINE]):
            before, ending = head[: bracket.start()], AFTER_SIGN.match(head, bracket.end())
            inside = next(group for group in bracket.groups() if group)
            agency = signed(inside)
            if not agency or not _is_place(before) or _is_short_for(inside, before):
                continue
            if ending or bracket[0][0] in "【[" or _is_bare(before, head[bracket.end() :]):
                evidence = head[: ending.end() if ending else bracket.end()].strip()
                yield Credit(agency, "dateline", 0.97, evidence)
                return
        # "MOSCOW, 3 March — RIA Novosti. The ..." and "3 March. INTERFAX.RU - The ..."
        parts = DASH.split(head, maxsplit=1)
        if len(parts) == 2 and len(parts[0]) <= LONGEST_DATELINE:
            place, rest = parts
            sign = re.split(r"[.,]\s", rest, maxsplit=1)[0]
            if len(sign) < 40 and sign != rest and _is_place(place) and (agency := named(sign)):
                yield Credit(agency, "dateline", 0.95, f"{place} — {sign}")
                return
            day, _, last = place.rpartition(". ")
            if any(each.isdigit() for each in day) and _is_place(day) and (agency := named(last)):
                yield Credit(agency, "dateline", 0.9, place)
                return
        start = head.lstrip("（(【[")
        for known in agencies():
            for opening in known.openings:
                wired = re.match(rf"{re.escape(opening)}[^\n。]{{0,24}}?[电電讯訊]", start)
                if wired:
                    yield Credit(known.name, "dateline", 0.97, wired[0])
                    return


def _is_short_for(inside: str, before: str) -> bool:
    """Whether a bracket abbreviates the words before it: "Civic Party (CP) - ..." is no dateline."""
    initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", before)).upper()
    return len(inside) > 1 and initials.endswith(inside.upper())


def _is_place(words: str) -> bool:
    """Whether what stands before a sign can be a place and a date: no sentence, hardly a word in lower case."""
    tokens = re.findall(r"[^\W\d_]+", words)
    if len(tokens) > MOST_PLACE_WORDS or re.search(r"[?!\"“”«»]", words):
        return False
    low = [each for each in tokens if each[0].islower() and each not in PLACE_WORDS and not month_number(each)]
    return not low


def _is_bare(before: str, rest: str) -> bool:
    """Whether a report begins right after the sign without a dash, as in "NEW PORT, March 3 (AFP) The ferry"."""
    opened = re.match(r"\s+([^\W\d_])", rest)
    if not opened or opened[1].islower():
        return False
    cased = opened[1].isupper()
    return not cased or not before.strip() or before.isupper() or bool(re.search(r"[,\d]", before))


BYLINE_PARTS = re.compile(r"\s*(?:[,|/;·•()]|\s[-–—]\s|\svia\s|\sfor\s|\sof\s|\sand\s|\sund\s|\set\s|\sy\s)\s*")
BYLINE = re.compile(r"^(?:by|von|par|por|di|da|de|автор|текст|cаўтар|بقلم|文|撰文|记者|記者)\b[\s:：]*", re.IGNORECASE)
LONGEST_BYLINE = 120


def _in_byline(text: str, authors: Sequence[str]) -> Iterator[Credit]:
    """An agency among the authors, or in a byline that stands as a line above the report."""
    credited = [(author, _author_agency(author)) for author in authors]
    alone = all(agency for _, agency in credited)
    for author, agency in credited:
        if agency:
            yield Credit(agency, "byline", 0.93 if alone else 0.75, author.strip())
    for line in _lines(text)[:3]:
        if len(line) <= LONGEST_BYLINE and BYLINE.match(line) and (named_there := _author_agency(BYLINE.sub("", line))):
            yield Credit(named_there, "byline", 0.9, line)


def _author_agency(author: str) -> str | None:
    """The agency in an author's line; "Michael Bloomberg" is a man."""
    if agency := named(author):
        return agency
    parts = BYLINE_PARTS.split(author)
    if len(parts) > 1 and (agency := next((found for part in parts if (found := named(part))), None)):
        return agency
    return named_at_end(author)


LAST_LINES = 6
"""Lines at the end of a text among which credits stand."""
LONGEST_CREDIT = 400
MOST_SIGNED = 2
"""Paragraphs of one text that may end in brackets; a press review ends each in the name of its source."""

REPORTING = re.compile(r"\b(?:reporting|writing) by .{3,200}?[;.,]? ?\bediting by ", re.IGNORECASE)
RIGHTS = re.compile(r"(?:©|\(c\)|\bcopyright\b)\s*(?:©|\(c\))?\s*(?:(?:19|20)\d\d)?[\s,]*(.{2,60})", re.IGNORECASE)
SOURCE_LINE = re.compile(
    r"^[\[(*–—-]?\s*(?:source|sources|quelle|quellen|fuente|fuentes|fonte|fonti|источник|джерело|المصدر|مصدر|来源|來源|"
    r"出典|källa|kilde|lähde|źródło|zdroj|forrás|bron|kaynak|sumber|nguồn|출처|स्रोत|πηγή|sursa|izvor|извор)"
    r"\s*[:：]\s*(.{2,60}?)[\])]?$",
    re.IGNORECASE,
)
FILES = re.compile(
    r"^[\[(*–—-]?\s*(?:with files from|avec|mit material (?:von|der)|mit|con información de|com informações da?|"
    r"com agência|con|по материалам)\s(.{2,60}?)[\])]?\.?$",
    re.IGNORECASE,
)
REPUBLISHED = re.compile(
    r"\b(?:this|este|esta|este|cet|cette|dieser|diese|questo|questa|ten|tento|эта|этот|ця|dit|deze|denna|denne)\s"
    r"[^\W\d_]{3,12}\b[^.]{0,40}?\b(?:published|republished|reprinted|appeared|publicad[oa]|publiée?|republiée?|"
    r"erschien|veröffentlicht|pubblicat[oa]|ripubblicat[oa]|опубликован[аы]?|gepubliceerd|publicerad)\b[^.]{0,30}?"
    r"\b(?:by|on|from|in|at|of|en|por|par|sur|auf|bei|von|de|da|su|в|на|op|på)\s+(.{2,60})",
    re.IGNORECASE,
)
COLLEAGUES = re.compile(
    r"\b(?P<name>[^\W\d_]\w*(?: [A-Z][\w-]+){0,2}) (?:\w+ )?(?:[Ww]riters?|[Rr]eporters?|[Jj]ournalists?|"
    r"[Cc]orrespondents?|researchers?)\b.{3,300}?\bcontributed(?: to this (?:report|story)\b|\.$)"
)
FEED = re.compile(r"\b(?:syndicated|agency) feed\b[^.]{0,20}?[-–—(:]\s*(.{2,30}?)[)\].]*$", re.IGNORECASE)
END_SIGN = re.compile(
    r"(?:\(([^()\n]{2,30})\)|\[([^\[\]\n]{2,30})\]|(?<!\w)/([^/\s][^/\n]{1,28})/)[.\s]{0,2}"
    r"(?:[^\W\d_]{2,4}/(?: ?[^\W\d_]{2,4}/?)*)?$"
)


def _in_credit_lines(text: str) -> Iterator[Credit]:
    """The lines that close an agency's text."""
    lines = _lines(text)
    bracketed = sum(1 for line in lines if END_SIGN.search(line[-LONGEST_CREDIT:]))
    for place, line in enumerate(lines[-LAST_LINES:], start=max(0, len(lines) - LAST_LINES)):
        end = line[-LONGEST_CREDIT:]
        if REPORTING.search(end):
            yield Credit("Reuters", "credit_line", 0.9, end[-120:])
        for pattern, confidence in ((RIGHTS, 0.9), (REPUBLISHED, 0.95), (SOURCE_LINE, 0.75), (FEED, 0.9)):
            for match in pattern.finditer(end):
                if agency := _leading_name(match[1]):
                    yield Credit(agency, "credit_line", confidence, match[0].strip())
        for match in COLLEAGUES.finditer(end):
            if agency := named(match["name"]):
                yield Credit(agency, "credit_line", 0.85, match[0])
        if len(line) < LONGEST_BYLINE and (files := FILES.search(end)) and (agency := signed(files[1])):
            yield Credit(agency, "credit_line", 0.6, files[0].strip())
        # A sign in brackets ends the text; one before other lines is a caption's, several make a press review.
        if place >= len(lines) - 2 and bracketed <= MOST_SIGNED and (sign := END_SIGN.search(end)):
            inside = next(group for group in sign.groups() if group)
            if agency := named(SIGN_PARTS.split(inside)[0]):
                yield Credit(agency, "credit_line", 0.9, sign[0])


def _leading_name(words: str) -> str | None:
    """The agency that words begin with: "The Associated Press. All rights reserved"."""
    tokens = words.split()
    for length in range(min(7, len(tokens)), 0, -1):
        phrase = " ".join(tokens[:length])
        if agency := named(phrase) or named(SIGN_PARTS.split(phrase)[0]):
            return agency
    return None


ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*://(?:[^/@]*@)?([^/:?#]+)", re.IGNORECASE)


def _in_origins(origins: Sequence[str]) -> Iterator[Credit]:
    """Metadata that names another source: by the address of the original, or by name."""
    for origin in origins:
        field, _, value = origin.partition("=")
        address = ADDRESS.match(value.strip())
        agency = own_agency(address[1]) if address else named(value) or _author_agency(value)
        if agency and "canonical" in field.lower():
            yield Credit(agency, "canonical", 0.95, origin)
        elif agency:
            yield Credit(agency, "metadata", 0.9, origin)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
