"""Boxes that ask a page's reader for something are out of the way while it is read, and no longer."""

from __future__ import annotations

import random

import pytest
from lxml.html import tostring

from storywire.articles.boxes import boxes_aside
from storywire.articles.html import parse

BOXES = [
    "<form>Ten stories every morning.<input type=email></form>",
    "<p>Search <input> the pier</p>",
    "<textarea>Your comment</textarea>",
    "<div><p>Log in</p><div><input type=password><input type=text></div></div>",
]
OTHERS = ["<p>The ferry is back.</p>", "a tail ", "<input type=hidden>", "<br>", "<section><h2>Harbour</h2></section>"]


@pytest.mark.parametrize("seed", range(30))
def test_a_page_is_itself_again_once_it_is_read(seed: int) -> None:
    drawn = random.Random(seed)  # noqa: S311 - a page, not a secret
    parts = [drawn.choice(BOXES + OTHERS) + drawn.choice(["", " between "]) for _ in range(40)]
    tree = parse(f"<html><body><article>{'long ' * 60}{''.join(parts)}</article></body></html>")
    assert tree is not None
    before = tostring(tree)
    with boxes_aside(tree):
        read = tree.text_content()
        assert tostring(tree) != before
        assert not any(asked in read for asked in ("Ten stories", "Your comment", "Log in"))
    assert tostring(tree) == before


def test_the_text_behind_a_box_stays_when_the_box_goes() -> None:
    tree = parse(
        f"<html><body><p>{'one ' * 60}<input> two <b>three</b> four <input type=search> five</p></body></html>"
    )
    assert tree is not None
    with boxes_aside(tree):
        paragraph = tree.find(".//p")
        assert paragraph is not None
        assert tostring(paragraph).endswith(b"one  two <b>three</b> four  five</p>")


def test_boxes_are_back_though_the_reading_failed() -> None:
    tree = parse(f"<html><body>{''.join(BOXES)}</body></html>")
    assert tree is not None
    before = tostring(tree)
    with pytest.raises(ValueError, match="unreadable"), boxes_aside(tree):
        raise ValueError("unreadable")
    assert tostring(tree) == before
