"""Copies as runs find them: what came before, and in which runs, leaves no trace."""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.schema import CAPTURES, CLEANED, NORMALISED, REJECTED, Table
from storywire.settings import Settings
from storywire.store import stages
from storywire.store.files import read_table, write_table
from storywire.store.workspace import Workspace
from tasks.deduplicate import deduplicate
from tasks.revise import revise
from tests.storywire.duplicates.arriving import CREDITS, FIRST, Page, pages

pytestmark = pytest.mark.slow

CASES = 200
"""Sets of captures that are split into runs, however many examples are usual."""

RUNS = 3


@dataclass(frozen=True, slots=True)
class Capture:
    """A page, and how many days after its first capture it was taken."""

    page: Page
    later: int = 0

    @property
    def capture_id(self) -> str:
        """Names what was captured: page, address and time."""
        return _name(self)

    @property
    def day(self) -> str:
        """The day it was taken on."""
        return f"{_row(self)['captured_at']:%Y-%m-%d}"

    def row(self, table: Table) -> dict[str, Any]:
        """What the stages before left of it in one of their tables."""
        return {column: _row(self).get(column) for column in table.names}


@cache
def _name(capture: Capture) -> str:
    return hashlib.sha256(repr(astuple(capture)).encode()).hexdigest()


@cache
def _row(capture: Capture) -> dict[str, Any]:
    """Everything that is known of a capture, which every run of a case and many cases ask for."""
    own = capture.page.row | {"capture_id": capture.capture_id}
    own["captured_at"] += timedelta(days=capture.later)
    own |= {"capture_digest": capture.capture_id, "capture_uri": f"{capture.capture_id}.html", "text": ""}
    return own | {"kind": "html", "url": None, "size": 0, "body": b""}


class Runs:
    """Runs over one data folder, each with all captures so far."""

    def __init__(self, root: Path) -> None:
        self.root, self.taken = root, dict[str, Capture]()
        self.count = 0

    def take(self, arriving: Iterable[Capture]) -> tuple[pa.Table, pa.Table]:
        """A run with some captures more; the groups and edges it hands on."""
        self.count += 1
        space = Workspace(self.root, f"run{self.count}").prepare()
        fresh = [capture for capture in arriving if capture.capture_id not in self.taken]
        self.taken |= {capture.capture_id: capture for capture in fresh}
        for day in sorted({capture.day for capture in fresh}):
            of_day = [capture for capture in fresh if capture.day == day]
            for folder, table in ((space.cleaned, CLEANED), (space.normalised, NORMALISED)):
                stages.keep(folder, day, [capture.row(table) for capture in of_day], table)
        everything = [capture.row(CAPTURES) for capture in self.taken.values()]
        captures = pa.Table.from_pylist(everything, CAPTURES.arrow)
        write_table(captures, space.passing("captures"), CAPTURES.arrow)
        write_table(REJECTED.empty(), space.passing("refused"), REJECTED.arrow)
        deduplicate(space, Settings(), revise(space, space.passing("captures")))
        return read_table(space.passing("grouped")), read_table(space.passing("duplicates"))


@st.composite
def captured(draw: st.DrawFn) -> list[tuple[Capture, int]]:
    """Captures, each with the run it comes with; of some pages there is a second one, which says something else."""
    first = draw(pages(most=10))
    changed: dict[int, Page] = {}
    for page in draw(st.lists(st.sampled_from(first), max_size=3)) if first else []:
        other = draw(st.sampled_from(first))
        changed[page.article] = replace(other, article=page.article, outlet=page.outlet, day=page.day)
    captures = [*map(Capture, first), *(Capture(page, later=3) for page in changed.values())]
    return [(capture, draw(st.integers(0, RUNS - 1))) for capture in draw(st.permutations(captures))]


@given(captured(), st.randoms(use_true_random=False))
@settings(max_examples=CASES, deadline=None)
def test_any_split_into_runs_ends_as_one_run_with_everything(
    tmp_path_factory: pytest.TempPathFactory, captures: list[tuple[Capture, int]], lot: random.Random
) -> None:
    everything = [capture for capture, _ in captures]
    with pytest.MonkeyPatch.context() as patch:
        # No machine goes down here; waiting for its disk ten thousand times would take minutes.
        patch.setattr(os, "fsync", lambda _: None)
        at_once = Runs(tmp_path_factory.mktemp("at_once")).take(lot.sample(everything, len(everything)))
        split = Runs(tmp_path_factory.mktemp("split"))
        for number in range(RUNS):
            ended = split.take(capture for capture, run in captures if run == number)
        again = split.take(everything[:3])  # nothing of it is new
    assert ended == at_once
    assert again == at_once


def test_a_late_original_takes_the_lead_from_the_copies_that_ran_before_it(tmp_path: Path) -> None:
    original = Page(0, 0, "original", 0, "tarnby.example", 1, 0.95, CREDITS[1], False, 50)
    copies = [replace(original, article=n, kind=kind, outlet=None) for n, kind in ((1, "trimmed"), (2, "teaser"))]
    runs = Runs(tmp_path)
    before, _ = runs.take(map(Capture, copies))
    after, _ = runs.take([Capture(original)])
    assert set(before["duplicate_group"].to_pylist()) == {"g" + copies[0].article_id[1:]}
    assert set(after["duplicate_group"].to_pylist()) == {"g" + original.article_id[1:]}


def test_a_page_that_was_rewritten_leaves_its_group_and_takes_its_date_along(tmp_path: Path) -> None:
    dated = Page(0, 0, "original", 0, "tarnby.example", 1, 0.95, CREDITS[1], False, 50)
    copy = replace(dated, article=1, kind="trimmed", outlet=None, day=None)
    runs = Runs(tmp_path)
    before, edges = runs.take([Capture(dated), Capture(copy)])
    after, none = runs.take([Capture(replace(dated, report=1, own_title=True), later=3)])
    assert edges.num_rows == 1
    assert set(before["published_on"].to_pylist()) == {FIRST + timedelta(days=1)}
    assert none.num_rows == 0
    assert None in after["published_on"].to_pylist()
