from __future__ import annotations

import pyarrow as pa
import pytest

from storywire import schema

ALL = [
    *schema.PUBLISHED,
    schema.CAPTURES,
    schema.CLEANED,
    schema.NORMALISED,
    schema.EDGES,
    schema.GROUPED,
    schema.CLUSTERED,
]

PROMISED = (
    "article_id, url, canonical_url, site, site_name, title, authors, section, tags, image_url, text, "
    "n_words, language, language_confidence, language_source, published_on, published_at, modified_at, "
    "date_source, date_confidence, date_inherited_from, captured_at, capture_uri, capture_digest, "
    "wire_agency, wire_source, wire_inherited_from, duplicate_group, duplicate_kind, is_lead, "
    "duplicate_of, duplicate_containment, event_id, story_id, revision, pipeline_version"
)


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_every_column_has_its_sentence_and_its_name_once(table: schema.Table) -> None:
    assert len(set(table.names)) == len(table.names)
    for column in table.columns:
        assert column.sentence.endswith(".")
        assert column.field().metadata == {b"description": column.sentence.encode()}
    assert set(table.order) <= set(table.names)


def test_analysts_find_the_columns_they_were_promised() -> None:
    assert set(PROMISED.split(", ")) <= set(schema.ARTICLES.names)


def test_no_column_inside_the_files_has_the_name_of_a_partition_key() -> None:
    # A plain-string column of that name breaks pandas' default read.
    assert not {"story_cluster", "publication_date", "capture_month", "publication_month"} & set(schema.ARTICLES.names)


def test_a_column_means_one_thing_in_every_published_table() -> None:
    types: dict[str, pa.DataType] = {}
    for table in schema.PUBLISHED:
        for column in table.columns:
            assert types.setdefault(column.name, column.type) == column.type, column.name
