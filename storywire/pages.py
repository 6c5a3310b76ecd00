"""What happens to one page by itself: from its bytes to an article, and to all it is compared by.

Both functions depend on their argument alone, so they run in any process and any order, and what
they return is kept under the digest of what they were given.
"""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import datetime
from typing import Any

from storywire.articles import (
    access,
    announced,
    characters,
    credits,
    datemarkup,
    dates,
    declared,
    edges,
    encoding,
    html,
    jsonld,
    language,
    languagetags,
    metadata,
    prose,
    records,
    textdump,
    urls,
    wire,
    words,
)
from storywire.capture import Capture
from storywire.duplicates import shingles
from storywire.names.named import named
from storywire.schema import CLEANED, NORMALISED, Table
from storywire.sources import optout
from storywire.stories import terms

Row = dict[str, Any]
"""A row of a declared table, by column; Arrow holds it to the schema when it is stored."""


def clean(capture: Capture) -> Row:
    """Read a capture as an article: a row of `cleaned`, with the reason where there is none on it."""
    row: Row = dict.fromkeys(CLEANED.names)
    row["capture_id"] = capture.id
    if capture.kind != "record" and encoding.looks_binary(capture.body):
        return refused(
            CLEANED,
            capture.id,
            "not_a_page",
            "the bytes are no text; keep images, PDFs and archives out of the raw folder",
        )
    read = {"html": _from_markup, "dump": _from_dump, "record": _from_record}[capture.kind]
    try:
        row |= {name: _clean(value, name) for name, value in _announced(read(capture), capture).items()}
    except records.BadRecordError as error:
        return refused(CLEANED, capture.id, "bad_record", f"{error}; deliver it again")
    if not row["text"]:
        found = f"; its own date is {day}" if (day := own_date(row, capture.captured_at).published_on) else ""
        return refused(
            CLEANED,
            capture.id,
            "no_article",
            f"no running text was found: an index, a login wall, an error page or an empty one{found}",
        ) | {name: row[name] for name in ("title", "language_declared", "date_candidates")}
    address = urls.canonical(capture.url) if capture.url else None
    row["canonical_url"] = address
    if address:
        row["site"] = urls.site(address)
    row["article_id"] = "a" + hashlib.sha256((address or row["text"]).encode()).hexdigest()[:16]
    row["n_words"] = words.count(row["text"])
    return row


def _announced(found: Row, capture: Capture) -> Row:
    """What was found on a page, and beside it in what announced it and in its headers."""
    notice = capture.notice
    dated = found.get("date_candidates") or []
    is_known = notice.origin is not None and (capture.url or "").startswith("https:")
    return announced.filled(found, notice) | {
        "date_candidates": [*dated, *(_plain(one) for one in announced.candidates(notice, dated))],
        "opt_out": sorted({*notice.opt_out, *found.get("opt_out", ())}),
        "is_tls_verified": notice.is_tls_verified if is_known else None,
    }


def own_date(cleaned: Row, captured_at: datetime | None, language: str | None = None) -> dates.Choice:
    """The date that a cleaned page gives itself; a page without an article may have one too."""
    return dates.choose(
        (dates.Candidate(**candidate) for candidate in cleaned["date_candidates"] or ()),
        text=cleaned["text"] or "",
        language=language or cleaned["language_declared"] or "und",
        captured_at=captured_at,
    )


def refused(table: Table, capture_id: str, reason: str, detail: str) -> Row:
    """The row of a per-page stage that says why there is no result."""
    return dict.fromkeys(table.names) | {"capture_id": capture_id, "reason": reason, "detail": detail}


def normalise(cleaned: Row, detectors: language.Detectors = "combined") -> Row:
    """Say what one article's own page tells of its language, date and credit: a row of `normalised`.

    `cleaned` is a row of that stage with the `captured_at` of its capture.
    """
    text = cleaned["text"]
    spoken = language.identify(text, cleaned["language_declared"], detectors)
    choice = own_date(cleaned, cleaned["captured_at"], spoken.code)
    authors = cleaned["byline"] or cleaned["authors"]
    credit = wire.credit(text, authors, cleaned["origins"], cleaned["site"], spoken.code)
    compared = terms.weigh(cleaned["title"], text, spoken.code)
    who = named(text, spoken.code)
    return dict.fromkeys(NORMALISED.names) | {
        "capture_id": cleaned["capture_id"],
        "article_id": cleaned["article_id"],
        "language": spoken.code,
        "language_confidence": spoken.confidence,
        "language_source": spoken.source,
        "language_declared_agrees": languagetags.agree(spoken.code, cleaned["language_declared"]),
        "people": list(who.people),
        "places": list(who.places),
        "countries": list(who.countries),
        "published_on": choice.published_on,
        "published_at": choice.published_at,
        "modified_at": choice.modified_at,
        "date_source": choice.source,
        "date_confidence": choice.confidence,
        "evidence": [
            {**_plain(ranked.candidate), "chosen": ranked.chosen, "why": ranked.why} for ranked in choice.ranked
        ],
        "wire_agency": credit.agency if credit else None,
        "wire_source": credit.source if credit else None,
        "wire_confidence": credit.confidence if credit else None,
        "wire_evidence": credit.evidence if credit else None,
        "shingles": shingles.shingle(text, spoken.code).tolist(),
        "terms": list(compared.terms),
        "weights": compared.weights.tolist(),
    }


def _clean(value: Any, name: str) -> Any:
    """A value of a row with all that is text in it fit to be stored: what each reader sees to, made sure of."""
    if isinstance(value, str):
        return (prose.clean_lines(value) if name == "text" else characters.clean_line(value)) or None
    if isinstance(value, list):
        return [cleaned for each in value if (cleaned := _clean(each, name)) is not None]
    if isinstance(value, dict):
        return {key: _clean(each, key) for key, each in value.items()}
    return value


def _from_markup(capture: Capture) -> Row:
    tree = html.parse(encoding.decode(capture.body, capture.charset).utf8)
    if tree is None:
        return {}
    said = declared.declared(tree)
    facts = metadata.from_tree(tree, said, capture.url)
    text = html.body_text(tree, capture.url)
    if text is not None:
        text = edges.trimmed(text, facts.title, (*facts.authors, *facts.byline))
    paywalled = access.is_paywalled(said.metas, jsonld.article_object(said.linked))
    candidates = datemarkup.candidates_in_html(tree, said, capture.url, facts.title, text)
    return {
        "title": facts.title,
        "authors": list(facts.authors),
        "byline": list(facts.byline),
        "site": facts.site,
        "site_name": facts.site_name,
        "section": facts.section,
        "tags": list(facts.tags),
        "image_url": facts.image_url,
        "is_paywalled": paywalled,
        "is_stub": access.is_stub(text or "", paywalled),
        "text": text,
        "language_declared": languagetags.normal_tag(facts.language_declared),
        "date_candidates": [_plain(candidate) for candidate in candidates],
        "origins": list(facts.origins),
        "opt_out": list(optout.from_meta(facts.directives)),
    }


def _from_dump(capture: Capture) -> Row:
    dump = textdump.read_dump(encoding.decode(capture.body, capture.charset).text)
    if dump is None:
        return {}
    shown = dates.candidates_in_lines(dump.lines, dump.headline, dump.first, dump.last)
    credited = credits.read_lines(() if dump.headline is None else dump.lines[dump.headline + 1 : dump.first])
    return {
        "title": dump.title,
        "authors": list(credited.people),
        "byline": list(credited.byline),
        "tags": [],
        "text": dump.text,
        "date_candidates": [_plain(one) for one in (*shown, *_in_address(capture))],
        "origins": [],
    }


def _from_record(capture: Capture) -> Row:
    record = records.read_record(capture.body)
    given = dates.candidates_given(record.published_at) if record.published_at else ()
    return {
        "title": record.title,
        "authors": list(record.authors),
        "byline": list(record.authors),
        "site_name": record.site_name,
        "section": record.section,
        "tags": list(record.tags),
        "image_url": record.image_url,
        "text": record.text,
        "language_declared": languagetags.normal_tag(record.language),
        "date_candidates": [_plain(one) for one in (*given, *_in_address(capture))],
        "origins": [],
    }


_FIELDS = tuple(field.name for field in dataclasses.fields(dates.Candidate))


def _plain(candidate: dates.Candidate) -> Row:
    """A candidate by field. `dataclasses.asdict` copies each value too, at ten times the cost; these never change."""
    return {name: getattr(candidate, name) for name in _FIELDS}


def _in_address(capture: Capture) -> tuple[dates.Candidate, ...]:
    return (*dates.candidates_in_url(capture.url), *dates.month_in_url(capture.url))
