from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from storywire.duplicates.bands import Why
from storywire.explanation import RULES, VERDICTS, Explanation, explain
from storywire.schema import ARTICLES

LEAD = "The old ferry ran onto a reef off the island of Norrby on Monday night, the coast guard said. "
CREW = "All twelve members of its crew were taken off by helicopter before the tide came in again, they said. "
FUEL = "Some forty tonnes of fuel are still on board, and salvage tugs have been called from the mainland. "
LOCAL = "Two pupils of the school in our town were among the passengers, their headmaster told this paper. "
COUNCIL = "The council of Osterhagen put off its vote on the new tram line after a debate of nine hours. "
REPORT = LEAD + CREW + FUEL


def article(id_: str, text: str = REPORT, **given: Any) -> dict[str, Any]:
    row = dict.fromkeys(ARTICLES.names) | {"article_id": id_, "text": text, "n_words": len(text.split())}
    row |= {"duplicate_group": f"g{id_}", "is_lead": True, "event_id": f"e{id_}", "title": f"Headline of {id_}"}
    return row | given


def edge(article: str, original: str, **given: Any) -> dict[str, Any]:
    row = {"article_id": article, "original_id": original, "kind": "copy", "in_group": True, "decided_by": "text"}
    return row | {"containment": 1.0, "evidence": "all of it"} | given


def why(one: dict[str, Any], other: dict[str, Any], *others: dict[str, Any], **given: Any) -> Explanation:
    facts = {"edges": [], "events": {}, "stories": {}, "window_days": 14} | given
    return explain(one, other, others={row["article_id"]: row for row in others}, **facts)


def texts(found: Explanation, kind: str) -> list[str]:
    return [passage.text for passage in found.passages[kind]]


def test_every_rule_has_its_sentence() -> None:
    assert set(RULES) == {reason.name.lower() for reason in Why}


@pytest.mark.parametrize(
    ("verdict", "other"),
    [
        ("same_text", article("a2")),
        ("copy", article("a2", LOCAL + REPORT)),
        ("excerpt", article("a2", LEAD + "Read more")),
        ("shares_passages", article("a2", COUNCIL * 2 + CREW + LOCAL + COUNCIL + CREW + "He said so.")),
        ("same_event", article("a2", COUNCIL, event_id="ea1", story_id="s1")),
        ("same_story", article("a2", COUNCIL, story_id="s1")),
        ("unrelated", article("a2", COUNCIL, story_id="s2")),
        ("same_report", article("a2", COUNCIL, duplicate_group="ga1", event_id="ea1")),
        ("same_article", article("a1", story_id="s1")),
    ],
)
def test_the_closest_tie_is_the_verdict(verdict: str, other: dict[str, Any]) -> None:
    found = why(article("a1", story_id="s1"), other)
    assert found.verdict == verdict
    assert found.verdict in VERDICTS
    assert "{" not in found.sentence


def test_two_articles_without_a_story_are_not_in_one() -> None:
    assert why(article("a1"), article("a2", COUNCIL)).verdict == "unrelated"


def test_the_tables_have_the_last_word() -> None:
    frame = edge("a2", "a1", kind="reuse", decided_by="frame", in_group=False)
    found = why(article("a1"), article("a2"), edges=[frame])
    assert (found.verdict, found.rule, found.measured.decided_by) == ("shares_passages", "frame", "text")
    assert found.links[0]["evidence"] == "all of it"


def test_the_passages_are_those_of_the_article_and_its_original() -> None:
    given = (article("a1", LOCAL + LEAD + FUEL), article("a2"))
    for found in (why(*given, edges=[edge("a1", "a2")]), why(*reversed(given), edges=[edge("a1", "a2")])):
        assert (found.article_id, found.original_id) == ("a1", "a2")
        assert texts(found, "shared") == [LEAD.strip(), FUEL.strip()]
        assert texts(found, "added") == [LOCAL.strip()]
        assert texts(found, "removed") == [CREW.strip()]
        place = found.passages["shared"][1]
        assert REPORT[place.original_begin : place.original_end] == FUEL.strip()


def test_without_a_link_credit_date_and_completeness_say_which_is_the_original() -> None:
    day = {"published_on": date(2031, 5, 4), "date_confidence": 0.9}
    credit = {"wire_agency": "NPX", "wire_source": "byline", "wire_confidence": 0.9}
    inherited = day | credit | {"date_inherited_from": "a9", "wire_inherited_from": "a9"}
    assert why(article("a1"), article("a2", LOCAL + REPORT)).original_id == "a2"
    assert why(article("a1", **day), article("a2", LOCAL + REPORT)).original_id == "a1"
    assert why(article("a1", **day), article("a2", **credit)).original_id == "a2"
    assert why(article("a1"), article("a2", **inherited)).original_id == "a1"


def test_copies_of_one_lead_are_told_through_it() -> None:
    group = {"duplicate_group": "ga9", "is_lead": False, "duplicate_of": "a9", "event_id": "ea9"}
    lead = article("a9", LEAD + CREW + FUEL)
    links = [edge("a1", "a9"), edge("a2", "a9"), edge("a3", "a9"), edge("a1", "a2", in_group=False)]
    found = why(article("a1", LEAD, **group), article("a2", FUEL, **group), lead, edges=links[:3])
    assert found.verdict == "same_report"
    assert [(link["article_id"], link["original_id"]) for link in found.links] == [("a1", "a9"), ("a2", "a9")]
    assert found.group["same"]
    assert [row["article_id"] for row in found.group["leads"]] == ["a9", "a9"]
    direct = why(article("a1", LEAD, **group), article("a2", FUEL, **group), lead, edges=links)
    assert [link["original_id"] for link in direct.links] == ["a2"]


def test_what_passed_between_them_is_told_with_its_source() -> None:
    taken = {"published_on": date(2031, 5, 4), "date_source": "jsonld", "date_confidence": 0.92}
    found = why(article("a1"), article("a2", date_inherited_from="a1", **taken))
    (passed,) = found.inherited
    assert (passed.what, passed.value, passed.source) == ("date", "2031-05-04", "jsonld")
    assert (passed.taken_from, passed.taken_by) == ("a1", "a2")


def test_checks_hold_the_figures_against_the_thresholds_of_the_bands() -> None:
    dated = [{"published_on": date(2031, 5, day), "date_confidence": 0.9} for day in (1, 20)]
    found = why(article("a1", **dated[0]), article("a2", **dated[1]))
    checks = {check.name: check for check in found.checks}
    assert (checks["days_apart"].measured, checks["days_apart"].threshold, checks["days_apart"].holds) == (
        19,
        14,
        False,
    )
    assert found.rule == "apart"
    assert checks["containment_copy"].holds
    assert (checks["shared_shingles"].measured, checks["shared_shingles"].threshold) == (
        found.measured.shared_shingles,
        found.measured.least_shingles,
    )
