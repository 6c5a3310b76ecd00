from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storywire.sources import optout


@pytest.mark.parametrize(
    ("headers", "signals"),
    [
        ([], ()),
        ([("Content-Type", "text/html"), ("X-Robots-Tag", "noindex, nofollow")], ()),
        ([("X-Robots-Tag", "NOAI,noimageai")], ("noai", "noimageai")),
        ([("x-robots-tag", "OtherBot: noindex, noai"), ("x-robots-tag", "noai")], ("noai", "otherbot:noai")),
        ([("X-Robots-Tag", "*: noai")], ("noai",)),
        ([("X-Robots-Tag", "unavailable_after: 25 Jun 2030 15:00:00 PST, noai")], ("noai",)),
        ([("X-Robots-Tag", "max-snippet: 20, noai")], ("noai",)),
        ([("TDM-Reservation", "0"), ("TDM-Policy", "https://norrby.example/p.json")], ()),
        (
            [("tdm-policy", " https://norrby.example/p.json "), ("TDM-Reservation", " 1 ")],
            ("tdm-policy:https://norrby.example/p.json", "tdm-reservation"),
        ),
        ([("Content-Usage", "train-ai=n")], ("content-usage:train-ai=n",)),
        (
            [("content-usage", "train-ai=n;exact, search=y,  bots=N"), ("content-usage", "ai=n")],
            ("content-usage:ai=n", "content-usage:bots=n", "content-usage:train-ai=n"),
        ),
        ([("Content-Usage", "train-ai=y"), ("Content-Usage", "train-ai=no")], ()),
    ],
)
def test_headers_give_signals_by_name(headers: list[tuple[str, str]], signals: tuple[str, ...]):
    assert optout.from_headers(headers) == signals
    assert optout.from_headers(headers[::-1]) == signals


@pytest.mark.parametrize(
    ("meta", "signals"),
    [
        ([("robots", "noai, noimageai"), ("description", "noai")], ("noai", "noimageai")),
        ([("OtherBot", "noai")], ("otherbot:noai",)),
        ([("TDM-Reservation", "1")], ("tdm-reservation",)),
        ([("robots", "index,follow,max-image-preview:large")], ()),
    ],
)
def test_meta_elements_give_the_same_names(meta: list[tuple[str, str]], signals: tuple[str, ...]):
    assert optout.from_meta(meta) == signals


@given(st.lists(st.tuples(st.sampled_from(["x-robots-tag", "content-usage", "tdm-policy"]) | st.text(), st.text())))
def test_no_header_makes_it_raise(headers: list[tuple[str, str]]):
    signals = optout.from_headers(headers)
    assert list(signals) == sorted(set(signals))
    optout.from_meta(headers)
