"""What a reader wants to know of an event or a story before opening it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from storywire.names.forms import key
from storywire.stories.labels import label
from storywire.stories.words import fold, normal_form, primary

KEYWORDS = 8
"""Terms shown for an event or a story."""

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
    terms: list[str] | None
    weights: list[float] | None


def describe(articles: list[Article]) -> dict[str, Any]:
    """The columns that events and stories have in common, over the articles of one of them."""
    copies = Counter(a.duplicate_group for a in articles)
    leads = sorted((a for a in articles if a.is_lead), key=lambda a: a.article_id)
    lead = min(leads, key=lambda a: (-copies[a.duplicate_group], *_age(a)))
    days = [a.published_on for a in articles if a.published_on]
    keywords = _keywords(leads)
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
    for names in lists:
        keyed = {name: key(name).split() for name in names}
        reports.update({(words[0], words[-1]) for words in keyed.values() if words})
        for name, words in keyed.items():
            if words:
                spelled[words[0], words[-1]][name] += 1
    usual = {one: min(seen, key=lambda s: (-seen[s], len(s), s)) for one, seen in spelled.items()}
    enough = [one for one, count in reports.items() if count >= LEAST_SHARE * len(lists)]
    return [usual[one] for one in sorted(enough, key=lambda one: (-reports[one], usual[one]))[:NAMES]]


def _keywords(leads: list[Article]) -> list[str]:
    """The terms with the largest sum of weights over the reports, as their headlines spell them."""
    sums: defaultdict[str, float] = defaultdict(float)
    for lead in leads:
        for term, weight in zip(lead.terms or (), lead.weights or (), strict=True):
            sums[term] += weight
    least = sorted(sums.values())[-KEYWORDS:][:1]
    # Rounded, so that the order of equal terms rests on their spelling; only what can be among the heaviest is.
    near = [(-round(weight, 6), term) for term, weight in sums.items() if weight >= least[0] - 1e-6]
    best = [term for _, term in sorted(near)[:KEYWORDS]]
    spelling = _spellings(leads, set(best))
    return [spelling.get(term, term) for term in best]


def _spellings(leads: list[Article], terms: Collection[str]) -> dict[str, str]:
    """The usual spelling of terms in headlines and of people: of equals the shortest, then the first by alphabet."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for lead in leads:
        code = primary(lead.language)
        for spelling in _SPELLING.findall(" ".join([lead.title or "", *(lead.people or ())])):
            if (term := normal_form(fold(spelling, code), code)) in terms:
                seen[term][spelling] += 1
    return {term: min(found, key=lambda s: (-found[s], len(s), s)) for term, found in seen.items()}
