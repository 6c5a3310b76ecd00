"""Who a report comes from: what independent sources are counted by."""

from __future__ import annotations

import pyarrow as pa

from storywire.articles.agencies import own_agency


def of(sites: pa.ChunkedArray, agencies: pa.ChunkedArray) -> pa.Array:
    """The originator of each article: the agency it credits or whose site it is on, else its outlet, null for neither.

    `agencies` are the credits after inheritance, so copies of one report have one originator between them.

    >>> sites = pa.chunked_array([["a.example", "a.example", "reuters.com", None]])
    >>> of(sites, pa.chunked_array([["Reuters", None, None, None]])).to_pylist()
    ['Reuters', 'a.example', 'Reuters', None]
    """
    agency_of = {site: own_agency(site) for site in set(sites.to_pylist())}
    pairs = zip(sites.to_pylist(), agencies.to_pylist(), strict=True)
    return pa.array([agency or agency_of[site] or site or None for site, agency in pairs], pa.string())
