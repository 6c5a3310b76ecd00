"""The shorter way through trafilatura, with `bare_extraction` itself as the oracle."""

import random
from collections.abc import Callable
from copy import copy

import pytest
import trafilatura
from lxml.etree import Element
from lxml.html import HtmlElement, tostring
from trafilatura.external import justext_rescue
from trafilatura.htmlprocessing import prune_unwanted_nodes
from trafilatura.settings import Extractor
from trafilatura.xml import xmltotxt
from trafilatura.xpaths import RAW_TREE_PRUNE_XPATH, REMOVE_COMMENTS_AND_LISTS_XPATH

from storywire.articles import content, extraction, frames, html
from storywire.articles.extraction import KNOWN, extracted, in_good_paragraphs, in_named_frame

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


def blocks(number: int) -> str:
    """A page with an article in blocks and broken lines, and around it paragraphs and what is only named like one."""
    lot = random.Random(number)  # noqa: S311 - a test must repeat itself

    def line(longest: int = 60) -> str:
        return " ".join(lot.choice(WORDS) for _ in range(lot.randint(3, longest))).capitalize() + "."

    def block() -> str:
        kinds = (
            f"<div>{line()}</div>",
            f"<div>{line()}<br>{line()}<br><br>{line()}</div>",
            f"<div><span>{line()}</span> <b>{line(8)}</b> {line()}</div>",
            f"<div><div>{line()}</div>{line()}<p>{line(20)}</p></div>",
            f"<p>{line(30)} <time>{line(40)}</time></p>",
            f"<h2>{line(6)}</h2>",
            f"{line()}<br>",
            f"<ul><li>{line(12)}</li><li>{line(12)}</li></ul>",
        )
        return lot.choice(kinds)

    def around() -> str:
        wrapper = lot.choice((*WRAPPERS[8:], "section", "div", "nav", "nav"))
        inner = "".join(f"<p>{line()}<button>{line(30)}</button></p>" for _ in range(lot.choice((0, 1, 1, 2, 9))))
        return f"<{wrapper}>{inner}</{wrapper.split()[0]}>"

    frame = lot.choice(("article", "div class='post-content'", "main", "div id='story-body'"))
    body = "".join(block() for _ in range(lot.randint(1, 8)))
    lures = (
        "<div class='entry-content'></div>",
        f"<div class='text-content'><h2>{line(5)}</h2></div>",
        f"<div class='text-content'><div>{line(20)}</div><h3>{line(5)}</h3></div>",
        "<article><span><img src='/a.png'></span></article>",
    )
    lure = lot.choice(lures) if lot.random() < 0.5 else ""
    return f"<html><body>{around()}{lure}<{frame}>{body}</{frame.split()[0]}>{around()}{around()}</body></html>"


def sentences(number: int) -> str:
    """A page with English sentences among short links, in elements that say nothing."""
    line = "The ferry that was late in the winter is on its way to the harbour, and it will be there before the night. "
    links = "".join(f"<div><a href='/{word}'>{word}</a></div>" for word in WORDS)
    return f"<html><body>{links}<span><div>{line * (3 + number)}</div></span>{links}</body></html>"


def parsed(markup: str) -> HtmlElement:
    tree = html.parse(markup)
    assert tree is not None
    return tree


def by_trafilatura(tree: HtmlElement, *, recall: bool = False) -> str:
    found = trafilatura.bare_extraction(tree, fast=True, include_comments=False, favor_recall=recall)
    return found.text if found is not None and found.text else ""


@pytest.mark.parametrize("draw", [page, blocks])
@pytest.mark.parametrize("number", range(200))
def test_the_shorter_ways_lead_to_the_same_text(number: int, draw: Callable[[int], str]) -> None:
    tree = parsed(draw(number))
    expected = by_trafilatura(tree)
    assert extracted(tree, None) == expected
    assert in_named_frame(tree) in (None, expected)
    assert extracted(tree, None, recall=True) == by_trafilatura(tree, recall=True)


def test_most_pages_go_the_shorter_way_and_some_do_not() -> None:
    """Otherwise the test above would compare `bare_extraction` with itself, or never with a page that needs it."""
    short = [extraction._by_own_steps(parsed(page(number))) is not None for number in range(200)]
    assert 150 < sum(short) < 199


def test_many_pages_are_read_by_the_name_of_their_frame_alone() -> None:
    """The second half of that test would hold as well if no frame were ever found."""
    by_name = [in_named_frame(parsed(page(number))) is not None for number in range(200)]
    assert 25 < sum(by_name) < 160


def test_some_articles_stand_in_blocks_some_in_a_later_frame_and_some_in_none() -> None:
    """What the pages above have to have among them for the test to say something of each."""
    wholes = [content_of(blocks(number)) for number in range(200)]
    assert sum(in_blocks for in_blocks, _, _ in wholes) > 20
    assert sum(frames_tried > 1 for _, frames_tried, _ in wholes) > 20
    assert sum(is_short for _, _, is_short in wholes) > 20


def content_of(markup: str) -> tuple[bool, int, bool]:
    """Whether the text of a page stands in blocks, how many frames it is looked for in, and whether it is short."""
    tree = extraction._converted(extraction._pruned(parsed(markup)), content.OPTIONS)
    body, tried, blocks_too = Element("body"), 0, not content.has_paragraphs(tree)
    for frame in frames.in_turn(tree):
        tried += 1
        if content.take_parts(frame, content.TAGS | ({"div"} if blocks_too else set()), body):
            break
    return blocks_too, tried, len(content.text_in(body)) < content.OPTIONS.min_extracted_size


@pytest.mark.parametrize("around", ["nav", "aside", "footer", "form", "figure", "div class='comment-list'"])
def test_a_frame_that_the_cleaning_may_take_away_is_not_sure(around: str) -> None:
    body = "".join(f"<p>{' '.join(WORDS)} {number}.</p>" for number in range(30))
    tree = parsed(
        f"<body><{around}><{around}>x</{around.split()[0]}><div class='post-content'>{body}</div></{around.split()[0]}>"
        f"<article>{body}<nav>{body}</nav></article></body>"
    )
    assert extracted(tree, None) == by_trafilatura(tree)
    assert in_named_frame(tree) in (None, by_trafilatura(tree))


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
