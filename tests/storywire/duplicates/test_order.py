"""Groups, leads and edges are a function of the set of articles, in whatever order they come."""

import random

import hypothesis
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from storywire.duplicates import candidates
from storywire.duplicates.lineage import Lineage, find
from tests.storywire.duplicates.arriving import COLUMNS, Page, pages


def lineage(drawn: list[Page], chunk: int = 100) -> Lineage:
    """The lineage of rows that come in chunks of so many."""
    rows = [page.row for page in drawn]
    chunks = [pa.Table.from_pylist(rows[at : at + chunk], COLUMNS) for at in range(0, len(rows), chunk)]
    return find(pa.concat_tables([COLUMNS.empty_table(), *chunks]))


@given(pages(), st.randoms(use_true_random=False), st.integers(1, 5), st.sampled_from([candidates.FREQUENT, 5]))
@settings(deadline=None)
def test_shuffled_articles_have_the_same_groups_leads_and_edges(
    drawn: list[Page], lot: random.Random, chunk: int, frequent: int
):
    with pytest.MonkeyPatch.context() as patch:
        # With the smaller number, a few articles go the way of reports that ran everywhere.
        patch.setattr(candidates, "FREQUENT", frequent)
        told = lineage(drawn)
        shuffled = lineage(lot.sample(drawn, len(drawn)), chunk)
    assert told.grouped["article_id"].to_pylist() == sorted(page.article_id for page in drawn)
    assert shuffled.grouped.equals(told.grouped)
    assert shuffled.edges.equals(told.edges)


@pytest.mark.parametrize("kind", ["exact", "copy", "excerpt", "reuse"])
def test_what_is_shuffled_are_copies_of_every_kind(kind: str):
    quick = settings(phases=[Phase.generate], max_examples=500, deadline=None)
    found = hypothesis.find(pages(), lambda drawn: kind in lineage(drawn).edges["kind"].to_pylist(), settings=quick)
    assert found


def test_what_is_shuffled_passes_dates_and_credits_on():
    def passed(drawn: list[Page]) -> bool:
        rows = lineage(drawn).grouped.to_pylist()
        return any(row["date_inherited_from"] and row["wire_inherited_from"] for row in rows)

    assert hypothesis.find(pages(), passed, settings=settings(phases=[Phase.generate], max_examples=500, deadline=None))
