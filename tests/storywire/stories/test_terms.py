import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.stories.terms import MAX_TERMS, Terms, weigh


def cosine(one: Terms, other: Terms) -> float:
    weights = dict(zip(other.terms, other.weights.tolist(), strict=True))
    return sum(w * weights.get(t, 0.0) for t, w in zip(one.terms, one.weights.tolist(), strict=True))


def test_the_place_and_the_thing_outweigh_the_common_words():
    found = weigh("Ferry sinks off Larvand", "A ferry sank on Monday, the company said. It had left Larvand.", "en")
    assert set(found.terms[:2]) == {"larvand", "ferry"}
    assert "company" in found.terms
    assert "the" not in found.terms


def test_a_headline_word_counts_more_than_the_same_word_at_the_end():
    body = "The council met. " + "Nothing was decided about roads or money this year. " * 20
    titled = weigh("Quarry vote", body + "A bakery opened.", "en")
    weights = dict(zip(titled.terms, titled.weights.tolist(), strict=True))
    assert weights["quarry"] > 1.5 * weights["bakery"]


def test_a_word_in_the_lead_counts_more_than_in_the_background():
    filler = "People walked along the river and talked of other things for a while. " * 25
    early = weigh(None, "The quarry flooded. " + filler + "A bakery opened.", "en")
    weights = dict(zip(early.terms, early.weights.tolist(), strict=True))
    assert weights["quarry"] > weights["bakery"]


def test_a_name_outweighs_a_noun_in_english_but_german_capitals_say_nothing():
    english = weigh(None, "They saw Zorvex there. They saw zorvix there.", "en")
    german = weigh(None, "Sie sahen Zorvex dort. Sie sahen zorvix dort.", "de")
    assert english.weights[english.terms.index("zorvex")] > 1.3 * english.weights[english.terms.index("zorvix")]
    assert german.weights[german.terms.index("zorvex")] < 1.05 * german.weights[german.terms.index("zorvix")]


def test_a_text_in_capitals_has_no_names():
    found = weigh(None, "WE SAW ZORVEX AND A ZORVIX THERE", "en")
    assert found.weights[found.terms.index("zorvex")] < 1.05 * found.weights[found.terms.index("zorvix")]


@pytest.mark.parametrize(
    ("language", "one", "two", "other"),
    [
        ("en", "Flood closes the mines of Larvand", "Mines in Larvand closed by floods", "Choir wins a prize in Oster"),
        ("de", "Hochwasser schließt Bergwerke in Larvand", "Bergwerke nach Hochwasser in Larvand zu", "Chor singt"),
        ("fr", "L'inondation ferme les mines de Larvand", "Inondations : mines fermées à Larvand", "Un chœur primé"),
        ("es", "La inundación cierra minas en Larvand", "Minas cerradas por inundaciones en Larvand", "Un coro gana"),
        ("pt", "Inundação fecha minas em Larvand", "Minas fechadas por inundações em Larvand", "Coro vence prêmio"),
        ("it", "L'alluvione chiude le miniere di Larvand", "Miniere chiuse a Larvand per alluvione", "Coro premiato"),
        ("ru", "Наводнение закрыло шахты Ларванда", "Шахта в Ларванде закрыта из-за наводнения", "Хор получил приз"),
        ("ar", "الفيضان يغلق مناجم لارفاند", "إغلاق مناجم في لارفاند بعد فيضان", "جوقة تفوز بجائزة"),
        ("zh-Hans", "洪水迫使拉万德煤矿关闭", "拉万德煤矿因洪水停产", "合唱团在奥斯特获奖"),
        ("ja", "洪水でラーバンド炭鉱が閉鎖", "ラーバンドの炭鉱、洪水で操業停止", "合唱団が受賞した"),
        ("ko", "홍수로 라르반드 광산 폐쇄", "라르반드 광산이 홍수로 문을 닫았다", "합창단이 상을 받았다"),
        ("th", "น้ำท่วมปิดเหมืองลาร์วันด์", "เหมืองลาร์วันด์ปิดเพราะน้ำท่วม", "คณะนักร้องได้รางวัล"),
        ("hi", "बाढ़ से लारवंद की खदानें बंद", "लारवंद की खदानें बाढ़ के कारण बंद", "गायक मंडली जीती"),
        ("sq", "Përmbytja mbyll minierat në Larvand", "Minierat në Larvand mbyllen nga përmbytja", "Kori fiton çmim"),
    ],
)
def test_two_headlines_on_one_flood_are_alike_in_every_language(language, one, two, other):
    first, second, third = weigh(None, one, language), weigh(None, two, language), weigh(None, other, language)
    assert cosine(first, second) > 0.2
    assert cosine(first, third) < 0.1


def test_accents_and_case_do_not_part_two_spellings_of_a_name():
    assert cosine(weigh(None, "Dravić Łozna", "en"), weigh(None, "DRAVIC LOZNA", "en")) == pytest.approx(1.0)


def test_serbian_is_the_same_in_both_scripts():
    latin, cyrillic = weigh(None, "Poplava zatvorila rudnik", "sr"), weigh(None, "Поплава затворила рудник", "sr")
    assert latin.terms == cyrillic.terms


@pytest.mark.parametrize("text", ["", " \n ", "!?…", "—"])
def test_a_text_without_words_has_no_terms(text):
    assert weigh(None, text, None).terms == ()
    assert weigh(None, text, None).weights.dtype == np.float32


def test_an_unknown_language_still_has_terms():
    assert "larvand" in weigh("Larvand", "xx yy zz", "und").terms


@settings(max_examples=40, deadline=None)
@given(
    st.text(max_size=80),
    st.text(max_size=400),
    st.sampled_from(["en", "de", "ru", "ar", "zh", "ja", "th", "vi", "hi", "sq", "und", None]),
)
def test_any_text_gives_a_vector_of_length_one_in_a_total_order(title, text, language):
    found = weigh(title, text, language)
    assert len(found.terms) == len(found.weights) == len(set(found.terms)) <= MAX_TERMS
    if found.terms:
        assert float(np.linalg.norm(found.weights)) == pytest.approx(1.0, abs=1e-5)
        assert (found.weights > 0).all()
        pairs = [(-weight, term) for term, weight in zip(found.terms, found.weights.tolist(), strict=True)]
        assert [weight for weight, _ in pairs] == sorted(weight for weight, _ in pairs)
    again = weigh(title, text, language)
    assert again.terms == found.terms
    assert np.array_equal(again.weights, found.weights)
