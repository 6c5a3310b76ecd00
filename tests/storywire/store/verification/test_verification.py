"""Each promise is broken once, and exactly that is found; what can be mended is, and nothing else is touched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storywire import schema
from storywire.store import completed, manifest, swap
from storywire.store.files import read_table, table_bytes
from storywire.store.verification import CHECKS, Finding, repair, verify
from storywire.store.verification.checks import OVER_ROWS
from storywire.store.workspace import Workspace
from tests.storywire.store.verification import sound
from tests.storywire.store.verification.sound import TableOf, Tables

LEAF = "processed/articles/story_cluster=s20260202-0a/publication_date=2026-02-02/articles.parquet"


@pytest.fixture
def space(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, table_of: TableOf) -> Workspace:
    built = tmp_path_factory.getbasetemp() / "sound"
    if not built.exists():
        sound.build(built, table_of)
    return Workspace(Path(shutil.copytree(built, tmp_path / "data")))


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def broken(findings: list[Finding]) -> set[str]:
    return {finding.check for finding in findings}


def test_a_sound_folder_has_no_findings_and_is_not_touched(space: Workspace) -> None:
    before = snapshot(space.root)
    assert verify(space) == []
    assert snapshot(space.root) == before


def test_captures_from_before_a_column_was_added_are_sound(space: Workspace) -> None:
    (file,) = (space.captures / "2026-02-02").glob("*.parquet")
    file.write_bytes(table_bytes(read_table(file).drop_columns(["notice"])))
    assert verify(space) == []


def test_a_folder_without_tables_is_one_finding(tmp_path: Path) -> None:
    (finding,) = verify(Workspace(tmp_path / "typo"))
    assert "nothing was published" in finding.what
    assert not (tmp_path / "typo").exists()


# What is wrong with the files: each function damages a folder.


def with_journal(space: Workspace) -> None:
    change = swap.Plan((), (), replace(manifest.load(space.processed), fingerprint="next"))
    for step in swap.steps(space.processed, change):
        if step == "journal written":
            return


def journal_that_says(text: str) -> Callable[[Workspace], None]:
    def damage(space: Workspace) -> None:
        with_journal(space)
        (space.processed / swap.JOURNAL).write_text(text)

    return damage


def staged(space: Workspace) -> None:
    (space.processed / swap.STAGED).mkdir()


def torn(path: str) -> Callable[[Workspace], None]:
    def damage(space: Workspace) -> None:
        (file,) = space.root.glob(path)
        file.write_bytes(file.read_bytes()[:-50])

    return damage


def flipped(path: str, column_named: str | None = None) -> Callable[[Workspace], None]:
    """One bit is another than was written, among the values."""

    def damage(space: Workspace) -> None:
        (file,) = space.root.glob(path)
        data = bytearray(file.read_bytes())
        if file.suffix == ".parquet":
            found = pq.ParquetFile(file)
            names = found.schema_arrow.names
            column = found.metadata.row_group(0).column(names.index(column_named) if column_named else 0)
            at = (column.dictionary_page_offset or column.data_page_offset) + column.total_compressed_size - 1
        else:
            at = data.index(sound.SHELVED["places"].tobytes())
        data[at] ^= 1
        file.write_bytes(data)

    return damage


def renamed_column(space: Workspace) -> None:
    (file,) = space.normalised.glob("2026-02-03/*.parquet")
    rows = read_table(file)
    file.write_bytes(table_bytes(rows.rename_columns(["k" + name for name in rows.column_names])))


def gone(path: str) -> Callable[[Workspace], None]:
    def damage(space: Workspace) -> None:
        (space.root / path).unlink()

    return damage


def litter(path: str) -> Callable[[Workspace], None]:
    def damage(space: Workspace) -> None:
        (space.root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(space.processed / "stories.parquet", space.root / path)
        os.utime(space.root / path, (0, 0))

    return damage


def empty_folder(space: Workspace) -> None:
    (space.processed / "articles/story_cluster=s1").mkdir()


def relisted(space: Workspace, path: str, rows: pa.Table, n: int | None = None) -> None:
    """Put a file in place of another, and list it as if it had been published."""
    data = table_bytes(rows)
    (space.root / path).write_bytes(data)
    listed = manifest.load(space.processed)
    name = path.removeprefix("processed/")
    files = [
        row | ({"digest": swap.digest(data), "rows": rows.num_rows if n is None else n} if row["path"] == name else {})
        for row in listed.files.to_pylist()
    ]
    listed = replace(listed, files=pa.Table.from_pylist(files, schema=schema.MANIFEST.arrow))
    (space.processed / manifest.NAME).write_bytes(listed.encoded())


def other_type(space: Workspace) -> None:
    rows = read_table(space.root / "processed/stories.parquet")
    relisted(space, "processed/stories.parquet", rows.set_column(5, "n_articles", rows["n_articles"].cast("int64")))


def doubled_column(space: Workspace) -> None:
    rows = read_table(space.root / "processed/stories.parquet")
    relisted(space, "processed/stories.parquet", rows.append_column("n_articles", rows["n_articles"]))


def nulls(space: Workspace) -> None:
    rows = read_table(space.root / "processed/stories.parquet").to_pylist()
    fields = [field.with_nullable(True) for field in schema.STORIES.arrow]
    table = pa.Table.from_pylist([row | {"n_sites": None} for row in rows], schema=pa.schema(fields))
    relisted(space, "processed/stories.parquet", table)


def miscounted_file(space: Workspace) -> None:
    relisted(space, "processed/stories.parquet", read_table(space.root / "processed/stories.parquet"), 7)


def shuffled(space: Workspace) -> None:
    rows = read_table(space.root / "processed/events.parquet")
    relisted(space, "processed/events.parquet", rows.take([2, 0, 1]))


def doubled(space: Workspace) -> None:
    rows = read_table(space.root / "processed/story_aliases.parquet")
    relisted(space, "processed/story_aliases.parquet", rows.take([0, 0, 1]))


def moved_leaf(day: str, story: str = "unclustered") -> Callable[[Workspace], None]:
    def damage(space: Workspace) -> None:
        listed = manifest.load(space.processed)
        old = "articles/story_cluster=unclustered/publication_date=undated/articles.parquet"
        new = f"articles/story_cluster={story}/{day}/articles.parquet"
        (space.processed / new).parent.mkdir(parents=True)
        (space.processed / old).rename(space.processed / new)
        swap._remove_empty((space.processed / old).parent, space.processed)
        files = [row | ({"path": new} if row["path"] == old else {}) for row in listed.files.to_pylist()]
        listed = replace(listed, files=pa.Table.from_pylist(files, schema=schema.MANIFEST.arrow))
        (space.processed / manifest.NAME).write_bytes(listed.encoded())

    return damage


def wrong_figures(space: Workspace) -> None:
    listed = manifest.load(space.processed)
    listed = replace(listed, figures=listed.figures.model_copy(update={"copies": 9}))
    (space.processed / manifest.NAME).write_bytes(listed.encoded())


def wrong_record(space: Workspace) -> None:
    of_day = completed.read(space.completed, sound.MONDAY)
    assert of_day
    completed.write(space.completed, of_day.model_copy(update={"articles": 5}))


def record_without_tables(space: Workspace) -> None:
    of_day = completed.read(space.completed, sound.MONDAY)
    assert of_day
    completed.write(space.completed, of_day.model_copy(update={"day": date(2026, 2, 9)}))


def torn_record(space: Workspace) -> None:
    (space.completed / "2026-02-02.json").write_text("{")


def newer(space: Workspace) -> None:
    listed = read_table(space.processed / manifest.NAME)
    facts = {**listed.schema.metadata, b"schema_version": b"999"}
    (space.processed / manifest.NAME).write_bytes(table_bytes(listed.replace_schema_metadata(facts)))


def false_capture(**values: Any) -> Callable[[Workspace], None]:
    def damage(space: Workspace) -> None:
        (file,) = (space.captures / "2026-02-02").glob("*.parquet")
        first, *rest = read_table(file).to_pylist()
        rows = pa.Table.from_pylist([first | values, *rest], schema=schema.CAPTURES.arrow)
        file.write_bytes(table_bytes(rows))

    return damage


def lost_capture(space: Workspace) -> None:
    shutil.rmtree(space.captures / "2026-02-02")


def torn_ledger(space: Workspace) -> None:
    data = bytearray(space.ledger.read_bytes())
    data[4096:8192] = b"\xff" * 4096
    space.ledger.write_bytes(data)


FILES: list[tuple[str, str | None, Callable[[Workspace], None]]] = [
    ("publish", "recover", with_journal),
    ("publish", "recover", staged),
    ("publish", "remove", journal_that_says("{")),
    ("publish", "remove", journal_that_says("[]")),
    ("publish", "remove", journal_that_says('{"put": [1], "remove": []}')),
    ("publish", "remove", journal_that_says('{"put": [], "remove": ["../../interim/ledger.sqlite"]}')),
    ("manifest", "rebuild", torn("processed/_manifest.parquet")),
    ("manifest", "rebuild", gone("processed/_manifest.parquet")),
    ("manifest", None, newer),
    ("listed_files", "rebuild", gone(LEAF)),
    ("listed_files", None, gone("processed/story_aliases.parquet")),
    ("unlisted_files", "remove", litter("processed/articles/story_cluster=s1/publication_date=undated/a.parquet")),
    ("file_bytes", "remove", torn(LEAF)),
    ("file_bytes", "remove", torn("processed/_captured.parquet")),
    ("file_bytes", None, torn("processed/story_aliases.parquet")),
    ("file_bytes", None, torn("processed/runs/*.parquet")),
    ("file_bytes", None, flipped("processed/runs/*.parquet", "started_at")),
    ("file_bytes", "rebuild", miscounted_file),
    ("file_columns", "rebuild", other_type),
    ("file_columns", "rebuild", doubled_column),
    ("file_columns", "rebuild", nulls),
    ("row_order", "rebuild", shuffled),
    ("row_keys", "rebuild", doubled),
    ("leaf_keys", "rebuild", moved_leaf("publication_date=2026-02-09")),
    ("leaf_keys", "rebuild", moved_leaf("publication_date=undated", story="s1")),
    ("one_file_per_leaf", None, litter(LEAF.replace("articles.parquet", "notes.txt"))),
    ("one_file_per_leaf", "remove", empty_folder),
    ("figures", "rebuild", wrong_figures),
    ("day_records", None, wrong_record),
    ("day_records", None, record_without_tables),
    ("day_records", None, torn_record),
    ("capture_files", None, torn("interim/captures/2026-02-02/*.parquet")),
    ("capture_bytes", None, false_capture(body=b"<p>Ferry afloat</p>")),
    ("capture_bytes", None, false_capture(url="https://courier.example/other")),
    ("captures_kept", None, lost_capture),
    ("stage_files", "remove", torn("interim/cleaned-*/2026-02-03/*.parquet")),
    ("stage_files", "remove", torn("interim/normalised-*/2026-02-03/*.parquet")),
    ("stage_files", "remove", renamed_column),
    ("stage_files", "remove", flipped("interim/cleaned-*/2026-02-03/*.parquet")),
    ("shelf_files", "compare", flipped("interim/copies-*/*.arrays")),
    ("ledger", None, torn_ledger),
    ("unfinished_files", "remove", litter("interim/captures/2026-02-02/.a.parquet.12ab.tmp")),
]


HISTORY = ("interim/captures", "interim/ledger.sqlite", "processed/runs", "processed/story_aliases.parquet")
"""What no run can make anew."""


@pytest.mark.parametrize(("check", "mend", "damage"), FILES)
def test_damage_to_files_is_found_and_the_run_after_a_repair_writes_the_same_bytes_again(
    space: Workspace, table_of: TableOf, check: str, mend: str | None, damage: Callable[[Workspace], None]
) -> None:
    before = snapshot(space.processed)
    damage(space)
    found = verify(space)
    assert {finding.check for finding in found} == {check}, found
    assert {finding.repair for finding in found} == {mend}
    assert all(finding.remedy.endswith(".") and finding.what.endswith(".") for finding in found)

    kept = {path: data for path, data in snapshot(space.root).items() if path.startswith(HISTORY)}
    assert repair(space, found) == (found if mend else [])
    assert snapshot(space.root).items() >= {path: data for path, data in kept.items() if ".tmp" not in path}.items()
    if mend:
        listed = manifest.load(space.processed)
        needless = {"publish", "unlisted_files", "one_file_per_leaf", "stage_files", "unfinished_files"}
        assert check in needless or not (listed.fingerprint and listed.is_whole(space.processed)), (
            "no run would mend it"
        )
        sound.publish(space, sound.tables(table_of))
        assert snapshot(space.processed) == before
        assert verify(space) == []


# What is wrong with the rows, in files that are whole: values by table and key.


def changed(table: str, key: str, **values: Any) -> Callable[[Tables], Tables]:
    """One row with other values; without values it is left out."""

    def change(tables: Tables) -> Tables:
        of = sound.DECLARED[table]
        rows = [
            row | values if key in {row[of.order[0]], row.get("capture_uri")} else row
            for row in tables[table].to_pylist()
            if values or key not in {row[of.order[0]], row.get("capture_uri")}
        ]
        return tables | {table: pa.Table.from_pylist(rows, schema=of.arrow)}

    return change


def again(table: str, **values: Any) -> Callable[[Tables], Tables]:
    """The first row once more, with other values."""

    def change(tables: Tables) -> Tables:
        rows = tables[table].to_pylist()
        return tables | {table: pa.Table.from_pylist([*rows, rows[0] | values], schema=sound.DECLARED[table].arrow)}

    return change


def both(*changes: Callable[[Tables], Tables]) -> Callable[[Tables], Tables]:
    def change(tables: Tables) -> Tables:
        for one in changes:
            tables = one(tables)
        return tables

    return change


STORY, EVENT = "s20260202-0a", "e20260202-0a"
ROWS: list[tuple[str, str, Callable[[Tables], Tables]]] = [
    ("accounting", "login.html", changed("captured", "login.html")),
    ("accounting", "login.html", changed("rejected", "login.html")),
    ("accounting", "choir-again.html", changed("rejected", "choir-again.html", reason="unreadable")),
    ("revisions", "a1", changed("articles", "a1", revision=3)),
    ("revisions", "a1", changed("revisions", "a1", revision=2)),
    ("revisions", "a1", changed("revisions", "a1", superseded_by="another")),
    ("known_articles", "a9", changed("articles", "a2", duplicate_of="a9")),
    ("known_articles", "a9", changed("articles", "a2", date_inherited_from="a9")),
    ("known_articles", "a9", changed("articles", "a2", wire_inherited_from="a9")),
    ("known_articles", "a9", changed("duplicates", "a2", original_id="a9")),
    ("known_articles", "a9", changed("duplicates", "a2", article_id="a9")),
    ("known_articles", "a9", again("date_evidence", article_id="a9", chosen=False)),
    ("group_leads", "g9", changed("articles", "a4", duplicate_group="g9")),
    ("group_leads", "g4", changed("articles", "a4", is_lead=False, duplicate_kind="copy", duplicate_of="a4")),
    ("copies", "a2", changed("articles", "a2", duplicate_of="a3")),
    ("copies", "a2", changed("articles", "a2", duplicate_kind=None)),
    ("copies", "a3", changed("articles", "a3", duplicate_of="a1")),
    ("chosen_dates", "a1", changed("date_evidence", "a1", chosen=True)),
    ("chosen_dates", "a1", changed("date_evidence", "a1", chosen=False)),
    ("chosen_dates", "a3", changed("date_evidence", "a3", day=sound.MONDAY)),
    ("cluster_ids", "eundated-0c", changed("events", "eundated-0c")),
    ("cluster_ids", "e9", again("events", event_id="e9")),
    ("nesting", "eundated-0c", changed("events", "eundated-0c", story_id=STORY)),
    ("counts", STORY, changed("stories", STORY, n_articles=4)),
    ("counts", STORY, changed("stories", STORY, n_reports=3)),
    ("counts", STORY, changed("stories", STORY, n_events=3)),
    ("counts", STORY, changed("stories", STORY, n_sites=3)),
    ("counts", STORY, changed("stories", STORY, n_sources=3)),
    ("counts", STORY, changed("stories", STORY, first_on=None)),
    ("counts", EVENT, changed("events", EVENT, last_on=sound.TUESDAY)),
    ("counts", STORY, changed("stories", STORY, lead_article="a3")),
    ("aliases", STORY, changed("story_aliases", "s1", retired_id=STORY)),
    ("aliases", "s1", changed("story_aliases", "s1", story_id="s9")),
    ("nesting", EVENT, changed("events", EVENT, story_id=None)),
]


def contradictions(tables: Tables) -> set[tuple[str, str]]:
    found = dict(tables)
    found["articles"] = tables["articles"].append_column("file", pa.array(["leaf"] * tables["articles"].num_rows))
    return {(one.check, one.where) for check in OVER_ROWS for one in check.findings(found)}


@pytest.mark.parametrize(("check", "where", "change"), ROWS)
def test_rows_that_contradict_each_other_are_found_as_what_they_are(
    table_of: TableOf, check: str, where: str, change: Callable[[Tables], Tables]
) -> None:
    tables = sound.tables(table_of)
    assert contradictions(tables) == set()
    assert contradictions(change(tables)) == {(check, where)}


def test_groups_and_events_that_are_torn_are_found(table_of: TableOf) -> None:
    tables = sound.tables(table_of)
    assert ("nesting", "g1") in contradictions(changed("articles", "a2", event_id="e20260203-0b")(tables))
    assert ("nesting", EVENT) in contradictions(changed("articles", "a2", story_id=None)(tables))
    alone = both(changed("articles", "a1", story_id=None), changed("articles", "a2", story_id=None))
    assert ("nesting", STORY) in contradictions(alone(tables))


def test_an_article_in_two_leaves_is_found_with_both_and_goes_with_the_next_run(
    space: Workspace, table_of: TableOf
) -> None:
    before = snapshot(space.processed)
    tables = sound.tables(table_of)
    sound.publish(space, again("articles", published_on=None, date_inherited_from="a1")(tables))
    found = verify(space)
    (finding,) = [one for one in found if one.check == "article_ids"]
    assert finding.where == "a1"
    assert "publication_date=undated" in finding.what
    assert "publication_date=2026-02-02" in finding.what
    assert finding in repair(space, found)
    assert not manifest.load(space.processed).fingerprint, "a run sees work to do"
    sound.publish(space, tables)
    assert snapshot(space.processed) == before


def test_a_key_that_pandas_would_read_as_a_number_is_found(space: Workspace, table_of: TableOf) -> None:
    sound.publish(space, changed("articles", "a4", story_id="2026")(sound.tables(table_of)))
    (finding,) = [one for one in verify(space) if one.check == "leaf_names"]
    assert "story_cluster=2026" in finding.where


def test_every_promise_is_broken_by_some_test() -> None:
    tried = {check for check, _, _ in FILES} | {check for check, _, _ in ROWS} | {"article_ids", "leaf_names"}
    assert tried == set(CHECKS)
    assert all(sentence.endswith(".") for sentence in CHECKS.values())


def test_one_damaged_file_does_not_hide_what_is_wrong_elsewhere(space: Workspace) -> None:
    for damage in (torn(LEAF), torn("interim/captures/2026-02-02/*.parquet"), torn_ledger, shuffled):
        damage(space)
    assert broken(verify(space)) == {"file_bytes", "capture_files", "ledger", "row_order"}


def test_a_damaged_capture_file_names_the_raw_files_to_read_again(space: Workspace) -> None:
    torn("interim/captures/2026-02-02/*.parquet")(space)
    (finding,) = verify(space)
    assert "ferry-1.html and 1 more" in finding.remedy


def test_a_repair_leaves_what_only_the_operator_can_mend(space: Workspace) -> None:
    torn_ledger(space)
    lost_capture(space)
    before = snapshot(space.root)
    assert repair(space, verify(space)) == []
    assert snapshot(space.root) == before


def test_tables_of_a_newer_program_are_not_repaired(space: Workspace) -> None:
    newer(space)
    (space.processed / swap.STAGED).mkdir()
    before = snapshot(space.root)
    assert repair(space, verify(space)) == []
    assert snapshot(space.root) == before
    assert (space.processed / swap.STAGED).exists()


def test_what_an_interrupted_publish_hid_is_mended_with_it(space: Workspace) -> None:
    torn(LEAF)(space)
    with_journal(space)
    (space.processed / swap.JOURNAL).write_text("{")
    assert broken(repair(space, verify(space))) == {"publish", "file_bytes"}
    assert broken(verify(space)) == {"listed_files"}


def test_what_is_found_twice_is_taken_away_once(space: Workspace, table_of: TableOf) -> None:
    before = snapshot(space.processed)
    (space.root / LEAF).unlink()
    (space.root / LEAF).mkdir()
    found = verify(space)
    assert [(one.check, one.where) for one in found] == [("file_bytes", LEAF), ("one_file_per_leaf", LEAF)]
    assert repair(space, found) == found
    sound.publish(space, sound.tables(table_of))
    assert snapshot(space.processed) == before


def test_a_manifest_that_was_lost_is_written_anew_from_the_files(space: Workspace) -> None:
    before = manifest.load(space.processed)
    gone("processed/_manifest.parquet")(space)
    repair(space, verify(space))
    after = manifest.load(space.processed)
    assert after.files.sort_by("path").equals(before.files.sort_by("path"))
    assert after.days == before.days
    assert not after.fingerprint
