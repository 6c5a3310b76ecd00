"""Why two articles are the same, or not: the figures, the rules, the words. Pure.

Where the tables link the two, the link is quoted; figures and passages are computed from the two texts by what the
pipeline itself uses, so there is an answer for any pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from storywire.duplicates import bands, passages
from storywire.duplicates.inheritance import RELIABLE, UPDATE
from storywire.duplicates.pair import Measured, Side, measure
from storywire.duplicates.tokens import tokens

Row = Mapping[str, Any]

HEAD = (
    *("article_id", "title", "site", "site_name", "url", "capture_uri", "captured_at", "language", "n_words"),
    *("published_on", "published_at", "date_source", "date_confidence", "date_inherited_from"),
    *("wire_agency", "wire_source", "wire_confidence", "wire_evidence", "wire_inherited_from"),
    *("duplicate_group", "is_lead", "duplicate_of", "duplicate_kind", "event_id", "story_id"),
)
"""Columns of `articles` that an explanation shows of either article."""

LINK = (
    *("article_id", "original_id", "kind", "in_group", "containment", "containment_article", "containment_original"),
    *("jaccard", "shared_shingles", "decided_by", "evidence"),
)
"""Columns of `duplicates` that an explanation quotes."""

VERDICTS = {
    "same_article": "Both names are one article.",
    "same_text": "The two have the same text.",
    "copy": "{article} is a copy of {original}.",
    "excerpt": "{shorter} is an excerpt of {longer}.",
    "same_report": "The two are copies of one report, found through its lead.",
    "shares_passages": "{article} has passages of {original}, too little for a copy.",
    "same_event": "Two reports, in words of their own, of the same event.",
    "same_story": "Two events of the same running story.",
    "unrelated": "The two have nothing to do with each other.",
}
"""What two articles can be to each other, the closest first."""

RULES = {
    "text": f"From {bands.COPY:.0%} containment the text alone shows a copy.",
    "lead": f"From {bands.LIKELY:.0%} containment texts whose openings agree are copies.",
    "credit": f"From {bands.LIKELY:.0%} containment texts that credit the same agency are copies.",
    "title": f"Short texts from {bands.LIKELY:.0%} containment under one headline are copies.",
    "background": f"Enough in common for a link, too little for a copy: below {bands.LIKELY:.0%}, or below "
    f"{bands.COPY:.0%} and nothing bears it out.",
    "quoted": "One holds the other, at half its size or less, under another headline and opening: a quotation in full.",
    "compiled": "The longer text is put together from several reports, as a live blog or a digest is.",
    "apart": "The text would do for a copy, but the two were published too far apart.",
    "frame": "What they share is mostly what the outlet prints under many articles.",
    "unrelated": f"Too little in common for a link: below {bands.REUSE:.0%}, or too few runs of words.",
}
"""Rules by the names that `duplicates.decided_by` has for them."""


@dataclass(frozen=True, slots=True)
class Check:
    """One figure and the threshold it was held against."""

    name: str
    measured: float | bool | None
    threshold: float | bool | None
    holds: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Inherited:
    """A value that one article took over from another of its group."""

    what: str
    value: str
    source: str | None
    confidence: float | None
    taken_from: str
    taken_by: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of the article or of its original; `original_begin` and `original_end` where it stands in both."""

    begin: int
    end: int
    text: str
    original_begin: int | None = None
    original_end: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What two articles are to each other, and why.

    `article_id` and `original_id` say which of the two is taken to come from the other: as the tables have it, else by
    credit, date, completeness and id. `passages` are `shared` (places in both), `added` (in the article) and `removed`
    (in the original). `links` are pairs of `duplicates`: the two themselves, or each with the lead of their group.
    """

    verdict: str
    sentence: str
    rule: str
    reason: str
    article_id: str
    original_id: str
    articles: tuple[dict[str, Any], dict[str, Any]]
    measured: Measured
    checks: tuple[Check, ...]
    window_days: int
    links: tuple[dict[str, Any], ...]
    group: dict[str, Any]
    inherited: tuple[Inherited, ...]
    event: dict[str, Any]
    story: dict[str, Any]
    passages: dict[str, tuple[Passage, ...]]


def explain(
    one: Row,
    other: Row,
    *,
    others: Mapping[str, Row],
    edges: Sequence[Row],
    events: Mapping[str, Row],
    stories: Mapping[str, Row],
    window_days: int,
) -> Explanation:
    """Explains two rows of `articles`, given what the tables say of them (see `storywire.store.lookup.Facts`)."""
    ids = one["article_id"], other["article_id"]
    direct = (
        [edge for edge in edges if {edge["article_id"], edge["original_id"]} == set(ids)] if ids[0] != ids[1] else []
    )
    measured = measure(_side(one), _side(other), window_days)
    same = {key: one[key] is not None and one[key] == other[key] for key in ("duplicate_group", "event_id", "story_id")}
    kind = direct[0]["kind"] if direct else measured.kind
    rule = (direct[0].get("decided_by") if direct else None) or measured.decided_by
    verdict = _verdict(ids, kind, same)
    original = direct[0]["original_id"] if direct else min(one, other, key=_originality)["article_id"]
    article, source = (one, other) if original == ids[1] else (other, one)
    labels = {ids[1]: "B", ids[0]: "A"}
    shorter, longer = "AB" if measured.shingles_one <= measured.shingles_other else "BA"
    said = {"article": labels[article["article_id"]], "original": labels[original]}
    said |= {"shorter": shorter, "longer": longer}
    found = passages.between(tokens(article["text"] or ""), tokens(source["text"] or ""))
    return Explanation(
        verdict=verdict,
        sentence=VERDICTS[verdict].format(**said),
        rule=rule,
        reason=RULES[rule],
        article_id=article["article_id"],
        original_id=original,
        articles=(_only(one, HEAD), _only(other, HEAD)),
        measured=measured,
        checks=_checks(measured, window_days),
        window_days=window_days,
        links=tuple(_only(edge, LINK) for edge in direct or _chain(one, other, edges, same["duplicate_group"])),
        group=_group(one, other, others, same["duplicate_group"]),
        inherited=tuple(_inherited(one) + (_inherited(other) if ids[0] != ids[1] else [])),
        event=_cluster(one, other, "event_id", events, same["event_id"]),
        story=_cluster(one, other, "story_id", stories, same["story_id"]),
        passages={
            "shared": tuple(Passage(s.begin, s.end, article["text"][s.begin : s.end], *s[2:]) for s in found.shared),
            "added": tuple(Passage(*span, article["text"][slice(*span)]) for span in found.added),
            "removed": tuple(Passage(*span, source["text"][slice(*span)]) for span in found.removed),
        },
    )


def _verdict(ids: tuple[str, str], kind: str | None, same: Mapping[str, bool]) -> str:
    if ids[0] == ids[1]:
        return "same_article"
    if kind in {"exact", "copy", "excerpt"}:
        return "same_text" if kind == "exact" else str(kind)
    if same["duplicate_group"]:
        return "same_report"
    if kind == "reuse":
        return "shares_passages"
    return "same_event" if same["event_id"] else "same_story" if same["story_id"] else "unrelated"


def _own_day(row: Row) -> date | None:
    own = row["date_inherited_from"] is None and row["date_source"] != UPDATE
    own = own and (row["date_confidence"] or 0.0) >= RELIABLE
    day: date | None = row["published_on"] if own else None
    return day


def _own_agency(row: Row) -> str | None:
    own = row["wire_inherited_from"] is None and (row["wire_confidence"] or 0.0) >= RELIABLE
    agency: str | None = row["wire_agency"] if own else None
    return agency


def _side(row: Row) -> Side:
    return Side(row["text"] or "", row["title"], _own_agency(row), _own_day(row), row["n_words"] or 0)


def _originality(row: Row) -> tuple[Any, ...]:
    """Credit, date, completeness, id: the order in which `duplicates` says who took from whom."""
    credit = 2 if not _own_agency(row) else 0 if row["wire_source"] == "dateline" else 1
    return (credit, _own_day(row) or date.max, -(row["n_words"] or 0), row["article_id"])


def _only(row: Row, columns: tuple[str, ...]) -> dict[str, Any]:
    return {name: row.get(name) for name in columns}


def _checks(found: Measured, window_days: int) -> tuple[Check, ...]:
    """The figures in the order the bands look at them."""
    opening, ratio = found.openings_agree, found.size_ratio
    share, few = found.containment, found.shared_shingles >= found.least_shingles
    return (
        Check("shared_shingles", found.shared_shingles, found.least_shingles, few, "runs of words a link needs"),
        Check("containment_link", share, bands.REUSE, share >= bands.REUSE, "of the shorter text: a link"),
        Check("containment_likely", share, bands.LIKELY, share >= bands.LIKELY, "a copy, if something bears it out"),
        Check("containment_copy", share, bands.COPY, share >= bands.COPY, "a copy by itself"),
        Check("openings_agree", opening, bands.LEAD_AGREES, opening >= bands.LEAD_AGREES, "bears a copy out"),
        Check(
            "same_agency",
            found.same_agency,
            True,
            found.same_agency,
            "by credits both surely have themselves: bears a copy out",
        ),
        Check("same_title", found.same_title, True, found.same_title, "bears a short copy out"),
        Check("days_apart", found.days_apart, window_days, found.within_window, "copies, by own dates, at most"),
        Check("size_ratio", ratio, bands.EXCERPT, ratio >= bands.EXCERPT, "from there an excerpt"),
    )


def _chain(one: Row, other: Row, edges: Sequence[Row], same_group: bool) -> list[Row]:
    """The pairs that bind each of the two to the lead of their group."""
    bound = [edge for edge in edges if same_group and edge["in_group"]]
    lead = one["duplicate_of"] or one["article_id"]
    return [
        edge
        for row in (one, other)
        for edge in bound
        if {edge["article_id"], edge["original_id"]} == {row["article_id"], lead}
    ]


def _group(one: Row, other: Row, others: Mapping[str, Row], same: bool) -> dict[str, Any]:
    """Whose group it is, and who leads it."""
    rows = {row["article_id"]: row for row in (*others.values(), one, other)}
    leads = [rows.get(row["duplicate_of"] or row["article_id"]) for row in (one, other)]
    columns = ("article_id", "title", "site")
    return {"same": same, "leads": [_only(lead, columns) if lead else None for lead in leads]}


def _inherited(row: Row) -> list[Inherited]:
    found = []
    for what, value, source, confidence, giver in (
        ("date", "published_on", "date_source", "date_confidence", "date_inherited_from"),
        ("credit", "wire_agency", "wire_source", "wire_confidence", "wire_inherited_from"),
    ):
        if row[giver] is not None:
            found.append(Inherited(what, str(row[value]), row[source], row[confidence], row[giver], row["article_id"]))
    return found


def _cluster(one: Row, other: Row, key: str, rows: Mapping[str, Row], same: bool) -> dict[str, Any]:
    """The event or story of each of the two, none where an article is in none."""
    columns = (key, "label", "n_articles", "n_reports", "n_sources")
    found = [_only(rows[row[key]], columns) if row[key] in rows else None for row in (one, other)]
    return {"same": same, "of": found}
