from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from storywire.schema import CLEANED
from storywire.store import current, stages
from storywire.store.files import StoreError, read_table
from storywire.store.workspace import Workspace

DAYS = ["2026-02-02", "2026-02-03", "undated"]


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    space = Workspace(tmp_path).prepare()
    for day, numbers in (("2026-02-02", (0, 1)), ("2026-02-03", (2, 3)), ("2026-02-03", (4, 5)), ("undated", (9,))):
        kept = [dict.fromkeys(CLEANED.names) | {"capture_id": f"c{n}", "text": f"text {n}"} for n in numbers]
        stages.keep(space.cleaned, day, kept, CLEANED)
    return space


def test_texts_come_batch_by_batch_and_only_from_the_files_that_hold_them(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def watched(path: Path, columns: list[str] | None = None) -> pa.Table:
        if columns and "text" in columns:
            opened.append(path)
        return read_table(path, columns)

    monkeypatch.setattr(current, "read_table", watched)
    batches = current.texts(space, DAYS, [{"c0", "c1"}, {"c1", "c4"}])
    assert next(batches) == {"c0": "text 0", "c1": "text 1"}
    assert len(opened) == 1
    assert next(batches) == {"c1": "text 1", "c4": "text 4"}
    assert len(opened) == 3
    assert next(batches, None) is None


def test_a_page_two_crashed_runs_have_read_has_one_text(space: Workspace) -> None:
    row = dict.fromkeys(CLEANED.names) | {"capture_id": "c0"}
    stages.keep(space.cleaned, "2026-02-02", [row | {"reason": "timeout", "limits": "1 s"}], CLEANED)
    assert list(current.texts(space, DAYS[:1], [{"c0"}])) == [{"c0": "text 0"}]


def test_columns_come_in_the_order_asked_and_a_result_that_is_gone_is_named(space: Workspace) -> None:
    def asked(*captures: str) -> pa.Table:
        moments = pa.array([datetime(2026, 2, 2 + int(capture[1]) // 2, tzinfo=UTC) for capture in captures])
        return pa.table({"capture_id": list(captures), "captured_at": moments})

    assert current.of(space, asked("c2", "c0"), ["text"])["text"].to_pylist() == ["text 2", "text 0"]
    with pytest.raises(StoreError, match="no result for capture c7"):
        current.of(space, asked("c0", "c7"), ["text"])
