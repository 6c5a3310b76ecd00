"""The groups of stories, put together from those of their events, are what all their articles make."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from storywire.hashes import of_rows
from storywire.stories import groups
from storywire.stories.given import Given
from storywire.stories.given import given as read_off

DAYS = st.one_of(st.none(), st.integers(0, 3).map(lambda days: date(2031, 5, 4) + timedelta(days)))


def articles(days: list[date | None]) -> Given:
    """Articles published on these days; every third is a copy."""
    ids = pa.array([f"a{number:03}" for number in range(len(days))], pa.string())
    is_lead = pa.array([number % 3 < 2 for number in range(len(days))], pa.bool_())
    return read_off(pa.table({"article_id": ids, "is_lead": is_lead, "published_on": pa.array(days, pa.date32())}))


def in_order(numbers: list[int]) -> np.ndarray:
    """The same groups, counted up by their first members."""
    return np.array([list(dict.fromkeys(numbers)).index(number) for number in numbers], np.int64)


@given(st.lists(DAYS, max_size=12), st.data())
def test_a_story_is_its_articles_however_they_are_parted_into_events(days, data):
    every = articles(days)
    told = of_rows(every.table["article_id"])
    reports = np.flatnonzero(every.is_lead).tolist()
    drawn = {report: data.draw(st.integers(0, 5)) for report in reports}
    # A copy is where its report is.
    event = in_order(
        [drawn[number if number in drawn else data.draw(st.sampled_from(reports))] for number in range(len(every))]
    )
    count = int(event.max(initial=-1)) + 1
    story = in_order(data.draw(st.lists(st.integers(0, 3), min_size=count, max_size=count)))

    found = groups.of_stories(groups.of_events(every, told, event), story)
    wanted = groups.of_events(every, told, story[event])

    assert [found.members(number).tolist() for number in range(found.size.size)] == [
        np.flatnonzero(story[event] == number).tolist() for number in range(found.size.size)
    ]
    for name in ("size", "founder", "content"):
        assert getattr(found, name).tolist() == getattr(wanted, name).tolist(), name


def test_the_earliest_report_founds_an_event():
    """Before copies, whatever their days, and undated ones; of equals that with the smallest id."""
    fourth, fifth = date(2031, 5, 4), date(2031, 5, 5)
    every = articles([None, fifth, fourth, fifth])

    found = groups.of_events(every, of_rows(every.table["article_id"]), np.zeros(4, np.int64))

    assert every.column("article_id", found.founder).to_pylist() == ["a001"]
