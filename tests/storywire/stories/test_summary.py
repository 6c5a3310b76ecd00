from dataclasses import dataclass
from datetime import date

from storywire.stories.summary import Article, describe


@dataclass(frozen=True, slots=True)
class Given:
    """Fields a test leaves out."""

    duplicate_group: str | None = None
    is_lead: bool = True
    site: str | None = "one.example"
    originator: str | None = "one.example"
    title: str | None = None
    language: str | None = "en"
    published_on: date | None = date(2031, 5, 4)
    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


def article(article_id: str, **fields) -> Article:
    given = Given(**fields)
    return Article(
        article_id,
        given.duplicate_group or article_id,
        given.is_lead,
        given.site,
        given.originator,
        given.title,
        given.language,
        given.published_on,
        list(given.people),
        list(given.places),
        list(given.countries),
    )


def test_the_label_is_the_headline_of_the_most_copied_report():
    found = describe(
        [
            article("a", title="First", published_on=date(2031, 5, 1)),
            article("b", title="Copied"),
            article("c", title="Copy", duplicate_group="b", is_lead=False),
        ]
    )
    assert (found["label"], found["lead_article"]) == ("Copied", "b")


def test_of_equals_the_earliest_then_the_smallest_id_leads():
    later = [article("c"), article("b"), article("a", published_on=None)]
    assert describe(later)["lead_article"] == "b"
    assert describe([*later, article("z", published_on=date(2031, 5, 3))])["lead_article"] == "z"


def test_keywords_are_spelled_as_in_the_headlines():
    found = describe(
        [
            article("a", title="Ravić quits in Łozna"),
            article("b", title="LOZNA: Ravić out"),
            article("c", title="Ravić goes"),
        ],
        ["ravic", "resign", "lozna"],
    )
    assert found["keywords"] == ["Ravić", "resign", "LOZNA"]


def test_languages_and_outlets_are_counted_without_the_unknown():
    found = describe(
        [
            article("a", language="de", site=None),
            article("b", language="en"),
            article("c", language="en", site="two.example"),
            article("d", language="fr"),
            article("e", language="und"),
            article("f", language=None),
        ]
    )
    assert found["languages"] == ["en", "de", "fr"]
    assert found["n_sites"] == 2
    assert (found["n_articles"], found["n_reports"]) == (6, 6)


def test_days_are_null_where_none_is_known():
    found = describe([article("a", published_on=None)])
    assert (found["first_on"], found["last_on"], found["label"], found["keywords"]) == (None, None, None, [])


def test_an_agency_counts_once_however_many_outlets_ran_it():
    found = describe(
        [
            article("a", originator="AP", site="one.example"),
            article("b", originator="AP", site="two.example"),  # another of its reports on the event
            article("c", originator="AP", site="three.example", duplicate_group="a", is_lead=False),
        ]
    )
    assert (found["n_articles"], found["n_reports"], found["n_sites"], found["n_sources"]) == (3, 2, 3, 1)


def test_a_copy_without_a_report_of_its_own_is_no_source():
    own = article("a", originator="one.example", site="one.example")
    copy = article("b", originator="two.example", site="two.example", duplicate_group="a", is_lead=False)
    assert describe([own, copy])["n_sources"] == 1
    report = article("c", originator="two.example", site="two.example")
    again = article("d", originator="two.example", site="two.example")
    assert describe([own, copy, report, again])["n_sources"] == 2


def test_reports_from_nobody_knows_where_count_one_together():
    unknown = [article(name, originator=None, site=None) for name in "ab"]
    assert describe(unknown)["n_sources"] == 1
    assert describe([*unknown, article("c", originator="AP")])["n_sources"] == 2


def test_people_and_places_are_those_of_a_fifth_of_the_reports_and_copies_do_not_count():
    found = describe(
        [
            article("a", people=("Ilse Drovna", "Ruvo Pells"), places=("Lisbon", "Oslo"), countries=("PT", "NO")),
            article("b", people=("Ilse M. Drovna",), places=("Lisbon",), countries=("PT",)),
            article("c", people=("Ilse Drovna",)),
            *(article(name) for name in "defghi"),
            article("j", people=("Ruvo Pells",), duplicate_group="i", is_lead=False),
        ]
    )
    assert (found["people"], found["places"], found["countries"]) == (["Ilse Drovna"], ["Lisbon"], ["PT"])


def test_names_of_equal_standing_come_in_alphabetical_order():
    rows = [article("a", people=("Ruvo Pells", "Ilse Drovna")), article("b", people=("Ada Moor",))]
    assert describe(rows)["people"] == describe(rows[::-1])["people"] == ["Ada Moor", "Ilse Drovna", "Ruvo Pells"]


def test_articles_are_counted_by_day_and_undated_ones_by_none():
    later = date(2031, 5, 9)
    rows = [article("a", published_on=later), article("b"), article("c", published_on=None), article("d")]
    found = describe(rows)["articles_per_day"]
    assert found == [{"day": date(2031, 5, 4), "articles": 2}, {"day": later, "articles": 1}]


def test_a_label_is_cleaned_and_never_missing_where_there_are_keywords():
    assert describe([article("a", title="UPDATE 1-Ferry sinks off Larvand")])["label"] == "Ferry sinks off Larvand"
    assert describe([article("a")], ["larvand", "ferry"])["label"] == "larvand, ferry"
