from __future__ import annotations

import pytest

from storywire.articles.lines import Kind, is_closed, read_line, word_count


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("", "blank"),
        ("  * ", "blank"),
        ("-----", "blank"),
        ("Politics", "short"),
        ("The ferry left at noon with three hundred passengers on board.", "prose"),
        ("渡轮中午离港,船上载有三百名乘客和他们的行李。", "prose"),
        ("「港は月曜日に再開する予定だ」と市長は述べた。", "prose"),
        ("وغادرت العبارة الأولى ظهرا وعلى متنها ثلاثمئة راكب من المدينة؟", "prose"),
        ("Ferry line adds night service", "short"),
        ("Related stories", "ending"),
        ("12 Comments", "ending"),
        ("Schreibe einen Kommentar", "ending"),
        ("相关新闻:港口重新开放", "ending"),
        ("Advertisement", "widget"),
        ("READ MORE: Ferry line adds night service", "widget"),
        ("3 May 2021", "stamp"),
        ("il y a 3 heures", "stamp"),
        ("2021年5月3日", "stamp"),
        ("Photo: Ines Falk", "credit"),
        ("A crane is lifted from the basin on Monday. (Ines Falk/AFP via Getty Images)", "credit"),
        ("We use cookies to improve your visit. By staying here you agree to this use.", "notice"),
    ],
)
def test_a_line_is_known_by_its_shape_and_its_words(raw: str, kind: Kind) -> None:
    assert read_line(raw).kind == kind


@pytest.mark.parametrize(
    "raw",
    [
        "More from the harbour fund than from the state went into the salvage, the auditors of Ostwick found.",
        "Related charges against two crane drivers were dropped by the court in Halm on Friday afternoon, he said.",
        "The baker sold cookies to the divers, who said that they had not eaten anything since the morning.",
        "The ferry line said it would change its newsletter and its prices after complaints by passengers.",
    ],
)
def test_a_paragraph_that_begins_like_a_label_is_a_paragraph(raw: str) -> None:
    assert read_line(raw).kind == "prose"


def test_a_bullet_is_no_part_of_the_words() -> None:
    line = read_line("    • forty divers")
    assert (line.text, line.bullet, line.words) == ("forty divers", True, 2)


def test_words_weigh_the_same_in_scripts_without_spaces() -> None:
    assert 8 <= word_count("第一班渡轮中午离港,船上载有三百名乘客") <= 13
    assert word_count("The first ferry left at noon carrying three hundred passengers") == 10


@pytest.mark.parametrize("text", ["He left.", "“No!”", "Why (again)?", "他说:“不。”", "ماذا؟", "क्यों।"])
def test_a_sentence_ends_in_any_script(text: str) -> None:
    assert is_closed(text)
