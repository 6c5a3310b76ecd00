"""What goes first of a page, and how much text a page has, with trafilatura's own steps as the oracle."""

import random
from copy import copy

import pytest
from lxml.html import HtmlElement, tostring
from trafilatura import xpaths
from trafilatura.baseline import html2txt
from trafilatura.htmlprocessing import prune_unwanted_nodes

from storywire.articles import html, pruning

NAMES = (
    *("comments", "commentary", "Comment-list", "post-comments", "disqus_thread", "comol", "dsq-comments", "story"),
    *("mvp-post-add-box", "mvp-post-add", "infinite-scroll", "infinitescroll wide", "elementor-share-buttons", ""),
    *("page-footer", "cookie-banner", "Cookie_Consent", "notice--cookie", "onetrust-pc", "cookies", "a\ncomments"),
)
TAGS = ("div", "section", "aside", "details", "ol", "ul", "p", "footer", "span", "svg", "template", "article")


def page(number: int) -> HtmlElement:
    """A page of blocks with names drawn by lot, in each other and beside each other."""
    lot = random.Random(number)  # noqa: S311 - a test must repeat itself

    def block(depth: int) -> str:
        tag = lot.choice(TAGS)
        names = [f' {key}="{lot.choice(NAMES)}"' for key in lot.sample(("id", "class"), 2) if lot.random() < 0.6]
        heading = "<h1>Quay</h1>" if lot.random() < 0.2 else ""
        inner = "".join(block(depth - 1) for _ in range(lot.randint(0, 3))) if depth else ""
        return f"<{tag}{''.join(names)}>tide {heading}{inner} rope</{tag}> tail "

    tree = html.parse(f"<html><body>{''.join(block(3) for _ in range(4))}</body></html>")
    assert tree is not None
    return tree


@pytest.mark.parametrize("number", range(60))
def test_the_same_goes_as_by_the_expressions(number: int) -> None:
    ours, theirs = page(number), page(number)
    pruning.prune(ours)
    prune_unwanted_nodes(theirs, [*xpaths.RAW_TREE_PRUNE_XPATH, *xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH])
    assert tostring(ours) == tostring(theirs)


@pytest.mark.parametrize("number", range(60))
def test_a_page_has_as_much_text_and_stays_as_it_is(number: int) -> None:
    tree = page(number)
    before = tostring(tree)
    assert pruning.text_length(tree) == len(html2txt(copy(tree)))
    assert tostring(tree) == before


def test_the_lots_hold_pages_that_lose_something() -> None:
    """The comparisons above would hold as well if nothing were ever taken away."""
    pages = [page(number) for number in range(60)]
    assert sum(any(pruning.is_pruned(part) for part in tree.iterdescendants()) for tree in pages) > 30
    assert sum(pruning.text_length(tree) < len(html2txt(copy(tree), clean=False)) for tree in pages) > 30
