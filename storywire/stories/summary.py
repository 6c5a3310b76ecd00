"""What a reader wants to know of an event or a story before opening it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from storywire.names.forms import key
from storywire.stories.labels import label
from storywire.stories.words import fold, normal_form, primary

NAMES = 8
"""People, places and countries shown."""

LEAST_SHARE = 0.2
"""Share of the reports that must name a person or a place for it to be the story's."""

_SPELLING = re.compile(r"[^\W_]+")


class Article(NamedTuple):
    """One article as the summary sees it."""

    article_id: str
    duplicate_group: str
    is_lead: bool
    site: str | None
    originator: str | None
    title: str | None
    language: str | None
    published_on: date | None
    people: list[str] | None
    places: list[str] | None
    countries: list[str] | None


def describe(articles: list[Article], terms: Sequence[str] = ()) -> dict[str, Any]:
    """The columns that events and stories have in common, over the articles of one of them; `terms` are its heaviest.

    Of copies `title`, `originator` and the names are not looked at.
    """
    copies = Counter(a.duplicate_group for a in articles)
    leads = sorted((a for a in articles if a.is_lead), key=lambda a: a.article_id)
    lead = min(leads, key=lambda a: (-copies[a.duplicate_group], *_age(a)))
    days = [a.published_on for a in articles if a.published_on]
    spelling = _spellings(leads, terms)
    keywords = [spelling.get(term, term) for term in terms]
    spoken = Counter(a.language for a in articles if a.language and a.language != "und")
    return {
        "label": label(lead.title, lead.site, keywords),
        "keywords": keywords,
        "first_on": min(days, default=None),
        "last_on": max(days, default=None),
        "n_articles": len(articles),
        "n_reports": len(leads),
        "n_sites": len({a.site for a in articles if a.site}),
        "n_sources": len({lead.originator for lead in leads}),
        "languages": sorted(spoken, key=lambda language: (-spoken[language], language)),
        "people": _named([lead.people or [] for lead in leads]),
        "places": _named([lead.places or [] for lead in leads]),
        "countries": _named([lead.countries or [] for lead in leads]),
        "articles_per_day": [{"day": day, "articles": count} for day, count in sorted(Counter(days).items())],
        "lead_article": lead.article_id,
    }


def _age(article: Article) -> tuple[date, str]:
    """Key that puts the earliest first, undated last, equals by id."""
    return (article.published_on or date.max, article.article_id)


def _named(lists: list[list[str]]) -> list[str]:
    """The names that most reports have, each in its usual spelling.

    First and last word make the same person with and without a middle name; of equals the first by alphabet.
    """
    reports: Counter[tuple[str, str]] = Counter()
    spelled: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for names in filter(None, lists):
        keyed = {name: key(name).split() for name in names}
        reports.update({(words[0], words[-1]) for words in keyed.values() if words})
        for name, words in keyed.items():
            if words:
                spelled[words[0], words[-1]][name] += 1
    usual = {one: min(seen, key=lambda s: (-seen[s], len(s), s)) for one, seen in spelled.items()}
    enough = [one for one, count in reports.items() if count >= LEAST_SHARE * len(lists)]
    return [usual[one] for one in sorted(enough, key=lambda one: (-reports[one], usual[one]))[:NAMES]]


@lru_cache(maxsize=1 << 15)
def _term(spelling: str, code: str) -> str:
    """The term that a word of a headline is."""
    return normal_form(fold(spelling, code), code)


def _spellings(leads: list[Article], terms: Collection[str]) -> dict[str, str]:
    """The usual spelling of terms in headlines and of people: of equals the shortest, then the first by alphabet."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for lead in leads:
        code = primary(lead.language)
        for spelling in _SPELLING.findall(" ".join([lead.title or "", *(lead.people or ())])):
            if (term := _term(spelling, code)) in terms:
                seen[term][spelling] += 1
    return {term: min(found, key=lambda s: (-found[s], len(s), s)) for term, found in seen.items()}
