"""One happening in several languages is one story; what only resembles it is not."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.stories.bridge import LEAST, MOST, Report, evidence, keys
from storywire.stories.clusters import STORY, Clusters
from storywire.stories.cohesion import cohere
from storywire.stories.skeletons import skeleton
from storywire.stories.terms import weigh
from tests.storywire.stories.test_clusters import DAY
from tests.storywire.stories.test_kept import Rows, on_disk, same, stored, whole

TOLD = {
    "dam en": (
        "Dam at Ostrava mine bursts, 134 homes flooded",
        "A dam at the Vrbenka mine near Ostrava in Czechia burst on Sunday and flooded 134 homes. Manager "
        "Bohdan Zelinger said 2,350 people had been led to safety.",
    ),
    "dam de": (
        "Damm der Grube Vrbenka bei Ostrava gebrochen",
        "Nahe Ostrava in Tschechien ist am Sonntag ein Damm der Grube Vrbenka gebrochen. 134 Häuser wurden überflutet, "
        "2.350 Menschen mussten sie verlassen, sagte Betriebsleiter Bohdan Zelinger.",
    ),
    "dam uk": (
        "Поблизу Острави прорвало дамбу шахти «Врбенка»",
        "У неділю поблизу Острави прорвало дамбу шахти «Врбенка», затоплено понад сто будинків. За словами керівника "
        "Богдана Зелінгера, людей евакуювали.",
    ),
    "dam ja": (
        "チェコの鉱山でダム決壊、住宅が浸水",
        "チェコ東部オストラヴァ近郊にあるヴルベンカ鉱山のダムが4日に決壊し、住宅が浸水した。住民は避難したと"
        "ボフダン・ゼリンガー所長が述べた。",
    ),
    "levee en": (
        "Levee bursts in Quebec, 210 homes flooded",
        "A levee on the Ashuap river in Quebec, Canada, burst on Sunday and flooded 210 homes. Mayor Lorraine Fouquart "
        "said 1,870 people had been led to safety.",
    ),
    "levee fr": (
        "Québec : une digue cède, 210 maisons inondées",
        "Une digue de la rivière Ashuap a cédé dimanche au Québec, au Canada, et 210 maisons ont été inondées. Selon "
        "la mairesse Lorraine Fouquart, 1 870 personnes ont été mises à l'abri.",
    ),
    "vote en": (
        "Czech parliament passes rent law",
        "The parliament of the Czech Republic passed a rent law on Sunday by 104 votes to 71. Minister Jitka "
        "Havrankova spoke in Prague of a fair balance.",
    ),
    "vote es": (
        "El Parlamento checo aprueba la ley de alquileres",
        "El Parlamento de la República Checa aprobó el domingo por 104 votos a 71 una ley de alquileres. La ministra "
        "Jitka Havrankova habló en Praga de un equilibrio justo.",
    ),
}


def row(name: str, day: date | None = DAY, **fields: object) -> dict:
    """A report by its name, which ends in its language."""
    return stored(name.replace(" ", "-"), TOLD[name], day, language=name.split()[1], **fields)


def seen(name: str) -> Report:
    language = name.split()[1]
    found = weigh(*TOLD[name], language)
    return Report(found.terms, found.weights.tolist(), language)


def stories(found: Clusters) -> set[frozenset[str]]:
    """The articles of each story that has several."""
    members: defaultdict[str, set[str]] = defaultdict(set)
    for told in found.clustered.to_pylist():
        if told["story_id"]:
            members[told["story_id"]].add(told["article_id"])
    return set(map(frozenset, members.values()))


def test_each_happening_is_one_story_and_each_script_an_event_of_its_own():
    found = whole([row(name) for name in TOLD])
    assert stories(found) == {
        frozenset({"dam-en", "dam-de", "dam-uk", "dam-ja"}),
        frozenset({"levee-en", "levee-fr"}),
        frozenset({"vote-en", "vote-es"}),
    }
    (dam,) = (story for story in found.stories.to_pylist() if story["n_articles"] == 4)
    assert sorted(dam["languages"]) == ["de", "en", "ja", "uk"]
    event = {told["article_id"]: told["event_id"] for told in found.clustered.to_pylist()}
    assert len({event["dam-en"], event["dam-uk"], event["dam-ja"]}) == dam["n_events"] == 3


def test_the_explanation_of_a_story_counts_what_joined_it():
    rows = pa.Table.from_pylist([row("dam de"), row("dam ja"), row("dam uk")])
    found = cohere(rows, ["e1", "e2", "e3"], ["s", "s", "s"], "s", STORY)
    words_alone = cohere(rows, ["e1", "e2", "e3"], ["s", "s", "s"], "s", replace(STORY, across=0.0))
    assert found.weakest is not None
    assert words_alone.weakest is not None
    assert found.weakest.holds
    assert not words_alone.weakest.holds


def test_what_followed_a_week_later_in_another_language_continues_the_story():
    found = whole([row("dam en"), row("dam uk", DAY + timedelta(days=7)), row("levee fr", DAY + timedelta(days=7))])
    assert stories(found) == {frozenset({"dam-en", "dam-uk"})}


def test_the_same_names_a_year_later_are_another_story():
    assert not stories(whole([row("dam en"), row("dam de", DAY + timedelta(days=365))]))


@pytest.mark.parametrize("language", ["und", None])
def test_a_report_in_an_unknown_language_is_joined_by_its_words_alone(tmp_path: Path, language: str | None):
    _, shelf, _ = on_disk(tmp_path, [row("dam en"), row("dam uk") | {"language": language}])
    assert not [name for name in shelf.made if name.startswith("keys")]


def test_what_links_two_reports_can_be_shown():
    for one, other in combinations([name for name in TOLD if name.startswith("dam")], 2):
        ties = evidence(seen(one), seen(other))
        assert len(ties) >= 3, (one, other)
        assert sum(tie.worth for tie in ties) >= LEAST, (one, other)
        assert all(tie.one in seen(one).terms and tie.other in seen(other).terms for tie in ties)
    for one, other in (("dam en", "levee fr"), ("vote en", "dam uk"), ("vote es", "dam en")):
        assert sum(tie.worth for tie in evidence(seen(one), seen(other))) < LEAST, (one, other)


def test_two_keys_are_never_enough():
    assert 2 * MOST * MOST < LEAST <= 3 * MOST * MOST
    only = Report(["zelinger", "vrbenka"], [0.7, 0.7], "en")
    assert sum(tie.worth for tie in evidence(only, only._replace(language="de"))) < LEAST


@pytest.mark.parametrize(
    ("term", "code", "key"),
    [
        ("480", "en", "#48"),
        ("48000", "de", "#48"),
        ("48", "zh", "#48"),
        ("frankreich", "de", "@FR"),
        ("франции", "ru", "@FR"),
        ("moskau", "de", "@Europe/Moscow"),
        ("москве", "ru", "@Europe/Moscow"),
        ("zelinger", "en", "~slng"),
        ("зелінг", "uk", "~slng"),
        ("ゼリンガー", "ja", "~slng"),
    ],
)
def test_a_key_is_the_same_however_it_is_written(term: str, code: str, key: str):
    assert list(keys(Report([term], [0.1], code))) == [key]


@pytest.mark.parametrize("term", ["2031", "7", "400", "president", "minister", "the"])
def test_years_round_numbers_and_common_words_are_no_keys(term: str):
    assert keys(Report([term], [0.1], "en")) == {}


@given(st.text(), st.sampled_from(["en", "de", "ru", "ja", "ko", "ar", "und", "xx"]))
def test_a_skeleton_is_made_of_any_word(word: str, code: str):
    found = skeleton(word.casefold(), code)
    assert set(found) <= set("abdfgklmnst")
    assert len(found) <= 7


def test_where_all_speak_one_language_no_keys_are_looked_for(tmp_path: Path):
    _, shelf, _ = on_disk(tmp_path, [row("dam en"), row("vote en")])
    assert not [name for name in shelf.made if name.startswith("keys")]
    _, shelf, _ = on_disk(tmp_path, [row("dam en"), row("vote en"), row("dam de")])
    assert [name for name in shelf.made if name.startswith("keys")]


DAYS = st.none() | st.integers(0, 40).map(lambda days: DAY + timedelta(days=days))
DRAWN = st.lists(st.tuples(st.sampled_from(list(TOLD)), DAYS, DAYS), max_size=14)


@given(DRAWN, st.data())
@settings(deadline=None, max_examples=40)
def test_runs_in_any_order_end_in_the_same_stories(
    tmp_path_factory: pytest.TempPathFactory, drawn: list, data: st.DataObject
):
    """Languages come and go from run to run, with all that is kept."""
    rows: Rows = [
        row(name, day, seen=moment) | {"article_id": f"a{number:02}", "capture_id": f"a{number:02}-1"}
        for number, (name, day, moment) in enumerate(drawn)
    ]
    rows = [told | {"duplicate_group": told["article_id"]} for told in rows]
    folder = tmp_path_factory.mktemp("kept")
    for _ in range(data.draw(st.integers(1, 3))):
        shuffled = data.draw(st.permutations(rows))
        part = shuffled[: data.draw(st.integers(0, len(rows)))]
        assert same(on_disk(folder, part)[0], whole(part))
    assert same(on_disk(folder, rows)[0], whole(rows))
