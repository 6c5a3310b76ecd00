"""An article whose words are in the page's scripts alone is read from there, and from no page that shows one."""

from __future__ import annotations

import json
from time import process_time

import pytest

from storywire.articles.html import body_text, parse

PARAGRAPHS = [
    "The lighthouse of Torvik was lit again on Friday evening after four years in the dark, the harbour board said.",
    "A crew from the mainland had replaced the lens and the wiring, and two of its men will stay through the winter.",
    "“We could see it from the kitchen,” said Ilse Brandal, whose family has fished off the point since her childhood.",
]
MARKUP = "".join(f'<p class="t">{paragraph}</p>' for paragraph in PARAGRAPHS) + "$$AD$$<p>Both men know the coast.</p>"
OPENGRAPH = '<meta property="og:type" content="article">'


def text_of(script: str, head: str = OPENGRAPH, body: str = "<div id='root'></div>") -> str | None:
    tree = parse(f"<html><head><title>Torvik</title>{head}</head><body>{body}{script}</body></html>")
    return None if tree is None else body_text(tree, "https://pier.example/torvik")


def state(value: object) -> str:
    """JSON as it stands in a script: markup in it is escaped so that it does not end the script."""
    return json.dumps(value).replace("<", "\\u003c")


@pytest.mark.parametrize(
    "script",
    [
        f'<script id="__STATE__" type="application/json">{state({"page": {"body": MARKUP, "id": 7}})}</script>',
        f"<script>window.state = {state({'body': MARKUP})};</script>",
        f"<script>self.push([1, {state('12:' + state({'body': MARKUP}))}])</script>",
        f"<script>self.push([1, {state(MARKUP)}])</script>",
    ],
    ids=["data", "assignment", "state in a string", "markup in a push"],
)
def test_the_markup_in_a_script_is_the_article_of_an_empty_page(script: str) -> None:
    assert text_of(script) == "\n".join([*PARAGRAPHS, "Both men know the coast."])


@pytest.mark.parametrize("body", ["\n".join(PARAGRAPHS), MARKUP, MARKUP.replace("<", "&lt;")])
def test_the_body_in_json_ld_is_the_article_of_an_empty_page(body: str) -> None:
    data = {"@type": "NewsArticle", "headline": "Torvik lit again", "articleBody": body}
    text = text_of(f'<script type="application/ld+json">{state(data)}</script>', head="")
    assert text is not None
    assert text.split("\n")[:3] == PARAGRAPHS


def test_a_page_that_does_not_say_it_is_an_article_is_none() -> None:
    assert text_of(f"<script>window.state = {state({'body': MARKUP})};</script>", head="") is None


def test_a_page_that_shows_an_article_is_not_looked_behind() -> None:
    shown = [paragraph.replace("Torvik", "Sandnes") for paragraph in PARAGRAPHS]
    body = f"<article>{''.join(f'<p>{paragraph}</p>' for paragraph in shown)}</article>"
    text = text_of(f"<script>window.state = {state({'body': MARKUP * 9})};</script>", body=body)
    assert text == "\n".join(shown)


def test_a_flash_is_not_replaced_by_another_article_in_the_scripts() -> None:
    flash = "The lighthouse of Sandnes went dark on Friday evening, and nobody on the island knows for how long, " * 4
    body = f"<article><p>{flash}said the board.</p></article>"
    text = text_of(f"<script>window.state = {state({'next': MARKUP * 9})};</script>", body=body)
    assert text == f"{flash}said the board."


@pytest.mark.parametrize("flood", ['"\\"<p ' * 200_000, '"<p ' * 200_000, '"' + "\\" * 600_000 + "<p "])
def test_a_script_of_quotes_takes_no_time(flood: str) -> None:
    started = process_time()
    assert text_of(f"<script>{flood}</script>") is None
    assert process_time() - started < 5
