"""What one text changed of another: copies beside their originals, captures beside those that came after. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from storywire.duplicates import passages
from storywire.duplicates.passages import Passages
from storywire.duplicates.tokens import Tokens, tokens
from storywire.schema import DUPLICATES, REVISIONS


def of_copies(edges: pa.Table, texts: Mapping[str, str]) -> pa.Table:
    """The rows of `duplicates` for some edges, given the text of every article they name."""
    pairs = list(zip(edges["article_id"].to_pylist(), edges["original_id"].to_pylist(), strict=True))
    read = {article: tokens(texts[article]) for article in {id_ for pair in pairs for id_ in pair}}
    found = [passages.between(read[article], read[original]) for article, original in pairs]
    values: dict[str, list[Any]] = {
        "shared": [[span._asdict() for span in one.shared] for one in found],
        **_alone(found),
        "added_characters": [passages.characters(one.added) for one in found],
        "removed_characters": [passages.characters(one.removed) for one in found],
    }
    return _with_columns(edges, values, DUPLICATES.arrow)


def of_captures(revisions: pa.Table, newest: Mapping[str, str]) -> pa.Table:
    """The rows of `revisions` with what the capture after each changed in the text.

    `newest` is the text of the row of every article that has revisions.
    """
    rows = revisions.select(["article_id", "revision", "text"]).to_pylist()
    earlier = {(row["article_id"], row["revision"]): row["text"] for row in rows}
    found = []
    for row in rows:
        after = earlier.get((row["article_id"], row["revision"] + 1), newest[row["article_id"]])
        found.append(passages.between(_tokens(after), _tokens(row["text"])))
    return _with_columns(revisions, _alone(found), REVISIONS.arrow)


def _tokens(text: str | None) -> Tokens:
    return tokens(text or "")


def _alone(found: list[Passages]) -> dict[str, list[Any]]:
    return {
        "added": [[span._asdict() for span in one.added] for one in found],
        "removed": [[span._asdict() for span in one.removed] for one in found],
    }


def _with_columns(table: pa.Table, values: dict[str, list[Any]], schema: pa.Schema) -> pa.Table:
    """The table with these columns, over those it may have under their names."""
    columns = {name: table[name] for name in table.column_names}
    columns |= {name: pa.array(value, schema.field(name).type) for name, value in values.items()}
    return pa.table([columns[name] for name in schema.names], schema=schema)
