from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

from storywire.notice import Notice
from storywire.sources import listing, preview
from storywire.sources.entries import Document, Entry
from storywire.sources.source import Source

NOW = datetime(2026, 2, 10, tzinfo=UTC)


def source(folder: Path, lines: str) -> Source:
    return listing.parse(f'[[source]]\nname = "norrby"\n{lines}\n', folder / "sources.toml").sources[0]


def test_what_is_missing_around_the_listing_is_named(tmp_path: Path):
    (tmp_path / "pages").mkdir()
    (tmp_path / "a.txt").write_text("")
    token = source(tmp_path, 'kind = "feed"\nurl = "https://norrby.example/"\nheaders = { Cookie = "env:TOKEN" }')
    assert preview.lacking(token, {"TOKEN": "sesame"}) == ()
    assert preview.lacking(token, {"TOKEN": ""}) == (
        "the environment variable TOKEN, which holds Cookie, is not set; set it.",
    )
    for lines, said in (
        ('kind = "folder"\npath = "pages"', ""),
        ('kind = "folder"\npath = "page"', "page does not exist; make it, or mend the path."),
        ('kind = "folder"\npath = "a.txt"', "a.txt is no folder"),
        ('kind = "jsonl"\npath = "a.txt"', "a.txt is not read as jsonl"),
        ('kind = "warc"\npaths = ["pages", "a.txt"]', "a.txt is not read as warc"),
        ('kind = "warc"\nlist = "a.txt"', ""),
        ('kind = "warc"\nlist = "pages"', "pages is a folder; name the text file"),
        ('kind = "warc"\nlist = "https://data.example/warc.paths.gz"', ""),
        ('kind = "urls"\nfile = "pages"', "pages is a folder; name the text file"),
        ('kind = "urls"\nfile = "a.txt"', ""),
    ):
        found = preview.lacking(source(tmp_path, lines), {})
        assert len(found) == bool(said), (lines, found)
        assert all(said in one for one in found)


def test_local_files_show_their_first_captures_and_what_is_refused(tmp_path: Path):
    pages = tmp_path / "pages"
    pages.mkdir()
    for number in range(30):
        (pages / f"{number:02}.html").write_text("<p>Rain</p>")
    (pages / "00.html").write_text(" ")
    (pages / "captures.jsonl").write_text('{"path": "01.html", "url": "https://norrby.example/1"}\n')
    held = preview.held(source(tmp_path, 'kind = "folder"\npath = "pages"'), limit_bytes=1_000)
    assert (held.n_inputs, len(held.captures)) == (30, preview.MOST_CAPTURES)
    assert held.captures[0].url == "https://norrby.example/1"
    assert [one.reason for one in held.rejections] == ["empty"]
    lines = tmp_path / "a.jsonl.gz"
    lines.write_bytes(gzip.compress(b'{"dump": "Rain"}\n{"dump": 7}\n'))
    held = preview.held(source(tmp_path, 'kind = "jsonl"\npath = "a.jsonl.gz"'), limit_bytes=1_000)
    assert (held.n_inputs, len(held.captures), len(held.rejections)) == (1, 1, 1)


def test_a_list_of_addresses_is_its_own_document(tmp_path: Path):
    (tmp_path / "list.txt").write_text("https://norrby.example/b\nhttps://soder.example/c\nhttps://norrby.example/b\n")
    listed = preview.listed(
        source(tmp_path, 'kind = "urls"\nfile = "list.txt"\nhosts = ["norrby.example"]\nlanguage = "sv"'), now=NOW
    )
    assert listed.entries == (Entry("https://norrby.example/b", Notice(origin="list", language="sv")),)
    assert listed.why == ("1 entry named a second time", "1 entry on another host")
    assert listed.n_left_out == 2
    (tmp_path / "list.txt").write_text("".join(f"https://norrby.example/{n}\n" for n in range(3_000)))
    assert len(preview.listed(source(tmp_path, 'kind = "urls"\nfile = "list.txt"'), now=NOW).entries) == 3_000
    written = preview.listed(source(tmp_path, 'kind = "urls"\nurls = ["https://norrby.example/a"]'), now=NOW)
    assert [one.url for one in written.entries] == ["https://norrby.example/a"]


def test_what_is_too_old_is_not_wanted_and_what_the_page_is_said_to_be_stands_before_the_operators_word():
    old = Entry("https://norrby.example/old", Notice(), datetime(2026, 2, 1, tzinfo=UTC))
    new = Entry("https://norrby.example/new", Notice(language="fi"), datetime(2026, 2, 9, tzinfo=UTC))
    found = Document((new, old), ("https://norrby.example/more.xml",), 3, ("3 entries past the 2 newest",))
    sitemap = 'kind = "sitemap"\nurl = "https://norrby.example/s.xml"\n'
    norrby = source(Path(), f'{sitemap}language = "sv"\noutlet = "Norrby"')
    wanted = preview.wanted(found, norrby, now=NOW)
    assert [one.url for one in wanted.entries] == ["https://norrby.example/new"]
    assert wanted.entries[0].notice == Notice(language="fi", site_name="Norrby")
    assert (wanted.further, wanted.n_left_out) == (found.further, 4)
    assert wanted.why == ("3 entries past the 2 newest", "1 entry dated before 2026-02-03 00:00 UTC")
    any_age = source(Path(), f'{sitemap}max_age = ""')
    assert len(preview.wanted(found, any_age, now=NOW).entries) == 2
