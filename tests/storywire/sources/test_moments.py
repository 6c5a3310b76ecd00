from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.sources import moments


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("2026-02-03T08:10:00Z", "2026-02-03T08:10:00+00:00"),
        ("2026-02-03T08:10:00.123456789Z", "2026-02-03T08:10:00.123456+00:00"),
        ("2026-02-03 08:10", "2026-02-03T08:10:00+00:00"),
        ("2026-02-03T08:10:00-05:30", "2026-02-03T13:40:00+00:00"),
        ("20260203", "2026-02-03T00:00:00+00:00"),
        ("20260203081000", "2026-02-03T08:10:00+00:00"),
        ("Tue, 03 Feb 2026 08:10:00 GMT", "2026-02-03T08:10:00+00:00"),
        ("yesterday", None),
        ("2026-02-30", None),
        ("", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("20261303081000", None),
    ],
)
def test_a_timestamp_is_read_in_utc_or_not_at_all(printed, expected):
    moment = moments.read(printed)
    assert (moment.isoformat() if moment else None) == expected


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2099, 1, 1)),  # noqa: DTZ001 - the offset follows
    st.integers(-14 * 60, 14 * 60),
)
@settings(max_examples=50, deadline=None)
def test_any_offset_names_the_same_instant(moment, minutes):
    moment = moment.replace(tzinfo=UTC)
    assert moments.read(moment.astimezone(timezone(timedelta(minutes=minutes))).isoformat()) == moment


@given(st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_no_text_breaks_the_reader(text):
    moments.read(text)
    moments.in_path(text, text)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("2026-02-03/a.html", "2026-02-03T00:00:00+00:00"),
        ("herald/2026/02/03/a.html", "2026-02-03T00:00:00+00:00"),
        ("herald-20260203.warc.gz", "2026-02-03T00:00:00+00:00"),
        ("20260203T0810/a.html", "2026-02-03T08:10:00+00:00"),
        ("a.2026-02-03T08-10-59Z.html", "2026-02-03T08:10:59+00:00"),
        ("20260203081059/a.html", "2026-02-03T08:10:59+00:00"),
        ("2026-01-01/2026-02-03/a.html", "2026-02-03T00:00:00+00:00"),
        ("2026-02-03/a-2026-02-31.html", "2026-02-03T00:00:00+00:00"),
        ("2026-02-03/20260203T2561.html", "2026-02-03T00:00:00+00:00"),
        ("2026/02/03/2026/02/04.html", "2026-02-04T00:00:00+00:00"),
        ("a120260203.html", None),
        ("202602031/a.html", None),
        ("2026-02/03-a.html", None),
        ("20260203a.html", None),
        ("a.html", None),
    ],
)
def test_the_deepest_valid_date_in_a_path_is_the_capture_time(path, expected):
    moment = moments.in_path(path)
    assert (moment.isoformat() if moment else None) == expected


def test_the_folder_name_counts_only_where_it_is_exactly_a_date():
    assert moments.in_path("a.html", "20260203") == datetime(2026, 2, 3, tzinfo=UTC)
    assert moments.in_path("a.html", "backup-2026-02-03") is None
    assert moments.in_path("2026-02-04/a.html", "20260203") == datetime(2026, 2, 4, tzinfo=UTC)
