"""RSS, Atom and JSON feeds: the pages they name, and what they say of each.

feedparser, the usual choice, takes a time that grows with the square of a feed (16 s of processor time for 20,000
items in 9 MB, an hour for as many categories of one item), which a feed that is fetched unasked must not be able to
cost. The dozen elements that are wanted are read here in one pass; the tests hold the result against feedparser's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from storywire.notice import Notice
from storywire.sources import parts, text
from storywire.sources.addresses import address
from storywire.sources.entries import MOST_ENTRIES, Document, Entry, document, entry
from storywire.sources.http_body import charset
from storywire.sources.parts import Part

MOST_TAGS = 50
"""Tags of one entry that are kept; whoever gives more gives every word."""

_PUBLISHED = ("published", "pubdate", "issued", "dcterms:issued", "dc:date", "dcterms:created", "created", "date")
_MODIFIED = ("updated", "modified", "dcterms:modified")
_TITLES = ("title", "dc:title", "media:title")
_LINKS = ("link", "guid", "id", "feedburner:origlink", "origlink", "?:origlink")
_AUTHORS = ("dc:creator", "author", "itunes:author", "dc:author")
_TAGS = ("category", "media:keywords", "itunes:keywords", "dc:subject", "keywords")
_ENTRY = frozenset((*_PUBLISHED, *_MODIFIED, *_TITLES, *_LINKS, *_AUTHORS, *_TAGS))
_WANTED = {"item": _ENTRY, "entry": _ENTRY}
_ROOTS = frozenset({"rss", "rdf:rdf", "rdf", "feed"})

_MAIL = re.compile(r"[<(]?\s*(?:mailto:)?[\w.+-]{1,64}@[\w.-]{1,255}\s*[>)]?")
_PAGES = ("", "text/html", "application/xhtml+xml", "text/plain")


def read(body: bytes, url: str, *, content_type: str | None, entries: int, since: datetime | None = None) -> Document:
    """The newest `entries` of a feed; those dated before `since` are left out.

    RSS 0.9 to 2.0, Atom 0.3 and 1.0 and JSON Feed are told by what they hold, not by `content_type`, of which only
    the encoding is used. No bytes make this raise.
    """
    if body[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json(body, url, entries, since)
    found: list[Entry] = []
    n_bad = 0
    is_cut = False

    def take(part: Part) -> bool:
        nonlocal n_bad, is_cut
        if len(found) + n_bad == MOST_ENTRIES:
            is_cut = True
            return False
        link = _link(part)
        if link is None:
            n_bad += 1
        else:
            found.append(entry(link, _notice(part)))
        return True

    root = parts.walk(body, url, charset(content_type or ""), _WANTED, take)
    if root not in _ROOTS and not found:
        return Document(why=(f"no feed: {_described(root)}; give the address of an RSS, Atom or JSON feed",))
    why = (f"read up to entry {MOST_ENTRIES:,}",) if is_cut else ()
    return document(found, most=entries, since=since, n_without_address=n_bad, why=why)


def _described(root: str) -> str:
    if root == "html":
        return "an HTML page"
    return f"the outermost element is <{root[:40]}>" if root else "neither XML nor JSON"


def _link(part: Part) -> str | None:
    """The page an entry is about: the address before a feed service put its own in place, the link, the permanent id.

    In RSS a `link` holds the address; in Atom it is an attribute, and `rel` says of what.
    """
    for name in ("feedburner:origlink", "?:origlink", "origlink"):
        if url := _address(part, name):
            return url
    links = part.all("link")
    pages = [
        one
        for one in links
        if one.attributes.get("rel", "alternate").lower()
        in ("alternate", "http://www.iana.org/assignments/relation/alternate")
    ]
    pages.sort(key=lambda one: one.attributes.get("type", "").lower() not in _PAGES)
    for one in pages:
        if url := address(one.attributes.get("href") or one.text, one.base):
            return url
    for one in part.all("guid"):
        if one.attributes.get("isPermaLink", "true").lower() == "true" and (url := _absolute(one.text)):
            return url
    about = next((said for name, said in part.attributes.items() if name.endswith("}about")), "")
    return _absolute(about) or next((url for one in part.all("id") if (url := _absolute(one.text))), None)


def _address(part: Part, name: str) -> str | None:
    return next((url for one in part.all(name) if (url := address(one.text, one.base))), None)


def _absolute(written: str) -> str | None:
    """An id counts as an address only where it is a whole one."""
    return address(written) if written[:8].lower().startswith(("http://", "https://")) else None


def _notice(part: Part) -> Notice:
    return Notice(
        origin="feed",
        published_at=text.plain(part.first(*_PUBLISHED)) or None,
        modified_at=text.plain(part.first(*_MODIFIED)) or None,
        title=text.plain(part.first(*_TITLES)) or None,
        authors=_once(name for one in part.all(*_AUTHORS) if (name := _author(one))),
        tags=_once(term for one in part.all(*_TAGS) for term in _terms(one))[:MOST_TAGS],
    )


def _author(part: Part) -> str:
    """A name, without the mail address that RSS asks for; Atom has the name in an element of its own."""
    if part.parts:
        return without_mail(part.first("name"))
    return without_mail(part.text)


def without_mail(written: str) -> str:
    """A person's name, and nothing where only a mail address is given.

    >>> without_mail("desk@norrby.example (Ada Moor)"), without_mail("Ada Moor &lt;ada@norrby.example&gt;")
    ('Ada Moor', 'Ada Moor')
    >>> without_mail("desk@norrby.example")
    ''
    """
    name = text.plain(written)
    if "@" not in name:
        return name
    name = _MAIL.sub(" ", name).strip()
    if name.startswith("(") and name.endswith(")"):
        name = name[1:-1]
    return " ".join(name.split())


def _terms(part: Part) -> list[str]:
    if part.name.endswith("keywords"):
        return keywords(part.text)
    term = text.plain(part.attributes.get("label") or part.text or part.attributes.get("term", ""))
    return [] if term.startswith(("http://", "https://")) else [term]


def keywords(written: str) -> list[str]:
    """Keywords in one line, told apart by commas.

    >>> keywords("bridge, Norrby ,,roads")
    ['bridge', 'Norrby', 'roads']
    """
    return [term for piece in written.split(",") if (term := text.plain(piece))]


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _json(body: bytes, url: str, most: int, since: datetime | None) -> Document:
    """JSON Feed, versions 1 and 1.1; a field of the wrong type counts as absent."""
    try:
        feed = json.loads(text.decoded(body))
    except (ValueError, RecursionError):
        return Document(why=("no feed: it begins like JSON and is none; fetch it again, or look at what it is",))
    items = feed.get("items")
    if not isinstance(items, list):
        return Document(why=("no feed: the JSON object has no list `items`; give the address of a JSON feed",))
    found: list[Entry] = []
    n_bad = 0
    for item in items[:MOST_ENTRIES]:
        one: dict[str, Any] = item if isinstance(item, dict) else {}
        link = address(_said(one, "url"), url) or _absolute(_said(one, "id"))
        if link is None:
            n_bad += 1
            continue
        people = [*_list(one, "authors"), one.get("author")]  # `author` alone in version 1
        notice = Notice(
            origin="feed",
            published_at=text.plain(_said(one, "date_published")) or None,
            modified_at=text.plain(_said(one, "date_modified")) or None,
            title=text.plain(_said(one, "title")) or None,
            authors=_once(without_mail(_said(person, "name")) for person in people if isinstance(person, dict)),
            tags=_once(text.plain(tag) for tag in _list(one, "tags") if isinstance(tag, str))[:MOST_TAGS],
        )
        found.append(entry(link, notice))
    why = (f"read up to entry {MOST_ENTRIES:,}",) if len(items) > MOST_ENTRIES else ()
    return document(found, most=most, since=since, n_without_address=n_bad, why=why)


def _said(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return value[: parts.TEXT_LIMIT] if isinstance(value, str) else ""


def _list(item: dict[str, Any], name: str) -> list[Any]:
    value = item.get(name)
    return value[: parts.MOST_PARTS] if isinstance(value, list) else []
