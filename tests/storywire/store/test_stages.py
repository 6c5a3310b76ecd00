"""What a per-page stage left is read back once a page, whatever crashes and limits left beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storywire.schema import CLEANED
from storywire.store import stages
from storywire.store.files import read_table

TableOf = Callable[..., pa.Table]

DAYS = ("2026-02-02", "2026-02-03", "undated")
KEPT = st.lists(
    st.tuples(
        st.sampled_from(DAYS), st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from([None, "small", "large"])))
    ),
    max_size=6,
)


# `table_of` holds nothing that one example could leave to the next.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=KEPT, wanted=st.lists(st.sampled_from("abcdefg")))
def test_each_wanted_page_is_read_once_in_order(tmp_path_factory, table_of: TableOf, kept: list, wanted: list[str]):
    folder: Path = tmp_path_factory.mktemp("stage")
    for day, batch in kept:
        told = [{"capture_id": capture, "limits": limits} for capture, limits in dict(batch).items()]
        stages.keep(folder, day, table_of(CLEANED, *told).to_pylist(), CLEANED)
    found = stages.read(folder, wanted, CLEANED, ["capture_id", "limits"])
    stored: dict[str, list[str]] = {}
    for file in sorted(folder.rglob("*.parquet")):
        for row in read_table(file, ["capture_id", "limits"]).to_pylist():
            stored.setdefault(row["capture_id"], []).append(row["limits"] or "")
    best = {capture: min(limits) for capture, limits in stored.items() if capture in wanted}
    assert [(row["capture_id"], row["limits"] or "") for row in found.to_pylist()] == sorted(best.items())
    assert found.column_names == ["capture_id", "limits"]
