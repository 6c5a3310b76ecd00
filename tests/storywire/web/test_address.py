from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storywire.articles import urls
from storywire.web import address
from storywire.web.exchange import FetchError


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("http://norrby.test", "http://norrby.test/"),
        ("HTTPS://NORRBY.test:443/A?b=C#d", "https://norrby.test/A?b=C"),
        ("http://norrby.test:8080/", "http://norrby.test:8080/"),
        ("http://norrby.test./a", "http://norrby.test/a"),
        (" http://norrby.test/a\n b", "http://norrby.test/ab"),
        ("http://norrby.test/50%-off%20now", "http://norrby.test/50%25-off%20now"),
        ("http://norrby.test/a/./b/../c", "http://norrby.test/a/c"),
        ("http://norrby.test/open/%2e%2E/closed/", "http://norrby.test/closed/"),
        ("http://norrby.test/../../a/..", "http://norrby.test/"),
        ("http://norrby.test//a//b/", "http://norrby.test//a//b/"),
        ("http://norrby.test?q=/../x", "http://norrby.test/?q=/../x"),
        ("http://norrby.test/a.b/.c", "http://norrby.test/a.b/.c"),
        ("https://bücher.test/straße?ü=|", "https://xn--bcher-kva.test/stra%C3%9Fe?%C3%BC=%7C"),
        ("http://[2606:4700::1111]:81/", "http://[2606:4700::1111]:81/"),
    ],
)
def test_an_address_has_one_spelling(written: str, asked: str) -> None:
    assert address.parse(written).url == asked


@given(st.text(max_size=40) | st.from_regex(r"https?://[a-z.:@\[\]0-9%/\\?#]{0,30}", fullmatch=True))
def test_whatever_is_written_is_an_address_or_a_failure(text: str) -> None:
    try:
        where = address.parse(text)
    except FetchError:
        return
    assert where.url.isascii()
    assert where.url.isprintable()
    assert " " not in where.url
    assert address.parse(where.url) == where
    assert urls.canonical(where.url) is not None


def test_a_message_shows_no_password_and_no_endless_address() -> None:
    assert address.shown("http://reader:opaque@norrby.test/a@b") == "http://norrby.test/a@b"
    assert len(address.shown("http://norrby.test/" + "a" * 9_000)) < 300
