from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storywire.web import redirects
from storywire.web.client import Exchange, FetchError


def moved(location: str | None, status: int = 301) -> Exchange:
    headers = (("location", location),) if location is not None else ()
    url = "https://norrby.test/news/a?b=1"
    return Exchange(url, status, "", "HTTP/1.1", (), headers, b"", b"", "127.0.0.1", datetime(2026, 3, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("https://sodra.test/x#part", "https://sodra.test/x"),
        ("/b", "https://norrby.test/b"),
        ("b/../c", "https://norrby.test/news/c"),
        ("?page=2", "https://norrby.test/news/a?page=2"),
        ("//sodra.test/y", "https://sodra.test/y"),
        ("http://norrby.test/plain", "http://norrby.test/plain"),
        ("/f\xc3\xb6hn", "https://norrby.test/f%C3%B6hn"),
        ("/f\xf6hn", "https://norrby.test/f%C3%B6hn"),
        ("", None),
        (None, None),
    ],
)
def test_a_redirect_leads_where_a_browser_would_go(location: str | None, leads_to: str | None) -> None:
    assert redirects.target(moved(location)) == leads_to


@pytest.mark.parametrize("status", [200, 300, 304, 305, 404])
def test_only_redirects_redirect(status: int) -> None:
    assert redirects.target(moved("/b", status)) is None


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://norrby.test/",
        "javascript:alert(1)",
        "http://[::1",
        "http://u:opaque@norrby.test/",
        "data:,x",
    ],
)
def test_a_redirect_out_of_the_web_is_a_failure(location: str) -> None:
    with pytest.raises(FetchError, match="redirects to") as error:
        redirects.target(moved(location))
    assert error.value.kind == "redirects"
    assert not error.value.retry
    assert "opaque" not in error.value.detail
