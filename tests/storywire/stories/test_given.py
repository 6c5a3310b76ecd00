"""Articles are numbered in order of their ids, whatever order they come in."""

import pyarrow as pa
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from storywire.stories.given import given

IDS = st.lists(st.text("\0aé字", max_size=12) | st.text("ab", min_size=7, max_size=10), unique=True, max_size=20)


def rows(ids: list[str]) -> pa.Table:
    count = len(ids)
    days = pa.nulls(count, pa.date32())
    return pa.table({"article_id": pa.array(ids, pa.string()), "published_on": days, "is_lead": [True] * count})


@settings(deadline=None)
@drawn(IDS, st.integers(0, 5))
def test_ids_ascend_byte_by_byte_where_they_begin_alike_too(ids: list[str], skipped: int):
    table = rows(ids).slice(skipped)
    expected = sorted(ids[skipped:], key=str.encode)
    assert given(table).column("article_id").to_pylist() == expected


@settings(deadline=None)
@drawn(IDS.filter(len), st.data())
def test_an_id_that_comes_twice_is_refused(ids: list[str], data: st.DataObject):
    again = data.draw(st.sampled_from(ids))
    with pytest.raises(ValueError, match="more than one row"):
        given(rows(data.draw(st.permutations([*ids, again]))))
