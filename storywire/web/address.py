"""An address taken apart for asking: what is connected to, and what is asked there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

from storywire.articles import urls
from storywire.web.exchange import FetchError

_PORTS = {"http": 80, "https": 443}
_SAFE = "!$%&'()*+,/:;=?@[]~"
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|[0-9a-f:.]*:[0-9a-f:.]*")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_USER = re.compile(r"//[^/?#\\]*@")
_SHOWN = 200
"""Characters of an address that a message repeats."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a page is: `host` without brackets, `target` the path and query in ASCII."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def place(self) -> str:
        """Host and port as they stand in an address and in a `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """The address up to the path: what has one robots.txt and one connection."""
        return f"{self.scheme}://{self.place}"

    @property
    def url(self) -> str:
        """The address in its one spelling."""
        return f"{self.scheme}://{self.place}{self.target}"


@lru_cache(maxsize=256)
def parse(url: str, longest: int = urls.MAX_LENGTH) -> Address:
    """Take an address apart, written the way a browser would ask for it.

    White space goes, the host is put into ASCII, what HTTP does not take is percent-encoded, and `.` and
    `..` are worked off (encoded ones too), so that no spelling passes by the rules of a robots.txt.

    >>> parse("HTTP://News.Example/a/../bücher?q=1#top").url
    'http://news.example/b%C3%BCcher?q=1'

    Raises:
        FetchError: The address is none of the web (`url`).
    """
    text = "".join(url.split())
    if len(text) > longest:
        raise _unusable(text, f"has {len(text)} characters, more than {longest}; correct it where it is listed")
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii").lower().rstrip(".")
    except ValueError:  # UnicodeError is one
        raise _unusable(text, "is no address; correct it where it is listed") from None
    if parts.scheme not in _PORTS:
        raise _unusable(text, "is not of http or https; nothing else is fetched")
    if "@" in parts.netloc:
        raise _unusable(text, "holds a user name; give credentials as a header of the source, from the environment")
    if not _HOST.fullmatch(host):
        raise _unusable(text, "names no host; correct it where it is listed")
    path = quote(_PERCENT.sub("%25", parts.path), safe=_SAFE, errors="replace")
    query = quote(_PERCENT.sub("%25", parts.query), safe=_SAFE, errors="replace")
    target = _without_dots(path) + ("?" + query if query else "")
    if len(target) > longest:
        raise _unusable(text, f"has more than {longest} characters once it is encoded; correct it where it is listed")
    return Address(parts.scheme, host, port or _PORTS[parts.scheme], target)


def shown(url: str) -> str:
    """An address for a message: no credentials, not endless.

    >>> shown("https://reader:pass@news.example/")
    'https://news.example/'
    """
    text = _USER.sub("//", url, count=1)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _unusable(url: str, why: str) -> FetchError:
    return FetchError("url", f"{shown(url)}: the address {why}.")


def _without_dots(path: str) -> str:
    """A path without `.` and `..` (RFC 3986, 5.2.4), and with a slash to begin with."""
    if "/." not in path and "/%2" not in path:
        return path or "/"
    kept: list[str] = []
    pieces = path.split("/")[1:]
    for piece in pieces:
        plain = piece.lower().replace("%2e", ".")
        if plain == "..":
            del kept[-1:]
        elif plain != ".":
            kept.append(piece)
    if pieces[-1].lower().replace("%2e", ".") in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
