"""What the libraries beneath fsspec raise, as one of our own classes of failure."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit, urlunsplit

import aiohttp

from storywire.web import address
from storywire.web.exchange import FailureKind, FetchError
from storywire.web.guard import RefusedError, UnknownHostError

_KINDS: tuple[tuple[type[BaseException], FailureKind, bool, str], ...] = (
    (RefusedError, "refused_address", False, "only public hosts are asked unless a setting lists the network"),
    (aiohttp.TooManyRedirects, "redirects", False, "correct the address"),
    (aiohttp.NonHttpUrlRedirectClientError, "url", False, "it leads out of the web; correct the address"),
    (aiohttp.InvalidURL, "url", False, "correct the address"),
    (aiohttp.ClientConnectorCertificateError, "tls", False, "where the host is trusted, set verify_tls = false"),
    (aiohttp.ClientSSLError, "tls", True, "it is tried again"),
    (TimeoutError, "timeout", True, "the host is slow; it is tried again"),
    (aiohttp.ClientPayloadError, "truncated", True, "the answer ended early; it is tried again"),
    (aiohttp.ClientError, "connect", True, "it is tried again"),
    (ConnectionError, "connect", True, "it is tried again"),
    (FileNotFoundError, "status", False, "there is no such file; correct it where it is listed"),
    (PermissionError, "status", False, "it may not be read; see to its permissions, or to credentials"),
    (OSError, "connect", True, "it is tried again"),
    (ValueError, "protocol", False, "the host does not answer as it should"),
)
"""The first that fits counts: what is told, whether the same may succeed later, and what to do."""


def failure(error: BaseException, place: str) -> FetchError:
    """Why a file could not be had. fsspec and botocore raise errors of their own over the one that says it."""
    chain = list(_chain(error))
    for one in chain:
        if isinstance(one, FetchError):
            return one
    for one in chain:
        if isinstance(one, UnknownHostError):
            detail = f"the name could not be looked up ({one}); correct it, or look at the name server"
            return FetchError("dns", f"{shown(place)}: {detail}.", retry=one.later)
        if isinstance(one, aiohttp.ClientResponseError) and not isinstance(one, aiohttp.TooManyRedirects):
            later = one.status == 429 or one.status >= 500
            remedy = "it is asked again" if later else "correct it where it is listed"
            return FetchError("status", f"{shown(place)}: answered {one.status}; {remedy}.", retry=later)
    for kind, name, retry, remedy in _KINDS:
        found = next((one for one in chain if isinstance(one, kind)), None)
        if found is not None:
            said = getattr(found, "strerror", None) or (str(found) if name == "refused_address" else "")
            return FetchError(name, f"{shown(place)}: {said or type(found).__name__}; {remedy}.", retry=retry)
    return FetchError("protocol", f"{shown(place)}: {type(error).__name__}; look at the host.")


def wanted_pause(error: BaseException, now: float) -> float:
    """The seconds a host asks to be left alone for (`Retry-After`); 0 where it says nothing."""
    for one in _chain(error):
        headers = one.headers if isinstance(one, aiohttp.ClientResponseError) else None
        said = headers.get("Retry-After", "") if headers else ""
        if said.strip().isdigit():
            return float(said)
        if said:
            try:
                return max(0.0, parsedate_to_datetime(said).timestamp() - now)
            except (ValueError, OverflowError):
                return 0.0
    return 0.0


def shown(place: str) -> str:
    """A path or address for a message: without what may be a credential in it.

    >>> shown("https://archive.example/a.warc.gz?Signature=9f3a"), shown("in/a.warc.gz")
    ('https://archive.example/a.warc.gz', 'in/a.warc.gz')
    """
    if "://" not in place:
        return place
    return address.shown(urlunsplit(urlsplit(place)._replace(query="", fragment="")))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those it was raised over."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
