from __future__ import annotations

import textwrap

from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.articles.unwrapping import paragraphs

STORY = (
    "The harbour of Ostwick reopened on Monday, twelve days after a crane fell into the main basin and blocked it. "
    "The first ferry left at noon with three hundred passengers, among them many pupils."
)


def texts(dump: str) -> list[str]:
    return [paragraph.written for paragraph in paragraphs(tuple(dump.splitlines()))]


@settings(deadline=None, max_examples=60)
@given(st.integers(52, 66), st.integers(0, 4))
def test_a_wrapped_paragraph_reads_as_it_was_written(width: int, indent: int) -> None:
    wrapped = textwrap.fill(STORY, width, initial_indent=" " * indent, subsequent_indent=" " * indent)
    assert texts(wrapped) == [STORY]


def test_paragraphs_are_told_apart_without_blank_lines() -> None:
    wrapped = textwrap.fill(STORY, 60) + "\n" + textwrap.fill(STORY[::-1].replace(".", ",")[::-1] + " Again.", 60)
    assert texts(wrapped)[0] == STORY


def test_chinese_is_joined_without_spaces() -> None:
    story = "奥斯特维克港星期一重新开放十二天前一台起重机坠入主港池港口因此一直处于关闭状态" * 3
    lines = [story[place : place + 30] for place in range(0, len(story), 30)]
    assert texts("\n".join(lines)) == [story]


def test_a_hyphen_at_the_line_end_binds() -> None:
    wrapped = (
        "The ministry said on Monday that the far-\n"
        "reaching plan for the harbour of Ostwick,\n"
        "which the council had drawn up in spring,\n"
        "will be paid by the state."
    )
    assert "far-reaching plan" in texts(wrapped)[0]


def test_headlines_and_paragraphs_on_lines_of_their_own_stay_apart() -> None:
    headlines = [
        f"Council of {town} votes on the new market hall today" for town in ("Ostwick", "Halm", "Brede", "Tolm")
    ]
    assert texts("\n".join(headlines)) == headlines
    quotes = [
        f"The council of {town} voted on the new hall on Monday." for town in ("Ostwick", "Halm", "Brede", "Tolm")
    ]
    assert texts("\n".join(quotes)) == quotes


def test_a_list_item_begins_anew() -> None:
    assert texts("• forty divers\n• two tugs from Halm") == ["• forty divers", "• two tugs from Halm"]


def test_each_paragraph_knows_its_lines() -> None:
    found = paragraphs(("", "Harbour reopens", "", *textwrap.wrap(STORY, 60), ""))
    assert [(paragraph.first, paragraph.last) for paragraph in found] == [
        (1, 1),
        (3, 2 + len(textwrap.wrap(STORY, 60))),
    ]
