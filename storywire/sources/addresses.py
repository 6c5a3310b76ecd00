"""Addresses as feeds, sitemaps and people write them."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from w3lib.url import safe_url_string

from storywire.notice import Notice
from storywire.sources import text
from storywire.sources.entries import MOST_ENTRIES, Document, Entry, document

MAX_LENGTH = 8_000
"""Characters of an address; servers refuse longer ones (RFC 9110 asks them to take 8,000)."""

_PLAIN = re.compile(r"https?://[a-zA-Z0-9.-]+(?:[/?](?:[A-Za-z0-9/?:@!$&'()*+,;=._~-]|%[0-9A-Fa-f]{2})*+)?")
"""Nearly all addresses: whole, in ASCII, without a port or a name; nothing is to be done to them."""

_SHOWN = 3
"""Lines at fault that are named; more would hide the sentence."""


def address(written: str, base: str = "") -> str | None:
    """The address to fetch, in ASCII and without what stands behind `#`; None where it is no address of a page.

    Only `http` and `https` are addresses of pages, and none that brings a name and password: those go to a server
    only where the operator says so.

    >>> address(" /bro?a=1&amp;b=2#top", "https://norrby.example/rss")
    'https://norrby.example/bro?a=1&b=2'
    >>> address("file:///etc/hosts"), address("https://ada:secret@norrby.example/"), address("https://")
    (None, None, None)
    """
    written = "".join(written.split("#", 1)[0].split()).replace("&amp;", "&")
    if not written or len(written) > MAX_LENGTH:
        return None
    if _PLAIN.fullmatch(written):
        return written
    try:
        whole = urljoin(base, written) if base else written
        if len(whole) > MAX_LENGTH:
            return None
        if not _PLAIN.fullmatch(whole):
            whole = safe_url_string(whole)
        parts = urlsplit(whole)
        is_of_a_page = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
        is_whole = parts.port != 0 and whole.isascii() and whole.isprintable() and " " not in whole
    except ValueError:  # a port that is no number, a host that cannot be written in ASCII
        return None
    return whole if is_of_a_page and is_whole and len(whole) <= MAX_LENGTH else None


def read(body: bytes, *, entries: int, base: str = "", since: datetime | None = None) -> Document:
    r"""A list of addresses, one a line; blank lines and what follows `#` at the start or after a space is passed over.

    >>> read(b"# desk\nhttps://norrby.example/bro  # new\nbro.html\n", entries=9).why
    ('line 3: no address of a page',)
    """
    found: list[Entry] = []
    at_fault: list[int] = []
    why: tuple[str, ...] = ()
    for number, line in enumerate(text.decoded(body).splitlines(), 1):
        said = re.sub(r"(?:^|\s)#.*", "", line).strip()
        if not said:
            continue
        if len(found) + len(at_fault) == MOST_ENTRIES:
            why = (f"read up to line {number:,}: a list may name {MOST_ENTRIES:,} addresses",)
            break
        url = address(said, base)
        if url is None:
            at_fault.append(number)
        else:
            found.append(Entry(url, Notice(origin="list")))
    if at_fault:
        more = f" and {len(at_fault) - _SHOWN:,} more" if len(at_fault) > _SHOWN else ""
        numbers = ", ".join(map(str, at_fault[:_SHOWN]))
        why = (*why, f"line{'s' if len(at_fault) > 1 else ''} {numbers}{more}: no address of a page")
    given = document(found, most=entries, since=since)
    return Document(given.entries, (), given.n_left_out + len(at_fault), given.why + why)
