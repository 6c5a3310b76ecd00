"""Which date of a page becomes the article's, and why the others do not."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.articles.dateroles import ROLES, Candidate
from storywire.articles.dates import (
    ENOUGH,
    Choice,
    candidates_given,
    candidates_in_lines,
    candidates_in_url,
    choose,
)
from storywire.duplicates.inheritance import Dated

MONDAY = date(2031, 3, 3)

PAGE = [
    "The Ella Courier",
    "Today: June 9, 2033",
    "",
    "Ferries stop as ice closes the sound",
    "Norland Ferries Ice",
    "March 3, 2031",
    "",
    "PORT ELLA, Norland (AP) — Ferries to the outer islands stopped on Monday, the harbour master said.",
    "It was the first time since 2 February 1998 that ice had closed the sound.",
    "Boats will sail again on Thursday.",
    "",
    "Related Articles",
    "Mayor resigns",
    "June 8, 2033",
    "© 2033 The Ella Courier",
]


def made(role: str, day: date, printed: str = "", instant: datetime | None = None) -> Candidate:
    return Candidate(role, printed or day.isoformat(), day, instant, "day", ROLES[role].confidence)


def chosen(*candidates: Candidate, text: str = "", language: str = "en", captured_at: datetime | None = None) -> Choice:
    return choose(candidates, text=text, language=language, captured_at=captured_at)


def lines_choice(page: list[str], headline: int | None, first: int, last: int, language: str = "en") -> Choice:
    found = candidates_in_lines(page, headline, first, last, language)
    return choose(found, text="\n".join(page[first : last + 1]), language=language, captured_at=None)


def test_the_date_between_headline_and_body_wins_over_clock_and_teasers() -> None:
    choice = lines_choice(PAGE, 3, 7, 9)
    assert choice.published_on == MONDAY
    assert choice.source == "headline"
    assert choice.confidence is not None
    assert choice.confidence >= 0.8
    roles = {row.candidate.printed: row.candidate.role for row in choice.ranked}
    assert roles["June 9, 2033"] == "today"
    assert "2 February 1998" not in roles


def test_a_page_with_nothing_but_a_clock_and_teasers_has_no_date() -> None:
    page = [line for line in PAGE if line != "March 3, 2031"]
    assert lines_choice(page, 3, 6, 8).published_on is None


def test_a_date_in_the_page_header_is_no_publication_date() -> None:
    page = [
        "June 9, 2033",
        "Home",
        "News",
        "Sports",
        "Weather",
        "Contact",
        "Ferries stop",
        "Ferries stopped on Monday.",
    ]
    assert lines_choice(page, 6, 7, 7).published_on is None
    assert lines_choice(page, None, 7, 7).published_on is None


@pytest.mark.parametrize(
    ("line", "language", "role"),
    [
        ("Published: 3 March 2031", "en", "labelled"),
        ("Veröffentlicht am 3. März 2031, 10:15 Uhr", "de", "labelled"),
        ("Publié le 3 mars 2031 à 10h15", "fr", "labelled"),
        ("Publicado el 3 de marzo de 2031", "es", "labelled"),
        ("Publicado em 03/03/2031", "pt", "labelled"),
        ("Pubblicato il 3 marzo 2031", "it", "labelled"),
        ("Опубликовано 3 марта 2031", "ru", "labelled"),
        ("نشر في 3 مارس 2031", "ar", "labelled"),
        ("发布时间：2031年3月3日 10:15", "zh", "labelled"),
        ("公開日 2031年3月3日", "ja", "labelled"),
        ("By Ann Roe | 3 March 2031 | 4 min read", "en", "headline"),
        ("Mis à jour le 3 mars 2031", "fr", "updated"),
        ("Обновлено 3 марта 2031", "ru", "updated"),
        ("Heute: 3. März 2031", "de", "today"),
    ],
)
def test_the_words_before_a_date_give_its_role(line: str, language: str, role: str) -> None:
    (found,) = candidates_in_lines(["Headline of the day", line, "The report begins here."], 0, 2, 2, language)
    assert (found.role, found.day) == (role, MONDAY)


def test_published_and_updated_on_one_line_are_told_apart() -> None:
    page = ["Headline of the day", "Published March 3, 2031, updated March 5, 2031", "The report begins here."]
    choice = lines_choice(page, 0, 2, 2)
    assert (choice.published_on, choice.source) == (MONDAY, "labelled")


def test_a_label_on_the_line_above_counts() -> None:
    page = ["Headline of the day", "Updated", "March 5, 2031", "Published", "March 3, 2031", "The report begins."]
    assert lines_choice(page, 0, 5, 5).published_on == MONDAY


@pytest.mark.parametrize(
    "opening",
    [
        "PORT ELLA, March 3, 2031 (Reuters) - Ferries stopped.",
        "PORT ELLA, 3 mars 2031 (AFP) – Les ferries ne partent plus.",
        "(03.03.2031) Die Fähren fahren nicht mehr, seit das Eis den Sund schließt, sagt der Hafenmeister am Montag.",
    ],
)
def test_a_dateline_dates_the_report(opening: str) -> None:
    choice = lines_choice(["Headline of the day", opening], 0, 1, 1, "de")
    assert (choice.published_on, choice.source) == (MONDAY, "dateline")


def test_a_date_in_the_report_is_no_candidate() -> None:
    body = "The council, which met on 3 March 2031 to vote on the harbour, will meet again next week, members said."
    assert candidates_in_lines(["Headline of the day", body], 0, 1, 1, "en") == ()


@pytest.mark.parametrize(
    ("url", "day", "role"),
    [
        ("https://news.example/2031/03/03/harbour", MONDAY, "url"),
        ("https://news.example/2031/mar/3/harbour", MONDAY, "url"),
        ("https://news.example/harbour-2031-03-03.html", MONDAY, "url"),
        ("https://news.example/a/20310303-harbour", MONDAY, "url_compact"),
        ("https://news.example/2031/03/harbour", None, ""),
        ("https://news.example/harbour?date=2031-03-03", None, ""),
        ("https://news.example/2031/13/03/harbour", None, ""),
        (None, None, ""),
    ],
)
def test_an_address_may_hold_the_date_in_its_path(url: str | None, day: date | None, role: str) -> None:
    found = candidates_in_url(url)
    assert [(each.day, each.role) for each in found] == ([(day, role)] if day else [])


def test_a_record_s_own_date_counts() -> None:
    (found,) = candidates_given("2031-03-03T23:30:00-05:00")
    choice = chosen(found)
    assert (choice.published_on, choice.source) == (MONDAY, "given")
    assert choice.published_at == datetime(2031, 3, 4, 4, 30, tzinfo=UTC)
    assert candidates_given("yesterday") == ()


def test_a_weekday_in_the_lead_bears_out_its_day() -> None:
    lead = "Ferries stopped on Monday, the harbour master said."
    plain, told = chosen(made("headline", MONDAY)), chosen(made("headline", MONDAY), text=lead)
    later = chosen(made("headline", MONDAY + timedelta(days=2)), text=lead)
    against = chosen(made("headline", MONDAY + timedelta(days=3)), text=lead)
    assert plain.confidence is not None
    assert told.confidence is not None
    assert later.confidence is not None
    assert against.confidence is not None
    assert told.confidence == later.confidence > plain.confidence > against.confidence


@pytest.mark.parametrize(
    ("language", "lead"),
    [
        ("de", "Am Montag fuhren keine Fähren."),
        ("ru", "В субботу паромы не ходили."),
        ("pt", "Os barcos pararam na segunda-feira."),
        ("zh-Hans", "渡轮星期一停航。"),
        ("ar", "توقفت العبارات يوم الاثنين"),
    ],
)
def test_the_weekday_is_read_in_the_article_s_language(language: str, lead: str) -> None:
    day = MONDAY - timedelta(days=2) if language == "ru" else MONDAY
    with_day, without = chosen(made("above", day), text=lead, language=language), chosen(made("above", day))
    assert with_day.ranked[0].why != without.ranked[0].why


def test_witnesses_of_different_kinds_reinforce_each_other() -> None:
    one = chosen(made("jsonld", MONDAY))
    same_kind = chosen(made("jsonld", MONDAY), made("meta", MONDAY))
    other_kind = chosen(made("jsonld", MONDAY), made("url", MONDAY))
    assert one.confidence == same_kind.confidence
    assert (other_kind.confidence or 0) > (one.confidence or 0)


def test_equal_witnesses_for_two_days_leave_no_date() -> None:
    choice = chosen(made("headline", MONDAY), made("headline", MONDAY + timedelta(days=9)))
    assert choice.published_on is None
    assert choice.confidence is None


def test_of_two_days_the_better_supported_is_surer_than_its_odds_alone_say() -> None:
    better, worse = made("headline", MONDAY), made("meta_date", MONDAY + timedelta(days=3))
    choice = chosen(better, worse)
    odds = [each.confidence / (1 - each.confidence) for each in (better, worse)]
    plain = odds[0] / (1 + sum(odds))
    assert choice.published_on == MONDAY
    assert choice.confidence is not None
    assert plain < choice.confidence < (chosen(better).confidence or 0)


def test_nothing_lies_after_the_capture() -> None:
    captured = datetime(2031, 3, 1, 12, tzinfo=UTC)
    assert chosen(made("jsonld", MONDAY), captured_at=captured).published_on is None
    assert chosen(made("jsonld", date(2031, 3, 2)), captured_at=captured).published_on == date(2031, 3, 2)


@pytest.mark.parametrize("role", [name for name, role in ROLES.items() if role.family == "none"])
def test_clocks_teasers_and_changes_never_become_the_date(role: str) -> None:
    many = [made(role, MONDAY, printed) for printed in ("a", "b", "c")]
    assert chosen(*many, text="Ferries stopped on Monday.").published_on is None


def test_an_update_shown_to_readers_counts_only_where_there_is_nothing_else() -> None:
    update = made("updated", MONDAY + timedelta(days=9))
    alone = chosen(update)
    assert alone.published_on == update.day
    assert alone.confidence == ROLES["updated"].confidence < ROLES["labelled"].confidence
    assert not Dated(alone.published_on, None, alone.source, alone.confidence).reliable
    repeated = chosen(update, made("modified", update.day))
    assert (repeated.confidence or 0) > (alone.confidence or 1)
    assert not Dated(repeated.published_on, None, repeated.source, repeated.confidence).reliable
    assert chosen(update, made("marked", MONDAY)).published_on == MONDAY
    assert chosen(update, made("updated", MONDAY)).published_on is None


def test_the_last_change_is_kept_apart() -> None:
    changed = datetime(2031, 3, 5, 9, tzinfo=UTC)
    choice = chosen(made("jsonld", MONDAY), made("modified", changed.date(), instant=changed))
    assert (choice.published_on, choice.modified_at) == (MONDAY, changed)
    before = made("modified", date(2031, 3, 1), instant=datetime(2031, 3, 1, tzinfo=UTC))
    assert chosen(made("jsonld", MONDAY), before).modified_at is None


def test_a_machine_s_utc_yields_to_the_day_readers_are_shown() -> None:
    stored = made("jsonld", date(2031, 3, 4), "2031-03-04T02:10:00Z", datetime(2031, 3, 4, 2, 10, tzinfo=UTC))
    choice = chosen(stored, made("headline", MONDAY))
    assert choice.published_on == MONDAY
    assert choice.published_at == stored.instant
    own_offset = made("jsonld", date(2031, 3, 4), "2031-03-04T02:10:00+03:00", datetime(2031, 3, 3, 23, 10, tzinfo=UTC))
    assert chosen(own_offset).published_on == date(2031, 3, 4)


def test_a_stray_day_beside_the_article_moves_no_declared_one() -> None:
    stored = made("meta", MONDAY, "2031-03-03T21:08:14Z", datetime(2031, 3, 3, 21, 8, 14, tzinfo=UTC))
    stray = replace(made("signed", date(2031, 3, 4)), confidence=0.44)
    assert chosen(stored, stray).published_on == MONDAY


def test_the_same_instant_with_an_offset_tells_the_publisher_s_day() -> None:
    instant = datetime(2031, 3, 4, 2, 10, tzinfo=UTC)
    stored = made("jsonld", date(2031, 3, 4), "2031-03-04T02:10:00Z", instant)
    local = made("microdata", MONDAY, "2031-03-03T21:10:00-05:00", instant)
    assert chosen(stored, local).published_on == MONDAY


def test_a_dateline_does_not_move_the_day_of_publication() -> None:
    stored = made("meta", MONDAY, "2031-03-03T21:08:14Z", datetime(2031, 3, 3, 21, 8, 14, tzinfo=UTC))
    assert chosen(stored, made("dateline", date(2031, 3, 4))).published_on == MONDAY


def test_data_that_repeats_the_last_change_yields_to_an_earlier_day_readers_are_shown() -> None:
    change, printed = date(2031, 6, 9), made("headline", MONDAY)
    rebuilt = [made("jsonld", change), made("modified", change)]
    assert chosen(*rebuilt, printed).published_on == MONDAY
    assert chosen(*rebuilt).published_on == change
    assert chosen(*rebuilt, made("kicker", change)).published_on == change
    assert chosen(made("meta_date", change), made("modified", change), made("lone", MONDAY)).published_on == MONDAY


def test_a_time_element_that_holds_the_last_change_does_not_outdo_declared_publication() -> None:
    change = made("time", date(2031, 6, 9))
    declared = made("jsonld", MONDAY)
    assert chosen(change, declared, made("modified", date(2031, 6, 9))).published_on == MONDAY


CANDIDATES = st.builds(
    made,
    st.sampled_from(sorted(ROLES)),
    st.dates(MONDAY, MONDAY + timedelta(days=4)),
    st.sampled_from(["", "x", "2031-03-04T02:10:00Z"]),
    st.sampled_from([None, datetime(2031, 3, 4, 2, 10, tzinfo=UTC)]),
)


@given(st.lists(CANDIDATES, max_size=10), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_choice_does_not_depend_on_the_order_of_the_candidates(
    candidates: list[Candidate], shuffler: random.Random
) -> None:
    shuffled = candidates[:]
    shuffler.shuffle(shuffled)
    choice = choose(candidates, text="on Monday", language="en", captured_at=None)
    assert choice == choose(shuffled, text="on Monday", language="en", captured_at=None)
    assert sum(row.chosen for row in choice.ranked) == (choice.published_on is not None)
    assert {row.candidate for row in choice.ranked} == set(candidates)
    assert all(row.why.endswith(".") for row in choice.ranked)
    assert choice.confidence is None or ENOUGH <= choice.confidence < 1


def test_a_page_with_a_thousand_dates_keeps_a_readable_ledger() -> None:
    page = [
        "Headline of the day",
        *[f"Posted {1 + n % 28} March {2000 + n % 31}" for n in range(1_000)],
        "The report.",
    ]
    assert len(candidates_in_lines(page, 0, 1_001, 1_001, "en")) <= 40
