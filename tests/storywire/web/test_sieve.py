from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from storywire.web.sieve import Sieve, language_of

SWEDISH = "Bron över sundet öppnades igen på tisdagen efter att vinden hade lagt sig, meddelade hamnen i ett uttalande."
ENGLISH = (
    "The bridge over the sound opened again on Tuesday after the wind had died down, the port said in a statement."
)


def sieve(**given: Any) -> Sieve:
    return Sieve(**{"takes": lambda url: "norrby.example" in url} | given)


def headers(**given: str) -> Any:
    told = {"WARC-Type": "response", "WARC-Target-URI": "https://norrby.example/1", "WARC-Date": "2031-03-03T23:30:00Z"}
    return (told | {name.replace("_", "-"): value for name, value in given.items()}).get


def left_out(head: str, body: str, **given: Any) -> str | None:
    block = f"HTTP/1.1 {head}\r\n\r\n{body}".encode()
    return sieve(**given).left_out_as_page(headers(Content_Type="application/http"), block)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, None),
        ({"WARC_Type": "request"}, "other"),
        ({"WARC_Type": "warcinfo"}, "other"),
        ({"WARC_Target_URI": "dns:norrby.example"}, "other"),
        ({"WARC_Type": "revisit"}, "revisit"),
        ({"WARC_Type": "revisit", "WARC_Target_URI": "https://sund.example/"}, "host"),
        ({"WARC_Target_URI": "https://sund.example/"}, "host"),
        ({"WARC_Target_URI": "https://[sund/"}, "host"),
        ({"WARC_Target_URI": "<https://norrby.example/1>"}, None),
        ({"WARC_Date": "2031-03-02T23:59:59Z"}, "date"),
        ({"WARC_Date": "2031-03-04T01:00:00+02:00"}, None),  # the day before, in UTC
        ({"WARC_Date": "2031-03-04T00:00:00Z"}, "date"),
        ({"WARC_Date": "some day"}, None),  # the reader tells what is wrong with it
    ],
)
def test_a_record_is_judged_by_kind_host_and_day(given: dict[str, str], why: str | None) -> None:
    assert sieve(since=date(2031, 3, 3), until=date(2031, 3, 3)).left_out(headers(**given)) == why


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("200 OK\r\nContent-Type: text/html", None),
        ("200 OK\r\nContent-Type: Text/Plain; charset=utf-8", None),
        ("203 Yes\r\nContent-Type: application/xhtml+xml", None),
        ("200 OK", None),
        ("301 Moved\r\nContent-Type: text/html", "not_a_page"),
        ("404 None\r\nContent-Type: text/html", "not_a_page"),
        ("200 OK\r\nContent-Type: image/png", "not_a_page"),
        ("200 OK\r\nContent-Type: application/json", "not_a_page"),
        ("OK", "not_a_page"),
    ],
)
def test_only_what_can_be_a_page_passes(head: str, why: str | None) -> None:
    assert left_out(head, ENGLISH) == why


@pytest.mark.parametrize(
    ("head", "body", "wanted", "why"),
    [
        ("", f"<p>{SWEDISH}", ("sv",), None),
        ("", f"<p>{ENGLISH}", ("sv",), "language"),
        ("", f"<p>{ENGLISH}", ("sv", "en"), None),
        ("", f'<html lang="sv-FI"><p>{ENGLISH}', ("sv",), None),  # the page is taken at its word
        ("Content-Language: sv", f"<p>{ENGLISH}", ("sv",), None),
        ("Content-Language: sv", f"<html lang=en><p>{ENGLISH}", ("sv",), "language"),
        ("", "<html lang=zh-TW>", ("zh-Hans",), "language"),
        ("", "<p>1 2 3", ("sv",), "language"),
        ("Content-Encoding: br", "\x00\x01", ("sv",), "language"),
    ],
)
def test_a_page_passes_in_the_languages_wanted(head: str, body: str, wanted: tuple[str, ...], why: str | None) -> None:
    assert left_out(f"200 OK\r\nContent-Type: text/html\r\n{head}".rstrip(), body, languages=wanted) == why


def test_menus_and_scripts_do_not_tell_the_language() -> None:
    menus = "".join(f"<li><a href='/{n}'>Latest news and weather</a></li>" for n in range(50))
    script = f"<script>var words = '{ENGLISH * 20}'; if (a < b) {{}}</script><!-- {ENGLISH} --><style>p {{}}</style>"
    page = f"<head><title>{ENGLISH}</title></head>{script}<ul>{menus}</ul><p>{SWEDISH}</p>"
    assert language_of(page.encode(), "text/html") == "sv"
