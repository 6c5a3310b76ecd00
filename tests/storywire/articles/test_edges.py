from __future__ import annotations

import pytest

from storywire.articles import html
from storywire.articles.edges import trimmed

BODY = (
    "The ferry ran aground off Norrby on Monday with ninety people on board, the coast guard said.\n"
    "Nobody was hurt, and the last passengers were taken off before noon in two fishing boats.\n"
    "The harbour master blamed a buoy that had drifted in the storm of the week before, and closed the inner channel."
)
PARAGRAPHS = "".join(f"<p>{row}</p>" for row in BODY.splitlines())


@pytest.mark.parametrize(
    "above",
    [
        "Ferry aground",
        "World",
        "By Ada Moor",
        "3 February 2026",
        "World\nFerry aground\nBy Ada Moor\nPublished 3 May 2021",
    ],
)
def test_headline_section_byline_and_date_are_not_the_articles_words(above: str) -> None:
    assert trimmed(f"{above}\n{BODY}", "Ferry aground", ["Ada Moor"]) == BODY


@pytest.mark.parametrize("below", ["Share", "Read more", "Subscribe now for 4 weeks of the Post.", "Related Articles"])
def test_buttons_and_offers_below_are_not_the_articles_words(below: str) -> None:
    assert trimmed(f"{BODY}\n{below}", "Ferry aground", []) == BODY


def test_a_short_first_sentence_and_a_short_last_quote_stay() -> None:
    text = f"It was over.\n{BODY}\n“We were lucky,” she said."
    assert trimmed(text, "Ferry aground", ["Ada Moor"]) == text


def test_a_text_of_nothing_but_edges_keeps_a_line() -> None:
    assert trimmed("World\nShare", "World", []) in {"World", "Share"}


def test_a_sign_up_box_is_no_part_of_the_article() -> None:
    page = f"""<html><body><article><h1>Ferry aground</h1>{PARAGRAPHS}</article>
    <section><h3>The Briefing</h3><p>Nine stories in five minutes, on every weekday at six.</p>
    <form><input type="email" name="e"><button>Sign up</button></form></section></body></html>"""
    tree = html.parse(page)
    assert tree is not None
    text = html.body_text(tree, None)
    assert text is not None
    assert "Nine stories" not in text
    assert "Nobody was hurt" in text


def test_a_comment_form_with_several_fields_takes_nothing_else_along() -> None:
    page = f"""<html><body><div><h1>Ferry aground</h1>{PARAGRAPHS}<div><h3>Join in</h3>
    <form><textarea></textarea>Name <input name="n"> Mail <input name="m"></form></div></div></body></html>"""
    tree = html.parse(page)
    assert tree is not None
    assert "Nobody was hurt" in (html.body_text(tree, None) or "")


@pytest.mark.parametrize(
    "line",
    [
        "Read More",
        "Auch interessant",
        "Lire aussi : la banquise arrive",
        "Most read in Sport",
        "Image: Ada Moor",
        "The quay of Varnholm on Monday morning. Foto: Ada Moor",
        "© Harbour Post 2024",
        "Advertisement",
    ],
)
def test_labels_buttons_and_credits_between_paragraphs_are_not_the_articles_words(line: str) -> None:
    first = "The ferry ran aground on Monday morning, the harbour office of Varnholm said."
    last = "Nobody was hurt, and the passengers were taken ashore in boats before noon."
    assert trimmed(f"{first}\n{line}\n{last}", "Ferry aground", []) == f"{first}\n{last}"


@pytest.mark.parametrize(
    "line",
    [
        "What the passengers saw",
        "Watch the water rise in the harbour",
        "- Wallet (credit/debit cards, cash, tickets)",
        "| Ferry | Image: yes | Credit: no |",
        "“Share what you have, please.”",
    ],
)
def test_headings_lists_and_tables_between_paragraphs_stay(line: str) -> None:
    first = "The ferry ran aground on Monday morning, the harbour office of Varnholm said."
    last = "Nobody was hurt, and the passengers were taken ashore in boats before noon."
    assert line in trimmed(f"{first}\n{line}\n{last}", "Ferry aground", []).split("\n")
