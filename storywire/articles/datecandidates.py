"""Every date of a page that may be its publication date, each with the role it plays there.

A role says where a date stood and what it was called; its confidence is the share of such dates that were the
publication date on pages with a known one. Where a date stands between headline and body it is nearly always the
article's; the same words in the page header are a clock, and below the body they belong to another article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from storywire.articles.dateroles import Candidate, candidate, in_role, strongest
from storywire.articles.datetext import PrintedDate, printed_dates, stamp
from storywire.articles.datewords import Label, label_in


@dataclass(frozen=True, slots=True)
class Line:
    """One visible line of a page; a page with markup knows more about it than its words.

    `aside`: inside a sidebar, a list or the comments. `marked`: its markup is named after dates. `printed`, `label`:
    what a time element says in its attributes. `framed`: inside the page's own header; None where there is no markup
    to tell. `data`: the role that microdata gives it.
    """

    text: str
    aside: bool = False
    marked: bool = False
    printed: PrintedDate | None = None
    label: Label | None = None
    framed: bool | None = None
    data: str | None = None


FURTHEST_ABOVE = 4
"""Lines with words above the headline that may belong to it (section, date, kicker); beyond stands the page header."""

FURTHEST_BELOW_HEADLINE = 14
"""Lines with words below the headline in which its date may stand, where the body's place is not known."""

FURTHEST_BELOW_BODY = 4
"""Lines with words after the body that may sign it with a label ("Posted on ..."); beyond stand teasers."""

END = 3
END_WITHOUT_MARKUP = 1
"""Lines with words after the body in which a date needs no label; in a page dump the next line may be a teaser's."""

LONGEST_LINE = 240
"""Characters of a line that can be a date line; in longer ones, which are prose, only the beginning is read."""

OPENING = 4
"""Lines at the start of a body in which a date may be its own: extractors take the date line in, or a byline first."""

DATELINE_LENGTH = 90
"""Characters from the start of the body in which a dateline ends (`PORT ELLA, 3 March 2031 (Wire) - `)."""

WORD = re.compile(r"[^\W\d]{2,}")
DATELINE_END = re.compile(r"^\)\s|^[\s,.)]{0,3}(?:[(/\[][^()/\[\]]{2,40}[)/\]][\s,.]{0,2})?(?:[-–—―]{1,2}|:)\s")

LONGEST_LABEL = 30
"""Characters of a line that is nothing but the label of the date on the next one."""

FEW_WORDS = 6
"""Words beside the date in a line that is still a date line though it stands inside the body."""

WORDY = 0.75
"""Weight of a date between headline and body whose line says more: a summary may name the day of the event."""

PROSE_WORDS = 10
"""Words beside the date from which a line is a sentence that mentions a date, unless a label stands before it."""


def candidates_in_lines(
    lines: Sequence[str], headline: int | None, first: int, last: int, language: str | None = None
) -> tuple[Candidate, ...]:
    """Candidates of a page without markup: `headline`, `first` and `last` body line are indices into `lines`."""
    return strongest(settled(list(placed([Line(line) for line in lines], headline, first, last, language))))


RIVALS = 0.6
"""Weight of microdata that names several days: a list of articles uses it too."""


def settled(shown: Sequence[Candidate], marked_up: bool = False) -> list[Candidate]:
    """What the dates of a page say of each other.

    Roles that an article has once (dateline, label far from it, microdata) belong to a chronicle or a list where they
    name several days. A page with markup that shows one day and no other may be trusted with it wherever it stands; in
    a page without, a lone date is as likely a clock.
    """
    once = ("dateline", "farewell", "microdata")
    days = {role: {each.day for each in shown if each.role == role} for role in once}
    able = {each.day for each in shown if each.role not in ("modified", "updated", "mention", "header", "today")}
    result = []
    for each in shown:
        many = len(days.get(each.role, ())) > 1
        if each.role == "microdata" and many:
            result.append(replace(each, confidence=round(each.confidence * RIVALS, 4)))
        elif many:
            result.append(in_role(each, "mention" if each.role == "dateline" else "teaser"))
        elif marked_up and each.role == "teaser" and len(able) == 1:
            result.append(in_role(each, "lone"))
        else:
            result.append(each)
    return result


def placed(
    lines: Sequence[Line], headline: int | None, first: int | None, last: int | None, language: str | None
) -> Iterator[Candidate]:
    """The dates of the lines, with the role that their place and label give them."""
    places = _places(lines, headline, first, last)
    above = ""
    for line, place in zip(lines, places, strict=True):
        text = line.text[: LONGEST_LINE if place != "body" else DATELINE_LENGTH]
        dates = [line.printed] if line.printed else printed_dates(text, language)
        end = 0
        for found in dates:
            label = label_in(text[end : found.start][-60:]) if found.start > end else None
            if label is None and not text[: found.start].strip(" :|-"):
                label = label_in(above) if len(above) < LONGEST_LABEL else None
                label = label or label_in(text[found.end : found.end + 12])
            role = _role(line, text, found, place, line.label or label)
            if role:
                wordy = role == "headline" and _words_beside(text, found) > FEW_WORDS
                yield candidate(role, found, WORDY if wordy else 1.0)
            end = found.end
        if text.strip():
            above = "" if dates else text


Place = Literal["header", "above", "between", "opening", "body", "end", "signature", "below"]


def _places(lines: Sequence[Line], headline: int | None, first: int | None, last: int | None) -> list[Place]:
    """Where each line stands, seen from headline and body."""
    start = headline if headline is not None else first
    places: list[Place] = []
    above = sum(1 for line in lines[:start] if line.text.strip())
    opened = below = between = 0
    for index, line in enumerate(lines):
        filled = bool(line.text.strip())
        if start is None:
            places.append("below")
        elif index < start:
            near = above <= FURTHEST_ABOVE
            # With markup, the lines just above the body are where one looks for its date if there is no headline.
            looked_for = headline is None and line.framed is not None
            places.append("header" if not near else "between" if looked_for else "above")
            above -= filled
        elif first is None or last is None or index < first:
            between += filled
            places.append("between" if between <= FURTHEST_BELOW_HEADLINE else "below")
        elif index <= last:
            opened += filled
            places.append("opening" if opened <= OPENING else "body")
        else:
            below += filled
            ends = below <= (END_WITHOUT_MARKUP if line.framed is None else END)
            places.append("end" if ends else "signature" if below <= FURTHEST_BELOW_BODY else "below")
    return places


def _role(line: Line, text: str, found: PrintedDate, place: Place, label: Label | None) -> str | None:
    """The role of a date, or None for one that is part of a sentence of the body."""
    if line.data and line.label is None:
        return (
            "teaser" if line.aside or (line.data == "created" and place in ("end", "signature", "below")) else line.data
        )
    if label == "today":
        return "today"
    beside = _words_beside(text, found)
    prose = not line.printed and beside > PROSE_WORDS
    if place in ("opening", "between") and not line.printed and not line.aside:
        opens = found.start < 2 or place == "opening"
        if opens and (place == "opening" or prose) and DATELINE_END.match(text[found.end : found.end + 48]):
            return "dateline"
        if place == "opening" and beside <= FEW_WORDS and not label:
            return "headline"
    if place in ("opening", "body") and (prose or not (label or line.marked or line.printed)):
        return None
    if line.aside and place != "between":
        return "farewell" if label == "published" else "teaser"
    if label == "modified":
        return "updated" if place in ("between", "opening") and not line.aside else "modified"
    if prose and not label:
        return "mention"
    if place == "header":
        return "marked" if line.marked and label else "header"
    if place == "below":
        return "farewell" if label == "published" else "teaser"
    if label == "published":
        return "labelled" if place not in ("end", "signature") else "signed"
    if place == "above":
        return "marked" if line.marked or line.printed else "kicker" if line.framed is False else "above"
    if place == "between":
        return "time" if line.printed else "headline"
    if place in ("end", "signature"):
        return "signed" if place == "end" else "teaser"
    return "marked" if line.marked or line.printed else None


def _words_beside(text: str, found: PrintedDate) -> int:
    return len(WORD.findall(text[: found.start])) + len(WORD.findall(text[found.end :]))


SLASHED = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2}|[a-z]{3,9})[/-](\d{1,2})(?![\d])", re.IGNORECASE)
DASHED = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.](\d\d)[-_.](\d\d)(?!\d)")
COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
DAY_FIRST = re.compile(r"(?<!\d)(\d\d)[-/](\d\d)[-/]((?:19|20)\d\d)(?!\d)")


def candidates_in_url(url: str | None) -> tuple[Candidate, ...]:
    """The date in the path of an address; a query is about the reader, a host about nothing.

    >>> candidates_in_url("https://news.example/2031/mar/03/harbour")[0].day
    datetime.date(2031, 3, 3)
    """
    if not url:
        return ()
    path = re.sub(r"^[a-z][a-z0-9+.-]*://[^/]*", "", url.split("?")[0].split("#")[0], flags=re.IGNORECASE)[:2000]
    for role, pattern in (("url", SLASHED), ("url", DASHED), ("url_compact", COMPACT)):
        found: dict[date, Candidate] = {}
        for match in pattern.finditer(path):
            year, month, day = match.groups()
            words = f"{year}-{month}-{day}" if month.isdigit() else f"{day} {month} {year}"
            if (printed := stamp(words, "en")) is not None:
                shown = PrintedDate(0, 0, match[0].strip("/"), printed.day)
                found.setdefault(printed.day, candidate(role, shown))
        if found:
            # Two dates in one address (an archive of an archive, an event's date in the slug) halve the trust.
            return (
                tuple(found.values())
                if len(found) == 1
                else tuple(replace(each, confidence=round(each.confidence / 2, 4)) for each in found.values())
            )
    return ()


def candidates_given(published_at: str | None) -> tuple[Candidate, ...]:
    """The date a record gives in a field of its own.

    >>> candidates_given("2031-03-03T22:30:00-05:00")[0].day
    datetime.date(2031, 3, 3)
    """
    printed = stamp(published_at) if published_at else None
    return (candidate("given", printed),) if printed else ()
