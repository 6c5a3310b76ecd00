"""Hard-wrapped text made whole again: the lines of a dump joined to the paragraphs they were cut from.

Some dumps break a paragraph wherever a fixed width ran out. A line was cut there if the first word
of the next would not have fitted: the greedy rule every wrapper follows, in any script.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from storywire.articles.lines import Line, has_bullet, is_closed, read_line, word_count

MIN_WIDTH = 40
"""Characters of the narrowest column text is wrapped to; menus are narrower."""

MIN_WIDTH_IDEOGRAPHS = 20
"""The same for full-width characters, which take two columns each."""

MAX_WIDTH = 120
"""Characters of the widest column text is wrapped to; longer lines are paragraphs by themselves."""

MIN_LINES = 3
"""Lines from which a block can show that it was wrapped; two lines may be as long by chance."""

MIN_CUT = 0.7
"""Share of a block's line ends, the last aside, at which the next word would not have fitted. Wrapped text
has all but those that end a paragraph; neighbouring lines of a list meet the rule one time in five."""

MAX_CLOSED = 0.34
"""Share of those line ends that end a sentence as well. One line in eight of wrapped prose does; lines
that are paragraphs of about one length nearly all do."""

MIN_LOWER = 0.4
"""Share of the lines after a cut that go on in lower case, of those that begin with a letter that has cases. Two in
three do in German, more elsewhere; of headlines of about one length, none."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What was one line before wrapping: the line it makes, and the first and last line of the dump it takes."""

    line: Line
    written: str
    first: int
    last: int


def paragraphs(lines: tuple[str, ...]) -> list[Paragraph]:
    """The lines of a dump with wrapped ones joined; blank lines fall away.

    A block of two lines cannot show by itself that it was wrapped; it goes by the width of those that can.
    """
    blocks = list(_blocks(lines))
    shown = [
        (block, _groups([lines[index] for index in block]) if len(block) >= MIN_LINES else None) for block in blocks
    ]
    width = max((len(lines[index].strip()) for block, groups in shown if groups for index in block), default=0)
    found: list[Paragraph] = []
    for block, groups in shown:
        found += _made(lines, block, groups or _pairs([lines[index].strip() for index in block], width))
    return found


def _blocks(lines: tuple[str, ...]) -> Iterator[list[int]]:
    """Runs of lines without a blank between them; a list item begins a new one."""
    block: list[int] = []
    for index, raw in enumerate(lines):
        blank = not raw or raw.isspace()
        if block and (blank or has_bullet(raw)):
            yield block
            block = []
        if not blank:
            block.append(index)
    if block:
        yield block


def _made(lines: tuple[str, ...], block: list[int], groups: list[list[int]]) -> list[Paragraph]:
    """The paragraphs of one block, given which of its lines belong together."""
    made = []
    for group in groups:
        written = _joined([lines[block[place]].strip() for place in group])
        made.append(Paragraph(read_line(written), written, block[group[0]], block[group[-1]]))
    return [paragraph for paragraph in made if paragraph.line.words]


def _pairs(texts: list[str], width: int) -> list[list[int]]:
    """Each line by itself, but two that are one sentence cut at the dump's width."""
    if len(texts) == MIN_LINES - 1 and max(map(len, texts)) <= width:
        first, second = texts
        if _was_cut(first, second, width) and second[0].islower():
            return [[0, 1]]
    return [[place] for place in range(len(texts))]


def _groups(block: list[str]) -> list[list[int]] | None:
    """Which lines of a block belong to one paragraph; None where nothing shows that it was wrapped."""
    if max(map(len, block)) > 2 * MAX_WIDTH:
        return None
    texts = [raw.strip() for raw in block]
    width = max(map(len, texts))
    ideographs = word_count(texts[0]) > 1.5 * len(texts[0].split())
    if not (MIN_WIDTH_IDEOGRAPHS if ideographs else MIN_WIDTH) <= width <= MAX_WIDTH:
        return None
    cut = [_was_cut(text, following, width) for text, following in pairwise(texts)]
    closed = sum(is_closed(text) for text, was_cut in zip(texts, cut, strict=False) if was_cut)
    ends = sum(not was_cut and is_closed(text) for text, was_cut in zip(texts, cut, strict=False))
    if sum(cut) < MIN_CUT * (len(cut) - ends) or sum(cut) < MIN_LINES - 1 or closed > MAX_CLOSED * sum(cut):
        return None
    cased = [after[0] for after, was_cut in zip(texts[1:], cut, strict=True) if was_cut and _has_case(after[0])]
    if sum(map(str.islower, cased)) < MIN_LOWER * len(cased):
        return None
    groups = [[0]]
    for place, was_cut in enumerate(cut, start=1):
        if was_cut:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _was_cut(text: str, following: str, width: int) -> bool:
    """Whether the first word of the next line would not have fitted behind this one."""
    word = following.split(maxsplit=1)[0]
    if word_count(word) > 1:
        word = word[:2]
    return len(text) + 1 + len(word) > width


def _has_case(character: str) -> bool:
    """Whether a letter has an upper and a lower case."""
    return character.islower() or character.isupper()


def _joined(texts: list[str]) -> str:
    """Lines as one: no space after a hyphen that binds a word, nor where the script has none."""
    if len(texts) == 1:
        return texts[0]
    whole = [texts[0]]
    for before, after in pairwise(texts):
        tight = (before.endswith("-") and after[:1].islower()) or (_wide(before[-1]) and _wide(after[0]))
        whole.append(after if tight else " " + after)
    return "".join(whole)


def _wide(character: str) -> bool:
    """Whether a character belongs to a script that is written without spaces, or is its punctuation."""
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or "\uff00" <= character <= "\uffef"
