"""The shorter way through trafilatura, with `bare_extraction` itself as the oracle."""

import random
from copy import copy

import pytest
import trafilatura
from lxml.html import HtmlElement, tostring
from trafilatura.external import justext_rescue
from trafilatura.htmlprocessing import prune_unwanted_nodes
from trafilatura.settings import Extractor
from trafilatura.xml import xmltotxt
from trafilatura.xpaths import RAW_TREE_PRUNE_XPATH, REMOVE_COMMENTS_AND_LISTS_XPATH

from storywire.articles import extraction, html
from storywire.articles.extraction import KNOWN, extracted, in_good_paragraphs

WORDS = ("harbour", "ferry", "council", "bridge", "tide", "lantern", "market", "rope", "winter", "signal", "anchor")

WRAPPERS = (
    *("article", "main", "div", "div class='post-content'", "section id='story-body'", "div class='teaser'"),
    *("div id='comments'", "section class='Comments open'", "ul class='comment-list'", "div class='article-comments'"),
    *("div class='infinite-scroll'", "div id='mvp-post-add-wrap'", "aside class='elementor-share-buttons'"),
    *(
        "div id='commentary'",
        "div class='cookie-banner'",
        "form",
        "footer",
        "blockquote",
        "figure",
        "div id='disqus_thread'",
    ),
)


def page(number: int) -> str:
    """A page of some blocks around some paragraphs, drawn by lot."""
    lot = random.Random(number)  # noqa: S311 - a test must repeat itself

    def paragraph() -> str:
        return " ".join(lot.choice(WORDS) for _ in range(lot.choice((4, 25, 70)))).capitalize() + "."

    def block() -> str:
        wrapper = lot.choice(WRAPPERS)
        inner = "".join(f"<p>{paragraph()} <a href='/x'>{lot.choice(WORDS)}</a></p>" for _ in range(lot.randint(0, 9)))
        heading = f"<h2>{paragraph()[:30]}</h2>" if lot.random() < 0.4 else ""
        nested = block() if lot.random() < 0.4 else ""
        return f"<{wrapper}>{heading}{inner}{nested}</{wrapper.split()[0]}>"

    forum = '<script type="application/ld+json">{"@type": "DiscussionForumPosting"}</script>'
    head = f"<head><title>Quay</title>{forum if lot.random() < 0.1 else ''}</head>"
    return f"<html>{head}<body><h1>Quay</h1>{''.join(block() for _ in range(lot.randint(1, 7)))}</body></html>"


def sentences(number: int) -> str:
    """A page with English sentences among short links, in elements that say nothing."""
    line = "The ferry that was late in the winter is on its way to the harbour, and it will be there before the night. "
    links = "".join(f"<div><a href='/{word}'>{word}</a></div>" for word in WORDS)
    return f"<html><body>{links}<span><div>{line * (3 + number)}</div></span>{links}</body></html>"


def parsed(markup: str) -> HtmlElement:
    tree = html.parse(markup)
    assert tree is not None
    return tree


def by_trafilatura(tree: HtmlElement) -> str:
    found = trafilatura.bare_extraction(tree, fast=True, include_comments=False)
    return found.text if found is not None and found.text else ""


@pytest.mark.parametrize("number", range(150))
def test_the_shorter_way_leads_to_the_same_text(number: int) -> None:
    tree = parsed(page(number))
    assert extracted(tree, None) == by_trafilatura(tree)


def test_most_pages_go_the_shorter_way_and_some_do_not() -> None:
    """Otherwise the test above would compare `bare_extraction` with itself, or never with a page that needs it."""
    short = [extraction._by_first_steps(parsed(page(number))) is not None for number in range(150)]
    assert 40 < sum(short) < 140


def test_many_pages_are_read_by_the_name_of_their_frame_alone() -> None:
    """The rest of the test above would hold as well if no frame were ever found."""
    by_name = [extraction._in_frame(parsed(page(number))) is not None for number in range(150)]
    assert 20 < sum(by_name) < 120


@pytest.mark.parametrize("around", ["nav", "aside", "footer", "form", "figure", "div class='comment-list'"])
def test_a_frame_that_the_cleaning_may_take_away_is_not_sure(around: str) -> None:
    body = "".join(f"<p>{' '.join(WORDS)} {number}.</p>" for number in range(30))
    tree = parsed(
        f"<body><{around}><{around}>x</{around.split()[0]}><div class='post-content'>{body}</div></{around.split()[0]}>"
        f"<article>{body}<nav>{body}</nav></article></body>"
    )
    assert extracted(tree, None) == by_trafilatura(tree)


def test_the_good_paragraphs_are_those_of_trafilaturas_own_rescue() -> None:
    """Slow for a page of each kind, so a few are enough; some of them have paragraphs and none is cut short."""
    texts = []
    for number in range(12):
        tree = parsed(page(number))
        pruned = prune_unwanted_nodes(copy(tree), [*RAW_TREE_PRUNE_XPATH, *REMOVE_COMMENTS_AND_LISTS_XPATH])
        body, _ = justext_rescue(pruned, Extractor(fast=True))
        assert in_good_paragraphs(tree) == xmltotxt(body, include_formatting=False)
        texts.append(in_good_paragraphs(parsed(sentences(number))))
    assert all(texts)


def test_the_page_is_left_as_it_was() -> None:
    tree = parsed(page(3))
    before = tostring(tree)
    extracted(tree, None)
    in_good_paragraphs(tree)
    assert tostring(tree) == before


def test_the_steps_are_those_of_the_version_in_use() -> None:
    """A newer trafilatura is read by `bare_extraction` alone, until somebody has compared the steps."""
    assert trafilatura.__version__ == KNOWN


def test_another_version_is_read_by_its_own_entrance(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = parsed(page(5))
    monkeypatch.setattr(trafilatura, "__version__", "9.0")
    monkeypatch.delattr(extraction, "extract_content")
    assert extracted(tree, None) == by_trafilatura(tree) != ""
