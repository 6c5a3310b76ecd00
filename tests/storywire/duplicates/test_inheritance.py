from datetime import UTC, date, datetime

import pytest

from storywire.duplicates.inheritance import Credited, Dated, credits, dates

MONDAY, TUESDAY = date(2024, 3, 4), date(2024, 3, 5)


def test_an_undated_copy_takes_the_date_of_the_best_dated_member():
    own = [Dated(), Dated(TUESDAY, None, "url", 0.85), Dated(MONDAY, None, "jsonld", 0.95)]
    taken = dates(["a1", "a2", "a3"], own, [None] * 3)[0]
    assert (taken.published_on, taken.source, taken.inherited_from) == (MONDAY, "jsonld", "a3")
    assert taken.confidence == pytest.approx(0.95 * 0.97)


def test_a_reliable_own_date_is_never_overwritten():
    own = [Dated(TUESDAY, None, "url", 0.8), Dated(MONDAY, None, "jsonld", 0.95)]
    assert dates(["a1", "a2"], own, [None, None]) == own


def test_a_doubtful_own_date_gives_way():
    own = [Dated(TUESDAY, None, "page_header", 0.05), Dated(MONDAY, None, "jsonld", 0.95)]
    assert dates(["a1", "a2"], own, [None, None])[0].published_on == MONDAY


def test_a_doubtful_date_is_not_passed_on():
    own = [Dated(), Dated(MONDAY, None, "above_headline", 0.35)]
    assert dates(["a1", "a2"], own, [None, None])[0] == Dated()


def test_an_update_gives_way_however_sure_and_is_not_passed_on():
    update = Dated(TUESDAY, None, "updated", 0.93)
    own = [update, Dated(MONDAY, None, "jsonld", 0.95), Dated()]
    assert [taken.published_on for taken in dates(["a1", "a2", "a3"], own, [None] * 3)] == [MONDAY] * 3
    assert dates(["a1", "a2"], [update, Dated()], [None, None]) == [update, Dated()]


def test_of_equally_good_dates_the_earliest_is_taken_then_the_smallest_id():
    own = [Dated(), *(Dated(day, None, "meta", 0.9) for day in (TUESDAY, MONDAY, MONDAY))]
    assert dates(["a0", "a3", "a2", "a1"], own, [None] * 4)[0].inherited_from == "a1"


def test_a_date_after_the_capture_is_not_taken():
    captured = datetime(2024, 3, 1, 12, tzinfo=UTC)
    own = [Dated(), Dated(MONDAY, None, "jsonld", 0.95), Dated(date(2024, 3, 1), None, "url", 0.85)]
    assert dates(["a1", "a2", "a3"], own, [captured, None, None])[0].inherited_from == "a3"
    assert dates(["a1", "a2"], own[:2], [captured, None])[0] == Dated()


def test_the_instant_comes_with_the_day():
    moment = datetime(2024, 3, 4, 7, 30, tzinfo=UTC)
    own = [Dated(), Dated(MONDAY, moment, "jsonld", 0.95)]
    assert dates(["a1", "a2"], own, [None, None])[0].published_at == moment


def test_a_copy_without_a_credit_takes_the_best_one():
    own = [Credited(), Credited("NPX", "byline", 0.85, "By NPX"), Credited("NPX", "dateline", 0.97, "TARNBY (NPX)")]
    taken = credits(["a1", "a2", "a3"], [None] * 3, own)
    assert taken[0] == Credited("NPX", "dateline", pytest.approx(0.97 * 0.97), "TARNBY (NPX)", "a3")
    assert taken[1:] == own[1:]


def test_a_doubtful_credit_is_not_passed_on():
    own = [Credited(), Credited("NPX", "text", 0.4, "told NPX")]
    assert credits(["a1", "a2"], [None, None], own) == own
