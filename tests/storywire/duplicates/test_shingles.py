import subprocess
import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.duplicates.shingles import OPENING, OPENING_SPAN, shingle, words

COUNCIL = "The council of Osterhagen voted on Monday to close the old bridge over the river until spring."


def body(text: str) -> set[int]:
    return {int(value) for value in shingle(text) if value < OPENING}


def opening(text: str) -> set[int]:
    return {int(value) for value in shingle(text) if value >= OPENING}


def share(one: set[int], other: set[int]) -> float:
    return len(one & other) / min(len(one), len(other))


def test_typography_does_not_tell_copies_apart():
    plain = '"It\'s over," said Mr. Vandermolen - a well-known Cafe owner... in Tarnby'
    fancy = "“It’s over,” said Mr. Vandermolen — a WELL–KNOWN Café\u00a0owner… in Tarnby"
    assert shingle(plain).tolist() == shingle(fancy).tolist()


def test_composed_and_decomposed_accents_are_one():
    text = "Łódź, Århus et Besançon fêtent l’été à Ñuñoa"
    assert shingle(unicodedata.normalize("NFC", text)).tolist() == shingle(unicodedata.normalize("NFD", text)).tolist()


def test_a_text_without_words_has_no_shingles():
    assert shingle("").size == 0
    assert shingle(" — … \n!").size == 0


def test_a_single_word_still_has_a_shingle():
    assert len(body("Breaking")) == 1


def test_shingles_count_what_word_runs_there_are():
    text = " ".join(f"word{number}" for number in range(300))
    assert len(body(text)) == 296
    assert len(opening(text)) == OPENING_SPAN - 2


def test_the_order_of_words_matters():
    assert not body("one two three four five") & body("five four three two one")


@pytest.mark.parametrize(
    "text",
    [
        "东堡市议会周一投票决定在春天之前关闭河上的旧桥，市长表示修复工程需要六个月时间。",
        "東堡市議会は月曜日、川にかかる古い橋を春まで閉鎖することを決めた。市長は工事に六か月かかると述べた。",
        "สภาเมืองตะวันออกลงมติเมื่อวันจันทร์ให้ปิดสะพานเก่าข้ามแม่น้ำจนถึงฤดูใบไม้ผลิ",
    ],
)
def test_a_trimmed_copy_is_found_where_no_spaces_part_the_words(text: str):
    assert share(body(text), body(text[: len(text) * 2 // 3])) > 0.95
    assert len(body(text)) > 20


def test_line_breaks_inside_chinese_change_nothing():
    text = "东堡市议会周一投票决定在春天之前关闭河上的旧桥，市长表示修复工程需要六个月时间。"
    wrapped = text[:9] + "\n" + text[9:20] + " " + text[20:]
    assert shingle(text).tolist() == shingle(wrapped).tolist()


LINES = st.lists(
    st.sampled_from(
        ["Ferry sinks", "Zürich_Straße", "e\u0301tat ½", "東京都で", "ﾎﾟﾝﾄﾞ", "สภา", "한국어 中", "\u0301", "", "ΟΔΟΣ"]
    )
)


@given(LINES)
def test_lines_read_one_by_one_have_the_words_of_the_whole(lines: list[str]):
    # A line separator is no ASCII, and no end of a line to `words`: all is one line to it.
    assert words("\n".join(lines)) == words("\u2028".join(["", *lines, ""]))


def test_vowel_signs_do_not_break_hindi_or_arabic_words():
    assert [word.decode() for word in words("पूर्वी नगर")] == ["पूर्वी", "नगर"]
    assert shingle("مُدِيرُ المَدْرَسَةِ").tolist() == shingle("مدير المدرسة").tolist()


def test_a_broken_page_with_a_lone_surrogate_still_has_shingles():
    assert shingle("caf\udce9 owner in Tarnby says no").size > 0


def test_language_decides_nothing():
    assert shingle(COUNCIL, "en").tolist() == shingle(COUNCIL, "zh").tolist() == shingle(COUNCIL, None).tolist()


@given(st.text())
@settings(max_examples=100, deadline=None)
def test_hashes_are_ascending_and_distinct(text: str):
    hashes = shingle(text)
    assert hashes.dtype == np.uint64
    assert hashes.tolist() == sorted(set(hashes.tolist()))


def test_another_process_gives_the_same_hashes():
    code = f"from storywire.duplicates.shingles import shingle; print(*shingle({COUNCIL!r}))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert [int(value) for value in found.stdout.split()] == shingle(COUNCIL).tolist()


def test_stored_hashes_stay_comparable():
    # Stored stages hold these: a change here needs a new version of the stage.
    assert [f"{value:016x}" for value in shingle("one two three four five six").tolist()] == [
        "3380d2204dfb1a02",
        "77cbe915b0892d3e",
        "b53e6ace001f4013",
        "bda50cc48d3a89e5",
        "e151cbd1c61788f8",
        "e88a2dd8975e9f07",
    ]


def test_a_chinese_character_changes_no_korean_word():
    assert words("美 대통령이 월요일 항구를 방문했다") == ["美".encode(), *words("대통령이 월요일 항구를 방문했다")]
