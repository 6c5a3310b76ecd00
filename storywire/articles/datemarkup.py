"""Dates a page with markup gives: data for machines, and what a reader sees, by place.

The visible page is read as lines, with headline and body located among them; a line inside a sidebar, a list of
related articles or the comments keeps that knowledge, since a date there is another article's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lxml.html import HtmlElement

from storywire.articles.dateaddress import candidates_in_url, month_in_url
from storywire.articles.dateblocks import Asides, lines_of
from storywire.articles.datebody import article_place
from storywire.articles.datecandidates import placed, settled
from storywire.articles.dateorder import Order, order_of_figures
from storywire.articles.dateroles import ROLES, Candidate, candidate, strongest
from storywire.articles.datetext import PrintedDate, stamp
from storywire.articles.datewords import listed
from storywire.articles.declared import Declared
from storywire.articles.jsonld import article_object, types

META_PUBLISHED = frozenset(
    listed(
        "article:published_time article:published article:published_date article:post_date "
        "article:publicationdate article_date_original article.published article:pubdate bt:pubdate "
        "citation_online_date citation_publication_date content_published_date cxenseparse:recs:publishtime "
        "cxenseparse:publishtime date.issued date_published datepublished dc.date.issued dc.date.published "
        "dc.issued dcterms.available dcterms.issued dc.terms.issued displaydate first_published "
        "og:article:published_time og:datepublished og:pubdate og:publish_date og:published_time og:published "
        "og:regdate og:release_date originalpublicationdate parsely-pub-date pub_date pubdate publication-date "
        "publication_date publicationdate publish-date publish_date publish_time publishdate published "
        "published-date published_at published_date published_time published_time_telegram publishtime "
        "rnews:datepublished sailthru.date shareaholic:article_published_time vr:published_time video:release_date "
        "weibo:article:create_at wcm.publish.date regdate firstpublishedtime"
    )
)
META_DATE = frozenset(
    listed(
        "date dc.date dcterms.date dc:date dc.terms.date citation_date created creation_date dc.created "
        "dc.date.created dcterms.created date.created datecreated dateposted eprints.date bepress_citation_date "
        "og:date datetime article:created article:created_time article_date time timestamp uploaded"
    )
)
META_MODIFIED = frozenset(
    listed(
        "article:modified_time article:modified og:modified_time og:updated_time og:article:modified_time "
        "last-modified lastmodified last_modified lastmod datemodified date.modified dc.date.modified dc.modified "
        "dcterms.modified dc.terms.modified modified modified_time modified_date modifieddate modificationdate "
        "revised revision_date update_time updated updated_time date_modified article:update_time "
        "cxenseparse:recs:modifiedtime rnews:datemodified sailthru.modified"
    )
)
"""Names of `<meta>` elements (name, property, itemprop, http-equiv), in lower case, by what they date."""

PAGE_TYPES = frozenset({"WebPage", "ItemPage", "CreativeWork", "MediaObject", "VideoObject", "AudioObject"})
"""What a page calls itself where it describes no article."""

PUBLISHED_DATA = ("datePublished", "dateCreated", "uploadDate")
SCRIPT_DATE = re.compile(
    r"\\?[\"'](?:date_?published|published_?at|publish(?:ed)?_?(?:date|time)|publication_?date|first_?publish(?:ed)?"
    r"(?:_?(?:date|time|at))?|pub_?date)\\?[\"']\s{0,3}:\s{0,3}\\?[\"']([^\"'\\]{8,40})",
    re.IGNORECASE,
)
LONGEST_SCRIPT = 300_000
"""Characters of a script that are searched; state dumps of a whole site lie beyond, with other articles' dates."""

FIGURE = re.compile(r"\d")
LANG = frozenset({"lang", "xml:lang"})
COUNTRY_OF = {"uk": "GB", "au": "AU", "nz": "NZ", "ie": "IE", "in": "IN", "za": "ZA", "ng": "NG", "gov": "US"}
"""Top-level domains of English-writing countries, and the order of day and month that goes with them."""


def candidates_in_html(
    tree: HtmlElement, declared: Declared, url: str | None, headline: str | None, body: str | None
) -> tuple[Candidate, ...]:
    """Every date of the page that may count; `headline` and `body` are its article."""
    language = page_language(tree, declared.metas, url)
    found = [*_in_linked_data(declared.linked, language), *_in_meta(declared.metas, language)]
    if not found:
        found += _in_scripts(tree, language)
    asides = Asides()
    lines = lines_of(tree, language, asides)
    place = article_place(lines, headline, body)
    asides.enclose(lines[index].within for index in place[:2] if index is not None)
    read = list(placed(lines, *place, language))
    address = candidates_in_url(url)
    shown = settled(read, marked_up=True, declared=(*found, *address))
    if all(each.role == "lone" or ROLES[each.role].family == "none" for each in (*found, *shown, *address)):
        order = order_of_figures((line.text for line in lines), language, url)
        shown = _in_order(order, placed(lines, *place, order.language), read) if order else shown
    return strongest([*found, *shown, *address, *month_in_url(url)])


def _in_order(order: Order, again: Iterator[Candidate], before: Sequence[Candidate]) -> list[Candidate]:
    """The dates read again in an order, those that are readable in no other trusted as far as it is."""
    readable = {each.printed for each in before}
    kept = [each for each in again if each.printed in readable or order.known_of.search(each.printed)]
    return [
        each if each.printed in readable else replace(each, confidence=round(each.confidence * order.weight, 4))
        for each in settled(kept, marked_up=True)
    ]


def page_language(tree: HtmlElement, metas: Iterable[HtmlElement], url: str | None) -> str | None:
    """Language and region that the page declares, for dates such as 05/06/2031; else the country of its host."""
    declared = next((value for name, value in tree.attrib.items() if str(name).rpartition("}")[2] in LANG), "")
    locale = next((meta.get("content") for meta in metas if meta.get("property") == "og:locale"), "") or ""
    tag = str(declared or locale).strip().replace("_", "-")
    if "-" not in tag and str(locale).lower().startswith(tag.lower() or "-"):
        tag = str(locale).strip().replace("_", "-")
    host = re.match(r"[a-z]+://(?:[^/@]*@)?([^/:]+)", (url or "").lower())
    country = COUNTRY_OF.get(host[1].rsplit(".", 1)[-1]) if host else None
    # Templates declare en-US the world over; a national domain knows better.
    if country and tag.lower().split("-")[0] in ("", "en"):
        tag = f"en-{country}"
    elif tag.lower() == "en-us":
        tag = "en"
    return tag or None


def _in_linked_data(linked: list[dict[str, Any]], language: str | None) -> Iterator[Candidate]:
    article = article_object(linked)
    for data in linked:
        role = "jsonld" if data is article else "jsonld_page" if types(data) & PAGE_TYPES else "teaser"
        for field in PUBLISHED_DATA:
            if (printed := _stamp(data.get(field), language)) is not None:
                yield candidate("created" if role == "jsonld" and field != "datePublished" else role, printed)
                break
        if role != "teaser" and (printed := _stamp(data.get("dateModified"), language)) is not None:
            yield candidate("modified", printed)


def _stamp(value: object, language: str | None) -> PrintedDate | None:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, Mapping):
        value = value.get("@value")
    return stamp(value, language) if isinstance(value, str) and value.strip() else None


def _in_meta(metas: Iterable[HtmlElement], language: str | None) -> Iterator[Candidate]:
    for element in metas:
        if element.get("itemprop") and next(element.iterancestors("body"), None) is not None:
            continue
        content = element.get("content") or element.get("value")
        if not content or not FIGURE.search(content, 0, 200):
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (element.get(attribute) or "").strip().lower()
            role = _meta_role(name) or _meta_role(name.rpartition(":")[2])
            if role == "meta_date" and attribute == "http-equiv":
                break
            if role and (printed := stamp(content, language)) is not None:
                yield candidate(role, printed)
                break


def _meta_role(name: str) -> str | None:
    if name in META_PUBLISHED:
        return "meta"
    return "modified" if name in META_MODIFIED else "meta_date" if name in META_DATE else None


def _in_scripts(tree: HtmlElement, language: str | None) -> Iterator[Candidate]:
    """The first publication date among data for scripts: a page that draws itself puts its own article first.

    Frameworks write such data into a script, or into an attribute of the element they fill.
    """
    for text in _data_for_scripts(tree):
        searched = text[:LONGEST_SCRIPT]
        if "pub" not in searched.lower():  # which all that is searched for has in it
            continue
        for match in SCRIPT_DATE.finditer(searched):
            if (printed := stamp(match[1], language)) is not None:
                yield candidate("script", printed)
                return


def _data_for_scripts(tree: HtmlElement) -> Iterator[str]:
    """The scripts, and then the attributes, which are asked for only where the scripts say nothing."""
    for script in tree.iter("script"):
        yield script.text or ""
    yield from map(str, tree.xpath("//@*[contains(., 'ublish') and contains(., '{')]"))
