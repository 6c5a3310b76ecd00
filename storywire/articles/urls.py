"""One address for one article: the normal form that addresses are compared by.

Nothing is fetched, so the form is a matter of convention. `http` and `https` are the same address (a
site that serves both serves the same article) and are written `https`; a slash at the end of a path
is left out, for servers answer both spellings with one page; the order of parameters says nothing.
`www.` stays: it belongs to the host, and only `site` looks past it.

courlan's cleaner was not taken: it also drops parameters that name the article on many sites (`cid`,
`gallery`, `source_id`), values without a name (`?4711`) and what follows a second `http://`, and two
articles under one address are worse than one article under two.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

MAX_LENGTH = 8_000
"""Characters of an address; servers refuse longer ones (RFC 9110 asks them to take 8,000)."""

_TRACKING = re.compile(
    "(?:utm|mtm|pk|itm|hsa|oly|vero|at|ns|wt|ref)_.*|wt[.].*|"
    "fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|igshid|igsh|li_fat_id|epik|"
    "mc_cid|mc_eid|mkt_tok|_ga|_gl|_hsenc|_hsmi|_openstat|cmp|cmpid|icid|ncid|ocid|s_cid|sc_cid|xtor|smid|smtyp|"
    "sr_share|spm|ito|wickedid|rss_id|guccounter|guce_referrer|guce_referrer_sig|amp_js_v|usqp"
)
"""Parameters that say how a reader came, not what is read: those of the large ad, mail and share systems."""

_AMPERSAND = re.compile(r"&(?:amp;)+")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_PATH_SAFE = "/%:@!$&'()*+,;=~"
_QUERY_SAFE = _PATH_SAFE + "?"
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")
_NAME_OF_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,12}", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=256)
def canonical(url: str) -> str | None:
    """The normal form of an address, or None for what is no address of a page.

    >>> canonical("HTTP://News.Example:80/a%7eb/?utm_source=x&b=2&a=1#top")
    'https://news.example/a~b?a=1&b=2'
    >>> canonical("mailto:desk@news.example") is None
    True
    """
    text = _AMPERSAND.sub("&", "".join(url.split()))
    if len(text) > MAX_LENGTH:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = _host(parts.hostname)
    if parts.scheme not in _PORTS or host is None:
        return None
    place = host if port is None or port in _PORTS.values() else f"{host}:{port}"
    path = _encoded(parts.path, _PATH_SAFE).rstrip("/")
    named = (_encoded(piece, _QUERY_SAFE) for piece in parts.query.split("&") if piece)
    query = "&".join(sorted(piece for piece in named if not _tracks(piece)))
    return f"https://{place}{path or '/'}{'?' if query else ''}{query}"


def is_like_a_host(text: str) -> bool:
    """Whether a word of a title or a credit is the name of a host.

    >>> is_like_a_host("harbour-post.example"), is_like_a_host("Harbour Post")
    (True, False)
    """
    return _NAME_OF_HOST.fullmatch(text) is not None


def site(url: str) -> str | None:
    """The outlet an address belongs to: its host in ASCII, without `www.`.

    >>> site("https://WWW.Zeitung.Bücher.example/politik")
    'zeitung.xn--bcher-kva.example'
    """
    address = canonical(url)
    host = urlsplit(address).hostname if address else None
    if host is None:
        return None
    return host.removeprefix("www.") or None


def absolute(url: str, base: str | None) -> str | None:
    """The address a link on the page at `base` leads to, as it stands, or None where that is no page."""
    try:
        joined = urljoin(base or "", "".join(url.split()))
    except ValueError:
        return None
    return joined if canonical(joined) else None


def _host(name: str | None) -> str | None:
    """The host in ASCII and lower case; None where it cannot be one."""
    if not name:
        return None
    try:
        ascii_name = name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    host = f"[{ascii_name}]" if ":" in ascii_name else ascii_name.rstrip(".")
    return host if _HOST.fullmatch(host) else None


def _encoded(part: str, safe: str) -> str:
    """Percent-encoding in its one normal form: capitals, and only where it is needed (RFC 3986, 6.2.2)."""

    def normal(match: re.Match[str]) -> str:
        if match[1] is None:
            return "%25"
        character = chr(int(match[1], 16))
        return character if _UNRESERVED.fullmatch(character) else f"%{match[1].upper()}"

    return quote(_PERCENT.sub(normal, part), safe=safe, errors="replace")


def _tracks(parameter: str) -> bool:
    """Whether a parameter follows the reader instead of naming the page."""
    return _TRACKING.fullmatch(parameter.partition("=")[0].lower()) is not None
