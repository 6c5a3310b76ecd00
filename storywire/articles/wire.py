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

from storywire.articles import creditlines, datelines
from storywire.articles.agencies import mentions, named, named_at_end, own_agency

Source = Literal["dateline", "byline", "credit_line", "metadata", "canonical"]


@dataclass(frozen=True, slots=True)
class Credit:
    """An agency with the words that credit it; `confidence` is the share of such credits expected to be right."""

    agency: str
    source: Source
    confidence: float
    evidence: str


def credit(
    text: str, authors: Sequence[str], origins: Sequence[str], site: str | None, language: str | None = None
) -> Credit | None:
    """The surest credit an article carries; `origins` are `field=value` from its metadata.

    `language` is that of the text as BCP 47 has it; a short mark counts only in the languages of its agency, and where
    the language is unknown, only if no other agency has the same.

    >>> credit("PORT ELLA, Norland (AP) — Ferries stopped on Monday.", [], [], None).evidence
    'PORT ELLA, Norland (AP) —'
    """
    own = own_agency(site)
    spoken = None if language in (None, "und") else str(language).split("-")[0]
    order: list[Source] = ["dateline", "byline", "credit_line", "canonical", "metadata"]
    others = [each for each in _found(text, authors, origins, spoken) if each.agency != own]
    return min(others, key=lambda each: (-each.confidence, order.index(each.source), each.agency), default=None)


FAR = 4_000
"""Characters from either end of a text within which the lines with credits lie."""


def _found(text: str, authors: Sequence[str], origins: Sequence[str], language: str | None) -> Iterator[Credit]:
    first = _lines(text[:FAR])[: datelines.FIRST_LINES]
    last = _lines(text[-FAR:])[-creditlines.LAST_LINES :]
    for agency, confidence, evidence in datelines.signs(first, language):
        yield Credit(agency, "dateline", confidence, evidence)
    yield from _in_byline_above(first, language)
    for agency, confidence, evidence in creditlines.signs(text, last, language):
        yield Credit(agency, "credit_line", confidence, evidence)
    yield from _in_authors(authors, language)
    yield from _in_origins(origins, language)


BYLINE_PARTS = re.compile(r"\s*(?:[,|/;·•()]|\s[-–—]\s|\svia\s|\sfor\s|\sof\s|\sand\s|\sund\s|\set\s|\sy\s)\s*")
BYLINE = re.compile(r"^(?:by|von|par|por|di|da|de|автор|текст|cаўтар|بقلم|文|撰文|记者|記者)\b[\s:：]*", re.IGNORECASE)
LONGEST_BYLINE = 120


def _in_authors(authors: Sequence[str], language: str | None) -> Iterator[Credit]:
    credited = [(author, _author_agency(author, language)) for author in authors]
    alone = all(agency for _, agency in credited)
    for author, agency in credited:
        if agency:
            yield Credit(agency, "byline", 0.93 if alone else 0.75, author.strip())


def _in_byline_above(lines: Sequence[str], language: str | None) -> Iterator[Credit]:
    """An agency in a byline that stands as a line above the report."""
    for line in lines[:3]:
        if len(line) > LONGEST_BYLINE or not BYLINE.match(line):
            continue
        if agency := _author_agency(BYLINE.sub("", line), language):
            yield Credit(agency, "byline", 0.9, line)


def _author_agency(author: str, language: str | None) -> str | None:
    """The agency in an author's line; "Michael Bloomberg" is a man."""
    if not mentions(author):
        return None
    parts = dict.fromkeys((author, *BYLINE_PARTS.split(author)))
    in_parts = (agency for part in parts if (agency := named(part, language, byline=True)))
    return next(in_parts, None) or named_at_end(author)


ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*://(?:[^/@]*@)?([^/:?#]+)", re.IGNORECASE)


def _in_origins(origins: Sequence[str], language: str | None) -> Iterator[Credit]:
    """Metadata that names another source: by the address of the original, by name, or in a line of rights."""
    for origin in origins:
        field, _, value = origin.partition("=")
        if address := ADDRESS.match(value.strip()):
            agency = own_agency(address[1])
        elif not mentions(value):
            continue
        elif not (agency := _author_agency(value, language)) and (rights := creditlines.RIGHTS.search(value)):
            agency = creditlines.leading_name(rights[1], language)
        if agency and "canonical" in field.lower():
            yield Credit(agency, "canonical", 0.95, origin)
        elif agency:
            yield Credit(agency, "metadata", 0.9, origin)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
