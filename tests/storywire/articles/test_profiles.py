from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langdetect import detector_factory
from langdetect.detector import Detector

from storywire.articles import profiles

TEXTS = [
    "The harbour of Ostwick was closed on Monday after a crane fell into the water, officials said.",
    "Der Hafen von OSTWICK wurde am Montag gesperrt; ein OECD-Bericht sagt: Öl!",
    "Порт Оствик был закрыт в понедельник после того, как кран упал в воду, сообщили власти.",
    "أغلق ميناء أوستويك يوم الاثنين بعد سقوط رافعة في الماء، بحسب ما أعلنت السلطات المحلية.",
    "オストウィック港は月曜日、クレーンが海に落下したため閉鎖されたと当局が発表した。",
    "奥斯特维克港星期一因起重机坠入水中而关闭,当局说将在两天后重新开放。",
    "Cảng Ostwick đã bị đóng cửa hôm thứ Hai sau khi một cần cẩu rơi xuống nước.",
    "a b  c\n\nI A AA AAa aAA 12x x12 \U0001f600 \ud800",
    "",
]


def _theirs(text: str) -> tuple[int, dict[str, float]]:
    """What langdetect's own n-grams and tables say of a text, each n-gram once for every time it stands there."""
    detector_factory.init_factory()
    detector: Detector = detector_factory._factory.create()
    detector.text = text + " "  # the end of a text is the edge of a word, which langdetect overlooks
    grams = detector._extract_ngrams()
    logs = {
        name: sum(math.log(detector.word_lang_prob_map[gram][place] + profiles.SMOOTHING) for gram in grams)
        for place, name in enumerate(detector.langlist)
    }
    return len(grams), logs


def _compare(text: str) -> None:
    known = profiles.load()
    reading = profiles.read(known, profiles.characters(text))
    n, logs = _theirs(text)
    assert reading.n == n
    assert dict(zip(known.names, reading.logs, strict=True)) == pytest.approx(logs, abs=0.00125 * (n + 1))


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_read_by_the_n_grams_langdetect_itself_takes(text: str) -> None:
    _compare(text)


@settings(deadline=None)
@given(st.text(st.sampled_from("aAbBzZäÄßéжЖاك日本語가ひカ 12.,-\n"), max_size=60))
def test_any_letters_are_read_by_the_n_grams_langdetect_itself_takes(text: str) -> None:
    _compare(text)


def test_foreign_letters_are_those_a_profile_has_never_seen() -> None:
    known = profiles.load()
    english, macedonian = known.names.index("en"), known.names.index("mk")
    assert profiles.read(known, profiles.characters("the harbour")).foreign[english] == 0
    assert profiles.read(known, profiles.characters("Ћћ")).foreign[macedonian] == 1
    assert profiles.read(known, profiles.characters("ახალი the")).foreign[english] == pytest.approx(5 / 8)


def test_characters_are_read_back_as_they_were() -> None:
    assert profiles.text_of(profiles.characters("Öl 港\ud800")) == "Öl 港\ud800"


def test_a_text_as_long_as_is_ever_read_is_summed_without_rounding() -> None:
    known = profiles.load()
    codes = profiles.characters("é " * 1_000 + "zqj " * 300)
    rows = profiles.grams_of(known, codes)
    assert len(rows) > 5_000
    places = np.searchsorted(known.grams, rows).clip(0, len(known.grams) - 1)
    costs = known.logs[places[known.grams[places] == rows]].astype(np.int64).sum(axis=0)
    assert np.array_equal(np.rint(profiles.read(known, codes).logs * 400), costs)


def test_two_readings_are_the_same_to_the_last_bit() -> None:
    known = profiles.load()
    codes = profiles.characters(" ".join(TEXTS))
    first, second = profiles.read(known, codes), profiles.read(known, codes.copy())
    assert np.array_equal(first.logs, second.logs)
    assert np.array_equal(first.own, second.own)
