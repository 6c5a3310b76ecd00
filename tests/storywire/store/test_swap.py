"""A publish is all or nothing, whatever kills it: real processes, real SIGKILL."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from storywire import schema
from storywire.store import layout, manifest, swap
from storywire.store.files import StoreError, read_table, table_bytes
from storywire.store.manifest import Manifest
from storywire.store.reading import read_articles

TableOf = Callable[..., pa.Table]

MONDAY = [
    {"article_id": "a1", "story_id": "s1", "published_on": date(2026, 2, 2), "title": "Ferry aground", "text": "old"},
    {"article_id": "a2", "story_id": "s1", "published_on": date(2026, 2, 3), "title": "Ferry towed", "text": "old"},
    {"article_id": "a3", "title": "Choir festival", "text": "old"},
]
TUESDAY = [
    {"article_id": "a1", "story_id": "s2", "published_on": date(2026, 2, 2), "title": "Ferry aground", "text": "new"},
    {"article_id": "a2", "story_id": "s2", "published_on": date(2026, 2, 3), "title": "Ferry towed", "text": "new"},
    {"article_id": "a3", "title": "Choir festival", "text": "new"},
    {"article_id": "a4", "title": "Bakery closes", "text": "new"},
]


def plan_for(processed: Path, articles: pa.Table, fingerprint: str) -> swap.Plan:
    before = manifest.load(processed)
    parts = list(layout.parts(schema.ARTICLES, articles))
    return swap.prepare(processed, before, parts, Manifest(before.files, fingerprint))


def walk(processed: Path, articles: pa.Table, fingerprint: str) -> Iterator[str]:
    """A whole publish, one durable step at a time."""
    before = manifest.load(processed)
    parts = list(layout.parts(schema.ARTICLES, articles))
    plan = yield from swap.staging(processed, before, parts, Manifest(before.files, fingerprint), {}, swap.as_they_are)
    yield from swap.steps(processed, plan)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_second_publish_of_the_same_tables_touches_nothing(tmp_path: Path, table_of: TableOf) -> None:
    articles = table_of(schema.ARTICLES, *MONDAY)
    swap.publish(tmp_path, plan_for(tmp_path, articles, "one"))
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("articles.parquet")}
    again = plan_for(tmp_path, articles, "one")
    assert not again.put
    assert not again.remove
    swap.publish(tmp_path, again)
    assert times == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("articles.parquet")}


def test_a_renamed_story_leaves_no_empty_folder_behind(tmp_path: Path, table_of: TableOf) -> None:
    swap.publish(tmp_path, plan_for(tmp_path, table_of(schema.ARTICLES, *MONDAY), "one"))
    swap.publish(tmp_path, plan_for(tmp_path, table_of(schema.ARTICLES, *TUESDAY), "two"))
    assert not (tmp_path / "articles/story_cluster=s1").exists()
    assert sorted(path.name for path in (tmp_path / "articles").iterdir()) == [
        "story_cluster=s2",
        "story_cluster=unclustered",
    ]


CHILD = """
import os, pickle, signal, sys
from pathlib import Path
from tests.storywire.store.test_swap import walk

processed, articles, survive = Path(sys.argv[1]), pickle.loads(Path(sys.argv[2]).read_bytes()), int(sys.argv[3])
for number, step in enumerate(walk(processed, articles, "two"), start=1):
    if number == survive:
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
def test_a_kill_at_any_step_is_mended_by_the_next_start(tmp_path: Path, table_of: TableOf) -> None:
    old, new = table_of(schema.ARTICLES, *MONDAY), table_of(schema.ARTICLES, *TUESDAY)
    undisturbed = tmp_path / "undisturbed" / "processed"
    undisturbed.parent.mkdir()
    swap.publish(undisturbed, plan_for(undisturbed, old, "one"))
    before = snapshot(undisturbed)
    names = list(walk(undisturbed, new, "two"))
    after = snapshot(undisturbed)
    assert len(names) >= 13, "stages, journal, swaps, removals, manifest: all of them are walked"

    for number, name in enumerate(names, start=1):
        processed = tmp_path / f"killed-{number}" / "processed"
        processed.parent.mkdir()
        swap.publish(processed, plan_for(processed, old, "one"))
        pickled = tmp_path / "articles.pickle"
        pickled.write_bytes(pickle.dumps(new))
        command = [sys.executable, "-c", textwrap.dedent(CHILD), str(processed), str(pickled), str(number)]
        killed = subprocess.run(command, check=False)
        assert killed.returncode == -signal.SIGKILL, name

        # In between, each leaf is the old one or the new one, never torn.
        for path in (processed / "articles").rglob("*.parquet"):
            assert set(read_table(path, ["text"])["text"].to_pylist()) in ({"old"}, {"new"}), name

        swap.recover(processed)
        committed = names.index("journal written") < number
        if not committed:
            assert snapshot(processed) == before, name
            swap.publish(processed, plan_for(processed, new, "two"))
        assert snapshot(processed) == after, name
        assert len(read_articles(processed.parent)) == 4


def test_a_recovery_that_is_killed_itself_can_be_repeated(tmp_path: Path, table_of: TableOf) -> None:
    swap.publish(tmp_path, plan_for(tmp_path, table_of(schema.ARTICLES, *MONDAY), "one"))
    walk = swap.steps(tmp_path, plan_for(tmp_path, table_of(schema.ARTICLES, *TUESDAY), "two"))
    for step in walk:
        if step == "journal written":
            break
    del walk
    recovery = swap._carry_through(tmp_path)
    next(recovery)
    next(recovery)
    del recovery
    assert swap.recover(tmp_path) == "carried an interrupted publish through"
    assert swap.recover(tmp_path) is None
    assert manifest.load(tmp_path).fingerprint == "two"


READER = """
import sys, time
from storywire.store.reading import read_articles

seen = set()
while "two" not in seen and time.monotonic() < float(sys.argv[2]):
    frame = read_articles(sys.argv[1], columns=["article_id", "text"])
    assert len(frame.text.unique()) == 1, frame
    assert len(frame) == (3 if frame.text[0] == "old" else 4), frame
    if not seen:
        print("reading", flush=True)
    seen.add("two" if frame.text[0] == "new" else "one")
print(sorted(seen))
"""


@pytest.mark.slow
def test_a_reader_beside_a_publish_sees_the_old_state_or_the_new_one(tmp_path: Path, table_of: TableOf) -> None:
    processed = tmp_path / "processed"
    swap.publish(processed, plan_for(processed, table_of(schema.ARTICLES, *MONDAY), "one"))
    limit = str(time.monotonic() + 300)
    reader = subprocess.Popen([sys.executable, "-c", READER, str(tmp_path), limit], stdout=subprocess.PIPE, text=True)
    assert reader.stdout is not None
    assert reader.stdout.readline() == "reading\n"
    for _ in swap.steps(processed, plan_for(processed, table_of(schema.ARTICLES, *TUESDAY), "two")):
        time.sleep(0.02)
    out, _ = reader.communicate(timeout=300)
    assert out.strip() == "['one', 'two']"


def test_a_full_disk_leaves_the_old_state(tmp_path: Path, table_of: TableOf, monkeypatch: pytest.MonkeyPatch) -> None:
    swap.publish(tmp_path, plan_for(tmp_path, table_of(schema.ARTICLES, *MONDAY), "one"))
    before = snapshot(tmp_path)
    change = plan_for(tmp_path, table_of(schema.ARTICLES, *TUESDAY), "two")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        swap.publish(tmp_path, change)
    monkeypatch.undo()
    swap.recover(tmp_path)
    assert snapshot(tmp_path) == before


def test_a_disk_that_fills_up_while_files_are_made_is_given_back(
    tmp_path: Path, table_of: TableOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap.publish(tmp_path, plan_for(tmp_path, table_of(schema.ARTICLES, *MONDAY), "one"))
    before = snapshot(tmp_path)
    made = []

    def full(handle: int, sync: Callable[[int], None] = os.fsync) -> None:
        made.append(sum(1 for path in (tmp_path / swap.STAGED).rglob("*.parquet")))
        if max(made) == 2:
            raise OSError(28, "No space left on device")
        sync(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        plan_for(tmp_path, table_of(schema.ARTICLES, *TUESDAY), "two")
    assert snapshot(tmp_path) == before


def test_no_more_than_one_file_is_in_memory(tmp_path: Path, table_of: TableOf) -> None:
    articles = table_of(schema.ARTICLES, *MONDAY)
    parts = list(layout.parts(schema.ARTICLES, articles))

    def tell(fresh: list[layout.Part]) -> Iterator[pa.Table]:
        for number, part in enumerate(fresh):
            there = sorted(path.parent for path in (tmp_path / swap.STAGED).rglob("*.parquet"))
            assert there == sorted(tmp_path / swap.STAGED / Path(one.path).parent for one in fresh[:number])
            yield part.rows

    before = manifest.load(tmp_path)
    change = swap.prepare(tmp_path, before, parts, Manifest(before.files, "one"), tell=tell)
    assert sorted(change.put) == sorted(part.path for part in parts)


def test_tables_of_a_newer_program_are_left_alone(tmp_path: Path, table_of: TableOf) -> None:
    swap.publish(tmp_path, plan_for(tmp_path, table_of(schema.ARTICLES, *MONDAY), "one"))
    path = tmp_path / manifest.NAME
    newer = read_table(path)
    facts = {**newer.schema.metadata, b"schema_version": b"999"}
    path.write_bytes(table_bytes(newer.replace_schema_metadata(facts)))
    with pytest.raises(StoreError, match="schema version 999"):
        manifest.load(tmp_path)
