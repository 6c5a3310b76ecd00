from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storywire.duplicates import passages
from storywire.duplicates.passages import OCCURRENCES, Passages, between, characters, seeds
from storywire.duplicates.shingles import BODY_WORDS, grams, words
from storywire.duplicates.tokens import tokens

LEAD = "The old ferry ran onto a reef off the island of Norrby on Monday night, the coast guard said."
CREW = "All twelve members of its crew were taken off by helicopter before the tide came in again."
FUEL = "Some forty tonnes of fuel are still on board, and salvage tugs have been called from the mainland."
LOCAL = "Two pupils of the school in our town were among the passengers, their headmaster told us."
REPORT = f"{LEAD}\n{CREW}\n{FUEL}"

PHRASES = st.lists(
    st.sampled_from([LEAD, CREW, FUEL, LOCAL, "again and again and", "“Nein”,", "naïve", "über", "a", "½", "\u0301"]),
    max_size=8,
).map(" ".join)
LATIN = "ab e\u0301éßıİ'’“.—-_ \u00ad\n½ﬁ１"
SCRIPTS = st.sampled_from(["漢字がか\u3099ガ東京한국", "กำน้ํา", "तक्षि", "дй\u0306"]).flatmap(
    lambda script: st.text(st.sampled_from(LATIN + script), max_size=60)
)
HOSTILE = st.lists(st.sampled_from("abc"), max_size=60).map(" ".join)
TEXTS = st.one_of(PHRASES, SCRIPTS, HOSTILE, st.text(max_size=40))


def of(article: str, original: str) -> Passages:
    return between(tokens(article), tokens(original))


def cut(text: str, spans: tuple[tuple[int, ...], ...]) -> list[str]:
    return [text[span[0] : span[1]] for span in spans]


def test_a_local_paragraph_is_added_and_a_cut_one_removed() -> None:
    article = f"{LOCAL}\n{LEAD}\n{FUEL}"
    found = of(article, REPORT)
    assert cut(article, found.added) == [LOCAL]
    assert cut(REPORT, found.removed) == [CREW]
    assert cut(article, found.shared) == [LEAD, FUEL]


def test_a_paragraph_that_moved_is_shared() -> None:
    article = f"{FUEL}\n{LEAD}\n{CREW}"
    found = of(article, REPORT)
    assert not found.added
    assert not found.removed
    assert [REPORT[span.original_begin : span.original_end] for span in found.shared] == [FUEL, f"{LEAD}\n{CREW}"]


def test_quotes_case_dashes_and_accents_make_no_difference() -> None:
    article = "“It’s the café of naïve people — of all places,” said Čapek, with a co\u00adoperative smile."
    original = '"IT\'S THE CAFE OF NAIVE PEOPLE - of all places", said C\u030capek, with a cooperative smile.'
    found = of(article, original)
    assert cut(article, found.shared) == [article]
    assert cut(original, [span[2:] for span in found.shared]) == [original]
    assert found.added == found.removed == ()


def test_a_changed_word_is_no_more_than_that_word() -> None:
    article, original = LEAD.replace("old ferry", "rusty vessel"), LEAD
    found = of(article, original)
    assert cut(article, found.added) == ["The rusty vessel"]  # one word before the change is no passage
    assert cut(original, found.removed) == ["The old ferry"]
    found = of(LEAD.replace("island", "islet"), LEAD)
    assert cut(LEAD, found.removed) == ["island"]


def test_two_changes_close_together_leave_what_stands_between_them() -> None:
    article = CREW.replace("crew", "staff").replace("by helicopter", "by two helicopters")
    found = of(article, CREW)
    assert cut(article, found.added) == ["staff", "two helicopters"]
    assert cut(CREW, found.removed) == ["crew", "helicopter"]


def test_a_caption_that_repeats_the_lead_is_what_was_added() -> None:
    caption = " ".join(LEAD.split()[:9])
    article = f"{caption}\n{REPORT}"
    assert cut(article, of(article, REPORT).added) == [caption]


@pytest.mark.parametrize(
    ("shared", "alone"),
    [
        ("港口在星期一夜间重新开放，海岸警卫队说。", "我们镇上的两名学生也在船上。"),
        ("古いフェリーが月曜日の夜にノルビー島の沖で座礁した。", "町の学校の生徒二人も乗っていた。"),
        ("เรือข้ามฟากเก่าเกยตื้นนอกเกาะเมื่อคืนวันจันทร์", "นักเรียนสองคนจากเมืองของเราอยู่บนเรือ"),
    ],
)
def test_scripts_without_spaces_have_passages_too(shared: str, alone: str) -> None:
    article = f"{alone}\n{shared}"
    found = of(article, shared)
    assert cut(article, found.added) == [alone]
    assert cut(article, found.shared) == [shared]
    assert not found.removed


def test_a_few_characters_in_common_are_no_passage() -> None:
    assert of("今天星期一，港口关闭了。", "他说星期一是学校的节日").shared == ()
    assert of("one of the harbour pilots", "another one of the pupils").shared == ()


def test_a_text_of_a_word_or_two_is_compared_as_a_whole() -> None:
    assert len(of("Ferry aground", "Ferry aground").shared) == 1
    assert len(of("Ferry aground", f"{LEAD} FERRY AGROUND!").shared) == 1
    assert of("Ferry aground", "Ferry afloat").shared == ()
    assert of("", LEAD) == Passages((), (), ((0, len(LEAD)),))


@given(TEXTS)
def test_a_text_shares_everything_with_itself(text: str) -> None:
    found = of(text, text)
    assert found.added == found.removed == ()
    assert len(found.shared) == bool(words(text))


@given(TEXTS, TEXTS)
def test_every_word_is_shared_or_alone_and_shared_ones_are_equal(article: str, original: str) -> None:
    found = of(article, original)
    mine = sorted([*[span[:2] for span in found.shared], *found.added])
    theirs = sorted([*[span[2:] for span in found.shared], *found.removed])
    assert list(found.shared) == sorted(found.shared)
    for text, spans in ((article, mine), (original, theirs)):
        assert all(begin < end for begin, end in spans)
        assert all(one[1] <= other[0] for one, other in pairwise(spans))
        outside = [text[one:other] for one, other in pairwise([0, *(place for span in spans for place in span)])][::2]
        assert not any(len(tokens(part)) for part in [*outside, text[spans[-1][1] :] if spans else text])
    for begin, end, original_begin, original_end in found.shared:
        assert words(article[begin:end]) == words(original[original_begin:original_end]) != []


@given(PHRASES, PHRASES, PHRASES)
def test_two_texts_in_either_order_share_both(one: str, middle: str, other: str) -> None:
    moved, text = f"{other}\n{middle}\n{one}", f"{one}\n{middle}\n{other}"
    if min(len(tokens(part)) for part in (one, middle, other)) >= BODY_WORDS:
        assert characters(of(moved, text).added) < len(moved) / 2


@given(TEXTS)
def test_tokens_are_the_words_copies_are_found_by(text: str) -> None:
    found = tokens(text)
    parts = [text[begin:end] for begin, end in zip(found.begins.tolist(), found.ends.tolist(), strict=True)]
    assert all(begin < end for begin, end in zip(found.begins.tolist(), found.ends.tolist(), strict=True))
    assert words("\n".join(parts)) == words(text)


def hostile() -> dict[str, tuple[str, str]]:
    rng = random.Random(4)  # noqa: S311 - invented words, no secrets
    few = [" ".join(rng.choice(["the", "of", "a"]) for _ in range(10_000)) for _ in range(2)]
    block = [f"w{rng.randrange(10**6)}" for _ in range(50)]
    shuffled = [" ".join(word for _ in range(200) for word in rng.sample(block, 50)) for _ in range(2)]
    return {
        "one word": ("no " * 10_000, "no " * 9_000),
        "three words": (few[0], few[1]),
        "one paragraph over and over": (" ".join(block) + " ", " ".join(block * 200)),
        "shuffled paragraphs": (shuffled[0], shuffled[1]),
        "characters": ("哈" * 10_000, "哈" * 9_000),
    }


@pytest.mark.parametrize("kind", hostile())
def test_words_that_repeat_cost_no_more_than_eight_tries_each(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    article, original = map(tokens, hostile()[kind])
    tried = seeds(grams(article.hashes, BODY_WORDS), grams(original.hashes, BODY_WORDS))[0].size
    assert tried <= OCCURRENCES * min(len(article), len(original))
    looked_at = []
    free = passages._free

    def counted(run: passages.Run, *flags: passages.Flags) -> list[passages.Run]:
        looked_at.append(run.length)
        return free(run, *flags)

    monkeypatch.setattr(passages, "_free", counted)
    found = between(article, original)
    assert sum(looked_at) <= 2 * BODY_WORDS * OCCURRENCES * (len(article) + len(original))
    assert found.shared


def test_the_places_tried_are_those_of_equal_words_and_all_of_the_rare_ones() -> None:
    rng = random.Random(5)  # noqa: S311 - invented words, no secrets
    one, other = ([rng.choice("aaaaaaabcdefghijklmnop") for _ in range(n)] for n in (60, 80))
    first, second = tokens(" ".join(one)).hashes, tokens(" ".join(other)).hashes
    tried = set(zip(*(places.tolist() for places in seeds(first, second)), strict=True))
    every = {(i, j) for i, word in enumerate(one) for j, also in enumerate(other) if word == also}
    rare = {(i, j) for i, j in every if max(one.count(one[i]), other.count(one[i])) <= OCCURRENCES}
    assert rare <= tried <= every
    assert len(rare) < len(every)
