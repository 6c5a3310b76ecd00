from __future__ import annotations

import random
from datetime import date, timedelta

import pyarrow as pa
import pytest

from storywire.duplicates.lineage import find
from storywire.duplicates.pair import Side, measure
from storywire.duplicates.shingles import shingle
from storywire.schema import ARTICLES as DECLARED
from storywire.schema import NORMALISED

DAY = date(2031, 5, 4)
TYPES = {column.name: column.type for column in (*DECLARED.columns, *NORMALISED.columns)}
READ = (
    *("article_id", "site", "title", "n_words", "language", "captured_at", "shingles"),
    *("published_on", "published_at", "date_source", "date_confidence"),
    *("wire_agency", "wire_source", "wire_confidence", "wire_evidence"),
)


def prose(seed: int, n: int) -> list[str]:
    rng = random.Random(seed)  # noqa: S311 - invented words, no secrets
    return [f"w{rng.randrange(10**6)}" for _ in range(n)]


REPORT = prose(1, 400)


def changed(every: int) -> str:
    return " ".join(word if number % every else f"x{number}" for number, word in enumerate(REPORT))


def row(id_: str, side: Side) -> dict[str, object]:
    given = dict.fromkeys(READ) | {"article_id": id_, "title": side.title, "n_words": side.n_words}
    given |= {"published_on": side.day, "date_confidence": 0.95 if side.day else None}
    given |= {"wire_agency": side.agency, "wire_confidence": 0.95 if side.agency else None}
    return given | {"shingles": shingle(side.text).tolist()}


def of(text: str, **known: object) -> Side:
    return Side(text, n_words=len(text.split()), **known)


WHOLE = " ".join(REPORT)
CASES = {
    "exact": (of(WHOLE), of(WHOLE)),
    "copy": (of(WHOLE), of(" ".join(prose(2, 60)) + " " + WHOLE)),
    "excerpt": (of(WHOLE), of(" ".join(REPORT[:150]))),
    "teaser": (of(WHOLE), of(" ".join([*REPORT[:20], "changed", *REPORT[21:45]]))),
    "rewritten": (of(WHOLE), of(changed(8))),
    "rewritten, the opening too": (of(WHOLE), of(" ".join(prose(3, 130)) + " " + changed(8))),
    "rewritten, one credit": (of(WHOLE, agency="NPX"), of(" ".join(prose(3, 130)) + " " + changed(8), agency="NPX")),
    "quoted": (of(WHOLE), of(" ".join([*prose(4, 30), *REPORT[-140:]]))),
    "passages": (of(WHOLE), of(" ".join([*prose(5, 300), *REPORT[100:160]]))),
    "late": (of(WHOLE, day=DAY), of(WHOLE + " again", day=DAY + timedelta(days=40))),
    "short, one headline": (
        of(" ".join(REPORT[:40]), title="Ferry runs aground"),
        of(" ".join([*prose(6, 30), *REPORT[8:30]]), title="FERRY runs aground"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_two_texts_by_themselves_are_what_the_pipeline_makes_of_them(case: str) -> None:
    one, other = CASES[case]
    schema = pa.schema([(name, TYPES[name]) for name in READ])
    table = pa.Table.from_pylist([row("a1", one), row("a2", other)], schema=schema)
    (edge,) = find(table, window_days=14).edges.to_pylist()
    found = measure(one, other, 14)
    assert (found.kind, found.decided_by) == (edge["kind"], edge["decided_by"])
    shares = (edge["containment_article"], edge["containment_original"])
    assert (found.containment_one, found.containment_other) == (shares if edge["article_id"] == "a1" else shares[::-1])
    assert found.containment == edge["containment"]
    assert (found.jaccard, found.shared_shingles) == (edge["jaccard"], edge["shared_shingles"])


def test_the_cases_reach_every_kind_and_all_that_decides_between_two_texts() -> None:
    found = [measure(one, other, 14) for one, other in CASES.values()]
    assert {one.kind for one in found} == {"exact", "copy", "excerpt", "reuse"}
    assert {one.decided_by for one in found} == {"text", "lead", "credit", "title", "background", "quoted", "apart"}


def test_strangers_and_empty_texts_are_unrelated() -> None:
    for other in ("", " ".join(prose(9, 300))):
        found = measure(of(WHOLE), of(other), 14)
        assert (found.kind, found.decided_by, found.shared_shingles) == (None, "unrelated", 0)
