import random
import time
from collections import defaultdict
from datetime import date, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.duplicates.lineage import Lineage, find
from storywire.duplicates.shingles import shingle
from storywire.schema import EDGES, GROUPED

DAY = date(2024, 3, 4)
COLUMNS = pa.schema(
    [
        ("article_id", pa.string()),
        ("site", pa.string()),
        ("title", pa.string()),
        ("n_words", pa.int32()),
        ("language", pa.string()),
        ("published_on", pa.date32()),
        ("published_at", pa.timestamp("us", tz="UTC")),
        ("date_source", pa.string()),
        ("date_confidence", pa.float64()),
        ("wire_agency", pa.string()),
        ("wire_source", pa.string()),
        ("wire_confidence", pa.float64()),
        ("wire_evidence", pa.string()),
        ("captured_at", pa.timestamp("us", tz="UTC")),
        ("shingles", pa.list_(pa.uint64())),
    ]
)


def prose(seed: int, n: int) -> str:
    """Invented words in an invented order: no two seeds share a run of three."""
    rng = random.Random(seed)  # noqa: S311 - invented words, no secrets
    return " ".join(f"w{rng.randrange(10**6)}" for _ in range(n))


def article(id_: str, text: str, **given: object) -> dict[str, object]:
    row = dict.fromkeys(COLUMNS.names) | {"article_id": id_, "language": "en", "n_words": len(text.split())}
    return row | {"title": f"Headline of {id_}", "shingles": shingle(text).tolist()} | given


def dated(day: date = DAY, confidence: float = 0.95) -> dict[str, object]:
    return {"published_on": day, "date_source": "jsonld", "date_confidence": confidence}


def credited(source: str = "dateline") -> dict[str, object]:
    return {"wire_agency": "NPX", "wire_source": source, "wire_confidence": 0.97, "wire_evidence": "(NPX)"}


def lineage(*rows: dict[str, object]) -> Lineage:
    return find(pa.Table.from_pylist(list(rows), schema=COLUMNS))


def groups(found: Lineage) -> set[frozenset[str]]:
    members = defaultdict(set)
    for row in found.grouped.to_pylist():
        members[row["duplicate_group"]].add(row["article_id"])
    return {frozenset(group) for group in members.values()}


def row(found: Lineage, id_: str) -> dict[str, object]:
    return next(row for row in found.grouped.to_pylist() if row["article_id"] == id_)


def edge(found: Lineage, one: str, other: str) -> dict[str, object]:
    return next(e for e in found.edges.to_pylist() if {e["article_id"], e["original_id"]} == {one, other})


REPORT = prose(1, 500)
WORDS = REPORT.split()


def test_tables_have_the_declared_schemas():
    for found in (lineage(), lineage(article("a1", REPORT), article("a2", REPORT))):
        assert found.grouped.schema.equals(GROUPED.arrow, check_metadata=True)
        assert found.edges.schema.equals(EDGES.arrow, check_metadata=True)


def test_a_single_is_its_own_lead():
    single = row(lineage(article("a1", REPORT)), "a1")
    assert single["duplicate_group"] == "g1"
    assert single["is_lead"]
    assert single["duplicate_kind"] is single["duplicate_of"] is single["duplicate_containment"] is None


def test_the_same_words_are_an_exact_copy():
    found = lineage(article("a1", REPORT, **dated()), article("a2", REPORT))
    copy = row(found, "a2")
    assert (copy["duplicate_of"], copy["duplicate_kind"], copy["duplicate_containment"]) == ("a1", "exact", 1.0)
    assert edge(found, "a1", "a2")["in_group"]


def test_half_the_text_or_less_is_an_excerpt():
    found = lineage(article("a1", REPORT), article("a2", " ".join(WORDS[:200])))
    assert (row(found, "a2")["duplicate_of"], row(found, "a2")["duplicate_kind"]) == ("a1", "excerpt")


def test_a_teaser_with_one_changed_word_is_an_excerpt():
    teaser = [*WORDS[:45]]
    teaser[20] = "changed"
    found = lineage(article("a1", REPORT), article("a2", " ".join(teaser)))
    assert row(found, "a2")["duplicate_kind"] == "excerpt"


def test_a_rewrite_is_a_copy_where_the_lead_agrees():
    # Every eighth word differs: some .4 of the runs of five are left.
    rewrite = [word if number % 8 else f"x{number}" for number, word in enumerate(WORDS)]
    moved = [*rewrite[250:], *rewrite[:250]]
    assert groups(lineage(article("a1", REPORT), article("a2", " ".join(rewrite)))) == {frozenset({"a1", "a2"})}
    assert groups(lineage(article("a1", REPORT), article("a2", " ".join(moved)))) == {
        frozenset({"a1"}),
        frozenset({"a2"}),
    }


def test_a_rewrite_is_a_copy_where_the_agency_agrees():
    rewrite = [word if number % 8 else f"x{number}" for number, word in enumerate(WORDS)]
    moved = " ".join([*rewrite[250:], *rewrite[:250]])
    found = lineage(article("a1", REPORT, **credited()), article("a2", moved, **credited("byline")))
    assert row(found, "a2")["duplicate_of"] == "a1"
    assert "same agency" in edge(found, "a1", "a2")["evidence"]


def test_repeated_background_is_an_edge_and_no_more():
    follow_up = f"{prose(2, 400)} {' '.join(WORDS[-120:])}"
    found = lineage(article("a1", REPORT), article("a2", follow_up))
    assert edge(found, "a1", "a2")["kind"] == "reuse"
    assert not edge(found, "a1", "a2")["in_group"]
    assert len(groups(found)) == 2


def test_two_quoted_sentences_make_no_edge():
    other = f"{prose(2, 300)} {' '.join(WORDS[100:130])} {prose(3, 100)}"
    assert lineage(article("a1", REPORT), article("a2", other)).edges.num_rows == 0


def test_a_text_reprinted_weeks_later_is_no_copy():
    found = lineage(article("a1", REPORT, **dated()), article("a2", REPORT, **dated(date(2024, 3, 19))))
    assert len(groups(found)) == 2
    assert edge(found, "a1", "a2")["kind"] == "reuse"


@pytest.mark.parametrize("later", [dated(date(2024, 3, 18)), dated(date(2024, 5, 1), confidence=0.5), {}])
def test_a_near_or_doubtful_or_missing_date_does_not_part_copies(later: dict[str, object]):
    assert len(groups(lineage(article("a1", REPORT, **dated()), article("a2", REPORT, **later)))) == 1


def test_the_window_is_a_parameter():
    table = [article("a1", REPORT, **dated()), article("a2", REPORT, **dated(date(2024, 3, 19)))]
    assert len(groups(find(pa.Table.from_pylist(table, schema=COLUMNS), window_days=20))) == 1


def test_pages_without_text_stay_single():
    assert len(groups(lineage(*(article(f"a{i}", "", title="Photos") for i in range(5))))) == 5


def test_one_line_articles_are_copies_only_under_one_headline():
    flash = "Mayor of Osterhagen resigns"
    rows = [article("a1", flash, title="Flash"), article("a2", flash, title="FLASH"), article("a3", flash)]
    assert groups(lineage(*rows)) == {frozenset({"a1", "a2"}), frozenset({"a3"})}


def test_a_statement_quoted_in_full_is_no_copy_of_the_article_around_it():
    statement = prose(4, 150)
    around = f"{' '.join(WORDS[:200])} {statement} {' '.join(WORDS[200:])}"
    found = lineage(article("a1", around), article("a2", statement))
    assert len(groups(found)) == 2
    assert edge(found, "a1", "a2")["kind"] == "reuse"


def test_a_live_blog_does_not_chain_strangers():
    items = [prose(100 + number, 150) for number in range(10)]
    blog = article("a00", " ".join(items), title="Live: all of today's news", **credited(), **dated())
    originals = [article(f"b{number}", text) for number, text in enumerate(items)]
    copies = [article(f"c{number}", text) for number, text in enumerate(items)]
    found = lineage(blog, *originals, *copies)
    assert groups(found) == {frozenset({"a00"}), *(frozenset({f"b{n}", f"c{n}"}) for n in range(10))}
    assert {"b0", "b9"} <= {e["article_id"] for e in found.edges.to_pylist()} | {
        e["original_id"] for e in found.edges.to_pylist()
    }


def test_a_digest_of_two_reports_leads_neither():
    one, two = prose(5, 200), prose(6, 250)
    found = lineage(article("a1", f"{one} {two}"), article("a2", one), article("a3", two))
    assert len(groups(found)) == 3


def test_a_teaser_does_not_chain_two_reports():
    shared_opening = " ".join(WORDS[:60])
    one = f"{shared_opening} {prose(7, 400)}"
    two = f"{shared_opening} {prose(8, 380)}"
    found = groups(lineage(article("a1", one), article("a2", two), article("a3", shared_opening)))
    assert not any({"a1", "a2"} <= group for group in found)


def test_the_boilerplate_of_one_outlet_makes_no_copies():
    notice = prose(9, 150)
    rows = [article(f"a{n:02}", f"{prose(200 + n, 70)} {notice}", site="tarnby.example") for n in range(20)]
    found = lineage(*rows)
    assert len(groups(found)) == 20


def test_an_outlets_copy_is_found_in_spite_of_its_boilerplate():
    notice = prose(9, 150)
    rows = [article(f"a{n:02}", f"{prose(200 + n, 70)} {notice}", site="tarnby.example") for n in range(20)]
    again = article("b1", f"{prose(203, 70)} {notice} {prose(11, 5)}", site="tarnby.example")
    assert frozenset({"a03", "b1"}) in groups(lineage(*rows, again))


def test_the_copy_with_the_dateline_leads():
    with_dateline = article("a2", f"TARNBY Kesteria NPX {REPORT}", **credited(), **dated())
    found = lineage(article("a1", REPORT), with_dateline)
    assert row(found, "a1")["duplicate_of"] == "a2"


def test_the_most_complete_text_leads():
    found = lineage(article("a1", " ".join(WORDS[:300]), **credited(), **dated()), article("a2", REPORT))
    assert row(found, "a1")["duplicate_of"] == "a2"


def test_a_local_introduction_does_not_make_a_lead():
    local = article("a1", f"{prose(12, 150)} {REPORT}")
    found = lineage(local, article("a2", REPORT), article("a3", f"{REPORT} {prose(13, 5)}"))
    assert row(found, "a1")["duplicate_of"] == row(found, "a2")["duplicate_of"] == "a3"


def test_an_edge_points_from_the_later_article_to_the_earlier():
    found = lineage(
        article("a1", REPORT, **dated(date(2024, 3, 6))), article("a2", " ".join(WORDS[:300]), **dated())
    ).edges.to_pylist()
    assert [(e["article_id"], e["original_id"]) for e in found] == [("a1", "a2")]
    assert found[0]["containment_article"] < found[0]["containment_original"] == found[0]["containment"] == 1.0


def test_an_undated_excerpt_inherits_date_and_credit():
    found = lineage(article("a1", REPORT, **dated(), **credited()), article("a2", " ".join(WORDS[:150])))
    copy = row(found, "a2")
    assert (copy["published_on"], copy["date_inherited_from"], copy["date_source"]) == (DAY, "a1", "jsonld")
    assert (copy["wire_agency"], copy["wire_inherited_from"]) == ("NPX", "a1")
    assert copy["date_confidence"] == pytest.approx(0.95 * 0.97)
    assert edge(found, "a1", "a2")["published_on"] == DAY
    assert row(found, "a1")["date_inherited_from"] is None


def test_a_stranger_inherits_nothing():
    found = lineage(article("a1", REPORT, **dated(), **credited()), article("a2", prose(14, 300)))
    assert row(found, "a2")["published_on"] is row(found, "a2")["wire_agency"] is None


def test_two_rows_of_one_article_are_refused():
    with pytest.raises(ValueError, match="a1"):
        lineage(article("a1", REPORT), article("a1", REPORT))


def test_ten_thousand_copies_of_one_page_are_one_group_in_linear_time():
    n = 10_000
    one = pa.Table.from_pylist([article("a", REPORT)], schema=COLUMNS)
    table = one.take([0] * n).set_column(0, "article_id", [[f"a{number:05}" for number in range(n)]])
    begin = time.process_time()
    found = find(table)
    seconds = time.process_time() - begin
    assert found.grouped["duplicate_group"].unique().to_pylist() == ["g00000"]
    assert found.edges.num_rows == 9_999
    assert seconds < 20  # about 1 s; all pairs would take hours


def test_hundreds_of_near_copies_are_one_group():
    rows = [article(f"a{n:03}", f"{REPORT} {prose(1000 + n, 12)}", **dated()) for n in range(300)]
    assert len(groups(lineage(*rows))) == 1


def test_near_copies_hold_together_where_the_largest_texts_are_live_blogs():
    item = prose(15, 200)
    blogs = [article(f"b{n}", f"{prose(20 + n, 700)} {item} {REPORT}") for n in range(6)]
    rows = [article(f"a{n:03}", f"{REPORT} {prose(1000 + n, 12)}") for n in range(300)]
    found = groups(lineage(article("c1", item), *blogs, *rows))
    assert frozenset(row["article_id"] for row in rows) in found


def test_short_items_over_one_outlets_notice_are_no_copies():
    notice = prose(9, 55)
    rows = [article(f"a{n:02}", f"{prose(200 + n, 25)} {notice}", site="tarnby.example") for n in range(20)]
    found = lineage(*rows)
    assert len(groups(found)) == 20
    assert "many articles" in edge(found, "a00", "a01")["evidence"]


TEXTS = [
    REPORT,
    " ".join(WORDS[:200]),
    f"{prose(2, 120)} {REPORT}",
    " ".join(WORDS[:60]),
    f"{prose(5, 200)} {prose(6, 250)}",
    prose(5, 200),
    f"{prose(6, 250)} {' '.join(WORDS[300:])}",
    "One line",
    "",
]
ROWS = st.lists(
    st.tuples(
        st.integers(0, len(TEXTS) - 1),
        st.sampled_from([None, "tarnby.example", "osterhagen.example"]),
        st.sampled_from([None, 4, 5, 25]),
        st.sampled_from([0.95, 0.9, 0.4]),
        st.sampled_from([None, "dateline", "byline"]),
    ),
    max_size=14,
)
HASHED = [shingle(text).tolist() for text in TEXTS]


@given(ROWS, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_the_rows_changes_nothing(drawn: list[tuple[int, str, int, float, str]], rng: random.Random):
    rows = [
        article(f"a{number:02}", "", shingles=HASHED[text], n_words=len(TEXTS[text].split()), site=site, title="News")
        | (dated(date(2024, 3, day), confidence) if day else {})
        | (credited(source) if source else {})
        for number, (text, site, day, confidence, source) in enumerate(drawn)
    ]
    first = lineage(*rows)
    rng.shuffle(rows)
    chunks = [pa.Table.from_pylist(rows[at : at + 3], schema=COLUMNS) for at in range(0, len(rows), 3)]
    second = find(pa.concat_tables([COLUMNS.empty_table(), *chunks]))
    assert first.grouped.equals(second.grouped)
    assert first.edges.equals(second.edges)
    _promises(first, [row["article_id"] for row in rows])


def _promises(found: Lineage, ids: list[str]) -> None:
    """What holds for every lineage: one row an article, stars around leads, one binding edge a member."""
    rows = {row["article_id"]: row for row in found.grouped.to_pylist()}
    assert list(rows) == sorted(ids)
    edges = found.edges.to_pylist()
    keys = [(e["article_id"], e["original_id"]) for e in edges]
    assert keys == sorted(set(keys))
    assert len({frozenset(key) for key in keys}) == len(keys)
    bound = {frozenset(key) for key, e in zip(keys, edges, strict=True) if e["in_group"]}
    members = {frozenset((id_, row["duplicate_of"])) for id_, row in rows.items() if not row["is_lead"]}
    assert bound == members
    for id_, row_ in rows.items():
        leader = row_["duplicate_of"] or id_
        assert rows[leader]["is_lead"]
        assert row_["duplicate_group"] == "g" + leader[1:]


def test_captured_at_bounds_an_inherited_date():
    captured = datetime.fromisoformat("2024-03-01T08:00:00+00:00")
    found = lineage(article("a1", REPORT, **dated()), article("a2", REPORT, captured_at=captured))
    assert row(found, "a2")["published_on"] is None


def test_the_original_has_the_first_reliable_credit_or_date_or_else_more_of_the_text():
    longer = f"{REPORT} {prose(77, 40)}"
    later = dated(date(2024, 3, 6))
    pairs = [
        (article("a1", longer, **dated()), article("a2", REPORT, **later, **credited("byline"))),
        (article("a1", longer, **later, **credited("byline")), article("a2", REPORT, **later, **credited())),
        (article("a1", longer, **later), article("a2", REPORT, **dated())),
        (article("a1", longer), article("a2", REPORT, **later)),
        (article("a1", longer, **dated(confidence=0.5)), article("a2", REPORT, **later)),
        (article("a1", REPORT), article("a2", longer)),
    ]
    for one, other in pairs:
        (found,) = lineage(one, other).edges.to_pylist()
        assert (found["article_id"], found["original_id"]) == ("a1", "a2")
