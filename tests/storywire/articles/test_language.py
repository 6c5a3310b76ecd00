from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langdetect import detector_factory
from langdetect.detector import Detector
from langdetect.utils.ngram import NGram

from storywire.articles.language import UNDETERMINED, identify, normal_tag, word_grams

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


def test_a_language_without_a_profile_is_not_forced_into_its_nearest() -> None:
    zulu = (
        "Amaphoyisa athi ibhuloho elisha livulwe ngoMsombuluko emva kwezinsuku eziyishumi livaliwe. "
        "Izakhamuzi zithe ziyajabula ngoba bezihamba ibanga elide uma ziya emsebenzini nasezikoleni. "
        "Umeya wedolobha uthe umasipala usebenzise imali eningi ukulungisa umonakalo odalwe yizikhukhula."
    )
    assert identify(zulu, None).code == "und"
    assert identify("ნავსადგური ორშაბათს დაიხურა მას შემდეგ, რაც ამწე წყალში ჩავარდა.", None).code == "und"


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


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("en_US", "en-US"),
        ("de-AT", "de-AT"),
        (" FR ", "fr"),
        ("zh-CN", "zh-Hans-CN"),
        ("zh_TW", "zh-Hant-TW"),
        ("zh-hant-hk", "zh-Hant-HK"),
        ("zh", "zh"),
        ("sr-Latn-RS", "sr-Latn-RS"),
        ("es-419", "es-419"),
        ("de-DE-1996", "de-DE"),
        ("pt_BR.UTF-8", "pt-BR"),
        ("deu", "de"),
        ("iw", "he"),
        ("nb", "nb"),
        ("en-GB,en;q=0.5", "en-GB"),
        ("und", None),
        ("english", None),
        ("", None),
        (None, None),
        ("{{ lang }}", None),
        ("12", None),
    ],
)
def test_a_declared_language_becomes_a_tag_or_nothing(declared: str | None, tag: str | None) -> None:
    assert normal_tag(declared) == tag


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=40))
def test_a_tag_made_twice_is_made_once(declared: str) -> None:
    tag = normal_tag(declared)
    assert tag is None or normal_tag(tag) == tag


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300), st.one_of(st.none(), st.sampled_from(["en", "zh-TW", "xx", "?"])))
def test_no_text_breaks_it_and_the_answer_stays(text: str, declared: str | None) -> None:
    found = identify(text, declared)
    assert found == identify(text, declared)
    assert (found.confidence is None) == (found.code == "und") == (found.source == "none")
    assert found.confidence is None or 0 <= found.confidence <= 1


@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES)
def test_n_grams_are_those_langdetect_itself_takes(text: str) -> None:
    detector_factory.init_factory()
    detector: Detector = detector_factory._factory.create()
    detector.append(text + " OECD-Bericht ")
    theirs = detector._extract_ngrams()
    normal = "".join(map(NGram.normalize, detector.text))
    ours = [gram for word in normal.split() for gram in word_grams(word) if gram in detector.word_lang_prob_map]
    assert sorted(ours) == sorted(theirs)
