"""Whatever the page: it ends as an article or as a row that says why not, and its text is clean Unicode."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import damage
from storywire import pages
from storywire.articles.datewords import listed
from storywire.capture import Capture, Kind
from storywire.settings import Settings

SENTENCES = (
    "The ferry that ran aground off Norrby on 3 February 2026 was towed free on Wednesday night by two tugs.",
    "Divers found two dents in the hull but no leak, and the channel was opened to traffic again by 7.30 p.m.",
    "Die Fähre fährt am Samstag wieder, sagte die Reederei, und alle 212 Fahrgäste bekommen ihr Geld zurück.",
)

anything = st.text(
    st.one_of(st.characters(exclude_categories=()), st.sampled_from("<>&\"'\\{}[]:;,.0123456789 \n\u202e"))
)
"""Text with all that Unicode has, halves of surrogate pairs included."""

words = st.one_of(
    anything, st.sampled_from([*SENTENCES, "By Ada Moor", "Ferry towed free", "2026-02-03T08:10:00+25:61"])
)
moments = st.sampled_from(
    ["2026-02-03", "3 February 2026", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", ""]
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words, moments),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                [
                    "@type",
                    "@id",
                    "@graph",
                    "@value",
                    "name",
                    "givenName",
                    "url",
                    "author",
                    "publisher",
                    "headline",
                    "articleBody",
                    "articleSection",
                    "image",
                    "datePublished",
                    "dateModified",
                    "keywords",
                    "inLanguage",
                    "isBasedOn",
                    "mainEntity",
                    "mainEntityOfPage",
                ]
            ),
            inner,
            max_size=6,
        ),
    ),
    max_leaves=20,
)
linked = st.builds(
    lambda value, kind, ascii_only: json.dumps(
        value | {"@type": kind} if isinstance(value, dict) else value, ensure_ascii=ascii_only
    ),
    values,
    st.one_of(st.sampled_from(["NewsArticle", ["Article", None], "WebPage"]), values),
    st.booleans(),
)


@st.composite
def markup(draw: st.DrawFn) -> str:
    """Something like a page: elements a news page has, with anything in them, closed or not."""
    parts = []
    for _ in range(draw(st.integers(0, 12))):
        name = draw(
            st.sampled_from(
                [
                    "p",
                    "p",
                    "p",
                    "h1",
                    "h2",
                    "div",
                    "span",
                    "a",
                    "time",
                    "li",
                    "table",
                    "td",
                    "article",
                    "aside",
                    "form",
                    "textarea",
                    "svg",
                    "b",
                ]
            )
        )
        attributes = draw(
            st.dictionaries(
                st.sampled_from(
                    [
                        "class",
                        "id",
                        "rel",
                        "href",
                        "itemprop",
                        "datetime",
                        "property",
                        "content",
                        "lang",
                        "title",
                        "type",
                    ]
                ),
                st.one_of(
                    words,
                    st.sampled_from(listed("author byline date datePublished canonical comment /author/x")),
                ),
                max_size=3,
            )
        )
        shown = "".join(f" {key}='{value}'" for key, value in attributes.items())
        parts.append(f"<{name}{shown}>{draw(words)}{draw(st.sampled_from([f'</{name}>', '', '<br>']))}")
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES) if draw(st.booleans()) else ""
    data = f"<script type='application/ld+json'>{draw(linked)}</script>" if draw(st.booleans()) else ""
    metas = [
        f"<meta {draw(st.sampled_from(['name', 'property']))}='{name}' content='{draw(words)}'>"
        for name in draw(
            st.lists(
                st.sampled_from(listed("author og:title og:image article:published_time keywords og:url")),
                max_size=4,
            )
        )
    ]
    return f"<html><head><title>{draw(words)}</title>{''.join(metas)}{data}</head><body>{''.join(parts)}{body}"


records = st.builds(
    lambda fields, text: json.dumps(fields | {"text": text}),
    st.dictionaries(
        st.sampled_from(listed("title authors tags published_at language site_name section image_url")),
        st.one_of(words, moments, st.lists(words, max_size=4), values),
        max_size=6,
    ),
    st.one_of(words, st.just("\n".join(SENTENCES))),
)
addresses = st.one_of(st.none(), anything, st.just("https://pier.example/2026/02/03/ferry"))
encodings = st.sampled_from(listed("utf-8 utf-16 utf-16-le utf-32 cp1251 gb18030 shift_jis"))


def captured(body: str, kind: Kind, url: str | None, encoding: str) -> Capture:
    told = url.encode("utf-8", "replace").decode() if url else None  # what a source hands on can be written down
    wide = encoding.startswith("utf")
    return Capture(body.encode(encoding, "surrogatepass" if wide else "replace"), kind, "page", told)


@settings(deadline=None)
@given(
    st.one_of(
        st.builds(captured, markup(), st.just("html"), addresses, encodings),
        st.builds(captured, st.lists(words).map("\n".join), st.just("dump"), addresses, encodings),
        st.builds(captured, records, st.just("record"), addresses, st.just("utf-8")),
        st.builds(Capture, st.binary(max_size=200), st.sampled_from(["html", "dump", "record"]), st.just("page")),
    )
)
def test_no_page_raises_and_every_row_fits_its_table_in_clean_unicode(capture: Capture) -> None:
    assert damage.complaints(capture) == []


@functools.cache
def sources(name: str) -> list[Capture]:
    """Pages to damage."""
    if name == "bundled":
        return damage.bundled()
    return damage.labelled(Path(__file__).parents[3] / "shared" / "eval")


FEW_CASES = 30
"""Damaged pages that `make test-fast` reads; `make test` reads those below as well."""


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        pytest.param("bundled", range(FEW_CASES), id="bundled, a few"),
        pytest.param("bundled", range(FEW_CASES, 120), id="bundled", marks=pytest.mark.slow),
        pytest.param("labelled", range(20), id="labelled", marks=pytest.mark.slow),
    ],
)
def test_no_damage_to_a_real_page_raises(name: str, numbers: range) -> None:
    """`python -m benchmarks.fuzz` goes on for as long as one likes."""
    if not sources(name):
        pytest.skip("the labelled sets are not here")
    for number in numbers:
        assert damage.complaints(damage.case(sources(name), 1, number)) == [], f"case {number}"


HOSTILE: dict[str, Any] = {
    "levels": "<div>" * 100_000,
    "levels around the text": "<div>" * 1_900,
    "levels of JSON": '<script type="application/ld+json">' + '{"@graph":[' * 50_000 + "</script>",
    "quotes without end": '<script type="application/ld+json">{"a":' + '"\\' * 200_000 + "</script>",
    "unclosed scripts": b"<p>\xe9" + b"<script " * 70_000,
    "openings": b"<p>\xe9" + b"<" * 500_000,
    "one attribute": f"<p class='{'author-' * 100_000}'>",
    "accents": "<title>a" + "\u0301\u0327" * 100_000 + "</title>",
    "references": "<title>&#xD800;&#0;&#x202e;&#55357;&#1;Ferry towed &#x1F6A2;</title>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_done_with_inside_its_deadline(name: str) -> None:
    page = HOSTILE[name]
    start = page if isinstance(page, bytes) else page.encode()
    body = start + b"".join(b"<p>%s</p>" % sentence.encode("cp1252") for sentence in SENTENCES)
    seconds, found = damage.timed(Capture(body, "html", "page"))
    assert found == []
    assert seconds < Settings.model_fields["page_deadline_seconds"].default


def test_a_title_keeps_no_character_that_hides_or_turns_it_around() -> None:
    title = "Ferry \u202eedirrevo\u202c \u2066towed\u2069\u200f free\u0007 off\u00ad Norr\u200bby"
    body = f"<html><head><title>{title}</title></head><body>" + "".join(f"<p>{each}</p>" for each in SENTENCES)
    assert pages.clean(Capture(body.encode(), "html", "page"))["title"] == "Ferry edirrevo towed free off Norrby"


def test_joiners_stay_as_words_are_spelled_with_them() -> None:
    title = "می\u200cخواهم क्\u200dष"
    body = json.dumps({"title": title, "text": " ".join(SENTENCES)}).encode()
    assert pages.clean(Capture(body, "record", "page"))["title"] == title


def test_a_record_that_is_no_record_is_rejected_as_one() -> None:
    for body in (b"{", b"[]", b"\xff", b"[" * 100_000):
        assert pages.clean(Capture(body, "record", "page"))["reason"] == "bad_record"
