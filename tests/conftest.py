"""What many tests need: rows that name only the fields a test is about."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import hypothesis
import pyarrow as pa
import pytest

from storywire import schema
from storywire.duplicates import compare
from storywire.schema import Table

FEW_EXAMPLES = 20
"""What `make test-fast` tries of a property that names no count of its own, as the costly ones do not; `make test`
tries hypothesis' usual hundred."""


def pytest_configure(config: pytest.Config) -> None:
    """Set how hypothesis looks for examples, before any test module is read; processes side by side share the cores."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        pa.set_cpu_count(1)
    few = {"max_examples": FEW_EXAMPLES} if "not slow" in config.option.markexpr else {}
    # New examples are looked for at the desk; a change is not held up by one that was there before it.
    # How long an example takes is no property of what it is about, and on a busy machine it is chance.
    ci = bool(os.environ.get("CI"))
    hypothesis.settings.register_profile("storywire", derandomize=ci, deadline=None, **few)
    hypothesis.settings.load_profile("storywire")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: side by side, the many short ones fill what is left at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def table_of() -> Callable[..., pa.Table]:
    """Make a declared table from rows that give only some of its columns; the rest is null, or plausible."""

    def make(table: Table, *rows: dict[str, Any]) -> pa.Table:
        full = []
        for number, row in enumerate(rows):
            given = dict.fromkeys(table.names) | row
            for column in table.columns:
                if column.required and given[column.name] is None:
                    given[column.name] = _plausible(column, number)
            full.append(given)
        return pa.Table.from_pylist(full, schema=table.arrow)

    return make


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pairs of texts are compared word for word, call by call."""
    counts: list[int] = []
    count = compare.shared

    def counted(sets, pairs):
        counts.append(len(pairs))
        return count(sets, pairs)

    monkeypatch.setattr(compare, "shared", counted)
    return counts


def _plausible(column: schema.Column, number: int) -> Any:
    if pa.types.is_string(column.type):
        return f"{column.name}-{number}"
    if pa.types.is_boolean(column.type):
        return True
    return [] if pa.types.is_list(column.type) else number
