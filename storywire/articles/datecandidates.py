"""Every date of a page that may be its publication date, each with the role it plays there.

A role says where a date stood and what it was called; its confidence is the share of such dates that were the
publication date on pages with a known one. Where a date stands between headline and body it is nearly always the
article's; the same words in the page header are a clock, and below the body they belong to another article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from storywire.articles.dateplaces import NEAR, Line, Place, places_of
from storywire.articles.daterelative import relative_dates
from storywire.articles.dateroles import ROLES, Candidate, candidate, in_role, strongest
from storywire.articles.datetext import YEAR_OR_SO, PrintedDate, printed_dates, stamp
from storywire.articles.datewords import Label, label_in

MOST_TEASERS = 300
"""Lines with figures below the article in which dates are read; an archive of thousands says no more."""

LONGEST_LINE = 240
"""Characters of a line that can be a date line; in longer ones, which are prose, only the beginning is read."""

DATELINE_LENGTH = 90
"""Characters from the start of the body in which a dateline ends (`PORT ELLA, 3 March 2031 (Wire) - `)."""

WORD = re.compile(r"[^\W\d]{2,}")
DATELINE_END = re.compile(r"^\)\s|^[\s,.)]{0,3}(?:[(/\[][^()/\[\]]{2,40}[)/\]][\s,.]{0,2})?(?:[-–—―]{1,2}|:)\s")

DIGITS = re.compile(r"\d+")
NEAR_LABEL = 14
"""Characters behind a date in which its own label begins, or the next one's."""

ENDING = 2
"""Words behind a date, its label among them, that say no more than the label."""

LONGEST_LABEL = 30
"""Characters of a line that is nothing but the label of the date on the next one."""

FEW_WORDS = 6
"""Words beside the date in a line that is still a date line though it stands inside the body."""

UNMARKED = 0.97
"""Weight of a date between headline and body whose markup is not named after dates."""

UNFRAMED = 0.93
"""Weight of a date there or above the headline in a page without markup, where the places themselves are a guess."""

WORDY = 0.87
"""Weight of such a date whose line says more: a summary may name the day of the event. Where nothing else named a day
such dates were right on 15 of 15 labelled pages, but among rivals on 2 in 3."""

DOUBTFUL = 0.87
"""Weight of a date there that stands in an aside, or among the first lines of the text without any mark."""

PROSE_WORDS = 10
"""Words beside the date from which a line is a sentence that mentions a date, unless a label stands before it."""


def candidates_in_lines(
    lines: Sequence[str], headline: int | None, first: int, last: int, language: str | None = None
) -> tuple[Candidate, ...]:
    """Candidates of a page without markup: `headline`, `first` and `last` body line are indices into `lines`."""
    return strongest(settled(list(placed([Line(line) for line in lines], headline, first, last, language))))


def settled(shown: Sequence[Candidate], marked_up: bool = False, declared: Sequence[Candidate] = ()) -> list[Candidate]:
    """What the dates of a page say of each other.

    Roles that an article has once (dateline, label far from it, microdata) belong to a chronicle or a list where they
    name several days. A page with markup that shows one day and no other may be trusted with it wherever it stands,
    unless data for machines, in `declared`, names another; in a page without, a lone date is as likely a clock. What
    lowers a date between headline and body is that the next one might be meant: where nothing, the address in
    `declared` included, names another day it has its role's confidence (so right were 75 of 77 labelled pages).
    """
    once = ("dateline", "farewell", "microdata", "marked", "signed")
    days = {role: {each.day for each in shown if each.role == role} for role in once}
    able = {each.day for each in shown if each.role not in ("modified", "updated", "mention", "until", "today")}
    named = {each.day for each in (*shown, *declared) if ROLES[each.role].family != "none"}
    result = []
    for each in shown:
        many = len(days.get(each.role, ())) > 1
        if many and each.role in ("microdata", "marked", "signed"):
            # Lists of articles look so too: each day is one of several.
            result.append(replace(each, confidence=round(each.confidence / len(days[each.role]), 4)))
        elif many:
            result.append(in_role(each, "mention" if each.role == "dateline" else "teaser"))
        elif marked_up and each.role == "teaser" and len(able) == 1 and _borne_out(each, declared):
            result.append(in_role(each, "lone"))
        elif marked_up and each.role == "headline" and named == {each.day} != {None}:
            result.append(in_role(each, "headline"))
        else:
            result.append(each)
    return result


def _borne_out(each: Candidate, declared: Sequence[Candidate]) -> bool:
    """Whether data, if there is any, names the day or its neighbour, which is the same day in another zone."""
    days = [other.day for other in declared if other.day and ROLES[other.role].family == "data"]
    return each.day is not None and (not days or min(abs(each.day - day) for day in days) <= timedelta(days=1))


def placed(
    lines: Sequence[Line], headline: int | None, first: int | None, last: int | None, language: str | None
) -> Iterator[Candidate]:
    """The dates of the lines, with the role that their place and label give them."""
    places = places_of(lines, headline, first, last)
    above = ""
    far = 0
    for line, place in zip(lines, places, strict=True):
        dated = line.printed is not None or YEAR_OR_SO.search(line.text, 0, LONGEST_LINE)
        far += place == "below" and bool(dated)
        if (place not in NEAR and not dated) or far > MOST_TEASERS:
            above = line.text if line.text.strip() else above
            continue
        text = line.text[: LONGEST_LINE if place != "body" else DATELINE_LENGTH]
        dates = [line.printed] if line.printed else printed_dates(text, language)
        if not dates and place in NEAR and len(text) <= LONGEST_RELATIVE and not line.aside:
            dates = relative_dates(text, language)
        end = 0
        for found in dates:
            label = label_in(text[end : found.start][-60:]) if found.start > end else None
            if label is None and not text[: found.start].strip(" :|-"):
                label = label_in(above) if len(above) < LONGEST_LABEL else None
                label = label or _label_behind(text, found)
            role = _role(line, text, found, place, line.label or label)
            if role:
                yield candidate(role, found, _weight(role, line, text, found, place))
            end = found.end
        if text.strip():
            above = "" if dates else text


def _label_behind(text: str, found: PrintedDate) -> Label | None:
    """What the words behind a date say of it, if they end there ("3 March 2031 (updated)").

    An update told after it makes it the publication ("3 March 2031, updated 5 March").
    """
    behind = text[found.end :]
    label = label_in(behind[:NEAR_LABEL])
    if label == "modified" and len(WORD.findall(behind)) + len(DIGITS.findall(behind)) > ENDING:
        return "published"
    return label


FIRST_TOLD: frozenset[Place] = frozenset({"above", "between", "end", "signature"})
"""Where "first published" is said of the article; in its text it is said of books."""

LONGEST_RELATIVE = 100
"""Characters of a line that may tell its date from the time of reading."""

RELATIVE = 0.8
"""Weight of such a date: pages round the time, and the publisher's day may be another than that of the capture."""


def _role(line: Line, text: str, found: PrintedDate, place: Place, label: Label | None) -> str | None:
    """The role of a date, or None for one that is part of a sentence of the body."""
    if line.data and line.label is None:
        return (
            "teaser" if line.aside or (line.data == "created" and place in ("end", "signature", "below")) else line.data
        )
    if label in ("today", "until"):
        return label
    if label == "first":
        if place in FIRST_TOLD and not line.aside:
            return "first"
        label = "published"
    beside = _words_beside(text, found)
    prose = not line.printed and beside > PROSE_WORDS
    if place in ("opening", "between") and not line.printed and not line.aside:
        opens = found.start < 2 or place == "opening"
        if opens and (place == "opening" or prose) and DATELINE_END.match(text[found.end : found.end + 48]):
            return "dateline"
        if line.marked and found.start < 2 and prose:
            return "dateline"
        if place == "opening" and beside <= FEW_WORDS and not label:
            return "headline"
    if place in ("opening", "body") and (prose or not (label or line.marked or line.printed)):
        return None
    if line.aside and place != "between" and label != "modified":
        return "farewell" if label == "published" else "teaser"
    if label == "modified":
        return "modified" if line.aside or line.data or place in ("header", "body") else "updated"
    if prose and not label:
        return "mention"
    if place == "header":
        if label == "published" and line.framed is False:
            return "farewell"
        return "marked" if line.marked and label else "header"
    if place == "below":
        return "farewell" if label == "published" else "teaser"
    if label == "published":
        return "signed" if place in ("end", "signature") else "farewell" if place == "body" else "labelled"
    if place == "above":
        return "kicker" if line.marked or line.printed or line.framed is False else "above"
    if place == "between" or (place == "opening" and line.printed):
        return "time" if line.printed else "headline"
    if place in ("end", "signature"):
        return "signed" if place == "end" else "teaser"
    return "marked" if line.marked or line.printed else None


def _weight(role: str, line: Line, text: str, found: PrintedDate, place: Place) -> float:
    """How much of its role's confidence a date deserves, by what else is known of its line."""
    if found.day is None:
        return RELATIVE
    if role == "above" and line.framed is None:
        return UNFRAMED
    if role != "headline":
        return 1.0
    if line.aside or (place == "opening" and not line.marked):
        return DOUBTFUL
    if line.marked:
        return 1.0
    wordy = _words_beside(text, found) > FEW_WORDS
    if line.framed is None:
        return UNFRAMED * (WORDY if wordy else 1.0)
    return WORDY if wordy else UNMARKED


def _words_beside(text: str, found: PrintedDate) -> int:
    return len(WORD.findall(text[: found.start])) + len(WORD.findall(text[found.end :]))


def candidates_given(published_at: str | None) -> tuple[Candidate, ...]:
    """The date a record gives in a field of its own.

    >>> candidates_given("2031-03-03T22:30:00-05:00")[0].day
    datetime.date(2031, 3, 3)
    """
    printed = stamp(published_at) if published_at else None
    return (candidate("given", printed),) if printed else ()
