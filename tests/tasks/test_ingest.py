"""What is listed beside the raw folder is taken in with it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from storywire.settings import Settings
from storywire.store import ledger
from storywire.store.workspace import Workspace
from tasks.ingest import ingest

pytestmark = pytest.mark.slow

PAGE = "<p>The ferry to Norrby runs again.</p>"
LISTING = """
[[source]]
name = "lost"
kind = "folder"
path = "mount/lost"

[[source]]
name = "stray"
kind = "jsonl"
path = "mount/more/stray.jsonl"

[[source]]
name = "norrby"
kind = "folder"
path = "norrby"
outlet = "Norrby Post"

[[source]]
name = "desk"
kind = "jsonl"
path = "desk.jsonl"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for folder in ("raw", "norrby"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "2031-03-05-ferry.html").write_text(f"{PAGE}<p>{folder}</p>")
    (tmp_path / "desk.jsonl").write_text(json.dumps({"url": "https://norrby.example/a", "html": PAGE}) + "\n")
    (tmp_path / "sources.toml").write_text(LISTING)
    return Settings(raw=tmp_path / "raw", data=tmp_path / "data", sources=tmp_path / "sources.toml")


def taken(settings: Settings) -> dict[str, tuple[str | None, str | None]]:
    """Every capture by its place: source and notice."""
    space = Workspace(settings.data).prepare()
    ingest(space, settings)
    rows = [row for path in space.captures.rglob("*.parquet") for row in pq.read_table(path).to_pylist()]
    return {row["capture_uri"]: (row["source"], row["notice"]) for row in rows}


def test_a_source_that_is_not_there_keeps_nobody_else_from_being_read(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    assert taken(settings) == {
        "2031-03-05-ferry.html": (None, None),
        "norrby:2031-03-05-ferry.html": ("norrby", '{"site_name":"Norrby Post"}'),
        "desk:desk.jsonl#line=1": ("desk", None),
    }
    told = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(told) == 2
    assert all("is not read" in one for one in told)
    (settings.data.parent / "mount/lost").mkdir(parents=True)
    (settings.data.parent / "mount/lost/found.html").write_text(PAGE)
    assert len(taken(settings)) == 4


def test_a_mistake_in_the_list_keeps_the_raw_folder_from_nothing(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.sources.write_text(LISTING.replace('kind = "jsonl"', 'kind = "jsnol"'))
    assert list(taken(settings)) == ["2031-03-05-ferry.html"]
    told = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(told) == 1
    assert told[0].startswith("no listed folder is read: ")
    assert "sources.toml" in told[0]
    settings.sources.write_text(LISTING)
    assert len(taken(settings)) == 3


def test_what_was_read_is_read_again_where_the_operator_names_the_outlet_anew(settings: Settings) -> None:
    taken(settings)
    with ledger.opened(Workspace(settings.data).ledger) as book:
        before = book.given()
    settings.sources.write_text(LISTING.replace("Norrby Post", "Norrby Courier"))
    found = taken(settings)
    assert len(found) == 3
    with ledger.opened(Workspace(settings.data).ledger) as book:
        changed = {place[0] for place, ids in book.given().items() if before[place] != ids}
    assert changed == {"norrby:2031-03-05-ferry.html"}


def test_a_source_taken_off_the_list_keeps_what_it_gave(settings: Settings) -> None:
    before = taken(settings)
    settings.sources.write_text("")
    shutil.rmtree(settings.data.parent / "norrby")
    assert taken(settings) == before
