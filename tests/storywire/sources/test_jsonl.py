import gzip
import hashlib
import json
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.capture import Capture
from storywire.sources import jsonl, record
from storywire.sources.sidecar import Facts

MOMENT = datetime(2026, 2, 3, 8, 10, tzinfo=UTC)


@pytest.fixture
def read(tmp_path):
    """Write lines (objects, or bytes as they are) to a file and read it."""

    def read(*lines, name="a.jsonl", facts=Facts(), limit_bytes=100_000):  # noqa: B008 - frozen
        content = b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
        file = tmp_path / name
        file.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return list(jsonl.read(file, name, facts, limit_bytes))

    return read


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_line_is_a_page_with_markup_a_dump_or_an_article(read, name):
    about = {"url": "https://norrby.example/a", "captured_at": "2026-02-03T08:10:00Z", "source": "norrby"}
    html, dump, article = read(
        about | {"html": "<p>Föhn</p>"},
        b"\n",
        about | {"dump": "Föhn"},
        about | {"text": "Föhn", "title": "W"},
        name=name,
    )
    rest = ("https://norrby.example/a", MOMENT, "norrby")
    assert html == Capture("<p>Föhn</p>".encode(), "html", f"{name}#line=1", *rest, "utf-8")
    assert dump == Capture("Föhn".encode(), "dump", f"{name}#line=3", *rest, "utf-8")
    assert article == Capture('{"text":"Föhn","title":"W"}'.encode(), "record", f"{name}#line=4", *rest)


def test_what_the_line_says_goes_before_what_is_known_of_the_file(read):
    facts = Facts(captured_at=MOMENT, source="file")
    own, other = read({"dump": "a", "captured_at": "2026-02-04", "source": "line"}, {"dump": "b"}, facts=facts)
    assert (own.day.isoformat(), own.source) == ("2026-02-04", "line")
    assert (other.captured_at, other.source) == (MOMENT, "file")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (b"{]\n", "no JSON at character 1"),
        (b'"text"\n', "a str, no object"),
        (b'{"text": "\xff"}\n', "no UTF-8 at byte 10"),
        (b"[" * 99_000 + b"\n", "JSON"),
        ({"url": "https://norrby.example/"}, "none of html, dump, text"),
        ({"text": 7}, "text is 7"),
        ({"text": "a", "html": "b"}, "html and text"),
        ({"text": "a", "title": ["b"]}, 'title is ["b"]'),
        ({"text": "a", "authors": {"name": "b"}}, "authors is"),
        ({"text": "a", "tags": ["b", 3]}, "tags holds 3"),
        ({"text": "a", "captured_at": "soon"}, 'captured_at is "soon"'),
        ({"text": "a", "captured_at": 1770106200}, "captured_at is 1770106200"),
    ],
)
def test_a_line_without_a_usable_field_is_named_and_the_next_is_read(read, line, named):
    bad, good = read(line, {"text": "Rain."})
    assert (bad.reason, bad.uri) == ("bad_record", "a.jsonl#line=1")
    assert named in bad.detail
    assert len(bad.digest) == 64
    assert good.uri == "a.jsonl#line=2"


@pytest.mark.parametrize("line", [{"text": " \n"}, {"html": ""}, {"dump": "\t"}])
def test_a_page_of_white_space_is_empty(read, line):
    (rejection,) = read(line)
    assert rejection.reason == "empty"


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_a_file_without_lines_is_empty(read, content):
    (rejection,) = read(content)
    assert (rejection.reason, rejection.uri) == ("empty", "a.jsonl")


def test_one_author_need_not_be_a_list():
    assert (
        record.parse(b'{"text":"a","authors":"Ada Moor"}').body
        == record.parse(b'{"authors":["Ada Moor"],"text":"a"}').body
    )


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
articles = st.fixed_dictionaries(
    {"text": texts.filter(str.strip)},
    optional=dict.fromkeys(("title", "language", "section", "published_at", "site_name", "image_url"), texts)
    | dict.fromkeys(("authors", "tags"), st.lists(texts, max_size=3)),
)


@given(articles, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_same_article_gives_the_same_bytes_however_it_is_written(article, chance):
    names = [*article, "rank", "url"]
    chance.shuffle(names)
    rewritten = {name: article.get(name, "x") for name in names}
    one, other = (
        record.parse(json.dumps(given, ensure_ascii=ascii).encode())
        for given, ascii in [(article, True), (rewritten, False)]
    )
    assert one.body == other.body
    assert record.parse(one.body).body == one.body


def test_half_a_surrogate_pair_does_not_stop_the_line():
    assert record.parse(b'{"text": "flood \\ud83d"}').body.decode() == '{"text":"flood \ufffd"}'


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_line_past_the_limit_is_passed_over(read, name):
    large, good = read({"html": "x" * 3000}, {"html": "y"}, name=name, limit_bytes=2000)
    assert (large.reason, large.uri) == ("too_large", f"{name}#line=1")
    assert good.body == b"y"


def test_a_small_gzip_file_with_an_endless_line_costs_little_memory(tmp_path):
    file = tmp_path / "a.jsonl.gz"
    with gzip.open(file, "wb", compresslevel=1) as stream:
        stream.write(b'{"dump": "a"}\n')
        for _ in range(60):
            stream.write(bytes(1_000_000))
    tracemalloc.start()
    try:
        good, large = jsonl.read(file, "a.jsonl.gz", Facts(), 100_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert good.body == b"a"
    assert (large.reason, large.uri) == ("too_large", "a.jsonl.gz#line=2")
    assert "the rest of the file was not read" in large.detail
    assert peak < 8_000_000


def test_a_file_cut_off_gives_its_whole_lines_and_one_rejection(tmp_path):
    lines = [json.dumps({"dump": hashlib.sha512(bytes([number])).hexdigest() * 3}) for number in range(50)]
    whole = "\n".join(lines).encode()
    plain, packed = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    plain.write_bytes(whole[:-100])
    packed.write_bytes(gzip.compress(whole)[:-100])
    for file in (plain, packed):
        *captures, rejection = jsonl.read(file, file.name, Facts(), 100_000)
        assert rejection.reason == "truncated"
        assert [capture.body.decode() for capture in captures] == [
            json.loads(line)["dump"] for line in lines[: len(captures)]
        ]
        assert len(captures) >= 48


def test_damaged_gzip_data_are_one_rejection(tmp_path):
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(gzip.compress(b'{"dump": "a"}\n')[:10] + b"\xff" * 50)
    (rejection,) = jsonl.read(file, file.name, Facts(), 100_000)
    assert rejection.reason == "undecodable"
