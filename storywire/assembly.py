"""The published tables, put together from what the stages found. Pure."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from storywire.columns import in_one
from storywire.schema import CLUSTERED, DATE_EVIDENCE, GROUPED

OUTLINE = ("article_id", "capture_id", "capture_uri", "capture_digest", "captured_at", "url", "revision")
"""What is known of each article without looking into its page."""

EVIDENCE_OF = ("article_id", "capture_digest", "captured_at")
"""What `date_evidence` says of the article beside each of its dates."""


def outline(own: pa.Table, grouped: pa.Table, clustered: pa.Table, pipeline_version: str) -> pa.Table:
    """The columns of `articles` that the page alone does not decide, and its `capture_id`, in order of the ids.

    `own` has the columns of `OUTLINE`. All three tables have one row per `article_id`, in any order.

    Raises:
        ValueError: They speak of different articles.
    """
    own, grouped, clustered = (table.sort_by("article_id") for table in (own, grouped, clustered))
    for other in (grouped, clustered):
        if not other["article_id"].equals(own["article_id"]):
            raise ValueError("the stages speak of different articles")
    columns = {name: own[name] for name in OUTLINE}
    columns |= {name: grouped[name] for name in GROUPED.names}
    columns |= {name: clustered[name] for name in CLUSTERED.names}
    columns["pipeline_version"] = pa.array([pipeline_version] * own.num_rows, pa.string())
    return pa.table(columns)


def date_evidence(own: pa.Table) -> pa.Table:
    """The rows of `date_evidence`: every candidate of every article, ranked; `own` has `EVIDENCE_OF` and `evidence`."""
    evidence = in_one(own["evidence"])
    parents = pc.list_parent_indices(evidence)
    candidates = evidence.flatten()
    ranks: list[int] = []
    last = None
    for parent in parents.to_pylist():
        ranks.append(1 if parent != last else ranks[-1] + 1)
        last = parent
    columns = {name: own[name].take(parents) for name in EVIDENCE_OF}
    columns["rank"] = pa.array(ranks, pa.int32())
    for name in ("role", "printed", "day", "instant", "offset_minutes", "precision", "confidence", "chosen", "why"):
        columns[name] = candidates.field(name)
    return pa.table(columns).select(DATE_EVIDENCE.names).cast(DATE_EVIDENCE.arrow)
