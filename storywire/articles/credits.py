"""Who a page credits: the people who wrote the article, or the newsroom or agency that signs it instead.

A page names its author in up to eight places. They are asked from the surest to the weakest; the first
that names a person decides. Where data on the page says that an organisation signs, only the places that
mark an author as such can name a person instead: a "By ..." somewhere on the page is then a photographer's
or a reviewer's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from storywire.articles import authors, bylines
from storywire.articles.linkedvalues import is_person, items, names, resolved
from storywire.articles.prose import squashed

MAX_NAMES = 100
"""Names kept of one page; papers by large collaborations have more, no news report does."""


@dataclass(frozen=True, slots=True)
class Credits:
    """`people` are the authors; `byline` is everyone credited in the same place, desks and agencies included."""

    people: tuple[str, ...]
    byline: tuple[str, ...]


def read(
    tree: HtmlElement,
    article: dict[str, Any],
    linked: list[dict[str, Any]],
    meta: dict[str, list[str]],
    outlet: list[str],
) -> Credits:
    """Who JSON-LD, `<meta>` or the page's bylines credit; `outlet` are names of the site and its publisher."""
    return _credits(_places(tree, article, linked, meta), outlet)


def read_lines(lines: Iterable[str]) -> Credits:
    """Who the lines between a headline and its article credit, where there is no markup."""
    return _credits([bylines.in_lines(lines)], ())


def _credits(places: Iterable[bylines.Place], outlet: Sequence[str]) -> Credits:
    own = {squashed(name) for name in outlet}
    signed: tuple[str, ...] = ()
    for place in places:
        if not place.sure and any(squashed(name) not in own for name in signed):
            break
        given = place.credits[:MAX_NAMES]
        people = authors.people(given, outlet, shortest=place.shortest)
        others = [name for name in authors.signatures(given) if place.names_only or _signs(name, own)]
        credited = tuple(dict.fromkeys((*people, *place.organisations, *others)))[:MAX_NAMES]
        if people:
            return Credits(people[:MAX_NAMES], credited)
        signed = signed or credited
    return Credits((), signed)


def _signs(name: str, own: set[str]) -> bool:
    """Whether a name beside roles and buttons is that of an organisation."""
    return authors.is_organisation(name) or squashed(name) in own


def _places(
    tree: HtmlElement, article: dict[str, Any], linked: list[dict[str, Any]], meta: dict[str, list[str]]
) -> Iterator[bylines.Place]:
    entries = [resolved(value, linked) for value in items(article.get("author"))]
    yield bylines.Place(
        [name for value in entries if is_person(value) for name in names(value)],
        tuple(name for value in entries if not is_person(value) for name in names(value) if "://" not in name),
        names_only=True,
    )
    yield bylines.Place(bylines.declared(meta), names_only=True)
    yield from bylines.on_page(tree)
