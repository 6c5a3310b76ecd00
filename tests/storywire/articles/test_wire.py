"""Which agency a text came from, and what is no credit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.articles.agencies import agencies, own_agency, read_agencies
from storywire.articles.wire import Credit, credit

BODY = "Ferries to the outer islands stopped on Monday.\nBoats will sail again on Thursday, the harbour master said."


def agency_of(text: str, *authors: str, origins: tuple[str, ...] = (), site: str | None = None) -> str | None:
    found = credit(text, authors, origins, site)
    return found.agency if found else None


@pytest.mark.parametrize(
    ("opening", "agency"),
    [
        ("PORT ELLA, North Norland (AP) — Ferries stopped.", "AP"),
        ("(RFE/RL) — Ferries stopped.", "RFE/RL"),
        ("PORT ELLA (Reuters) - Ferries stopped.", "Reuters"),
        ("PORT ELLA, March 3 (Reuters) - Ferries stopped.", "Reuters"),
        ("Port Ella (dpa) - Die Fähren fahren nicht.", "dpa"),
        ("Port Ella (dpa/lno) - Die Fähren fahren nicht.", "dpa"),
        ("PORT ELLA (AFP) – Les ferries ne partent plus.", "AFP"),
        ("Port Ella, 3 mar (EFE).- Los barcos no salen.", "EFE"),
        ("(ANSA) - PORT ELLA, 3 MAR - I traghetti sono fermi.", "ANSA"),
        ("Lisboa, 03 mar 2031 (Lusa) – Os barcos pararam.", "Lusa"),
        ("ПОРТ-ЭЛЛА, 3 марта. /ТАСС/. Паромы не ходят.", "TASS"),
        ("ПОРТ-ЭЛЛА, 3 мар — РИА Новости. Паромы не ходят.", "RIA Novosti"),
        ("Порт-Элла. 3 марта. INTERFAX.RU - Паромы не ходят.", "Interfax"),
        ("PORT ELLA, March 3 (Xinhua) -- Ferries stopped.", "Xinhua"),
        ("新华社埃拉港3月3日电（记者王明）渡轮停航。", "Xinhua"),
        ("（中央社記者王明台北3日電）渡輪停航。", "CNA"),
        ("[ポートエラ 3日 ロイター] - フェリーが止まった。", "Reuters"),
        ("【ポートエラ共同】フェリーが止まった。", "Kyodo"),
        ("(엘라항=연합뉴스) 김기자 = 여객선이 멈췄다.", "Yonhap"),
        ("بورت إيلا (رويترز) - توقفت العبارات.", "Reuters"),
        ("New Ella, Mar 3 (PTI) Ferries to the outer islands stopped.", "PTI"),
    ],
)
def test_a_dateline_credits_its_agency(opening: str, agency: str) -> None:
    found = credit(f"{opening}\n{BODY}", [], [], None)
    assert found is not None
    assert (found.agency, found.source) == (agency, "dateline")
    assert found.evidence
    assert found.evidence in opening


@pytest.mark.parametrize(
    ("closing", "agency"),
    [
        ("(Reporting by Ann Roe; Editing by Joe Doe)", "Reuters"),
        ("Reporting by Ann Roe in Port Ella and Joe Doe; writing by Jim Poe; editing by Sue Coe", "Reuters"),
        ("© 2031 The Associated Press. All rights reserved.", "AP"),
        ("Copyright 2031 Agence France-Presse", "AFP"),
        ("Das sagte der Hafenmeister am Montag. (dpa/lno)", "dpa"),
        ("Così il capitano del porto. (ANSA).", "ANSA"),
        ("Tak powiedział kapitan portu. (PAP) abc/ def/", "PAP"),
        ("Source: AFP", "AFP"),
        ("Quelle: dpa", "dpa"),
        ("Источник: ТАСС", "TASS"),
        ("来源：新华社", "Xinhua"),
        ("With files from The Canadian Press", "CP"),
        ("This article is republished from The Conversation under a licence.", "The Conversation"),
        ("Associated Press writer Ann Roe in Port Ella contributed to this report.", "AP"),
    ],
)
def test_a_credit_line_at_the_end_credits_its_agency(closing: str, agency: str) -> None:
    found = credit(f"{BODY}\n{closing}", [], [], None)
    assert found is not None
    assert (found.agency, found.source) == (agency, "credit_line")


@pytest.mark.parametrize(
    ("author", "agency"),
    [
        ("Associated Press", "AP"),
        ("The Associated Press", "AP"),
        ("By ANN ROE, Associated Press", "AP"),
        ("ANN ROE Associated Press", "AP"),
        ("Ann Roe | AP Business Writer", "AP"),
        ("Reuters Staff", "Reuters"),
        ("AFP", "AFP"),
        ("dpa/lno", "dpa"),
        ("Agence France-Presse", "AFP"),
        ("Anadolu Ajansı", "Anadolu"),
        ("РИА Новости", "RIA Novosti"),
    ],
)
def test_an_agency_in_the_byline_is_a_credit(author: str, agency: str) -> None:
    found = credit(BODY, [author], [], None)
    assert found is not None
    assert (found.agency, found.source) == (agency, "byline")


def test_an_agency_beside_a_writer_of_the_house_is_less_sure() -> None:
    alone, beside = credit(BODY, ["dpa"], [], None), credit(BODY, ["Ann Roe", "dpa"], [], None)
    assert alone is not None
    assert beside is not None
    assert alone.confidence > beside.confidence


@pytest.mark.parametrize(
    "text",
    [
        "The harbour master told Reuters on Monday that ferries had stopped.\nVOA reports.",
        "Reuters published images of the ice.\nFerries stopped.",
        "The Civic Party (CP) — the largest in Norland — won the vote.",
        "The Norland Popular Alliance (PA) said on Monday that it would not vote.",
        "PORT ELLA (AP Photo/Ann Roe) — Ice in the harbour.",
        "Ferries stopped.\nIce in the harbour. (AP Photo/Ann Roe)",
        "Ferries stopped.\nIce in the harbour. (Ann Roe/Ella Courier via AP)",
        "Ferries stopped.\nThe Associated Press contributed to this report.",
        "Ferries stopped.\nShe said so in an interview with the Associated Press.",
        "This is not the welcome that Michael Bloomberg - a man of the harbour - had hoped for.",
        "Ice melts (Bloomberg)\nRates rise (Reuters)\nFerries stop (AP)\nMayor resigns (AFP)",
        BODY,
        "",
    ],
)
def test_a_mention_is_no_credit(text: str) -> None:
    assert credit(text, ["Michael Bloomberg", "Joan Reuter"], [], None) is None


@pytest.mark.parametrize(
    ("origin", "agency", "source"),
    [
        ("sourceOrganization=The Associated Press", "AP", "metadata"),
        ("isBasedOn=https://www.reuters.com/world/a", "Reuters", "metadata"),
        ("original-source=https://www.afp.com/en/a", "AFP", "metadata"),
        ("canonical=https://apnews.com/article/a", "AP", "canonical"),
    ],
)
def test_metadata_that_names_an_agency_is_a_credit(origin: str, agency: str, source: str) -> None:
    found = credit(BODY, [], ["publisher=The Ella Courier", origin], "courier.example")
    assert found is not None
    assert (found.agency, found.source) == (agency, source)


def test_a_line_of_rights_in_metadata_is_a_credit() -> None:
    assert agency_of(BODY, origins=("creditText=© 2031 The Associated Press",)) == "AP"
    assert agency_of(BODY, origins=("creditText=© 2031 The Ella Courier",)) is None


@pytest.mark.parametrize(
    "text",
    [
        f"{BODY}\nImage copyright Reuters",
        f"{BODY}\nImage caption Ice in the harbour. Photo © 2031 AFP",
        f"{BODY}\nBild: © 2031 dpa",
        f"{BODY}\nPhotos\nReuters",
        f"{BODY}\nSource: AP, Courier research",
        f"{BODY}\nSource: Reuters\n" + "\n".join(["The ice is a metre thick now, and it grows."] * 3),
        f"{BODY}\nIce melts at last, and what the harbour master makes of it [Bloomberg]",
    ],
)
def test_a_picture_s_credit_and_a_link_are_no_credit_of_the_text(text: str) -> None:
    assert credit(text, [], [], None) is None


def test_a_report_of_the_house_to_which_an_agency_contributed_is_not_the_agency_s() -> None:
    assert agency_of(f"{BODY}\nThe Associated Press and Courier reporter Ann Roe contributed to this report.") is None
    assert agency_of(f"{BODY}\nOur Ann Roe and Associated Press writer Joe Doe contributed to this report.") is None


def test_a_passage_from_an_agency_does_not_make_the_article_its_own() -> None:
    passage = "The harbour froze over in the night, and no boat has left it since. " * 5 + "(AP)"
    after = "The Courier asked the harbour master when boats would sail, and was told to come back on Thursday at noon."
    assert agency_of(f"{BODY}\n{passage}\n{after}") is None
    assert agency_of(f"{BODY}\n{passage}\nMore on the ice") == "AP"


def test_a_dateline_stands_below_captions_and_is_less_sure_there() -> None:
    captions = "Ice in the harbour of Port Ella on March 3. (AP Photo/Ann Roe)\nFerries stop as ice fills the harbour\n"
    first = credit(f"PORT ELLA (AP) — Ferries stopped.\n{BODY}", [], [], None)
    below = credit(f"{captions}PORT ELLA (AP) — Ferries stopped.\n{BODY}", [], [], None)
    assert first is not None
    assert below is not None
    assert (below.agency, below.source) == ("AP", "dateline")
    assert below.confidence < first.confidence
    assert agency_of("\n".join([BODY] * 3 + ["PORT ELLA (AP) — Ferries stopped."] + [BODY])) is None


def test_a_long_list_of_contributors_is_read_from_its_beginning() -> None:
    many = "; ".join(f"Ann Roe and Joe Doe in Port Ella number {number}" for number in range(12))
    assert agency_of(f"{BODY}\nAssociated Press writers {many} contributed to this report.") == "AP"


def test_an_agency_s_own_site_runs_no_copies_of_itself_but_of_others() -> None:
    text = f"PORT ELLA (AP) — Ferries stopped.\n{BODY}"
    assert agency_of(text, site="apnews.com") is None
    assert agency_of(text, site="www.voanews.com") == "AP"
    assert own_agency("www.apnews.com") == "AP"
    assert own_agency("notapnews.com") is None


def test_the_surest_credit_wins_whatever_the_order() -> None:
    text = f"PORT ELLA (AP) — Ferries stopped.\n{BODY}\nWith files from The Canadian Press"
    assert agency_of(text, "AFP", "dpa") == agency_of(text, "dpa", "AFP") == "AP"


@given(st.text(max_size=300), st.lists(st.text(max_size=40), max_size=3))
@settings(max_examples=50, deadline=None)
def test_any_text_is_read_without_error(text: str, authors: list[str]) -> None:
    found = credit(text, authors, authors, None)
    assert found is None or (isinstance(found, Credit) and 0 < found.confidence < 1)


def test_the_table_holds_the_agencies_that_news_is_made_of() -> None:
    known = {agency.name for agency in agencies()}
    assert known >= {"AP", "Reuters", "AFP", "dpa", "EFE", "ANSA", "Xinhua", "TASS", "Kyodo", "Yonhap", "PTI", "RFE/RL"}
    assert all(agency.names or agency.marks for agency in agencies())


@pytest.mark.parametrize(
    "table",
    [
        "[[agency]]\nnames = ['x']",
        "[[agency]]\nname = 'X'\nhost = ['x.example']",
        "[[agency]]\nname = 'X'\nnames = 'x'",
        "[[agency]]\nname = 'X'\nnames = ['']",
        "[[agency]]\nname = 'X'\nmarks = ['XX']\n[[agency]]\nname = 'Y'\nmarks = ['XX']",
    ],
)
def test_a_faulty_table_is_refused(table: str) -> None:
    with pytest.raises(ValueError, match="agencies"):
        read_agencies(table)
