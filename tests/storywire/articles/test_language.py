from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langdetect import detect_langs, detector_factory
from wordfreq import top_n_list

from storywire.articles.language import UNDETERMINED, by_langdetect, identify

SENTENCES = {
    "en": "The harbour of Ostwick was closed on Monday after a crane fell into the water, officials said.",
    "de": "Der Hafen von Ostwick wurde am Montag gesperrt, nachdem ein Kran ins Wasser gestürzt war.",
    "fr": "Le port d'Ostwick a été fermé lundi après la chute d'une grue dans l'eau, selon les autorités.",
    "es": "El puerto de Ostwick fue cerrado el lunes después de que una grúa cayera al agua, según las autoridades.",
    "pt": "O porto de Ostwick foi fechado na segunda-feira depois que um guindaste caiu na água, disse a prefeitura.",
    "it": "Il porto di Ostwick è stato chiuso lunedì dopo che una gru è caduta in acqua, secondo le autorità.",
    "ru": "Порт Оствик был закрыт в понедельник после того, как кран упал в воду, сообщили власти.",
    "ar": "أغلق ميناء أوستويك يوم الاثنين بعد سقوط رافعة في الماء، بحسب ما أعلنت السلطات المحلية.",
    "ja": "オストウィック港は月曜日、クレーンが海に落下したため閉鎖されたと当局が発表した。",
    "zh-Hans": "奥斯特维克港星期一因起重机坠入水中而关闭,当局说将在两天后重新开放,码头工人们正在等待进一步的消息。",
    "zh-Hant": "奧斯特維克港星期一因起重機墜入水中而關閉,當局說將在兩天後重新開放,碼頭工人們正在等待進一步的消息。",
}


@pytest.mark.parametrize(("code", "text"), SENTENCES.items(), ids=SENTENCES)
def test_one_sentence_tells_its_language(code: str, text: str) -> None:
    found = identify(text, None)
    assert found.code == code
    assert found.source == "langdetect"
    assert found.confidence is not None
    assert found.confidence > 0.5


def test_the_draw_of_langdetect_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Hafen Ostwick: Kran fällt, Sperrung, Montag"
    answers = set()
    for seed in range(5):
        monkeypatch.setattr(detector_factory.DetectorFactory, "seed", seed)
        answers.add(identify(text, None))
    assert len(answers) == 1


@pytest.mark.parametrize("text", ["", " ", "12 + 30 = 42", "Hafen", "https://ostwick.example/hafen/gesperrt", "港"])
def test_a_scrap_of_text_has_no_language(text: str) -> None:
    assert identify(text, None) == UNDETERMINED
    assert identify(text, "de") == UNDETERMINED


STRANGERS = {
    "zu": "Amaphoyisa athi ibhuloho elisha livulwe ngoMsombuluko emva kwezinsuku eziyishumi livaliwe.",
    "ka": "ნავსადგური ორშაბათს დაიხურა მას შემდეგ, რაც ამწე წყალში ჩავარდა.",
    "eu": "Ostwickeko portua astelehenean itxi zuten garabi bat uretara erori ondoren, agintariek esan dutenez.",
    "is": "Höfninni í Ostwick var lokað á mánudag eftir að krani féll í sjóinn, að sögn yfirvalda á staðnum.",
    "sr-Cyrl": "Лука Оствик је затворена у понедељак, а грађани ће моћи да пређу мост тек у суботу, рекао је кмет.",
}


@pytest.mark.parametrize(("code", "text"), STRANGERS.items(), ids=STRANGERS)
def test_a_language_without_a_profile_is_not_forced_into_its_nearest(code: str, text: str) -> None:
    found = identify(text, None)
    assert (found.code, found.source) == (code, "py3langid")
    assert by_langdetect(text).code != code


@pytest.mark.parametrize(("code", "text"), STRANGERS.items(), ids=STRANGERS)
def test_a_long_text_in_a_language_without_a_profile_is_found_too(code: str, text: str) -> None:
    assert identify(" ".join([text] * 12), None).code == code


def test_the_code_says_in_which_script_a_language_of_two_is_printed() -> None:
    latin = "Luka Ostvik je zatvorena u ponedeljak nakon što je dizalica pala u vodu, saopštile su gradske vlasti."
    assert identify(STRANGERS["sr-Cyrl"], "sr").code == "sr-Cyrl"
    assert identify(latin, "sr").code in {"sr-Latn", "hr"}
    assert identify("Порт дүйсенбіде кран суға құлағаннан кейін жабылды, деп хабарлады билік.", None).code == "kk-Cyrl"


def test_letters_in_no_order_have_no_language() -> None:
    assert identify("xq zvk wqj ghtr bvx kkq zzt pqw rtx vbn mmk qxz jwv tkx qpl", None).code == "und"


def test_what_the_page_declares_decides_between_close_kin_only() -> None:
    kin = "Havnen i byen er lukket for biler i dag"
    free = identify(kin, None)
    assert {free.code, identify(kin, "da").code, identify(kin, "nb").code} <= {"da", "no"}
    assert identify(kin, "da").code == "da"
    assert identify(kin, "nb").code == "no"
    assert {identify(kin, "da").source, identify(kin, "nb").source} == {"langdetect", "declared"}
    assert identify(SENTENCES["en"], "de").code == "en"
    assert identify(SENTENCES["en"], "de").source == "langdetect"


def test_a_foreign_summary_at_the_end_does_not_count() -> None:
    assert identify(SENTENCES["it"] * 20 + SENTENCES["en"] * 40, None) == identify(SENTENCES["it"] * 20, None)


def test_an_english_header_does_not_hide_an_arabic_article() -> None:
    assert identify("Ostwick Daily News | Home | " + SENTENCES["ar"], None).code == "ar"


@settings(deadline=None)
@given(st.text(max_size=300), st.one_of(st.none(), st.sampled_from(["en", "zh-TW", "xx", "?"])))
def test_no_text_breaks_it_and_the_answer_stays(text: str, declared: str | None) -> None:
    found = identify(text, declared)
    assert found == identify(text, declared)
    assert (found.confidence is None) == (found.code == "und") == (found.source == "none")
    assert found.confidence is None or 0 <= found.confidence <= 1


MIXED = {
    "a quote in another language": (
        "de",
        "{de} „The harbour is closed, and we do not know for how long“, sagte er. {de}",
    ),
    "a headline in capitals": ("fr", "LE PORT D'OSTWICK EST FERMÉ\n{fr}"),
    "a whole text in capitals": ("pt", "O PORTO DE OSTWICK FOI FECHADO NA SEGUNDA-FEIRA DEPOIS QUE UM GUINDASTE CAIU"),
    "menus in English": ("it", "Home News Sport Weather\n{it} {it}"),
    "addresses": ("es", "https://ostwick.example/the-harbour-is-closed {es} desk@news.ostwick.example"),
    "names from elsewhere": ("en", "{en} Jean-Baptiste Lefèvre, Anna Müller and Łukasz Woźniak were there. {en}"),
}


@pytest.mark.parametrize(("code", "pattern"), MIXED.values(), ids=MIXED)
def test_noise_does_not_hide_the_language_of_a_text(code: str, pattern: str) -> None:
    assert identify(pattern.format(**SENTENCES), None).code == code


LONG = [code for code in SENTENCES if not code.startswith("zh")]


@pytest.mark.parametrize("code", LONG)
def test_a_long_text_gets_the_answer_of_langdetect_itself(code: str) -> None:
    text = " ".join([SENTENCES[code]] * 8)
    assert len(text) > 300
    theirs = by_langdetect(text)
    assert identify(text, None).code == theirs.code == code


@pytest.mark.parametrize(
    "language", ["bg", "cs", "da", "el", "fa", "fi", "hu", "id", "mk", "nl", "pl", "ro", "sv", "tr", "uk"]
)
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_common_words_in_any_order_get_the_answer_of_langdetect_itself(language: str, seed: int) -> None:
    lot = random.Random(f"{language} {seed}")  # noqa: S311 - a test must repeat itself
    words = [word for word in top_n_list(language, 900) if word.isalpha()]
    text = " ".join(lot.choice(words) for _ in range(260))
    assert len(text) > 500
    assert identify(text, None).code == by_langdetect(text).code


def test_langdetect_alone_is_seeded_in_the_call_and_leaves_the_process_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "Hafen Ostwick: Kran fällt, Sperrung, Montag"
    answers = set()
    for seed in (None, 1, 2):
        monkeypatch.setattr(detector_factory.DetectorFactory, "seed", seed)
        answers.add(identify(text, None, "langdetect"))
        assert detector_factory.DetectorFactory.seed is seed
    monkeypatch.setattr(detector_factory.DetectorFactory, "seed", 0)
    (theirs, *_) = detect_langs(text)
    (ours,) = answers
    assert (ours.code, ours.confidence) == (theirs.lang, pytest.approx(theirs.prob, abs=1e-4))


def test_langdetect_alone_forces_every_text_into_its_languages() -> None:
    assert identify(STRANGERS["zu"], None, "langdetect").source == "langdetect"
    assert identify("12 + 30 = 42", None, "langdetect") == UNDETERMINED
