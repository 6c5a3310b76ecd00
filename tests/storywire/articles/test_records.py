from __future__ import annotations

import json

import pytest

from storywire.articles import words
from storywire.articles.records import read_record


def test_a_record_is_read_field_by_field() -> None:
    body = {
        "text": "First  line.\r\n\r\nSecond\u0000 line.",
        "title": " Ferry\naground ",
        "authors": ["Ann Lee", "Ann Lee"],
    }
    record = read_record(json.dumps(body).encode())
    assert record.text == "First line.\nSecond line."
    assert record.title == "Ferry aground"
    assert record.authors == ("Ann Lee",)
    assert record.published_at is None


def test_one_author_may_stand_without_a_list() -> None:
    assert read_record(b'{"text": "x", "authors": "Ann Lee"}').authors == ("Ann Lee",)


def test_lone_surrogates_do_not_reach_the_tables() -> None:
    record = read_record(b'{"text": "broken \\ud83d emoji"}')
    record.text.encode()
    assert record.text == "broken emoji"


def test_what_is_no_object_is_no_record() -> None:
    with pytest.raises(ValueError, match="no JSON object"):
        read_record(b"[1]")


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("Nine hurt, 3 missing.", 4), ("Девять раненых", 2), ("九人受伤", 4), ("فيضان كبير", 2)],
)
def test_words_are_counted_in_any_script(text: str, count: int) -> None:
    assert words.count(text) == count
