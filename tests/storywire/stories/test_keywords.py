"""Keywords are read off the vectors that are kept, and say what the reports' own terms would say."""

from collections import defaultdict
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.stories.clusters import reports_of
from storywire.stories.given import given as in_order
from storywire.stories.keywords import KEYWORDS, heaviest
from tests.storywire.stories.test_clusters import SCHEMA

Report = dict[str, float]


def keywords(groups: list[list[Report]], day: date = date(2031, 5, 4)) -> list[list[str]]:
    """The keywords of groups of reports, of which every other one is of another month."""
    reports = [report for group in groups for report in group]
    rows = [
        {
            "article_id": f"a{number:04}",
            "duplicate_group": f"a{number:04}",
            "is_lead": True,
            "published_on": day + timedelta(40 * (number % 2)),
            "language": "en",
            "terms": list(report),
            "weights": list(report.values()),
        }
        for number, report in enumerate(reports)
    ]
    table = pa.Table.from_pylist(rows, SCHEMA)
    number = np.argsort(in_order(table).place)
    return heaviest(reports_of(table)[1], np.split(number, np.cumsum([len(group) for group in groups])[:-1]))


def test_the_keywords_are_the_terms_with_the_largest_sums():
    ravic = [{"ravic": 0.6, "lozna": 0.5}, {"resign": 0.7, "ravic": 0.4}, {"ravic": 0.1}]
    assert keywords([ravic, [{"łozna": 1.0}], [{}]]) == [["ravic", "resign", "lozna"], ["łozna"], []]


def test_of_equals_the_first_by_alphabet_are_shown():
    names = [f"{letter}ravic" for letter in "kadlbmcnehigjf"]
    assert keywords([[dict.fromkeys(names, 0.25)]]) == [sorted(names)[:KEYWORDS]]


WEIGHTS = st.integers(1, 8).map(lambda eighths: eighths / 8)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.dictionaries(st.text("abć", min_size=1, max_size=3), WEIGHTS), min_size=1), min_size=1))
def test_they_are_what_adding_up_report_by_report_gives(groups: list[list[Report]]):
    wanted = []
    for group in groups:
        sums: defaultdict[str, float] = defaultdict(float)
        for report in group:
            for term, weight in report.items():
                sums[term] += weight
        wanted.append(sorted(sums, key=lambda term: (-sums[term], term))[:KEYWORDS])
    assert keywords(groups) == wanted
