"""What goes from the frame of an article, with trafilatura's own expressions as the oracle."""

import random

import pytest
from lxml.html import HtmlElement, fragment_fromstring, tostring
from trafilatura.htmlprocessing import link_density_test
from trafilatura.main_extractor import prune_unwanted_sections
from trafilatura.settings import TAG_CATALOG, Extractor

from storywire.articles.discards import _is_long_text, without_unwanted

NAMES = (
    *("story-text", "share", "sharing", "share-bar", "social", "newsletter-box", "tags", "sidebar-right", "author"),
    *("byline", "nav", "subnav", "menu", "bar", "ad", "big ad here", "ad-slot", "widget", "footer", "related", "meta"),
    *("next-story", "Teaser", "teaser-list", "caption", "figure-caption", "hide-mobile", "is hidden", "akismet"),
    *("reply-to", "comments-title", "cookie", "cookie-note", "overlay", "text", "jp-post", "premium", "Related"),
)
MARKS = (
    *("", "", "", " aria-hidden='true'", " aria-hidden='false'"),
    *(" style='display:none'", " style='visibility: hidden'"),
    *(" role='Navigation'", " role='main'", " data-component='MostPopularStories'", " data-lp-replacement-content=''"),
)
WORDS = ("harbour", "ferry", "council", "bridge", "tide", "lantern", "market", "rope", "winter", "signal", "anchor")


def frame(number: int) -> HtmlElement:
    """A frame of blocks under all kinds of names, drawn by lot, as it is after the conversion."""
    lot = random.Random(number)  # noqa: S311 - a test must repeat itself

    def words(most: int) -> str:
        return " ".join(lot.choice(WORDS) for _ in range(lot.randint(1, most)))

    def attributes() -> str:
        named = [f" {kind}='{lot.choice(NAMES)}'" for kind in ("class", "id") if lot.random() < 0.25]
        lot.shuffle(named)
        return "".join(named) + (lot.choice(MARKS) if lot.random() < 0.3 else "")

    def block(depth: int) -> str:
        tag = lot.choice(("div", "section", "p", "list", "item", "span", "table", "head", "quote"))
        links = "".join(f"<ref>{words(9)}</ref>{words(2)}" for _ in range(lot.choice((0, 0, 0, 1, 6))))
        inner = "".join(block(depth + 1) for _ in range(lot.randint(0, 3))) if depth < 4 else ""
        return f"<{tag}{attributes()}>{words(40)}{links}{inner}</{tag}>{words(3) if lot.random() < 0.2 else ''}"

    blocks = "".join(block(0) for _ in range(lot.randint(2, 6)))
    around = fragment_fromstring(f"<section><div class='body'>{blocks}</div></section>")
    return around[0]


@pytest.mark.parametrize("number", range(200))
def test_the_same_parts_go_as_by_the_expressions(number: int) -> None:
    ours, theirs = frame(number), frame(number)
    without_unwanted(ours)
    prune_unwanted_sections(theirs, {*TAG_CATALOG, "table", "td", "th", "tr"}, Extractor(fast=True, comments=False))
    assert tostring(ours) == tostring(theirs)


def test_some_frames_lose_parts_and_some_keep_all() -> None:
    """Otherwise the test above would compare frames that nothing is ever taken from."""
    shorter = 0
    for number in range(200):
        before, after = frame(number), frame(number)
        without_unwanted(after)
        shorter += len(after.text_content()) < len(before.text_content())
    assert 100 < shorter < 200


def test_no_block_is_taken_for_long_text_that_the_test_of_links_would_take() -> None:
    lot = random.Random(1)  # noqa: S311 - a test must repeat itself
    passed = taken = 0
    for _ in range(2000):
        tag = lot.choice(("div", "list", "p"))
        links = "".join(f"<ref> {'anchor ' * lot.randint(0, 30)}</ref>, " for _ in range(lot.choice((1, 1, 2, 6))))
        after = lot.choice(("", "<p>rope</p>"))
        around = fragment_fromstring(f"<div><{tag}>{'winter ' * lot.randint(0, 30)}{links}</{tag}>{after}</div>")
        verdict = link_density_test(around[0])
        if _is_long_text(around[0]):
            passed += 1
            assert verdict == (False, False)
        taken += verdict != (False, False)
    assert passed > 500
    assert taken > 200
