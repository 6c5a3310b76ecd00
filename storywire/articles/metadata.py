"""What a page says about its article outside of the text: title, authors, section, image, origin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from storywire.articles import credits
from storywire.articles.bylines import MAX_LEVELS
from storywire.articles.declared import Declared
from storywire.articles.elements import text_of
from storywire.articles.jsonld import article_object, types
from storywire.articles.linkedvalues import is_person, items, names, one_line, resolved, strings
from storywire.articles.prose import squashed
from storywire.articles.titles import Sources, reconciled
from storywire.articles.urls import absolute, site

_SOURCE_FIELDS = (
    "syndication-source",
    "original-source",
    "article:original_source",
    "source",
    "news_source",
    "dc.source",
)
_SOURCE_PROPERTIES = ("isBasedOn", "isBasedOnUrl", "sourceOrganization", "creditText", "provider", "copyrightHolder")
_PARTS = frozenset({"ImageObject", "VideoObject", "AudioObject", "MediaObject", "Comment", "UserComments"})
_HEADLINES = ("headline", "sailthru.title", "parsely-title")
"""Meta elements that hold the article's own headline, for search within the outlet and for newsletters; `title` and the
like hold the browser's line."""

MAX_TAGS = 50
"""Tags kept of one page."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page declares of its article.

    `authors` are people; `byline` is who is credited in data as it stands, organisations included;
    `site` is the host that every address the page declares for itself agrees on; `origins` are the
    fields that name another source, as `field=value`; `directives` what the page tells robots, as name and content.
    """

    title: str | None
    authors: tuple[str, ...]
    byline: tuple[str, ...]
    site_name: str | None
    section: str | None
    tags: tuple[str, ...]
    image_url: str | None
    canonical_url: str | None
    site: str | None
    language_declared: str | None
    origins: tuple[str, ...]
    directives: tuple[tuple[str, str], ...] = ()


def from_tree(tree: HtmlElement, declared: Declared, url: str | None) -> Metadata:
    """What a parsed page says in what it declares and in its bylines; `url` is the address it came from."""
    linked = declared.linked
    article = article_object(linked) or {}
    meta = _meta(declared.metas)
    publishers = _outlet_names(article, linked)
    site_name = _first(_value(meta, "og:site_name"), *publishers, _value(meta, "application-name"))
    section = _first(_value(meta, "article:section"), *strings(article.get("articleSection")))
    outlet = [name for name in (site_name, *publishers, _value(meta, "application-name"), *_host_names(url)) if name]
    addresses = _declared_addresses(declared.links, meta, url)
    canonical_url = addresses[0] if addresses else None
    hosts = {site(address) for address in addresses}
    credited = credits.read(tree, article, linked, meta, outlet)
    return Metadata(
        title=reconciled(
            Sources(
                headings=[" ".join(text_of(heading).split()) for heading in declared.headings],
                jsonld=_first(*strings(article.get("headline")), *strings(article.get("name"))),
                opengraph=_value(meta, "og:title"),
                card=_value(meta, "twitter:title"),
                page=_page_title(tree),
                meta=_first(*(_value(meta, name) for name in _HEADLINES)),
                names=outlet,
                sections=[*([section] if section else []), *_folders(url)],
            )
        ),
        authors=credited.people,
        byline=credited.byline,
        site_name=site_name,
        section=section,
        tags=_tags(article, meta),
        image_url=_image(article, meta, url),
        canonical_url=canonical_url,
        site=hosts.pop() if len(hosts) == 1 else None,
        language_declared=_language(tree, article, meta),
        origins=_origins(article, meta, canonical_url, url, outlet),
        directives=tuple((name, value) for name, values in meta.items() if _is_for_robots(name) for value in values),
    )


def _is_for_robots(name: str) -> bool:
    return name == "robots" or name.endswith("bot") or name.startswith("tdm-")


def _page_title(tree: HtmlElement) -> str | None:
    page = tree.find(".//head/title")
    return text_of(page) if page is not None else None


def _tags(article: dict[str, Any], meta: dict[str, list[str]]) -> tuple[str, ...]:
    listed = meta.get("article:tag", []) or strings(article.get("keywords")) or meta.get("keywords", [])
    listed = listed or meta.get("news_keywords", [])
    parts = (part for value in listed for part in value.replace(";", ",").split(","))
    tags = (tag for part in islice(parts, 20 * MAX_TAGS) if (tag := one_line(part)))
    return tuple(dict.fromkeys(tags))[:MAX_TAGS]


def _image(article: dict[str, Any], meta: dict[str, list[str]], url: str | None) -> str | None:
    images = [*meta.get("og:image", []), *meta.get("og:image:url", []), *meta.get("twitter:image", [])]
    for value in items(article.get("image")):
        images += strings(value.get("url") if isinstance(value, dict) else value)
    return next((address for image in images if (address := absolute(image, url))), None)


def _declared_addresses(links: Iterable[HtmlElement], meta: dict[str, list[str]], url: str | None) -> list[str]:
    """The addresses the page gives as its own, canonical links first."""
    canonical = [link.get("href") or "" for link in links if "canonical" in (link.get("rel") or "").lower().split()]
    given = [link for link in [*canonical, *meta.get("og:url", [])] if link.strip()]
    return [address for link in given if (address := absolute(link, url))]


def _language(tree: HtmlElement, article: dict[str, Any], meta: dict[str, list[str]]) -> str | None:
    root = tree if tree.tag == "html" else tree.find(".//html")
    own = [root.get("lang"), root.get("xml:lang")] if root is not None else []
    return _first(
        *own,
        *strings(article.get("inLanguage")),
        _value(meta, "og:locale"),
        _value(meta, "content-language"),
        _value(meta, "language"),
    )


def _origins(
    article: dict[str, Any],
    meta: dict[str, list[str]],
    canonical_url: str | None,
    url: str | None,
    outlet: Iterable[str],
) -> tuple[str, ...]:
    """The fields that name another source than the outlet itself, sorted."""
    own = {squashed(name) for name in outlet}
    given = [(field, value) for field in _SOURCE_FIELDS for value in meta.get(field, [])]
    given += [(field, name) for field in _SOURCE_PROPERTIES for name in names(article.get(field))]
    given += [
        ("author", name) for value in items(article.get("author")) if not is_person(value) for name in names(value)
    ]
    given += [("canonical", canonical_url)] if canonical_url and url else []
    found = set()
    for field, value in given:
        text = one_line(value)
        if text and squashed(text) not in own and not ("://" in text and _same_outlet(text, url)):
            found.add(f"{field}={text}")
    # A publisher that is not the site by the site's own word; where the site has no word, its publisher names it.
    site_names = {squashed(name) for name in (*meta.get("og:site_name", []), *_host_names(url))}
    publishers = names(article.get("publisher")) if "og:site_name" in meta else []
    found |= {f"publisher={name}" for name in publishers if "://" not in name and squashed(name) not in site_names}
    return tuple(sorted(found))


def _same_outlet(one: str, other: str | None) -> bool:
    """Whether two addresses lie on one host, or one host lies below the other; unreadable ones say nothing."""
    first, second = site(one), site(other or "")
    if first is None or second is None:
        return True
    return first == second or first.endswith(f".{second}") or second.endswith(f".{first}")


def _meta(metas: Iterable[HtmlElement]) -> dict[str, list[str]]:
    """The page's `<meta>` values by lower-case name, in page order."""
    values: dict[str, list[str]] = {}
    for element in metas:
        content = (element.get("content") or "").strip()
        if content:
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                if name := (element.get(attribute) or "").strip().lower():
                    if attribute != "itemprop" or not _of_a_part(element):
                        values.setdefault(name, []).append(content)
                    break
    return values


def _of_a_part(element: HtmlElement) -> bool:
    """Whether a microdata property describes a picture, a video or a comment on the page, not its article."""
    for parent in islice(element.iterancestors(), MAX_LEVELS):
        if parent.tag == "figure":
            return True
        if parent.get("itemscope") is not None:
            return (parent.get("itemtype") or "").rsplit("/", 1)[-1] in _PARTS
    return False


def _value(meta: dict[str, list[str]], name: str) -> str | None:
    return meta[name][0] if name in meta else None


def _outlet_names(article: dict[str, Any], linked: list[dict[str, Any]]) -> list[str]:
    """What JSON-LD calls the publisher and the site, without mere addresses."""
    publishers = [resolved(value, linked) for value in items(article.get("publisher"))]
    sites = [data for data in linked if types(data) & {"WebSite", "NewsMediaOrganization"}]
    return [name for value in (*publishers, *sites) for name in names(value) if "://" not in name]


def _host_names(url: str | None) -> list[str]:
    """The host, and its labels that can be a name."""
    host = site(url) if url else None
    if not host:
        return []
    labels = host.split(".")
    return [host, ".".join(labels[-2:]), *labels[:-1]]


def _folders(url: str | None) -> list[str]:
    """The folders of an address: on most sites the section and what it belongs to; the article's own is left out."""
    try:
        folders = [folder for folder in urlsplit(url or "").path.split("/") if folder]
    except ValueError:
        return []
    return [folder.replace("-", " ") for folder in folders[:-1]]


def _first(*values: str | None) -> str | None:
    return next((text for value in values if (text := one_line(value))), None)
