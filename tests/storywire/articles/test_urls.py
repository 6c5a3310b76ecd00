"""One article, one address."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.articles.urls import absolute, canonical, site


@pytest.mark.parametrize(
    "spelling",
    [
        "https://pier.example/news/ferry?id=7&page=2",
        "http://pier.example/news/ferry?id=7&page=2",
        "HTTPS://PIER.Example:443/news/ferry/?page=2&id=7",
        "https://pier.example/news/ferry?id=7&page=2#comments",
        "https://pier.example/news/ferry?utm_source=mail&id=7&fbclid=Zz9&page=2&gclid=1",
        "https://pier.example/news/ferry?id=7&amp;page=2",
        "  https://reader:secret@pier.example/n%65ws/ferry?id=7&page=2\n",
    ],
)
def test_spellings_of_one_address_are_one_article(spelling: str) -> None:
    assert canonical(spelling) == "https://pier.example/news/ferry?id=7&page=2"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://pier.example/story?cid=1", "https://pier.example/story?cid=2"),
        ("https://pier.example/?4711", "https://pier.example/?4712"),
        ("https://pier.example/a", "https://pier.example/A"),
        ("https://pier.example:8080/a", "https://pier.example/a"),
        ("https://news.pier.example/a", "https://pier.example/a"),
        ("https://pier.example/a%2Fb", "https://pier.example/a/b"),
    ],
)
def test_addresses_of_two_articles_stay_two(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    "text",
    [
        *("", "pier.example/a", "mailto:desk@pier.example", "ftp://pier.example/a", "javascript:void(0)", "https://"),
        *("http://:80/", "https://pier .example:x/", "https://[::1", "https://a..example/"),
        *(f"https://{'a' * 300}.example/", f"https://x/{'a' * 9_000}"),
    ],
)
def test_what_is_no_page_has_no_address(text: str) -> None:
    assert canonical(text) is None
    assert site(text) is None


def test_a_site_is_its_host_in_ascii_without_www() -> None:
    assert site("https://www.Pier.example:8080/a") == "pier.example"
    assert site("https://www.bücher.example/") == site("https://xn--bcher-kva.example") == "xn--bcher-kva.example"


def test_letters_outside_ascii_are_encoded_once() -> None:
    assert canonical("https://pier.example/fähre?q=мост") == canonical(
        "https://pier.example/f%C3%A4hre?q=%d0%bc%d0%be%d1%81%d1%82"
    )


def test_a_link_is_read_against_its_page() -> None:
    assert absolute("/b.jpg", "https://pier.example/a/") == "https://pier.example/b.jpg"
    assert absolute("//cdn.example/b.jpg", "https://pier.example/a") == "https://cdn.example/b.jpg"
    assert absolute("data:image/png;base64,xx", "https://pier.example/a") is None
    assert absolute("/b.jpg", None) is None


addresses = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["https://", "HTTP://", "http://www.", ""]),
        st.sampled_from(["pier.example", "Bücher.example", "[::1]", "a.b:80", "u@h:1", ""]),
        st.text(alphabet="/%25aA3&=?#;@[]ü \n_-amp+'\ud800", max_size=30) | st.text(max_size=20),
    ),
)


@settings(max_examples=300, deadline=None)
@given(addresses)
def test_the_normal_form_is_its_own_normal_form(address: str) -> None:
    form = canonical(address)
    if form is not None:
        assert form.isascii()
        assert canonical(form) == form
        assert site(form) == site(address)
