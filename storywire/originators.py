"""Who a report comes from: what independent sources are counted by."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from storywire.articles.agencies import own_agency
from storywire.columns import in_one


def of(sites: pa.ChunkedArray, agencies: pa.ChunkedArray) -> pa.DictionaryArray:
    """The originator of each article: the agency it credits or whose site it is on, else its outlet, null for neither.

    `agencies` are the credits after inheritance, so copies of one report have one originator between them. There are
    few: each is written once.

    >>> sites = pa.chunked_array([["a.example", "a.example", "reuters.com", None]])
    >>> of(sites, pa.chunked_array([["Reuters", None, None, None]])).to_pylist()
    ['Reuters', 'a.example', 'Reuters', None]
    """
    site, agency = (in_one(column).dictionary_encode(null_encoding="encode") for column in (sites, agencies))
    credits, hosts = agency.dictionary.to_pylist(), site.dictionary.to_pylist()
    pairs = pc.add(pc.multiply(site.indices.cast(pa.int64()), len(credits)), agency.indices)
    both = pairs.dictionary_encode()
    found = []
    for pair in both.dictionary.to_pylist():
        host, credit = hosts[pair // len(credits)], credits[pair % len(credits)]
        found.append(credit or own_agency(host) or host or None)
    named = pa.array(found, pa.string()).dictionary_encode()
    return pa.DictionaryArray.from_arrays(named.indices.take(both.indices), named.dictionary)
