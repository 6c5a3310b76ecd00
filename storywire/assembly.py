"""The published tables, put together from what the stages found. Pure."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from storywire.columns import in_one
from storywire.schema import ARTICLES, CLUSTERED, DATE_EVIDENCE, GROUPED


def articles(own: pa.Table, grouped: pa.Table, clustered: pa.Table, pipeline_version: str) -> pa.Table:
    """The rows of `articles`: what each page says, overlaid with what its group and cluster add.

    All three tables have one row per `article_id`, in any order.
    """
    own, grouped, clustered = (table.sort_by("article_id") for table in (own, grouped, clustered))
    for other in (grouped, clustered):
        if not other["article_id"].equals(own["article_id"]):
            raise ValueError("the stages speak of different articles")
    columns = {}
    for name in ARTICLES.names:
        if name == "pipeline_version":
            columns[name] = pa.array([pipeline_version] * own.num_rows, pa.string())
        else:
            source = grouped if name in GROUPED.names else clustered if name in CLUSTERED.names else own
            columns[name] = source[name]
    return pa.table(columns, schema=ARTICLES.arrow)


def date_evidence(own: pa.Table) -> pa.Table:
    """The rows of `date_evidence`: every candidate of every article, ranked."""
    evidence = in_one(own["evidence"])
    parents = pc.list_parent_indices(evidence)
    candidates = evidence.flatten()
    ranks: list[int] = []
    last = None
    for parent in parents.to_pylist():
        ranks.append(1 if parent != last else ranks[-1] + 1)
        last = parent
    columns = {name: own[name].take(parents) for name in ("article_id", "capture_digest", "captured_at")}
    columns["rank"] = pa.array(ranks, pa.int32())
    for name in ("role", "printed", "day", "instant", "offset_minutes", "precision", "confidence", "chosen", "why"):
        columns[name] = candidates.field(name)
    return pa.table(columns).select(DATE_EVIDENCE.names).cast(DATE_EVIDENCE.arrow)
