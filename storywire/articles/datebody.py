"""Where an article lies among the lines of its page: its headline, and the first and the last line of its body.

They are known again by their letters, however title and text were cleaned.
"""

from __future__ import annotations

from collections.abc import Sequence

from storywire.articles.dateblocks import Shown
from storywire.articles.prose import squashed

SHORTEST_KEY = 20
SHORTEST_TITLE = 5
OPENINGS = 3
"""Paragraphs tried as the beginning of the body: extractors may join or repeat the first."""
FURTHER_OPENINGS = 40
"""Paragraphs tried below a headline that stands inside the body: extractors may take a menu in before it."""
FURTHEST_HEADING = 25
"""Lines above the body in which a main heading is the headline, though the title that was read is another."""
KEY_LENGTH = 40
LONGEST_KEY = 200
"""Letters by which a line is recognised as the headline, the beginning or the end of the body."""


def _key(text: str) -> str:
    trimmed = text if len(text) < 2 * LONGEST_KEY else text[:LONGEST_KEY] + text[-LONGEST_KEY:]
    return squashed(trimmed)


def article_place(
    lines: Sequence[Shown], headline: str | None, body: str | None
) -> tuple[int | None, int | None, int | None]:
    """Indices of the headline and of the first and last line of the body, where they are found."""
    title = _key(headline or "")
    paragraphs = [key for key in map(_key, (body or "").splitlines()) if len(key) > SHORTEST_KEY and key != title]
    shortest = min(len(title) or SHORTEST_KEY, SHORTEST_KEY)
    keys = [_key(line.text) if len(line.text) >= shortest else "" for line in lines]
    titles = _headlines(lines, keys, title) if len(title) >= SHORTEST_TITLE else []
    at = titles[0] if titles else None
    first = _beginning(keys, paragraphs[:OPENINGS], at)
    if first is None and at is not None and lines[at].heading:
        first = _beginning(keys[: at + FURTHEST_HEADING], paragraphs[OPENINGS:FURTHER_OPENINGS], at)
    if first is None:
        first = _beginning(keys, paragraphs[:OPENINGS], None)
        at = None if first is not None else at
    if first is None:
        return at, None, None
    if at is None or first - at > FURTHEST_HEADING:
        at = _nearest_headline(lines, titles, first) or at
    tail = paragraphs[-1][-KEY_LENGTH:]
    last = next((index for index in range(len(keys) - 1, first, -1) if keys[index].endswith(tail)), first)
    return at, first, last


def _headlines(lines: Sequence[Shown], keys: Sequence[str], title: str) -> list[int]:
    """The lines that are the title: headings before others, and those before what only contains it."""
    exact = [index for index, key in enumerate(keys) if key == title]
    return (
        [index for index in exact if lines[index].heading]
        or [index for index in exact if not lines[index].aside]
        or exact
        or [index for index, key in enumerate(keys) if title[:60] in key and len(key) < 2 * len(title)]
    )


def _beginning(keys: Sequence[str], paragraphs: Sequence[str], above: int | None) -> int | None:
    """The first line below the headline with which one of some paragraphs begins."""
    starts = tuple(paragraph[:KEY_LENGTH] for paragraph in paragraphs)
    lowest = 0 if above is None else above + 1
    return next((index for index in range(lowest, len(keys)) if keys[index].startswith(starts)), None)


def _nearest_headline(lines: Sequence[Shown], titles: Sequence[int], first: int) -> int | None:
    """The title or main heading that stands nearest above the body."""
    for index in range(first - 1, max(-1, first - FURTHEST_HEADING), -1):
        if lines[index].heading == "h1" or index in titles:
            return index
    return None
