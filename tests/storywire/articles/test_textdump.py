from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storywire.articles.textdump import MAX_LINES, Dump, read_dump

MENU = "Skip to content\n  • Home\n  • Politics\n  • Sports\n  • Contact us\nOSTWICK COURIER\n"
TITLE = "Harbour of Ostwick reopens after crane accident"
BODY = (
    "The harbour of Ostwick reopened on Monday, twelve days after a crane fell into the main basin and blocked it.",
    "“We worked day and night,” said harbour master Lena Brandt, who led the salvage with forty divers and two tugs.",
    "The first ferry left at noon with three hundred passengers, among them pupils who had missed a week of school.",
    "An inquiry by the ministry of transport is to report on the cause of the accident before the end of the month.",
)
TEASER = "Ferry line adds night service"
FOOTER = f"\nRelated Articles\n\n{TEASER}\n\n{TEASER}\n\nShare This\n\n© Ostwick Courier"

WORLD = {
    "de": (
        "Hafen von Ostwick nach Unfall wieder offen",
        "Der Hafen von Ostwick ist zwölf Tage nach dem Sturz eines Krans in das Becken wieder geöffnet worden.",
        "Die erste Fähre verließ die Stadt am Mittag mit dreihundert Fahrgästen, darunter viele Schüler.",
        "Lesen Sie auch",
    ),
    "fr": (
        "Le port d'Ostwick rouvre après l'accident",
        "Le port d'Ostwick a rouvert lundi, douze jours après la chute d'une grue dans le bassin principal.",
        "Le premier bac est parti à midi avec trois cents passagers, dont de nombreux élèves de la ville.",
        "À lire aussi",
    ),
    "es": (
        "El puerto de Ostwick reabre tras el accidente",
        "El puerto de Ostwick reabrió el lunes, doce días después de que una grúa cayera en la dársena principal.",
        "El primer transbordador salió al mediodía con trescientos pasajeros, entre ellos muchos alumnos.",
        "Noticias relacionadas",
    ),
    "pt": (
        "Porto de Ostwick reabre depois do acidente",
        "O porto de Ostwick reabriu na segunda-feira, doze dias depois de um guindaste cair na bacia principal.",
        "A primeira balsa saiu ao meio-dia com trezentos passageiros, entre eles muitos alunos da cidade.",
        "Leia também",
    ),
    "it": (
        "Riapre il porto di Ostwick dopo l'incidente",
        "Il porto di Ostwick ha riaperto lunedì, dodici giorni dopo la caduta di una gru nel bacino principale.",
        "Il primo traghetto è partito a mezzogiorno con trecento passeggeri, tra cui molti studenti della città.",
        "Leggi anche",
    ),
    "ru": (
        "Порт Оствик открылся после аварии крана",
        "Порт Оствик вновь открылся в понедельник, через двенадцать дней после падения крана в главный бассейн.",
        "Первый паром отошёл в полдень, на борту было триста пассажиров, среди них много школьников из города.",
        "Читайте также",
    ),
    "ar": (
        "إعادة فتح ميناء أوستويك بعد حادث الرافعة",
        "أعيد فتح ميناء أوستويك يوم الاثنين بعد اثني عشر يوما من سقوط رافعة في الحوض الرئيسي للميناء.",
        "وغادرت العبارة الأولى ظهرا وعلى متنها ثلاثمئة راكب بينهم عدد كبير من تلاميذ المدارس في المدينة.",
        "اقرأ أيضا",
    ),
    "zh": (
        "奥斯特维克港口事故后重新开放",
        "奥斯特维克港星期一重新开放,十二天前一台起重机坠入主港池,港口因此一直处于关闭状态。",
        "第一班渡轮中午离港,船上载有三百名乘客,其中有许多一周没有上课的学生和他们的老师。",
        "相关阅读",
    ),
    "ja": (
        "オストウィック港、クレーン事故後に再開",
        "オストウィック港は月曜日、クレーンが主要な港湾に落下してから十二日ぶりに再開された。",
        "最初のフェリーは正午に三百人の乗客を乗せて出港し、その中には多くの生徒が含まれていた。",
        "関連記事",
    ),
}


def page(*paragraphs: str, menu: str = MENU, title: str = TITLE, footer: str = FOOTER) -> str:
    return menu + "\n" + title + "\n\n" + "\n\n".join(paragraphs) + "\n" + footer


def read(dump: str) -> Dump:
    found = read_dump(dump)
    assert found is not None
    return found


def test_an_article_is_found_among_menus_and_teasers() -> None:
    found = read(page(*BODY))
    assert found.text == "\n".join(BODY)
    assert found.title == TITLE
    assert found.headline is not None
    assert found.lines[found.headline] == TITLE
    assert (found.lines[found.first], found.lines[found.last]) == (BODY[0], BODY[-1])


@pytest.mark.parametrize(("title", "first", "second", "label"), WORLD.values(), ids=WORLD)
def test_no_language_is_second_class(title: str, first: str, second: str, label: str) -> None:
    found = read(
        page(first, second, first + " " + second, title=title, footer=f"\n{label}\n\n{title} 2\n\n{first[:30]}")
    )
    assert found.text == "\n".join((first, second, first + " " + second))
    assert found.title == title


def test_date_byline_and_tags_between_headline_and_body_are_not_body() -> None:
    found = read(page("By Mara Holt", "Ostwick Harbour Transport", "November 3, 2021 at 14:05", *BODY))
    assert found.title == TITLE
    assert found.text == "\n".join(BODY)


def test_a_caption_and_the_headline_repeated_between_paragraphs_go() -> None:
    caption = "Ostwick Harbour Crane Salvage"
    found = read(page(BODY[0], f"{TITLE}\n{caption}", BODY[1], f"{TITLE}\n{caption}", *BODY[2:]))
    assert found.text == "\n".join(BODY)


def test_a_doubled_caption_above_the_body_is_not_the_headline() -> None:
    caption = "Divers at work in the main basin of Ostwick harbour"
    found = read(f"{TITLE}\n\n{caption}\n {caption}\n" + "\n\n".join(BODY) + "\nPrevious Post Next Post")
    assert found.title == TITLE
    assert found.text == "\n".join(BODY)


def test_the_title_of_the_page_confirms_the_headline() -> None:
    found = read(f"{TITLE} - Ostwick Courier\n{page(*BODY)}")
    assert found.title == TITLE


def test_the_site_name_behind_the_headline_goes() -> None:
    found = read(f"{TITLE} | Ostwick Courier\n\n" + "\n\n".join(BODY))
    assert found.title == TITLE


def test_a_headline_that_asks_is_no_paragraph() -> None:
    found = read("Who pays for the crane that blocked the harbour of Ostwick?\n\n" + "\n\n".join(BODY))
    assert found.title == "Who pays for the crane that blocked the harbour of Ostwick?"
    assert found.text == "\n".join(BODY)


def test_lists_within_the_article_stay_with_their_bullets() -> None:
    items = ("• two tugs from Halm", "• forty divers", "• a floating crane")
    found = read(page(BODY[0], BODY[1], "\n".join(items), BODY[2], BODY[3]))
    assert found.text == "\n".join((*BODY[:2], *items, *BODY[2:]))


def test_subheadings_and_short_quotes_stay() -> None:
    found = read(page(BODY[0], "What happened", BODY[1], "“Never again.”", BODY[2], BODY[3]))
    assert "What happened" in found.text
    assert "“Never again.”" in found.text


@pytest.mark.parametrize(
    "widget",
    [
        "Advertisement",
        "Read more: Ferry line adds night service",
        "Share this story",
        "Photo: Ines Falk / Courier",
        "Sign up for our newsletter to get the news of the harbour every morning.",
    ],
)
def test_widgets_between_paragraphs_go(widget: str) -> None:
    assert read(page(*BODY[:2], widget, *BODY[2:])).text == "\n".join(BODY)


@pytest.mark.parametrize("label", ["Leave a Reply", "About the author", "Kommentare (3)", "Lo más leído", "評論"])
def test_what_follows_an_end_marker_is_not_the_article(label: str) -> None:
    teaser = "Night ferries will run again from spring, the line said."
    assert teaser not in read(page(*BODY, footer=f"\n{label}\n\n{teaser}\n")).text


def test_a_long_paragraph_is_not_dropped_for_coming_back() -> None:
    found = read(page(*BODY, footer=FOOTER + "\n\n" + BODY[1]))
    assert BODY[1] in found.text


def test_a_paragraph_printed_twice_in_a_row_counts_once() -> None:
    assert read(page(BODY[0], BODY[0], *BODY[1:])).text == "\n".join(BODY)


def test_hard_wrapped_paragraphs_become_whole() -> None:
    import textwrap

    wrapped = ["\n".join(textwrap.wrap(paragraph, 60)) for paragraph in (" ".join(BODY[:2]), " ".join(BODY[2:]))]
    found = read(page(*wrapped))
    assert found.text == "\n".join((" ".join(BODY[:2]), " ".join(BODY[2:])))
    assert found.lines[found.last] == wrapped[1].splitlines()[-1]


@pytest.mark.parametrize(
    "dump",
    [
        "",
        "\n\n \n",
        MENU * 5,
        "\n".join(f"{place} opens a new market hall today" for place in ("Ostwick", "Halm", "Brede", "Tolm") * 9),
        "Sign in\nYou must log in to continue. Already have an account? Sign in to read on.\nForgot password?",
        "\n".join(
            f"{place} opens a new market hall\nThe hall in {place} will have forty stalls and a roof of glass, he"
            f" said.\n{day} May 2021\nRead more\n"
            for day, place in enumerate(("Ostwick", "Halm", "Brede", "Tolm", "Ruhn", "Lisk", "Arn", "Werd"), start=1)
        ),
    ],
    ids=["nothing", "blank", "menu", "headlines", "login wall", "index with teasers"],
)
def test_a_page_without_an_article_gives_none(dump: str) -> None:
    assert read_dump(dump) is None


@pytest.mark.parametrize(("title", "first", "second", "label"), WORLD.values(), ids=WORLD)
def test_cleaning_twice_is_cleaning_once_in_any_script(title: str, first: str, second: str, label: str) -> None:
    once = read(page(first, second, first + second, title=title, footer=f"\n{label}\n\n{title} 2"))
    again = read(f"{once.title}\n{once.text}")
    assert (again.title, again.text) == (once.title, once.text)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.sampled_from(
            [*BODY, "Advertisement", "What happened", "• forty divers", "3 May 2021", "Photo: Ines Falk", "Share this"]
        ),
        max_size=14,
    )
)
@example(["Advertisement", "3 May 2021", BODY[0], BODY[0], BODY[0], "What happened"])
@example(["Advertisement", "Advertisement", "3 May 2021", BODY[1], BODY[1], BODY[1], "What happened"])
def test_cleaning_twice_is_cleaning_once(parts: list[str]) -> None:
    once = read_dump(page(*BODY[:2], *parts, *BODY[2:]))
    if once is not None:
        assert read(f"{TITLE}\n{once.text}").text == once.text


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=400))
def test_no_dump_breaks_it_and_its_lines_are_those_of_the_dump(dump: str) -> None:
    for text in (dump, page(*BODY, menu=dump + "\n"), page(dump, *BODY)):
        found = read_dump(text)
        if found is not None:
            assert found.lines == tuple(text.splitlines())
            assert 0 <= found.first <= found.last < len(found.lines)
            assert found.headline is None or found.headline < found.first
            assert found.text


@pytest.mark.parametrize(
    "dump",
    [
        "a\n" * 300_000,
        "word " * 100_000,
        "x" * 1_000_000,
        "1" * 500_000,
        "港口。" * 100_000,
        "• " * 300_000,
        "\n".join(["Related Articles", BODY[0], "3 May 2021 14:05"] * 5_000),
    ],
    ids=["short lines", "one line", "one word", "digits", "ideographs", "bullets", "mixed"],
)
def test_hostile_dumps_take_seconds_at_most(dump: str) -> None:
    began = time.process_time()
    read_dump(dump)
    assert time.process_time() - began < 5


def test_lines_past_the_limit_are_kept_but_not_read() -> None:
    found = read(page(*BODY) + "\n" * MAX_LINES)
    assert found.text == "\n".join(BODY)
    assert len(found.lines) > MAX_LINES
