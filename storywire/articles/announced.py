"""What a feed, a sitemap or the list of sources says of a page, where the page itself is silent.

The page wins: it is the article as its publisher shows it, while a feed carries a shortened title, the categories of
its own shelves and whoever posted the entry, and a list the hint of an operator who has not read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from storywire.articles import authors, languagetags
from storywire.articles.dateroles import Candidate, candidate
from storywire.articles.datetext import stamp
from storywire.articles.metadata import MAX_TAGS
from storywire.notice import Notice

ROLE_OF = {"feed": "feed", "sitemap": "sitemap"}
"""The role of a date by who announced the page; the operator's list dates nothing."""


def candidates(notice: Notice, on_page: Iterable[Mapping[str, Any]]) -> tuple[Candidate, ...]:
    """The dates of the notice, beside those `on_page`.

    A change that is announced counts only where the page declares none: a sitemap's stamp moves with a template, a
    comment or a picture as well.
    """
    role = ROLE_OF.get(notice.origin or "")
    if role is None:
        return ()
    found = []
    if notice.published_at and (printed := stamp(notice.published_at)):
        found.append(candidate(role, printed))
    declared = any(one["role"] in ("modified", "updated") for one in on_page)
    if not declared and notice.modified_at and (printed := stamp(notice.modified_at)):
        found.append(candidate("modified", printed))
    return tuple(found)


def filled(row: Mapping[str, Any], notice: Notice) -> dict[str, Any]:
    """The fields of a page with the gaps filled from the notice; nobody credited on the page is a gap, too."""
    outlet = [name for name in (row.get("site_name"), notice.site_name) if name]
    known: dict[str, Any] = {
        "title": notice.title,
        "section": notice.section,
        "tags": list(notice.tags[:MAX_TAGS]),
        "site_name": notice.site_name,
        "language_declared": languagetags.normal_tag(notice.language),
    }
    if not row.get("authors") and not row.get("byline"):
        known |= {
            "authors": list(authors.people(notice.authors, outlet)),
            "byline": list(authors.signatures(notice.authors)),
        }
    return {**row, **{name: value for name, value in known.items() if value and not row.get(name)}}
