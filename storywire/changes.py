"""What one text changed of another: copies beside their originals, captures beside those that came after. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from storywire.components import Arrays
from storywire.duplicates import several
from storywire.schema import DUPLICATES, REVISIONS


def of_copies(edges: pa.Table, found: Arrays) -> pa.Table:
    """The rows of `duplicates` for some edges, given their passages (see `storywire.duplicates.several`)."""
    columns = {name: edges[name] for name in edges.column_names}
    columns |= {kind: _lists(found, kind, DUPLICATES.arrow) for kind in several.PLACES}
    for kind in ("added", "removed"):
        owners = np.repeat(np.arange(edges.num_rows), found[f"{kind}_counts"])
        lengths = found[kind][1::2] - found[kind][::2]
        columns[f"{kind}_characters"] = np.bincount(owners, lengths, edges.num_rows).astype(np.int32)
    return pa.table(columns).select(DUPLICATES.names).cast(DUPLICATES.arrow)


def of_captures(revisions: pa.Table, newest: Mapping[str, str]) -> pa.Table:
    """The rows of `revisions` with what the capture after each changed in the text.

    `newest` is the text of the row of every article that has revisions.
    """
    rows = revisions.select(["article_id", "revision", "text"]).to_pylist()
    texts = {f"{row['article_id']} {row['revision']}": row["text"] or "" for row in rows}
    texts |= newest
    pairs = []
    for row in rows:
        after = f"{row['article_id']} {row['revision'] + 1}"
        pairs.append((after if after in texts else row["article_id"], f"{row['article_id']} {row['revision']}"))
    found = several.between(pairs, texts)
    columns = {name: revisions[name] for name in revisions.column_names}
    columns |= {kind: _lists(found, kind, REVISIONS.arrow) for kind in ("added", "removed")}
    return pa.table(columns).select(REVISIONS.names).cast(REVISIONS.arrow)


def _lists(found: Arrays, kind: str, schema: pa.Schema) -> pa.Array:
    """The passages of one kind, a list of places for each pair."""
    declared = schema.field(kind).type
    places = found[kind].reshape(-1, several.PLACES[kind])
    fields = list(declared.value_type)
    structs = pa.StructArray.from_arrays([pa.array(column) for column in places.T], fields=fields)
    offsets = np.append(0, np.cumsum(found[f"{kind}_counts"])).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), structs, type=declared)
