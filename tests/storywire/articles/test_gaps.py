"""What an extraction lost between the paragraphs it kept comes back, and nothing from elsewhere on the page does."""

from __future__ import annotations

from lxml.html import document_fromstring

from storywire.articles.blocks import blocks
from storywire.articles.gaps import filled
from storywire.articles.html import body_text, parse

FIRST = "The harbour of Varnholm froze over on Monday for the first time in thirty years, the port office said."
SECOND = "Two icebreakers from the mainland are expected on Thursday and will open a lane to the fishing quay."
LAST = "Until then the island lives on what the shops have, and on what comes across the ice by sledge."


def fill(body: str, *kept: str) -> list[str]:
    page = document_fromstring(f"<html><body><main class='page'>{body}</main></body></html>")
    return filled("\n".join(kept), blocks(page)).split("\n")


def test_headings_and_lists_between_kept_paragraphs_come_back_in_their_place() -> None:
    body = (
        f"<div class='story'><p>{FIRST}</p><h2>Who is coming to help</h2><p>{SECOND}</p>"
        f"<ul><li>Flour</li><li>Lamp oil</li></ul><p>{LAST}</p></div>"
    )
    assert fill(body, FIRST, SECOND, LAST) == [
        FIRST,
        "Who is coming to help",
        SECOND,
        "- Flour",
        "- Lamp oil",
        LAST,
    ]


def test_the_second_part_of_a_body_in_two_parts_comes_back() -> None:
    body = (
        f"<div class='part'><p>{FIRST}</p></div><div class='offer'><p>A word from our sponsors.</p></div>"
        f"<div class='part'><p>{SECOND}</p><p>{LAST}</p></div>"
    )
    assert fill(body, FIRST, LAST) == [FIRST, SECOND, LAST]


def test_a_list_an_extraction_does_not_see_is_part_of_the_text_of_a_page() -> None:
    markup = (
        f"<html><body><div class='news'><h1>Ice in the harbour</h1><p>{FIRST}</p><h2>What the shops have</h2>"
        f"<ul><li>Flour for a week</li><li>Oil for a month</li></ul><p>{SECOND}</p><p>{LAST}</p></div></body></html>"
    )
    tree = parse(markup)
    assert tree is not None
    text = body_text(tree, "https://pier.example/ice")
    assert text is not None
    rows = text.split("\n")
    start = rows.index("What the shops have")
    assert rows[start - 1 : start + 4] == [
        FIRST,
        "What the shops have",
        "- Flour for a week",
        "- Oil for a month",
        SECOND,
    ]


def test_what_stands_elsewhere_on_the_page_stays_out() -> None:
    body = (
        f"<div class='story'><p>{FIRST}</p><div class='card'><p>Ferry line hires forty people for the season.</p>"
        f"</div><p>{SECOND}</p></div><div class='list'><p>Snow closes the coast road for another day.</p></div>"
    )
    assert fill(body, FIRST, SECOND) == [FIRST, SECOND]


def test_what_points_elsewhere_or_speaks_to_the_reader_stays_out() -> None:
    body = (
        f"<div class='story'><p>{FIRST}</p><p><a href='/ferry'>Ferry line hires forty people for the summer</a></p>"
        f"<h3>Advertisement</h3><p>Sign up for our letter from the coast, every morning in your inbox.</p>"
        f"<p class='caption-text'>The quay of Varnholm on Monday morning.</p><p>{SECOND}</p></div>"
    )
    assert fill(body, FIRST, SECOND) == [FIRST, SECOND]


def test_a_paragraph_kept_without_its_footnote_is_not_added_again() -> None:
    body = (
        f"<div class='story'><p>{FIRST}</p><p>{SECOND[:50]}<span>opens in a new window</span>{SECOND[50:]}</p>"
        f"<p>{LAST}</p></div>"
    )
    assert fill(body, FIRST, SECOND, LAST) == [FIRST, SECOND, LAST]


def test_a_heading_of_a_menu_that_reads_like_a_line_moves_nothing() -> None:
    body = (
        "<div class='menu'><h3>Background</h3></div>"
        f"<div class='story'><p>{FIRST}</p><h3>Frost</h3><p>{SECOND}</p><h3>Background</h3><p>{LAST}</p></div>"
    )
    assert fill(body, FIRST, SECOND, "Background", LAST) == [FIRST, "Frost", SECOND, "Background", LAST]


def test_filling_twice_is_filling_once() -> None:
    body = f"<div class='story'><p>{FIRST}</p><h2>Help</h2><p>{SECOND}</p><ul><li>Flour</li></ul><p>{LAST}</p></div>"
    once = fill(body, FIRST, SECOND, LAST)
    assert "Help" in once
    assert fill(body, *once) == once


def test_a_page_without_classes_shows_no_places() -> None:
    page = document_fromstring(f"<html><body><p>{FIRST}</p><h2>Help</h2><p>{SECOND}</p></body></html>")
    assert filled(f"{FIRST}\n{SECOND}", blocks(page)) == f"{FIRST}\n{SECOND}"
