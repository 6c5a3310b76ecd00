"""Articles in outline: all that may be another tomorrow, and nothing that has to be read off a page."""

from __future__ import annotations

import pyarrow as pa
import pytest

from storywire import assembly
from storywire.schema import ARTICLES, CAPTURES, CLEANED, CLUSTERED, DATE_EVIDENCE, GROUPED, NORMALISED

OWN = pa.schema([pa.field(name, pa.string()) for name in assembly.OUTLINE])


def outline(own: list[str], grouped: list[str], clustered: list[str]) -> pa.Table:
    tables = (
        pa.Table.from_pylist([{"article_id": article} | values for article in articles], schema)
        for articles, schema, values in (
            (own, OWN, {}),
            (grouped, GROUPED.arrow, {"duplicate_group": "g", "is_lead": True}),
            (clustered, CLUSTERED.arrow, {"event_id": "e"}),
        )
    )
    return assembly.outline(*tables, "1")


def test_what_is_read_of_an_article_is_what_its_capture_alone_decides():
    known = set(outline(["a"], ["a"], ["a"]).column_names)
    assert known >= {*GROUPED.names, *CLUSTERED.names, *(set(CAPTURES.names) & set(ARTICLES.names)), "pipeline_version"}
    assert set(ARTICLES.names) - known <= {*CLEANED.names, *NORMALISED.names}
    assert set(assembly.EVIDENCE_OF) == set(assembly.OUTLINE) & set(DATE_EVIDENCE.names)


def test_an_outline_is_in_order_of_the_ids_whatever_order_it_is_made_from():
    assert outline(["b", "a"], ["a", "b"], ["b", "a"])["article_id"].to_pylist() == ["a", "b"]


def test_stages_that_speak_of_different_articles_are_refused():
    with pytest.raises(ValueError, match="different articles"):
        outline(["a", "b"], ["a"], ["a", "b"])
