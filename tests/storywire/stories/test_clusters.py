import random
from collections import defaultdict
from datetime import date, timedelta
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.schema import ARTICLES, CLUSTERED, EVENTS, NORMALISED, STORIES
from storywire.stories.clusters import Clusters, cluster
from storywire.stories.terms import weigh

DAY = date(2031, 5, 4)
COLUMNS = (
    "article_id",
    "duplicate_group",
    "is_lead",
    "site",
    "originator",
    "title",
    "language",
    "n_words",
    "published_on",
)
TYPES = {column.name: column.type for column in (*ARTICLES.columns, *NORMALISED.columns)} | {"originator": pa.string()}
SCHEMA = pa.schema([(name, TYPES[name]) for name in (*COLUMNS, "terms", "weights")])

FERRY = (
    "Ferry sinks off Larvand",
    "The ferry Corvina sank off Larvand in a gale. Captain Ilse Drovna sent a distress call.",
)
FERRY_TOO = ("Corvina goes down in gale", "A gale sank the ferry Corvina near Larvand, Captain Drovna told rescuers.")
INQUIRY = ("Larvand inquiry hears captain", "Captain Drovna of the ferry Corvina told an inquiry in Larvand of a leak.")
MINE = (
    "Mine in Oster collapses",
    "A shaft of the Hollin copper mine near Oster collapsed. Foreman Ruvo Pells freed miners.",
)
ELECTION = (
    "Tamsel elects Quendra mayor",
    "Voters in Tamsel elected Mira Quendra mayor; turnout at the ballot was a record.",
)
CHOIR = ("Brindle choir wins", "The Brindle cathedral choir won the Asmoor singing prize under conductor Ewa Lott.")
HARBOUR = (
    "Vessin harbour strike ends",
    "Dockers in Vessin harbour ended a strike after union leader Jorn Abel agreed.",
)
BEES = ("Sarn beekeepers sue", "Beekeepers in Sarn sued the pesticide maker Dolvex over dead hives and lost honey.")


@cache
def terms_of(title: str | None, text: str, language: str):
    return weigh(title, text, language)


def article(article_id: str, report: tuple[str | None, str] = FERRY, day: date | None = DAY, **fields: object) -> dict:
    title, text = report
    found = terms_of(title, text, str(fields.get("language") or "en"))
    row = {"article_id": article_id, "duplicate_group": article_id, "is_lead": True, "site": f"{article_id}.example"}
    row |= {"title": title, "language": "en", "n_words": len(text.split()), "published_on": day}
    return row | {"terms": list(found.terms), "weights": found.weights.tolist()} | fields


def table(*rows: dict) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=SCHEMA)


def event_of(found: Clusters) -> dict[str, str]:
    return {row["article_id"]: row["event_id"] for row in found.clustered.to_pylist()}


def story_of(found: Clusters) -> dict[str, str | None]:
    return {row["article_id"]: row["story_id"] for row in found.clustered.to_pylist()}


def test_two_reports_of_one_sinking_are_one_event():
    found = cluster(table(article("a", FERRY), article("b", FERRY_TOO), article("c", MINE)))
    events = event_of(found)
    assert events["a"] == events["b"] != events["c"]
    assert story_of(found)["c"] is None


def test_an_inquiry_a_week_later_continues_the_story_as_another_event():
    later = DAY + timedelta(days=7)
    found = cluster(table(article("a", FERRY), article("b", FERRY_TOO), article("c", INQUIRY, later)))
    assert event_of(found)["a"] != event_of(found)["c"]
    assert len(set(story_of(found).values())) == 1
    assert found.stories.to_pylist()[0]["n_events"] == 2
    assert (found.stories["first_on"][0].as_py(), found.stories["last_on"][0].as_py()) == (DAY, later)


def test_the_same_happening_a_year_later_is_another_story():
    found = cluster(table(article("a", FERRY), article("b", FERRY_TOO, DAY + timedelta(days=365))))
    assert found.stories.num_rows == 0
    assert found.events.num_rows == 2


def test_copies_follow_their_lead_whatever_they_say():
    copy = article("b", MINE, duplicate_group="a", is_lead=False)
    found = cluster(table(article("a", FERRY), copy, article("c", MINE)))
    assert event_of(found)["b"] == event_of(found)["a"] != event_of(found)["c"]


def test_two_copies_of_one_report_make_a_story():
    found = cluster(table(article("a"), article("b", duplicate_group="a", is_lead=False, site="a.example")))
    (story,) = found.stories.to_pylist()
    assert (story["n_articles"], story["n_reports"], story["n_events"], story["n_sites"]) == (2, 1, 1, 1)
    assert set(story_of(found).values()) == {story["story_id"]}


def test_an_article_without_words_stands_alone():
    found = cluster(table(article("a", (None, "")), article("b", (None, ""))))
    assert len(set(event_of(found).values())) == 2
    assert found.events["keywords"].to_pylist() == [[], []]


def test_an_undated_report_joins_its_event():
    found = cluster(table(article("a", FERRY), article("b", FERRY_TOO, None), article("c", MINE, None)))
    assert event_of(found)["a"] == event_of(found)["b"] == "e20310504-" + event_of(found)["b"].split("-")[1]
    assert event_of(found)["c"].startswith("eundated-")


def test_a_name_comes_from_the_earliest_report_then_the_smallest_id():
    yesterday = DAY - timedelta(days=1)
    one = cluster(table(article("a", FERRY, None), article("b", FERRY_TOO), article("c", FERRY, yesterday)))
    alone = cluster(table(article("c", FERRY, yesterday)))
    assert set(event_of(one).values()) == set(event_of(alone).values())


def test_a_copy_founds_nothing():
    lead = article("b", FERRY)
    copy = article("a", FERRY, DAY - timedelta(days=1), duplicate_group="b", is_lead=False)
    alone, both = cluster(table(lead)), cluster(table(lead, copy))
    assert both.events["event_id"].to_pylist() == alone.events["event_id"].to_pylist()


def test_a_morning_briefing_does_not_merge_its_five_stories():
    stories = {"f": FERRY, "m": MINE, "e": ELECTION, "h": HARBOUR, "z": BEES}
    rows = [article(f"{key}{n}", report) for key, report in stories.items() for n in range(2)]
    digest = (
        "Morning briefing: five things to know",
        " ".join(f"{title}. {text}" for title, text in stories.values()),
    )
    found = cluster(table(*rows, article("briefing", digest)))
    assert len({event_of(found)[f"{key}0"] for key in stories}) == 5
    assert len({story_of(found)[f"{key}0"] for key in stories}) == 5


def test_a_thousand_daily_weather_reports_do_not_become_one_story():
    # One template of one outlet, the same but for the figures: an event spans days, a story weeks, and no more.
    rows = []
    for number in range(1_000):
        text = (
            f"Oster weather. Rain showers over Oster and the Hollin hills, {number % 30} degrees, wind from the west."
        )
        rows.append(
            article(f"w{number:04}", ("Weather for Oster", text), DAY + timedelta(days=number), site="w.example")
        )
    found = cluster(table(*rows))
    for name, longest in (("events", 10), ("stories", 70)):
        spans = [(row["last_on"] - row["first_on"]).days + 1 for row in getattr(found, name).to_pylist()]
        assert max(spans, default=0) <= longest  # a series is in no story at all


def test_the_tables_have_the_declared_columns_and_order():
    found = cluster(table(article("b", FERRY), article("a", FERRY_TOO), article("c", MINE, None)))
    for part, declared in ((found.clustered, CLUSTERED), (found.events, EVENTS), (found.stories, STORIES)):
        assert part.schema.equals(declared.arrow, check_metadata=True)
        part.validate(full=True)
        keys = part[declared.order[0]].to_pylist()
        assert keys == sorted(set(keys))


def test_no_articles_give_empty_tables():
    found = cluster(table())
    assert (found.clustered.num_rows, found.events.num_rows, found.stories.num_rows) == (0, 0, 0)


def test_an_article_twice_or_a_group_without_a_lead_is_refused():
    with pytest.raises(ValueError, match="more than one row"):
        cluster(table(article("a"), article("a")))
    with pytest.raises(ValueError, match="exactly one"):
        cluster(table(article("a", is_lead=False)))
    with pytest.raises(ValueError, match="exactly one"):
        cluster(table(article("a"), article("b", duplicate_group="a")))


def test_another_language_takes_its_place_in_the_summary():
    german = ("Fähre sinkt vor Larvand", "Die Fähre Corvina sank vor Larvand im Sturm. Kapitänin Drovna funkte SOS.")
    rows = [article("a", FERRY), article("b", FERRY_TOO), article("c", german, language="de")]
    found = cluster(table(*rows))
    assert len(set(event_of(found).values())) == 1  # names in Latin letters carry across
    assert found.events["languages"].to_pylist() == [["en", "de"]]


REPORTS = (FERRY, FERRY_TOO, INQUIRY, MINE, ELECTION, CHOIR)
reports = st.tuples(
    st.sampled_from(REPORTS), st.one_of(st.none(), st.integers(0, 20)), st.booleans(), st.sampled_from(["en", "de"])
)


def build(drawn: list[tuple]) -> list[dict]:
    """Rows of which a copy belongs to the report before it."""
    rows: list[dict] = []
    for number, (report, day, copy, language) in enumerate(drawn):
        group = rows[-1]["duplicate_group"] if copy and rows else f"a{number:02}"
        when = None if day is None else DAY + timedelta(days=day)
        rows.append(
            article(
                f"a{number:02}",
                report,
                when,
                duplicate_group=group,
                is_lead=group == f"a{number:02}",
                language=language,
            )
        )
    return rows


@settings(deadline=None)
@given(st.lists(reports, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_articles_changes_nothing(drawn, rng):
    rows = build(drawn)
    shuffled = rows[:]
    rng.shuffle(shuffled)
    one, other = cluster(table(*rows)), cluster(table(*shuffled))
    assert one.clustered.equals(other.clustered)
    assert one.events.equals(other.events)
    assert one.stories.equals(other.stories)


@settings(deadline=None)
@given(st.lists(reports, max_size=12))
def test_groups_lie_in_events_and_events_in_stories(drawn):
    rows = build(drawn)
    found = cluster(table(*rows))
    placed = {row["article_id"]: row for row in found.clustered.to_pylist()}
    assert placed.keys() == {row["article_id"] for row in rows}
    events, stories, members = defaultdict(set), defaultdict(set), defaultdict(set)
    for row in rows:
        here = placed[row["article_id"]]
        events[row["duplicate_group"]].add(here["event_id"])
        stories[here["event_id"]].add(here["story_id"])
        members[here["story_id"]].add(row["article_id"])
    assert all(len(found_in) == 1 for found_in in (*events.values(), *stories.values()))
    assert all(len(inside) >= 2 for story, inside in members.items() if story is not None)
    assert {row["event_id"]: row["story_id"] for row in found.events.to_pylist()} == {
        event: next(iter(of)) for event, of in stories.items()
    }
    counted = {row["story_id"]: row["n_articles"] for row in found.stories.to_pylist()}
    assert counted == {story: len(inside) for story, inside in members.items() if story is not None}


def test_an_unrelated_article_changes_no_other_row():
    rows = build([(report, day, False, "en") for report in REPORTS[:4] for day in (None, 0, 1, 9)])
    random.Random(3).shuffle(rows)  # noqa: S311 (an order, not a secret)
    before, after = cluster(table(*rows)), cluster(table(*rows, article("zz", BEES)))
    assert after.clustered.filter(pc.field("article_id") != "zz").equals(before.clustered)
