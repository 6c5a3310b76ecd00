"""The table of agencies: each agency is known by all its signs in its own languages, and by none in a sentence."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.articles.agencies import CJK, Agency, agencies, mentions, named, own_agency, read_agencies
from storywire.articles.wire import credit

BODY = "Ferries to the outer islands stopped on Monday.\nBoats will sail again on Thursday, the harbour master said."
ROW = "name = 'X'\ncountry = 'DE'\nlanguages = ['de']\nnames = ['X Agency']\nsource = 'its texts'\n"

# What the agencies of the world's wires put around a report, in their own language and in our words:
# language of the text, its opening or None, its last line or None, the agency.
FORMS = [
    ("en", "PORT ELLA, North Norland (AP) — Ferries stopped.", None, "AP"),
    ("en", None, "Associated Press writers Ann Roe in Port Ella and Joe Doe in Novo contributed to this report.", "AP"),
    ("en", None, "AP Harbour Writer Ann Roe in Port Ella contributed to this report.", "AP"),
    ("en", None, "Several AP journalists contributed from across Norland.", "AP"),
    ("en", None, "© Copyright 2031 The Associated Press. All rights reserved.", "AP"),
    ("en", None, "Follow Ann Roe at https://twitter.com/AnnRoeAP", "AP"),
    ("en", None, "The AP is solely responsible for all content.", "AP"),
    ("es", "PUERTO ELLA, Norlandia (AP) — Los barcos no salen.", None, "AP"),
    ("en", "PORT ELLA, March 3 (Reuters) - Ferries stopped.", None, "Reuters"),
    ("en", "PORT ELLA (Reuters Breakingviews) - Ferries cost too much.", None, "Reuters"),
    ("en", None, "(Reporting by Ann Roe; Editing by Joe Doe)", "Reuters"),
    ("en", None, "© 2031 Thomson/Reuters. All rights reserved.", "Reuters"),
    ("en", None, "Our Standards: The Thomson Reuters Trust Principles.", "Reuters"),
    ("en", None, "The harbour is closed until Thursday, the mayor said. – Reuters", "Reuters"),
    ("ar", "بورت إيلا (رويترز) - توقفت العبارات.", None, "Reuters"),
    ("ja", "[ポートエラ 3日 ロイター] - フェリーが止まった。", None, "Reuters"),
    ("zh", "路透社埃拉港3月3日电 渡轮停航。", None, "Reuters"),
    ("fr", "PORT ELLA (AFP) – Les ferries ne partent plus.", None, "AFP"),
    ("ar", "بورت إيلا (أ ف ب) - توقفت العبارات.", None, "AFP"),
    ("en", None, "Copyright 2031 Agence France-Presse", "AFP"),
    ("de", "Port Ella (dpa/lno) - Die Fähren fahren nicht.", None, "dpa"),
    ("de", None, "Das sagte der Hafenmeister am Montag. (dpa)", "dpa"),
    ("de", None, "Quelle: dpa", "dpa"),
    ("de", None, "Quelle: dpa, AFP und Reuters", "dpa"),
    ("de", "PORT ELLA (dpa-AFX) - Die Reederei fährt nicht.", None, "dpa-AFX"),
    ("de", "Port Ella (SID) - Der Ruderverein gewinnt.", None, "SID"),
    ("es", "Puerto Ella, 3 mar (EFE).- Los barcos no salen.", None, "EFE"),
    ("es", "PUERTO ELLA, 3 Mar. (EUROPA PRESS) - Los barcos no salen.", None, "Europa Press"),
    ("it", "(ANSA) - PORT ELLA, 3 MAR - I traghetti sono fermi.", None, "ANSA"),
    ("it", None, "Così il capitano del porto. (ANSA).", "ANSA"),
    ("it", "Port Ella, 3 mar. (Adnkronos) - I traghetti sono fermi.", None, "Adnkronos"),
    ("it", "AGI - I traghetti sono fermi.", "Fonte: AGI", "AGI"),
    ("it", "PORT ELLA (ITALPRESS) - I traghetti sono fermi.", None, "Italpress"),
    ("en", "PORT ELLA, March 3 (Xinhua) -- Ferries stopped.", None, "Xinhua"),
    ("zh", "新华社埃拉港3月3日电（记者王明）渡轮停航。", None, "Xinhua"),
    ("zh", "据新华社埃拉港3月3日电 渡轮停航。", None, "Xinhua"),
    ("zh", None, "来源：新华社", "Xinhua"),
    ("zh", "中新网3月3日电 渡轮停航。", None, "China News Service"),
    ("zh", "（中央社記者王明台北3日電）渡輪停航。", None, "CNA"),
    ("ru", "ПОРТ-ЭЛЛА, 3 марта. /ТАСС/. Паромы не ходят.", None, "TASS"),
    ("en", "PORT ELLA, March 3. /TASS/. Ferries stopped.", None, "TASS"),
    ("ru", "Порт-Элла. 3 марта. INTERFAX.RU - Паромы не ходят.", None, "Interfax"),
    ("en", "PORT ELLA. March 3 (Interfax) - Ferries stopped.", None, "Interfax"),
    ("ru", "ПОРТ-ЭЛЛА, 3 мар — РИА Новости. Паромы не ходят.", None, "RIA Novosti"),
    ("uk", None, "Джерело: Укрінформ", "Ukrinform"),
    ("uk", None, "За матеріалами Укрінформ", "Ukrinform"),
    ("ru", "3 марта, Порт-Элла /Корр. БЕЛТА/. Паромы не ходят.", None, "BelTA"),
    ("pl", "Port Ella (PAP) - Promy nie kursują.", None, "PAP"),
    ("pl", None, "Tak powiedział kapitan portu. (PAP) abc/ def/", "PAP"),
    ("pl", None, "Źródło: PAP", "PAP"),
    ("cs", "Port Ella 3. března (ČTK) - Trajekty nejezdí.", None, "CTK"),
    ("cs", None, "Zdroj: ČTK", "CTK"),
    ("sk", "PORT ELLA 3. marca (TASR) - Trajekty nepremávajú.", None, "TASR"),
    ("hu", "Port Ella, 2031. március 3., hétfő (MTI) - Nem járnak a kompok.", None, "MTI"),
    ("hu", None, "Forrás: MTI", "MTI"),
    ("de", "Port Ella (APA) - Die Fähren fahren nicht.", None, "APA"),
    ("de", None, "Das sagte der Hafenmeister. (APA/dpa)", "APA"),
    ("de", "Port Ella (Keystone-SDA) - Die Fähren fahren nicht.", None, "Keystone-SDA"),
    ("fr", None, "C'est ce qu'a dit le capitaine du port. (ats)", "Keystone-SDA"),
    ("fr", "PORT ELLA (BELGA) - Les ferries ne partent plus.", None, "Belga"),
    ("nl", None, "Bron: Belga", "Belga"),
    ("nl", "PORT ELLA (ANP) - De veerboten varen niet.", None, "ANP"),
    ("sv", None, "Det säger hamnkaptenen. (TT)", "TT"),
    ("sv", None, "Källa: TT", "TT"),
    ("no", "Port Ella (NTB): Fergene går ikke.", None, "NTB"),
    ("nb", None, "(©NTB)", "NTB"),
    ("da", None, "/ritzau/", "Ritzau"),
    ("da", None, "Det siger havnechefen. /ritzau/AFP", "Ritzau"),
    ("fi", None, "Lähde: STT", "STT"),
    ("fi", None, "Satamapäällikkö sanoo. (STT)", "STT"),
    ("pt", "Lisboa, 03 mar 2031 (Lusa) – Os barcos pararam.", None, "Lusa"),
    ("pt", None, "Com informações da Agência Brasil", "Agência Brasil"),
    ("ja", "【ポートエラ共同】フェリーが止まった。", None, "Kyodo"),
    ("ja", None, "港長が述べた。（共同）", "Kyodo"),
    ("ja", "【ポートエラ時事】フェリーが止まった。", None, "Jiji"),
    ("en", "Port Ella, March 3 (Jiji Press)--Ferries stopped.", None, "Jiji"),
    ("ko", "(엘라항=연합뉴스) 김기자 = 여객선이 멈췄다.", None, "Yonhap"),
    ("en", "PORT ELLA, March 3 (Yonhap) -- Ferries stopped.", None, "Yonhap"),
    ("en", "New Ella, Mar 3 (PTI) Ferries to the outer islands stopped.", None, "PTI"),
    ("en", None, "The harbour is closed until Thursday, the mayor said. PTI", "PTI"),
    ("hi", "नई एला, 3 मार्च (भाषा) नावें बंद रहीं।", None, "PTI"),
    ("en", "New Ella [Norland], March 3 (ANI): Ferries stopped.", None, "ANI"),
    ("en", "New Ella, March 3 (IANS) Ferries to the outer islands stopped.", None, "IANS"),
    ("en", None, "The harbour is closed until Thursday, the mayor said. - AAP", "AAP"),
    ("en", None, "© AAP 2031", "AAP"),
    ("en", "PORT ELLA (CP) — Ferries stopped.", None, "CP"),
    ("en", None, "This report by The Canadian Press was first published March 3, 2031.", "CP"),
    ("en", None, "With files from The Canadian Press", "CP"),
    ("en", "By Ann Roe, PA", None, "PA Media"),
    ("en", "By PA Reporters", None, "PA Media"),
    ("en", "PORT ELLA, March 3 (UPI) -- Ferries stopped.", None, "UPI"),
    ("en", "(Bloomberg) -- Ferries stopped.", None, "Bloomberg"),
    ("en", None, "©2031 Bloomberg L.P.", "Bloomberg"),
    ("en", "(RFE/RL) — Ferries stopped.", None, "RFE/RL"),
    ("uk", None, "Джерело: Радіо Свобода", "RFE/RL"),
    ("en", "By VOA News", None, "VOA"),
    ("zh", None, "来源：美国之音", "VOA"),
    ("en", None, "Source: BBC Monitoring", "BBC Monitoring"),
    ("en", None, "This article is republished from The Conversation under a licence.", "The Conversation"),
    ("en", None, "First published in The Conversation.", "The Conversation"),
    ("es", None, "Este artículo fue publicado originalmente en The Conversation.", "The Conversation"),
    ("en", None, "© 2031 Tribune Content Agency, LLC", "Tribune News Service"),
    ("en", None, "Distributed by Tribune Content Agency, LLC.", "Tribune News Service"),
    ("en", None, "COPYRIGHT 2031 CREATORS.COM", "Creators Syndicate"),
    ("en", None, "The-CNN-Wire™ & © 2031 Cable News Network, Inc. All rights reserved.", "CNN Newsource"),
    ("en", None, "—Field Level Media", "Field Level Media"),
    ("en", "PORT ELLA, March 3, 2031 /PRNewswire/ -- Ferries stopped.", None, "PR Newswire"),
    ("en", "PORT ELLA--(BUSINESS WIRE)--Ferries stopped.", None, "Business Wire"),
    ("en", "YEREVAN, MARCH 3, ARMENPRESS. Ferries stopped.", None, "Armenpress"),
    ("ru", "ПОРТ-ЭЛЛА. 3 марта. УНН. Паромы не ходят.", None, "UNN"),
    ("en", "Accra, March 3, GNA - Ferries stopped.", None, "GNA"),
    ("en", "Riyadh, March 3, SPA -- Ferries stopped.", None, "SPA"),
    ("hr", "PORT ELLA, 3. ožujka (Hina) - Trajekti ne voze.", None, "Hina"),
    ("bg", "Порт Ела, 3 март /БТА/. Фериботите спряха.", None, "BTA"),
    ("tr", "PORT ELLA (AA) - Feribotlar çalışmıyor.", None, "Anadolu"),
    ("vi", None, "Theo TTXVN", "VNA"),
    ("id", "Port Ella (ANTARA) - Feri berhenti.", None, "Antara"),
]


def agency_of(text: str, *authors: str, origins: tuple[str, ...] = (), language: str | None = None) -> str | None:
    found = credit(text, authors, origins, None, language)
    return found.agency if found else None


@pytest.mark.parametrize(("language", "opening", "closing", "agency"), FORMS)
def test_an_agency_is_credited_in_the_form_of_its_own_texts(
    language: str, opening: str | None, closing: str | None, agency: str
) -> None:
    text = "\n".join(part for part in (opening, BODY, closing) if part)
    assert agency_of(text, language=language) == agency


def test_each_of_the_great_agencies_has_a_form_of_its_own() -> None:
    wanted = (
        "AP Reuters AFP dpa EFE ANSA Xinhua TASS Interfax Ukrinform PAP CTK MTI APA Keystone-SDA Belga ANP TT NTB "
        "Ritzau STT Lusa Kyodo Jiji Yonhap PTI ANI AAP CP UPI Bloomberg RFE/RL VOA"
    )
    assert {agency for *_, agency in FORMS} >= {*wanted.split(), "PA Media", "BBC Monitoring", "The Conversation"}
    assert {agency.name for agency in agencies()} >= {agency for *_, agency in FORMS}


@pytest.mark.parametrize("agency", agencies(), ids=lambda agency: agency.name)
def test_an_agency_is_known_by_every_sign_of_its_row(agency: Agency) -> None:
    own = None if "*" in agency.languages else agency.languages[0]
    for name in agency.names:
        assert agency_of(BODY, name, language=own) == agency.name
        assert agency_of(BODY, origins=(f"sourceOrganization={name}",)) == agency.name
        assert agency_of(f"{BODY}\n© 2031 {name}") == agency.name
    for mark in agency.marks:
        assert agency_of(f"PORT ELLA, 3.3.2031 ({mark}) – Ferries.\n{BODY}", language=own) == agency.name
    for mark in (*agency.marks, *agency.bylines):
        assert agency_of(BODY, mark, language=own) == agency.name
    for host in agency.hosts:
        assert own_agency(f"www.{host}") == agency.name
        assert agency_of(BODY, origins=(f"canonical=https://{host}/a",)) == agency.name
        assert credit(f"{BODY}\n© 2031 {agency.names[0]}", [agency.names[0]], [], host) is None
    for phrase in agency.closings:
        said = phrase.replace("…", "the harbour of Port Ella at ").replace("*", "roe")
        assert agency_of(f"{BODY}\n{said[0].upper()}{said[1:]}", language=own) == agency.name


@pytest.mark.parametrize("agency", agencies(), ids=lambda agency: agency.name)
def test_an_agency_that_a_report_mentions_is_not_credited(agency: Agency) -> None:
    own = None if "*" in agency.languages else agency.languages[0]
    for name in (*agency.names, *agency.marks):
        for text in (
            f"The harbour master told {name} on Monday that ferries had stopped.\n{BODY}",
            f"Ferries stopped, {name} reports from the harbour of the town.\n{BODY}",
            f"{BODY}\nFerries had stopped, according to {name}, which spoke with the crews.",
            f"{BODY}\nShe said so in an interview with {name} on Monday.",
            f"{BODY}\nThe mayor and {name} contributed to this report.",
            f"{BODY}\nIce in the harbour. Image copyright {name}",
            f"{BODY}\nIce in the harbour. (Photo: {name})",
        ):
            assert agency_of(text, language=own) is None


def test_a_mark_is_read_in_the_languages_of_its_agency() -> None:
    text = f"PORT ELLA (TT) - The race begins.\n{BODY}"
    assert agency_of(text, language="sv") == "TT"
    assert agency_of(text, language="en") is None
    assert agency_of(text, language="und") == "TT"
    assert agency_of(f"PORT ELLA (AP) - The race begins.\n{BODY}", language="xx") == "AP"
    assert named("CNA", "zh") == "CNA"
    assert named("CNA", "en") is None


def test_letters_that_are_a_place_in_brackets_are_an_agency_only_as_a_byline() -> None:
    assert agency_of(f"LANCASTER (PA) – The mayor spoke.\n{BODY}", language="en") is None
    assert agency_of(BODY, "PA", language="en") == "PA Media"


SIGNS = sorted(set(chain.from_iterable((*agency.names, *agency.marks) for agency in agencies())))


@given(st.sampled_from(SIGNS), st.text(max_size=40), st.text(max_size=40))
@settings(deadline=None)
def test_no_sign_is_overlooked_before_the_closer_look(sign: str, before: str, after: str) -> None:
    apart = "" if CJK.search(sign) else " "
    assert mentions(f"{before}{apart}{sign}{apart}{after}")


INVENTED = ["Ella Courier", "The Norland Wire", "NWX", "ELC", "Joan Roe", "Норланд Пост", "诺兰新闻", "ノルラン新聞"]
FRAMES = [
    "PORT ELLA ({}) — Ferries stopped.",
    "PORT ELLA, March 3 ({}) - Ferries stopped.",
    "ПОРТ-ЭЛЛА, 3 марта. /{}/. Паромы не ходят.",
    "【{}】フェリーが止まった。",
    "{}埃拉港3月3日电 渡轮停航。",
    "By Ann Roe, {}",
    "(Reporting for {}; reviewed by Joe Doe)",
    "© 2031 {}. All rights reserved.",
    "Source: {}",
    "来源：{}",
    "Das sagte der Hafenmeister. ({})",
    "This article is republished from {} under a licence.",
    "{} writer Ann Roe in Port Ella contributed to this report.",
    "Distributed by {}",
    "Follow {} coverage of the harbour at https://courier.example",
    "— {}",
]


@given(
    st.lists(st.tuples(st.sampled_from(FRAMES), st.sampled_from(INVENTED)), min_size=1, max_size=6),
    st.lists(st.sampled_from(INVENTED), max_size=3),
    st.sampled_from([None, "en", "de", "ja", "ru", "zh"]),
)
@settings(max_examples=200, deadline=None)
def test_a_text_that_names_no_agency_has_no_credit(
    lines: list[tuple[str, str]], authors: list[str], language: str | None
) -> None:
    text = "\n".join(frame.format(name) for frame, name in lines)
    origins = [f"sourceOrganization={name}" for name in authors] + ["canonical=https://courier.example/a"]
    assert credit(text, authors, origins, "courier.example", language) is None


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("[[agency]", "cannot be read"),
        ("[[agency]]\nnames = ['x']", "no name"),
        (f"[[agency]]\n{ROW}host = ['x.example']", "unknown fields host"),
        (f"[[agency]]\n{ROW}".replace("source = 'its texts'\n", ""), "no source"),
        (f"[[agency]]\n{ROW}".replace("'DE'", "'Germany'"), "country of X"),
        (f"[[agency]]\n{ROW}".replace("['de']", "['German']"), "languages of X: 'German'"),
        (f"[[agency]]\n{ROW}".replace("['X Agency']", "'X Agency'"), "names of X is no list"),
        (f"[[agency]]\n{ROW}".replace("['X Agency']", "['']"), "names of X is no list"),
        (f"[[agency]]\n{ROW}".replace("['X Agency']", "[]"), "no languages or no names"),
        (f"[[agency]]\n{ROW}hosts = ['https://x.example/']", "hosts of X"),
        (f"[[agency]]\n{ROW}[[agency]]\n{ROW}".replace("'X'", "'Y'", 1), "'x agency' belongs to Y and to X"),
        (
            f"[[agency]]\n{ROW}marks = ['XX']\n[[agency]]\n"
            + ROW.replace("'X", "'Y").replace("['de']", "['en', 'de']")
            + "marks = ['XX']",
            "the mark 'XX' of X is also that of Y",
        ),
    ],
)
def test_a_faulty_table_is_refused_with_its_row_and_field(table: str, said: str) -> None:
    with pytest.raises(ValueError, match="agencies") as refused:
        read_agencies(table)
    assert said in str(refused.value)


def test_two_agencies_may_share_a_mark_where_they_share_no_language() -> None:
    other = ROW.replace("'X", "'Y").replace("['de']", "['en']")
    table = read_agencies(f"[[agency]]\n{ROW}marks = ['XX']\n[[agency]]\n{other}marks = ['XX']")
    assert [agency.name for agency in table if agency.speaks("en")] == ["Y"]
    assert all(agency.speaks(None) for agency in table)
