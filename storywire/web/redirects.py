"""Where an answer sends the reader on to."""

from __future__ import annotations

import contextlib
from urllib.parse import urljoin

from storywire.web import address
from storywire.web.exchange import Exchange, FetchError

_STATUSES = frozenset({301, 302, 303, 307, 308})


def target(exchange: Exchange) -> str | None:
    """The address an answer redirects to, in its one spelling; None where it redirects nowhere.

    The way from https back to http is taken: the page is public either way, and both hops are recorded.

    Raises:
        FetchError: It leads to what is no address of the web (`redirects`).
    """
    if exchange.status not in _STATUSES:
        return None
    location = exchange.header("location")
    if not location:
        return None
    with contextlib.suppress(UnicodeError):  # RFC 9110 wants ASCII; what is sent otherwise is UTF-8, or Latin-1
        location = location.encode("latin-1").decode("utf-8")
    try:
        return address.parse(urljoin(exchange.url, "".join(location.split()))).url
    except ValueError:
        why = "is no address"
    except FetchError as error:
        why = error.detail
    raise FetchError(
        "redirects", f"{address.shown(exchange.url)}: it redirects to {address.shown(location)}, which {why}"
    )
