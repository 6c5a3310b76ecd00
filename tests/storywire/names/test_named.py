import pytest

from storywire.names.lists import given_names, places
from storywire.names.named import MOST, Named, named
from storywire.names.runs import READ_CHARACTERS

NOTHING = Named((), (), ())


def people(text: str, language: str = "en") -> tuple[str, ...]:
    return named(text, language).people


def where(text: str, language: str = "en") -> tuple[str, ...]:
    return named(text, language).places


@pytest.mark.parametrize(
    "text",
    [
        "The harbour was closed by Mayor Helen Drovna after the storm.",
        "The harbour stays closed, Helen Drovna said.",
        "The captain, Helen Drovna, 45, left the ship last.",
        "Helen Drovna owns the ferry. Asked about the leak, Drovna was silent.",
        "They met Helen Drovna. Later Helen Drovna left.",
        "On Friday Helen Drovna’s lawyer spoke. Drovna did not.",
    ],
)
def test_a_given_name_and_one_thing_more_make_a_person(text: str):
    assert people(text) == ("Helen Drovna",)


@pytest.mark.parametrize(
    "text",
    [
        "The ferry Helen Drovna left at noon.",  # nothing but a given name speaks for a person
        "The Helen Drovna Hospital said that Drovna Hospital is full.",
        "Helen Bay said nothing; the Bay was calm.",
        "Larvand Echo said so. The Echo said more.",
        "Helen DROVNA said so.",
        "A MAYOR HELEN DROVNA SAID",
    ],
)
def test_what_is_only_called_after_people_is_nobody(text: str):
    assert people(text) == ()


def test_a_title_and_a_second_mention_stand_in_for_a_given_name_nobody_knows():
    assert people("President Xqo Blarn arrived. Blarn will stay.") == ("Xqo Blarn",)
    assert people("President Xqo Blarn arrived.") == ()


def test_a_person_is_one_with_and_without_initials_titles_and_possessives():
    text = "Senator Helen J. Drovna spoke. Helen Drovna's friends and Sen. Helen Drovna agreed. Drovna left."
    assert people(text) == ("Helen Drovna",)


@pytest.mark.parametrize(
    ("language", "text", "who", "spots", "countries"),
    [
        (
            "de",
            "Die Ministerin Annalena Torbeck reist nach München. Torbeck sagte, Deutschlands Häfen seien sicher.",
            ("Annalena Torbeck",),
            ("Germany", "Munich"),
            ("DE",),
        ),
        (
            "fr",
            "La ministre Claire Rovière est arrivée à Londres. Elle a quitté la Belgique lundi.",
            ("Claire Rovière",),
            ("Belgium", "London"),
            ("BE", "GB"),
        ),
        (
            "es",
            "El alcalde Javier Torrealba viajó ayer a Francia desde Madrid. Torrealba no habló.",
            ("Javier Torrealba",),
            ("France", "Madrid"),
            ("ES", "FR"),
        ),
        (
            "ru",
            "Министр Владимир Сосновцев прилетел из Москвы. В Берлине его ждали. Он был рад Германии.",
            ("Владимир Сосновцев",),
            ("Berlin", "Germany", "Moscow"),
            ("DE", "RU"),
        ),
    ],
)
def test_names_are_found_in_several_languages(language, text, who, spots, countries):
    found = named(text, language)
    assert (found.people, tuple(sorted(found.places)), tuple(sorted(found.countries))) == (who, spots, countries)


def test_a_person_ends_before_the_body_they_speak_for():
    assert people("Das sagte Ida Moorbeck von der Feuerwehr. Moorbeck bat um Geduld.", "de") == ("Ida Moorbeck",)
    assert people("Ministerin Ida von der Moor sprach.", "de") == ("Ida von der Moor",)


def test_cities_need_a_word_that_says_where_countries_do_not():
    assert where("Boston won again. Norway lost.") == ("Norway",)
    assert where("A fire broke out in Boston. Boston burned.") == ("Boston",)
    assert where("BOSTON (AP) — A fire broke out.") == ("Boston",)
    assert where("Firefighters left Boston, Massachusetts, at dawn.") == ("Boston", "Massachusetts")


def test_a_surname_is_no_place():
    assert named("Mayor Helen London spoke in Paris. London said so from London.", "en").places == ("Paris",)


def test_a_run_that_only_begins_like_a_place_is_none():
    assert where("He studied in Oxford Street and in Paris Saint-Germain jerseys.") == ()


def test_letters_name_a_country_only_as_capitals():
    assert where("The U.S. and the UK agreed with US officials; tell us, Us.") == ("United States", "United Kingdom")


def test_a_city_with_a_namesake_abroad_counts_for_no_country():
    assert named("It happened in Valencia.", "en") == Named((), ("Valencia",), ())
    assert named("It happened in Georgia.", "en") == Named((), ("Georgia",), ())


@pytest.mark.parametrize("language", ["zh", "ar", "und", None, "tr"])
def test_other_languages_have_none_rather_than_wrong_ones(language):
    assert named("President Helen Drovna, 45, said in Boston. Drovna left Norway.", language) == NOTHING


def test_nothing_in_no_text_and_little_of_long_ones():
    assert named("", "en") == NOTHING
    late = "x" * READ_CHARACTERS + " said Mayor Helen Drovna in Boston."
    assert named(late, "en") == NOTHING
    many = " ".join(f"Mayor Helen B{'abcdefghijklmnopqrstuvwxyz'[n]}dorf spoke." for n in range(26))
    assert len(people(many)) == MOST


def test_the_lists_are_as_they_are_declared():
    assert {place.kind for place in places().values()} == {"country", "region", "city"}
    assert all(one == one.strip().casefold() for one in [*places(), *given_names()])
    assert not given_names() & {"said", "general", "french", "monday"}
    assert {places()[one].name for one in ("munchen", "munich", "мюнхен")} == {"Munich"}
