"""A paragraph that is a link to another page is no part of the article; a link in a sentence is."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from storywire.articles.blocks import blocks
from storywire.articles.pointers import without_pointers

FIRST = "The harbour of Varnholm froze over on Monday for the first time in thirty years, the port office said."
LAST = (
    "Until then the island lives on what the shops have and on what comes across the ice by sledge, as it did in the "
    "winter of the long frost, when the old people were young and the quay was made of wood. The school stays open, "
    "the doctor makes her rounds on skates, and the letters of Tuesday wait in the post office."
)


def left(paragraph: str, line: str) -> bool:
    page = document_fromstring(f"<html><body><div><p>{FIRST}</p>{paragraph}<p>{LAST}</p></div></body></html>")
    return line in without_pointers("\n".join((FIRST, line, LAST)), blocks(page)).split("\n")


@pytest.mark.parametrize(
    "prefix",
    ["", "Read more: ", "Lesen Sie auch: ", "Lire aussi : ", "Czytaj więcej: ", "Читайте также: ", "RELATED: "],
)
def test_a_linked_headline_between_paragraphs_goes_in_any_language(prefix: str) -> None:
    headline = "Ferry line of the outer islands hires forty people for the summer season"
    assert not left(f"<p>{prefix}<a href='/ferry'>{headline}</a></p>", f"{prefix}{headline}")


@pytest.mark.parametrize(
    ("paragraph", "line"),
    [
        (
            "<p>The port office <a href='/office'>said in a letter to the fishermen</a> that help is near.</p>",
            "The port office said in a letter to the fishermen that help is near.",
        ),
        (
            "<p><a href='/letter'>We ask every household to share what it has with its neighbours.</a></p>",
            "We ask every household to share what it has with its neighbours.",
        ),
        ("<p><a href='/mara'>Mara Lindqvist</a></p>", "Mara Lindqvist"),
        (
            "<p><a href='https://port.example/letters/frost'>https://port.example/letters/frost-and-supplies</a></p>",
            "https://port.example/letters/frost-and-supplies",
        ),
        (
            "<ul><li><a href='/one'>Letters of the port office from the long frost</a></li></ul>",
            "Letters of the port office from the long frost",
        ),
    ],
    ids=["link in a sentence", "linked sentence", "name", "source", "list"],
)
def test_other_links_stay(paragraph: str, line: str) -> None:
    assert left(paragraph, line)


def test_an_article_made_of_links_keeps_them() -> None:
    heads = [f"Letters of the port office from the long frost, part {number}" for number in range(9)]
    linked = "".join(f"<p><a href='/{number}'>{head}</a></p>" for number, head in enumerate(heads))
    page = document_fromstring(f"<html><body><p>{FIRST}</p>{linked}</body></html>")
    text = "\n".join((FIRST, *heads))
    assert without_pointers(text, blocks(page)) == text
