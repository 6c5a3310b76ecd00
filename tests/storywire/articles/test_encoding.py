"""Bytes become the text their author wrote, whoever declares what."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.articles.encoding import decode, looks_binary

GERMAN = "Die Fähre über den großen Fluß fährt ab Dienstag wieder, erklärte die Bürgermeisterin von Möhrenstädt. " * 3
RUSSIAN = "В городе Вельске открыли новый мост через реку, сообщает администрация. Жители ждали этого четыре года. " * 3
JAPANESE = "市議会は火曜日、川に架かる新しい橋の建設計画を承認した。工事は来年の春に始まる予定だ。" * 3


def page(text: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}<title>x</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        (GERMAN, "utf-8", "iso-8859-1"),
        (GERMAN, "cp1252", "utf-8"),
        (GERMAN, "cp1252", None),
        (GERMAN, "cp1252", "text/html; charset=ISO-8859-1"),
        (RUSSIAN, "cp1251", None),
        (RUSSIAN, "cp1251", "iso-8859-1"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (RUSSIAN, "koi8-r", None),
        (JAPANESE, "cp932", None),
        (JAPANESE, "euc_jp", "utf-8"),
        (JAPANESE, "iso2022_jp", "iso-2022-jp"),
        (JAPANESE, "utf-16", None),
        (GERMAN, "utf-16-le", None),
        (GERMAN, "utf-8-sig", "windows-1251"),
    ],
)
def test_a_page_reads_as_written_whatever_is_declared(text: str, encoding: str, declared: str | None) -> None:
    assert decode(page(text).encode(encoding), declared).text == page(text)


@pytest.mark.parametrize(
    ("body", "charset", "source"),
    [
        (page(GERMAN).encode("utf-8-sig"), None, "bom"),
        (page(RUSSIAN).encode("cp1251"), "windows-1251", "transport"),
        (page(RUSSIAN, '<meta charset="windows-1251">').encode("cp1251"), None, "meta"),
        (page(RUSSIAN).encode("cp1251"), None, "detected"),
        (page(RUSSIAN).encode(), None, "utf-8"),
        (page(RUSSIAN, '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">').encode(), None, "meta"),
    ],
)
def test_what_named_the_encoding_is_told(body: bytes, charset: str | None, source: str) -> None:
    assert decode(body, charset).source == source


def test_latin_1_means_what_browsers_take_it_for() -> None:
    assert decode("“Quoted” – 5 €".encode("cp1252"), "iso-8859-1").text == "“Quoted” – 5 €"


def test_a_page_cut_within_a_character_stays_utf_8() -> None:
    body = page(GERMAN * 3).encode()[: -len("ädt. </p></body></html>")]
    decoded = decode(body + b"\xc3", None)
    assert decoded.encoding == "utf-8"
    assert "Möhrenst" in decoded.text


def test_a_python_codec_is_no_encoding_of_a_page() -> None:
    for label in ("rot13", "unicode_escape", "punycode", "utf-7", "hex", "no such thing", ""):
        assert decode(b"caf\\u00e9 +AGE-", label).text == "caf\\u00e9 +AGE-"


def test_nothing_invisible_is_left_in_the_text() -> None:
    assert decode(b"one\x00\x07 two\r\nthree\rfour\tfive", None).text == "one two\nthree\nfour\tfive"


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "gb18030", "shift_jis", "utf-16", "windows-1252"]))
def test_any_bytes_become_text_that_can_be_stored(body: bytes, charset: str | None) -> None:
    text = decode(body, charset).text
    text.encode("utf-8")
    assert not any(character < " " and character not in "\n\t" for character in text)


def test_images_and_archives_are_no_pages() -> None:
    noise = random.Random(4).randbytes(3_000)  # noqa: S311 - noise for a test, no secret
    for body in (b"\x89PNG\r\n\x1a\n", b"%PDF-1.7 text", b"PK\x03\x04....", b"\x1f\x8b\x08\x00", noise):
        assert looks_binary(body)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_is_no_image(encoding: str) -> None:
    assert not looks_binary(page(GERMAN).encode(encoding))
    assert not looks_binary(b"")
    assert not looks_binary(page(JAPANESE).encode("iso2022_jp"))
