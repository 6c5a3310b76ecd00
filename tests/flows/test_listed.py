"""`storywire sources`, as its user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.flows.commands import command

pytestmark = pytest.mark.slow

LISTING = """# ours
[[source]]
name = "norrby"
kind = "feed"
url = "https://norrby.example/rss"
outlet = "Norrby [Post]"
headers = { Cookie = "env:NORRBY_COOKIE" }

[[source]]
name = "desk"
kind = "urls"
file = "list.txt"
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "sources.toml").write_text(LISTING)
    (tmp_path / "list.txt").write_text("https://norrby.example/a\nnothing\n")
    return str(tmp_path / "sources.toml")


def test_what_is_listed_is_shown_without_credentials(file: str):
    shown = command("sources", "list", "--sources", file, NORRBY_COOKIE="sesame", COLUMNS="200")
    assert shown.returncode == 0, shown.stderr
    for word in ("norrby", "feed", "Norrby [Post]", "30m", "https://norrby.example/rss"):
        assert word in shown.stdout
    assert "list.txt" in "".join(shown.stdout.split()), "a long path is folded, and not cut"
    told = command("sources", "list", "--json", STORYWIRE_SOURCES=file, NORRBY_COOKIE="sesame")
    assert [one["name"] for one in json.loads(told.stdout)] == ["norrby", "desk"]
    assert json.loads(told.stdout)[0]["every"] == "30m"
    assert "sesame" not in shown.stdout + told.stdout


def test_check_ends_with_2_and_every_problem_where_there_is_one(file: str):
    good = command("sources", "check", "--sources", file, NORRBY_COOKIE="sesame")
    assert (good.returncode, good.stdout.strip()) == (0, f"{file}: 2 sources, nothing wrong.")
    bare = command("sources", "check", "--sources", file, "--json")
    assert bare.returncode == 2
    assert json.loads(bare.stdout) == {
        "sources": 2,
        "problems": [
            f'{file}: source "norrby": the environment variable NORRBY_COOKIE, which holds Cookie, is not set; set it.'
        ],
    }
    Path(file).write_text(LISTING + 'every = "soon"\nfiel = 1\n')
    bad = command("sources", "check", "--sources", file)
    assert bad.returncode == 2
    assert bad.stdout.splitlines() == [
        f'{file}:13: source "desk": every is "soon"; write 30m, 6h or 1d.',
        f"{file}:14: source \"desk\": 'fiel' is no key of it; did you mean file.",
    ]
    shown = command("sources", "list", "--sources", file)
    assert (shown.returncode, shown.stderr.splitlines()) == (2, bad.stdout.splitlines())


def test_a_source_is_added_once_and_can_be_tested(file: str):
    more = ("--sources", file, "--kind", "urls", "--url", "https://soder.example/a", "--url", "https://soder.example/b")
    added = command("sources", "add", "soder", *more, "--outlet", 'The "South"')
    assert added.returncode == 0, added.stderr
    assert Path(file).read_text().startswith(LISTING)
    again = command("sources", "add", "soder", *more)
    assert again.returncode == 2
    assert "the name is taken on line 15; take another" in again.stderr
    wrong = command(
        "sources", "add", "oster", "--sources", file, "--kind", "feed", "--url", "https://a:b@oster.example/"
    )
    assert wrong.returncode == 2
    assert "credentials never stand in this file" in wrong.stderr
    assert Path(file).read_text().count("[[source]]") == 3
    tested = command("sources", "test", "soder", "--sources", file, "--json")
    told = json.loads(tested.stdout)
    assert [one["url"] for one in told["entries"]] == ["https://soder.example/a", "https://soder.example/b"]
    assert told["entries"][0]["notice"] == {"origin": "list", "site_name": 'The "South"'}


def test_a_first_source_begins_the_listing(tmp_path: Path):
    file = tmp_path / "sources.toml"
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "2026-02-03.html").write_text("<p>Rain</p>")
    missing = command("sources", "list", "--sources", str(file))
    assert (missing.returncode, "begin one with `storywire sources add`" in missing.stderr) == (2, True)
    places = ("--raw", str(tmp_path), "--data", str(tmp_path / "data"))
    nothing = command("fetch", *places, STORYWIRE_SOURCES=str(file), COLUMNS="200")
    assert (nothing.returncode, "so nothing is fetched; `storywire sources add` begins it" in nothing.stdout) == (
        0,
        True,
    )
    added = command("sources", "add", "pages", "--sources", str(file), "--kind", "folder", "--path", "pages")
    assert added.returncode == 0, added.stderr
    tested = command("sources", "test", "pages", "--sources", str(file), COLUMNS="120")
    assert tested.returncode == 0, tested.stderr
    assert "1 inputs" in tested.stdout
    assert "2026-02-03 00:00" in tested.stdout


def test_a_test_says_what_is_left_out_and_what_is_unknown(file: str):
    tested = command("sources", "test", "desk", "--sources", file, COLUMNS="120")
    assert tested.returncode == 0, tested.stderr
    assert "https://norrby.example/a" in tested.stdout
    assert "left out: line 2: no address of a page" in tested.stdout
    unknown = command("sources", "test", "dsek", "--sources", file)
    assert unknown.returncode == 2
    assert "no source is called 'dsek'; did you mean desk." in unknown.stderr
