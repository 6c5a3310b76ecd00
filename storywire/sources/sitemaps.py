"""Sitemaps: the pages a site says it has, those of its news first of all, and the sitemaps an index names."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from storywire.notice import Notice
from storywire.sources import addresses, feeds, http_body, limits, moments, parts, text
from storywire.sources.addresses import address
from storywire.sources.entries import MOST_ENTRIES, Document, Entry, document, entry
from storywire.sources.parts import Part

LIMIT_BYTES = 50_000_000
"""Largest sitemap, unpacked; the protocol (sitemaps.org) says 50 MB and 50,000 addresses."""

_WANTED = {
    "url": frozenset({"loc", "lastmod", "news:news", "?:news"}),
    "sitemap": frozenset({"loc", "lastmod"}),
}
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def read(body: bytes, url: str, *, entries: int, since: datetime | None = None) -> Document:
    """The newest `entries` of a sitemap and all that an index names; what is dated before `since` is left out.

    Taken are XML, a feed in a sitemap's place, and plain text with an address a line, all of them gzipped or not.
    `lastmod` says when a page changed, never when it was published. No bytes make this raise.
    """
    try:
        if body.startswith(b"\x1f\x8b"):
            body = http_body.decode(body, chunked=False, coding="gzip", limit=LIMIT_BYTES)
    except http_body.TooLargeError:
        return Document(why=(f"too large: more than {limits.in_words(LIMIT_BYTES)} when unpacked, past the protocol",))
    except http_body.UndecodableError as error:
        return Document(why=(f"damaged gzip data ({error}); fetch it again",))
    if len(body) > LIMIT_BYTES:
        return Document(why=(f"too large: {limits.in_words(len(body))}, past the protocol's 50 MB",))
    start = text.decoded(body[:2_000]).lstrip("\ufeff \t\r\n\x00")
    if start[:8].lower().startswith(("http://", "https://")):
        return _as_sitemap(addresses.read(body, entries=entries, base=url, since=since))
    found: list[Entry] = []
    indexed: list[tuple[datetime | None, str]] = []
    n_bad = 0
    is_cut = False

    def take(part: Part) -> bool:
        nonlocal n_bad, is_cut
        if len(found) + len(indexed) + n_bad == MOST_ENTRIES:
            is_cut = True
            return False
        place = next((place for one in part.all("loc") if (place := address(one.text, one.base))), None)
        if place is None:
            n_bad += 1
        elif part.name == "sitemap":
            indexed.append((moments.read(part.first("lastmod")), place))
        else:
            found.append(entry(place, _notice(part)))
        return True

    root = parts.walk(body, url, None, _WANTED, take)
    if root in ("rss", "feed", "rdf:rdf"):
        return feeds.read(body, url, content_type=None, entries=entries, since=since)
    if root not in ("urlset", "sitemapindex") and not found and not indexed:
        return Document(why=(f"no sitemap: {_described(root)}; give the address of a sitemap or of an index of them",))
    why = (f"read up to entry {MOST_ENTRIES:,}, as many as the protocol allows",) if is_cut else ()
    return _with_index(document(found, most=entries, since=since, n_without_address=n_bad, why=why), indexed, since)


def _with_index(given: Document, indexed: list[tuple[datetime | None, str]], since: datetime | None) -> Document:
    """The further sitemaps, those that changed last first; those without a date keep their order behind them."""
    recent = [(moment, place) for moment, place in indexed if since is None or moment is None or moment >= since]
    recent.sort(key=lambda one: one[0] or _LONG_AGO, reverse=True)
    n_old = len(indexed) - len(recent)
    why = (
        (f"{n_old:,} sitemap{'s' if n_old > 1 else ''} not changed since {since:%Y-%m-%d %H:%M} UTC",) if n_old else ()
    )
    return replace(
        given,
        further=tuple(dict.fromkeys(place for _, place in recent)),
        n_left_out=given.n_left_out + n_old,
        why=given.why + why,
    )


def _as_sitemap(listed: Document) -> Document:
    told = tuple(replace(one, notice=Notice(origin="sitemap")) for one in listed.entries)
    return replace(listed, entries=told)


def _described(root: str) -> str:
    if root == "html":
        return "an HTML page"
    return f"the outermost element is <{root[:40]}>" if root else "neither XML nor a list of addresses"


def _notice(part: Part) -> Notice:
    """What a sitemap says of a page; the news extension gives most, and its publication the outlet's name."""
    said = Notice(origin="sitemap", modified_at=text.plain(part.first("lastmod")) or None)
    news = next((one for one in part.parts if one.name.endswith(":news")), None)
    if news is None:
        return said
    space = news.name.removesuffix("news")
    outlet = next(iter(news.all(f"{space}publication")), None)
    return replace(
        said,
        published_at=text.plain(news.first(f"{space}publication_date")) or None,
        title=text.plain(news.first(f"{space}title")) or None,
        tags=tuple(dict.fromkeys(feeds.keywords(news.first(f"{space}keywords"))))[: feeds.MOST_TAGS],
        site_name=(text.plain(outlet.first(f"{space}name")) or None) if outlet else None,
        language=(text.plain(outlet.first(f"{space}language")) or None) if outlet else None,
    )
