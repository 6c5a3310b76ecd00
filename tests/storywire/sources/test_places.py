"""Folders and files that an operator listed, read where they lie."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storywire.capture import Capture, Rejection
from storywire.notice import NOTHING, Notice
from storywire.sources import listing, places, sidecar
from storywire.sources.places import Place
from storywire.sources.source import Source

PAGE = "<p>The ferry to Norrby runs again.</p>"


def listed(folder: Path, *lines: str) -> tuple[Source, ...]:
    return listing.parse("\n".join(lines) + "\n", folder / "sources.toml").sources


def read(place: Place) -> list[Capture | Rejection]:
    found = place.find()
    sidecars = sidecar.load(place.folder, found.sidecars)
    return [one for path in found.inputs for one in place.read(path, sidecars, limit_bytes=1000)]


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    (folder / "2031-03-05").mkdir(parents=True)
    (folder / "2031-03-05/ferry.html").write_text(PAGE)
    (folder / "2031-03-05/void.html").write_text(" ")
    lines = [{"url": "https://norrby.example/a", "html": PAGE}, {"html": PAGE, "source": "courier"}]
    (folder / "more.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    return folder


def test_what_lies_in_a_listed_folder_has_the_name_of_its_source_and_what_was_written_of_it(pages: Path) -> None:
    (source,) = listed(
        pages.parent, "[[source]]", 'name = "norrby"', 'kind = "folder"', 'path = "pages"', 'outlet = "Norrby Post"',
        'language = "sv"',
    )  # fmt: skip
    (place,) = places.of(source)
    found = {one.uri: one for one in read(place)}
    assert set(found) == {
        "norrby:2031-03-05/ferry.html",
        "norrby:2031-03-05/void.html",
        "norrby:more.jsonl#line=1",
        "norrby:more.jsonl#line=2",
    }
    ferry, void = found["norrby:2031-03-05/ferry.html"], found["norrby:2031-03-05/void.html"]
    assert isinstance(ferry, Capture)
    assert (ferry.source, ferry.notice) == ("norrby", Notice(site_name="Norrby Post", language="sv"))
    assert str(ferry.day) == "2031-03-05"
    assert isinstance(void, Rejection)
    assert void.reason == "empty"
    (own,) = [one for one in found.values() if isinstance(one, Capture) and one.uri.endswith("line=2")]
    assert own.source == "courier"  # what the line says of itself counts


def test_of_a_listed_file_its_neighbours_are_not_read(pages: Path) -> None:
    (source,) = listed(pages.parent, "[[source]]", 'name = "more"', 'kind = "jsonl"', 'path = "pages/more.jsonl"')
    (place,) = places.of(source)
    assert [one.uri for one in read(place)] == ["more:more.jsonl#line=1", "more:more.jsonl#line=2"]


def test_the_raw_folder_has_no_name_put_before(pages: Path) -> None:
    found = read(Place(pages))
    assert {one.uri for one in found} >= {"2031-03-05/ferry.html", "more.jsonl#line=1"}
    assert {one.notice for one in found if isinstance(one, Capture)} == {NOTHING}


@pytest.mark.parametrize(
    ("kind", "path"), [("folder", "missing"), ("folder", "no/where"), ("jsonl", "no/where/more.jsonl")]
)
def test_a_folder_that_is_not_there_is_told_as_such(tmp_path: Path, kind: str, path: str) -> None:
    (source,) = listed(tmp_path, "[[source]]", 'name = "norrby"', f'kind = "{kind}"', f'path = "{path}"')
    (place,) = places.of(source)
    with pytest.raises(NotADirectoryError):
        place.find()


def test_a_file_that_is_not_there_is_rejected(pages: Path) -> None:
    (source,) = listed(pages.parent, "[[source]]", 'name = "gone"', 'kind = "jsonl"', 'path = "pages/gone.jsonl"')
    (refused,) = read(places.of(source)[0])
    assert isinstance(refused, Rejection)
    assert (refused.uri, refused.reason) == ("gone:gone.jsonl", "unreadable")


def test_only_folders_and_files_that_are_not_paused_are_read_in_place(tmp_path: Path) -> None:
    sources = listed(
        tmp_path,
        *("[[source]]", 'name = "a"', 'kind = "folder"', 'path = "a"'),
        *("[[source]]", 'name = "b"', 'kind = "jsonl"', 'path = "b.jsonl"', "paused = true"),
        *("[[source]]", 'name = "c"', 'kind = "feed"', 'url = "https://norrby.example/feed.xml"'),
        *("[[source]]", 'name = "d"', 'kind = "urls"', 'file = "d.txt"'),
    )
    assert [place.source and place.source.name for place in places.listed(sources)] == ["a"]
