from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storywire.notice import Notice
from storywire.sources import addresses


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://norrby.example/a", "https://norrby.example/a"),
        ("HTTPS://Norrby.Example/A", "https://Norrby.Example/A"),
        ("//norrby.example/a", "https://norrby.example/a"),
        ("a/../b", "https://norrby.example/x/b"),
        ("https://norrby.example/ö?q=ü", "https://norrby.example/%C3%B6?q=%C3%BC"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://norrby.example:8443/a", "https://norrby.example:8443/a"),
        ("https://norrby.example/a%20b%zz", "https://norrby.example/a%20b%zz"),
        ("https://norrby.example:port/", None),
        ("https://norrby.example:99999/", None),
        ("https://ada@norrby.example/", None),
        ("https:///a", "https://norrby.example/a"),
        ("http://[::1", None),
        ("mailto:desk@norrby.example", None),
        ("data:text/html,x", None),
        ("", None),
        ("#top", None),
        ("https://norrby.example/" + "a" * 8_000, None),
    ],
)
def test_an_address_is_made_whole_or_refused(written: str, url: str | None):
    assert addresses.address(written, "https://norrby.example/x/y.xml") == url


@given(st.text(max_size=60) | st.text(alphabet="htps:/.@[]#%&;a1 \ud800é?", max_size=30))
def test_no_text_makes_it_raise_and_what_comes_out_stays_as_it_is(written: str):
    url = addresses.address(written, "https://norrby.example/x/")
    if url is not None:
        assert url.isascii()
        assert addresses.address(url) == url


def test_a_list_has_an_address_a_line_in_its_order():
    body = """# the desk's list
https://norrby.example/b

  https://norrby.example/a  # new
https://x.example/#t
https://norrby.example/b
norrby.example/c
https://a b.example@
"""
    document = addresses.read(body.encode(), entries=10)
    assert [one.url for one in document.entries] == [
        "https://norrby.example/b",
        "https://norrby.example/a",
        "https://x.example/",
    ]
    assert {one.notice for one in document.entries} == {Notice(origin="list")}
    assert document.why == ("1 entry named a second time", "lines 7, 8: no address of a page")
    assert document.n_left_out == 3


def test_a_long_list_is_cut_and_says_so():
    body = b"https://norrby.example/a\n" * 60_000
    start = time.process_time()
    document = addresses.read(body, entries=10, since=datetime(2026, 1, 1, tzinfo=UTC))
    assert time.process_time() - start < 10
    assert len(document.entries) == 1
    assert document.why[-1] == "read up to line 50,001: a list may name 50,000 addresses"
