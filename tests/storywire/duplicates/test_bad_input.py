"""What the web is full of and no report: it makes neither giant groups nor quadratic work."""

import random
from collections import Counter
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from storywire.duplicates.lineage import Lineage, find
from storywire.duplicates.shingles import shingle
from storywire.schema import ARTICLES

DAY = date(2024, 3, 4)
COLUMNS = pa.schema(
    [
        *(
            ARTICLES.arrow.field(name)
            for name in (
                *("article_id", "site", "title", "n_words", "language", "captured_at"),
                *("published_on", "published_at", "date_source", "date_confidence"),
                *("wire_agency", "wire_source", "wire_confidence", "wire_evidence"),
            )
        ),
        pa.field("shingles", pa.list_(pa.uint64())),
    ]
)
A_FEW = 40
"""Pairs an article may bring, whatever the number of articles."""

SMALL = ("the", "of", "and", "to", "in", "a", "is", "that", "for", "it", "on", "was", "with", "as", "at", "by")


def prose(seed: int, n: int) -> str:
    """Words of an invented vocabulary between the small ones that every text is full of."""
    lot = random.Random(seed)  # noqa: S311 - invented words, no secrets
    return " ".join(lot.choice(SMALL) if lot.random() < 0.4 else f"w{lot.randrange(5_000)}" for _ in range(n))


def article(id_: str, text: str, site: str, day: date | None = DAY, **given: object) -> dict[str, object]:
    row = dict.fromkeys(COLUMNS.names) | {"article_id": id_, "site": site, "language": "en"}
    row |= {"title": f"Headline of {id_}", "n_words": len(text.split()), "shingles": shingle(text).tolist()}
    return row | {"published_on": day, "date_source": day and "jsonld", "date_confidence": day and 0.95} | given


def found_in(rows: list[dict[str, object]]) -> Lineage:
    return find(pa.Table.from_pylist(rows, schema=COLUMNS))


def groups(found: Lineage) -> list[int]:
    """The sizes of the groups, largest first."""
    return [size for _, size in Counter(found.grouped["duplicate_group"].to_pylist()).most_common()]


def test_ten_thousand_copies_of_one_page_are_compared_with_a_few_of_each_other(compared: list[int]):
    page, versions, n = prose(1, 150), 1_000, 10_000
    # Every tenth copy prints another count of its readers.
    rows = [
        article(f"a{number}", f"{page} read {number} times so far", f"outlet-{number % 200:03}.example", title="News")
        for number in range(versions)
    ]
    copies = pa.Table.from_pylist(rows, schema=COLUMNS).take(np.arange(n) % versions)
    found = find(copies.set_column(0, COLUMNS.field(0), [[f"a{number:05}" for number in range(n)]]))
    assert groups(found) == [n]
    assert versions <= sum(compared) <= A_FEW * versions


@pytest.mark.parametrize("own", [0, 6])
def test_pages_that_are_all_frame_and_no_text_are_no_group(compared: list[int], own: int):
    frame = prose(2, 150)
    rows = [article(f"a{n:03}", f"{prose(100 + n, own)} {frame}", "tarnby.example") for n in range(300)]
    assert groups(found_in(rows))[0] <= 3
    assert sum(compared) <= A_FEW * 300


def test_one_line_articles_are_groups_by_their_headlines_alone(compared: list[int]):
    lines = [
        "Watch the video",
        "This story is being updated",
        "Photos of the day",
        "More soon, said the mayor of Osterhagen",
    ]
    rows = [article(f"a{n:04}", lines[n % 4], f"outlet-{n % 50:02}.example") for n in range(2_000)]
    rows += [article(f"b{n}", lines[0], f"outlet-{n:02}.example", title="Flood in Tarnby") for n in range(5)]
    assert groups(found_in(rows))[:2] == [5, 1]
    assert sum(compared) <= A_FEW * 2_000


def test_lists_of_links_that_move_on_link_by_link_are_no_chain(compared: list[int]):
    links = [prose(3_000 + number, 9) for number in range(400)]
    rows = [
        article(f"a{n:03}", "\n".join(links[n : n + 40]), f"outlet-{n % 3}.example", DAY + timedelta(days=n // 20))
        for n in range(360)
    ]
    # 16 links on or back, three in five are still the same.
    assert groups(found_in(rows))[0] <= 2 * 16 + 1
    assert sum(compared) <= 2 * A_FEW * 360


def test_articles_that_quote_another_in_full_are_no_copies_of_it_or_each_other(compared: list[int]):
    statement = prose(4, 200)
    rows = [article("a", statement, "ministry.example")]
    for n in range(300):
        own = prose(4_000 + n, 400).split()
        text = f"{' '.join(own[:150])} {statement} {' '.join(own[150:])}"
        rows.append(article(f"b{n:03}", text, f"outlet-{n % 60:02}.example"))
    assert groups(found_in(rows))[0] == 1
    assert sum(compared) <= A_FEW * 300


def test_a_live_blog_that_contains_twenty_articles_chains_none_of_them(compared: list[int]):
    reports = [prose(5_000 + number, 200) for number in range(20)]
    rows = [
        article(f"a{number:02}-{outlet}", text, f"outlet-{outlet}.example", title=f"Report {prose(number, 5)}")
        for number, text in enumerate(reports)
        for outlet in range(3)
    ]
    # The blog as it was captured again and again, from its fourth report to its last.
    for version in range(4, 21):
        blog = "\n".join(reversed(reports[:version]))
        rows.append(article(f"b{version:02}", blog, "tarnby.example", title="Live: the day in Osterhagen"))
    found = found_in(rows)
    members = dict(zip(*(found.grouped[name].to_pylist() for name in ("article_id", "duplicate_group")), strict=True))
    of_report = [{members[f"a{number:02}-{outlet}"] for outlet in range(3)} for number in range(20)]
    assert all(len(group) == 1 for group in of_report)
    assert len(set.union(*of_report)) == 20
    assert not set.union(*of_report) & {members[f"b{version:02}"] for version in range(4, 21)}
    assert sum(compared) <= A_FEW * len(rows)


def test_one_outlets_boilerplate_under_every_article_makes_no_group_and_no_work(compared: list[int]):
    notices = [prose(6_000 + outlet, 150) for outlet in range(3)]
    rows = [
        article(f"a{n:03}", f"{prose(7_000 + n, 60 + n % 200)} {notices[n % 3]}", f"outlet-{n % 3}.example")
        for n in range(600)
    ]
    # One of them ran a second time, with something added.
    rows.append(article("b", f"{prose(7_099, 159)} {prose(9, 9)} {notices[0]}", "outlet-0.example"))
    assert groups(found_in(rows))[:2] == [2, 1]
    assert sum(compared) <= A_FEW * 600
