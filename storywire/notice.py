"""What is known of a page beside its bytes: what announced it, and how it came."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from typing import Any

_LISTS = frozenset({"authors", "tags", "opt_out"})


@dataclass(frozen=True, slots=True)
class Notice:
    """Facts about a page from a feed, a sitemap, a list of sources or the response's own headers.

    Every field is as it was printed; nothing is concluded here. `origin` says who announced the page:
    `feed`, `sitemap`, `list` (an address the operator wrote down), or nothing, where the facts are of
    the response alone. `published_at` and `modified_at` are dates as printed; `site_name` and `language`
    are what a news sitemap says of the outlet, or else the operator of the source; `opt_out` names the
    signals against text and data mining in the response's headers, sorted; `is_tls_verified` is false
    where the certificate of the host was, by a setting, not checked.
    """

    origin: str | None = None
    published_at: str | None = None
    modified_at: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    site_name: str | None = None
    language: str | None = None
    opt_out: tuple[str, ...] = ()
    is_tls_verified: bool = True

    def as_json(self) -> str:
        """The facts as JSON with sorted keys; what says nothing is left out.

        >>> Notice(origin="feed", title="Bridge opens").as_json()
        '{"origin":"feed","title":"Bridge opens"}'
        """
        return json.dumps(self.facts(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def facts(self) -> dict[str, Any]:
        """The facts by name; what says nothing is left out."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in said.items() if value != getattr(NOTHING, name)}

    def over(self, other: Notice) -> Notice:
        """These facts, and where they say nothing, the other's.

        >>> Notice(title="Bridge opens").over(Notice(title="Bridge", language="sv")).language
        'sv'
        """
        silent = {one.name: getattr(other, one.name) for one in fields(self) if not getattr(self, one.name)}
        return replace(self, **silent | {"is_tls_verified": self.is_tls_verified and other.is_tls_verified})


NOTHING = Notice()
"""Nothing is known beside the bytes."""


def read(written: str | bytes | None) -> Notice:
    """The facts that `Notice.as_json` wrote; what does not fit is left out, for an archive may be anybody's.

    >>> read('{"title": "Bridge opens", "tags": ["roads", 7], "rank": 3}')
    Notice(origin=None, published_at=None, modified_at=None, title='Bridge opens', authors=(), section=None, \
tags=('roads',), site_name=None, language=None, opt_out=(), is_tls_verified=True)
    """
    try:
        said = json.loads(written or "{}")
    except (ValueError, RecursionError):
        return NOTHING
    if not isinstance(said, dict):
        return NOTHING
    told: dict[str, Any] = {}
    for one in fields(Notice):
        value = said.get(one.name)
        if one.name in _LISTS:
            told[one.name] = tuple(_whole(v) for v in value if isinstance(v, str)) if isinstance(value, list) else ()
        elif one.name == "is_tls_verified":
            told[one.name] = value is not False
        elif isinstance(value, str):
            told[one.name] = _whole(value)
    return Notice(**told)


def _whole(text: str) -> str:
    """Half a surrogate pair becomes `?`: JSON can say it, and no file in UTF-8 can hold it."""
    return text.encode("utf-8", "replace").decode()
