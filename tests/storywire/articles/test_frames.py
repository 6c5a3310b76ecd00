"""The frame of an article is told by its names; what is asked before the expressions may say no only where they do."""

from __future__ import annotations

import re
from re import _constants as codes
from re import _parser as parser
from typing import Any

import pytest

from storywire.articles import frames


def words(pattern: str) -> list[str]:
    """All that an expression of letters, choices and optional parts can match, anchors left out."""

    def of(items: Any) -> list[str]:
        found = [""]
        for code, argument in items:
            if code is codes.AT:
                continue
            if code is codes.LITERAL:
                choices = [chr(argument)]
            elif code is codes.IN:
                choices = [chr(letter) for _, letter in argument]
            elif code is codes.BRANCH:
                choices = [word for branch in argument[1] for word in of(branch)]
            elif code is codes.SUBPATTERN:
                choices = of(argument[3])
            else:
                assert code is codes.MAX_REPEAT, f"{pattern} holds what this test cannot read: {code}"
                choices = [""] * (argument[0] == 0) + of(argument[2])
            found = [before + choice for before in found for choice in choices]
        return found

    return of(parser.parse(pattern))


@pytest.mark.parametrize("pattern", [frames._BODY_CLASS, frames._STORY_CLASS, frames._MAIN_CLASS])
def test_every_word_of_the_expressions_may_name_a_frame(pattern: re.Pattern[str]) -> None:
    found = words(pattern.pattern)
    assert len(found) > 10
    assert all(pattern.search(word) for word in found)
    assert not [word for word in found if not frames._may_name_frame(word)]


def test_every_class_that_is_a_frame_by_itself_may_name_one_and_most_do_not() -> None:
    assert all(map(frames._may_name_frame, (*frames._BODY_CLASSES, *frames._STORY_CLASSES, "content", "FullText")))
    assert not any(map(frames._may_name_frame, ("row", "menu-item", "main-nav", "card__headline", "btn btn-primary")))
