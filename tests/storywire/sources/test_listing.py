from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storywire.notice import Notice
from storywire.sources import adding, listing, tomllines
from storywire.sources.listing import Listing, ListingError
from storywire.sources.source import KEYS_OF_KIND, Limits, Source

PATH = Path("press/sources.toml")
FEED = '[[source]]\nname = "norrby"\nkind = "feed"\nurl = "https://norrby.example/rss"\n'


def parse(written: str) -> Listing:
    return listing.parse(written, PATH)


def problems(written: str) -> list[str]:
    with pytest.raises(ListingError) as caught:
        parse(written)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return list(caught.value.problems)


def feed_with(lines: str) -> str:
    return FEED + lines


def test_a_listing_gives_its_sources_in_order_with_defaults_below_them():
    found = parse(
        """
        [defaults]
        delay = 5
        every = "1h"

        [[source]]  # the paper
        name = "norrby"
        kind = "feed"
        urls = [
            "https://norrby.example/rss",
            "https://sport.norrby.example/rss",
        ]
        outlet = "Norrby Post"
        language = "sv"
        every = "10m"
        max_age = ""
        recheck = ["1h", "1d"]
        hosts = ["Norrby.example"]
        [source.headers]
        Authorization = "env:NORRBY_TOKEN"

        [[source]]
        name = "archive"
        kind = "warc"
        paths = ["a.warc.gz", "/data/b.warc.gz"]
        list = "warc.paths.gz"
        base = "https://data.example/"
        since = 2026-01-01
        until = 2026-01-31
        languages = ["sv", "pt-BR"]

        [[source]]
        name = "old"
        kind = "folder"
        path = "old"
        paused = true
        """
    )
    norrby, archive, old = found.sources
    assert (norrby.delay, norrby.every, norrby.max_age) == (5.0, timedelta(minutes=10), None)
    assert norrby.recheck == (timedelta(hours=1), timedelta(days=1))
    assert norrby.endpoints == ("https://norrby.example/rss", "https://sport.norrby.example/rss")
    assert norrby.own_hosts == {"norrby.example", "sport.norrby.example"}
    assert norrby.notice() == Notice(site_name="Norrby Post", language="sv")
    assert (norrby.takes("https://www.norrby.example/a"), norrby.takes("https://a.example/norrby.example")) == (
        True,
        False,
    )
    assert norrby.variables() == {"Authorization": "NORRBY_TOKEN"}
    assert archive.files == (Path("press/a.warc.gz"), Path("/data/b.warc.gz"))
    assert (archive.warc_list, archive.base) == ("press/warc.paths.gz", "https://data.example/")
    assert (archive.since, archive.until) == (date(2026, 1, 1), date(2026, 1, 31))
    assert archive.delay == 5.0
    assert (old.files, old.paused, old.takes("https://any.example/")) == ((Path("press/old"),), True, True)
    assert found.named("old") is old
    with pytest.raises(ListingError, match="no source is called 'archiv'; did you mean archive"):
        found.named("archiv")


def test_nothing_is_a_listing_too():
    assert parse("# nothing yet\n").sources == ()


def test_all_that_is_wrong_is_said_at_once_each_with_its_line():
    assert problems(
        """[defaults]
dealy = 3
entries = 0

[[source]]
name = "norrby"
kind = "feed"
url = "https://norrby.example/rss"
every = "3 weeks"
outlt = "Norrby Post"

[[source]]
name = "norrby"
kind = "gopher"

[[source]]
kind = "folder"
[sources]
"""
    ) == [
        "press/sources.toml:2: defaults: 'dealy' is no key of it; did you mean delay.",
        "press/sources.toml:3: defaults: entries is 0; write 1 or more.",
        'press/sources.toml:9: source "norrby": every is "3 weeks"; write 30m, 6h or 1d.',
        "press/sources.toml:10: source \"norrby\": 'outlt' is no key of it; did you mean outlet.",
        'press/sources.toml:13: source "norrby": the name is taken on line 6; take another.',
        'press/sources.toml:14: source "norrby": kind is "gopher"; write one of '
        "'folder', 'jsonl', 'feed', 'sitemap', 'urls', 'warc'.",
        "press/sources.toml:16: source 3: name is missing; write it.",
        "press/sources.toml:18: 'sources' is not known here; did you mean source; write [[source]] or [defaults].",
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("every = 30", ":5: {}every is 30; write 30m, 6h or 1d, in quotes."),
        ('delay = "2"', ':5: {}delay is "2"; write a number.'),
        ("delay = -1", ":5: {}delay is -1; write 0 or more."),
        ("delay = inf", ":5: {}delay is Infinity; write a number."),
        ("entries = 2.5", ":5: {}entries is 2.5; write a whole number."),
        ("entries = true", ":5: {}entries is true; write a whole number."),
        ("entries = 60_000", ":5: {}entries is 60000; write 50000 or less."),
        ('paused = "no"', ':5: {}paused is "no"; write true or false.'),
        ('language = "Swedish"', ':5: {}language is "Swedish"; write a BCP 47 code such as sv or pt-BR.'),
        ("outlet = 7", ":5: {}outlet is 7; write text in quotes."),
        ('recheck = "1d"', ':5: {}recheck is "1d"; write a list, in brackets.'),
        ('recheck = ["1d",\n "x"]', ':5: {}recheck is "x"; write 30m, 6h or 1d.'),
        (
            'hosts = ["https://a.example"]',
            ':5: {}hosts is "https://a.example"; write a host alone, such as norrby.example.',
        ),
        ('every = "2d"', ":5: {}every is 2d, outside every_min (5m) and every_max (1d); write one between them."),
        ('urls = ["https://a.example/"]', ":5: {}gives url and urls; keep one of them."),
        ('path = "a"', ":5: {}path is not for the kind feed but for folder, jsonl, warc; take it away."),
        ("depth = 2", ":5: {}depth is not for the kind feed but for sitemap; take it away."),
        ('headers = { Host = "env:A" }', ":5: {}headers: Host is set by the fetcher itself; take it away."),
        ('headers = "env:A"', ':5: {}headers is "env:A"; write a table, such as {{ Authorization = "env:NAME" }}.'),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(lines: str, said: str):
    assert problems(feed_with(lines)) == ["press/sources.toml" + said.format('source "norrby": ')]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('kind = "feed"', "a source of the kind feed needs url or urls; write it."),
        ('kind = "urls"', "a source of the kind urls needs url or urls or file; write it."),
        ('kind = "warc"', "a source of the kind warc needs path or paths or url or urls or list; write it."),
        ('kind = "feed"\nurl = "rss"', 'url is "rss"; write a whole address, such as https://norrby.example/rss.'),
        ('kind = "feed"\nurl = "file:///etc/hosts"', "write a whole address"),
        ('kind = "feed"\nurl = "s3://news/a"', "url is no web address; s3:// is for archives (kind warc)."),
        ('kind = "warc"\npath = "a"\nbase = "https://a.example/"', "there is no list; take it away."),
        ('kind = "warc"\npath = "a"\nsince = 2026-02-01\nuntil = 2026-01-01', "since (2026-02-01) is after until"),
        ('kind = "warc"\npath = "a"\nsince = "soon"', 'since is "soon"; write a day, such as 2026-01-31.'),
        ('kind = "warc"\npath = "a"\nsince = 2026-02-01T10:00:00', "write a day, such as 2026-01-31."),
    ],
)
def test_a_source_says_where_it_lies(source: str, said: str):
    (problem,) = problems(f'[[source]]\nname = "norrby"\n{source}\n')
    assert said in problem


def test_archives_may_lie_in_a_bucket():
    found = parse('[[source]]\nname = "a"\nkind = "warc"\nurl = "s3://news/a.warc.gz"\nlist = "s3://news/paths.gz"\n')
    assert found.sources[0].warc_list == "s3://news/paths.gz"


@pytest.mark.parametrize(
    "lines",
    [
        'headers = { Authorization = "Bearer sesame" }',
        'headers = { Cookie = "sesame" }',
        'headers = { X-Api-Key = "env: sesame" }',
        "headers = { Cookie = 7357 }",
        'headers = { Cookie = ["sesame"] }',
        '[source.headers]\nAuthorization = "sesame"',
    ],
)
def test_a_credential_in_the_file_is_refused_and_not_repeated(lines: str):
    (problem,) = problems(feed_with(lines))
    assert problem.startswith("press/sources.toml:5:") or problem.startswith("press/sources.toml:6:")
    assert "sesame" not in problem
    assert "7357" not in problem


@pytest.mark.parametrize("url", ["https://ada:sesame@norrby.example/rss", "https://sesame@norrby.example/rss"])
def test_a_password_in_an_address_is_refused_and_not_repeated(url: str):
    (problem,) = problems(f'[[source]]\nname = "n"\nkind = "feed"\nurl = "{url}"\n')
    assert "credentials never stand in this file" in problem
    assert "sesame" not in problem
    assert len(problems(f'[[source]]\nname = "n"\nkind = "feed"\nurls = ["{url}"]\n')) == 1


def test_what_a_header_holds_comes_from_the_environment_and_is_shown_nowhere():
    source = parse(feed_with('headers = { Authorization = "env:TOKEN", X-Api-Key = "env:KEY" }')).sources[0]
    secrets = source.secrets({"TOKEN": "sesame", "KEY": ""})
    assert {name: secret.get_secret_value() for name, secret in secrets.items()} == {"Authorization": "sesame"}
    assert "sesame" not in f"{source!r} {source} {source.model_dump_json()} {secrets!r} {secrets}"
    plain = feed_with('headers = { Authorization = "env:TOKEN" }').replace("https:", "http:")
    assert 'unencrypted to "http://norrby.example/rss"; write https' in problems(plain)[0]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[[source]]\nname = norrby\n", "press/sources.toml:2: no TOML: Invalid value at column 8; mend the line"),
        ('a = "x\n', "press/sources.toml:1: no TOML"),
        ("source = 7\n", "press/sources.toml:1: source is no list of tables; write [[source]], with two brackets"),
        ("[source]\nname = 'a'\n", "press/sources.toml:1: source is no list of tables"),
        ("defaults = 7\n", "press/sources.toml:1: defaults is no table"),
        ("a = " + "[" * 50_000, "press/sources.toml"),
    ],
)
def test_what_is_no_listing_says_where(written: str, said: str):
    assert problems(written)[0].startswith(said)


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path):
    with pytest.raises(ListingError, match="No such file or directory; begin one with `storywire sources add`"):
        listing.read(tmp_path / "sources.toml")
    (tmp_path / "sources.toml").write_bytes(b"\xff")
    with pytest.raises(ListingError, match="is no UTF-8 at byte 0"):
        listing.read(tmp_path / "sources.toml")
    (tmp_path / "sources.toml").write_bytes(b"\xef\xbb\xbf" + FEED.replace("\n", "\r\n").encode())
    assert listing.read(tmp_path / "sources.toml").sources[0].name == "norrby"


def test_every_key_belongs_to_a_kind_and_has_its_sentence():
    keys = {field.alias or name: field for name, field in Source.model_fields.items()}
    assert set().union(*KEYS_OF_KIND.values()) == set(keys)
    assert all((field.description or "").endswith((".", "`.", "any.")) for field in keys.values())
    assert set(Limits.model_fields) < set(keys)


KEYS = st.sampled_from(sorted(set().union(*KEYS_OF_KIND.values())))
VALUES = st.one_of(
    st.text(max_size=20),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
    st.sampled_from(list(KEYS_OF_KIND)),
    st.just("https://norrby.example/"),
)


LINES = [*FEED.splitlines(), "a = [", "]", '"""', "''", "#"]


@given(st.text(max_size=200) | st.lists(st.sampled_from(LINES)).map("\n".join))
@example("[[source]]\n[source.a]\n[[source.a.b]]\n")
@example("'[[source]]' = 1\n[source.a]")
def test_no_text_does_anything_but_be_read_or_refused(written: str):
    said: tuple[str, ...] = ()
    try:
        parse(written)
    except ListingError as error:
        said = error.problems
    assert all(one.startswith("press/sources.toml") for one in said)


@given(st.dictionaries(KEYS, VALUES, max_size=8), st.sampled_from(list(KEYS_OF_KIND)))
def test_no_value_does_anything_but_be_taken_or_refused(table: dict[str, object], kind: str):
    source, wrong = listing._source({"kind": kind} | table, {}, Path())
    assert source is not None or wrong
    assert all(sentence.endswith(".") and "\n" not in sentence for _, sentence in wrong)


TABLE = "[[source]]\n"
ABOVE = ["a = 1", 'b = """x\n[[source]]\nc = 1"""', "d = [\n 'e = 1', # ]\n]", "f.g = {h = '['}", "# [x]", ""]


@given(st.lists(st.sampled_from(ABOVE)), st.integers(0, 3))
def test_a_line_is_found_behind_whatever_stands_before_it(before: list[str], tables: int):
    above = "".join(f"{line}\n" for line in dict.fromkeys(before))
    written = f"{above}{TABLE * tables}{TABLE}last = 1\n"
    tomllib.loads(written)
    line = written.splitlines().index("last = 1") + 1
    assert tomllines.places(written)["source", tables, "last"] == line


def test_a_source_is_added_behind_what_is_there():
    text = "# ours\n\n[defaults]\ndelay = 3 # slow\n" + FEED.rstrip()
    after = adding.added(text, {"name": "soder", "kind": "folder", "path": 'C:\\a "b"\x7f'}, PATH)
    assert after.startswith(text)
    assert [source.name for source in parse(after).sources] == ["norrby", "soder"]
    assert tomllib.loads(after)["source"][1]["path"] == 'C:\\a "b"\x7f'
    new = adding.added(None, {"name": "soder", "kind": "folder", "path": "a"}, PATH)
    assert parse(new).sources[0].name == "soder"
    assert adding.added(new, {"name": "norrby", "kind": "folder", "path": "a"}, PATH).startswith(new)


def test_what_would_spoil_the_listing_is_not_added():
    said = re.escape('press/sources.toml: source "norrby": the name is taken on line 2; take another.')
    with pytest.raises(ListingError, match=f"^{said}$"):
        adding.added(FEED, {"name": "norrby", "kind": "folder", "path": "a"}, PATH)
    with pytest.raises(ListingError, match="no TOML"):
        adding.added("x = ", {"name": "norrby", "kind": "folder", "path": "a"}, PATH)


@given(st.text())
def test_any_text_is_written_so_that_it_reads_back(said: str):
    assert tomllib.loads(adding.block({"outlet": said}))["source"][0]["outlet"] == said


def test_the_example_of_the_documents_is_a_listing_of_every_kind():
    page = (Path(__file__).parents[3] / "docs" / "sources.md").read_text()
    example = page.split("```toml\n")[1].split("```")[0]
    assert {source.kind for source in parse(example).sources} == set(KEYS_OF_KIND)
    said = page.split("```\n")[2].strip().splitlines()
    wrong = "\n" * 4 + FEED + 'every = "3 weeks"\noutlt = "Norrby Post"\n'
    assert [one.removeprefix("press/") for one in problems(wrong)] == said
