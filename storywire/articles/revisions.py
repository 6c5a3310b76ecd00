"""Which capture stands for an article, and what the earlier ones said."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from storywire.schema import REJECTED, REVISIONS

COMPARED = ("title", "text", "authors", "section", "tags", "image_url", "site_name", "published_on", "modified_at")
"""Columns in which a change of the page is a change of the article."""


@dataclass(frozen=True, slots=True)
class Settled:
    """`current`: capture_id, article_id, capture_uri and revision of each article's row; and what is left out.

    What was `added` and `removed` between revisions is for `storywire.changes` to say.
    """

    current: pa.Table
    revisions: pa.Table
    rejected: pa.Table


def settle(captures: pa.Table, cleaned: pa.Table, normalised: pa.Table) -> Settled:
    """Choose the newest capture of every article; the others are revisions, refused ones rejected.

    `captures` has one row per capture and path; `cleaned` and `normalised` one per capture, with
    the columns of `COMPARED` between them, `article_id`, `n_words`, `reason` and `detail`. "Newest"
    is by time of capture, then digest, never by order of arrival; the same capture under a second
    path is a repeat.
    """
    pages = {row["capture_id"]: row | {"stage": "clean"} for row in cleaned.to_pylist()}
    for row in normalised.to_pylist():
        page = pages[row["capture_id"]]
        pages[row["capture_id"]] = page | row | {"stage": "normalise"}
    rejected: list[dict[str, Any]] = []
    of_article: dict[str, list[dict[str, Any]]] = {}
    seen: dict[str, str] = {}
    for capture in sorted(captures.to_pylist(), key=lambda row: (row["capture_uri"], row["capture_id"])):
        page = pages[capture["capture_id"]]
        first = seen.setdefault(capture["capture_id"], capture["capture_uri"])
        if first != capture["capture_uri"]:
            rejected.append(_left_out(capture, "ingest", "repeat", f"the same capture is already here as {first}"))
        elif page["reason"] is not None:
            rejected.append(_left_out(capture, page["stage"], page["reason"], page["detail"]))
        else:
            of_article.setdefault(page["article_id"], []).append({**page, **capture})

    current, revisions = [], []
    for article, rows in sorted(of_article.items()):
        rows.sort(key=_age)
        for number, (row, after) in enumerate(itertools.pairwise(rows), start=1):
            revisions.append(
                {
                    **{
                        name: row[name]
                        for name in ("captured_at", "capture_uri", "capture_digest", "title", "n_words", "text")
                    },
                    "article_id": article,
                    "revision": number,
                    "superseded_by": after["capture_digest"],
                    "changed": [name for name in COMPARED if row[name] != after[name]],
                }
            )
        newest = rows[-1]
        current.append(
            {
                "capture_id": newest["capture_id"],
                "article_id": article,
                "capture_uri": newest["capture_uri"],
                "revision": len(rows),
            }
        )
    return Settled(
        current=pa.Table.from_pylist(current, schema=_CURRENT),
        revisions=pa.Table.from_pylist(revisions, schema=REVISIONS.arrow),
        rejected=pa.Table.from_pylist(rejected, schema=REJECTED.arrow),
    )


_CURRENT = pa.schema(
    [
        pa.field("capture_id", pa.string()),
        pa.field("article_id", pa.string()),
        pa.field("capture_uri", pa.string()),
        pa.field("revision", pa.int32()),
    ]
)


def _age(row: dict[str, Any]) -> tuple[Any, ...]:
    """Older first: captures of unknown time count as the oldest."""
    moment = row["captured_at"]
    return (moment is not None, moment.timestamp() if moment else 0.0, row["capture_digest"], row["capture_id"])


def _left_out(capture: dict[str, Any], stage: str, reason: str, detail: str) -> dict[str, Any]:
    return {
        "capture_uri": capture["capture_uri"],
        "capture_digest": capture["capture_digest"],
        "url": capture["url"],
        "captured_at": capture["captured_at"],
        "stage": stage,
        "reason": reason,
        "detail": detail,
    }
