import json

import pytest

from storywire.sources import sidecar
from storywire.sources.sidecar import Facts


@pytest.fixture
def load(tmp_path):
    """Write sidecars, given as path and lines, and load them."""

    def load(**lines_of):
        paths = []
        for folder, lines in lines_of.items():
            path = "captures.jsonl" if folder == "root" else f"{folder}/captures.jsonl"
            (tmp_path / path).parent.mkdir(exist_ok=True)
            text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
            (tmp_path / path).write_text(text, encoding="utf-8")
            paths.append(path)
        return sidecar.load(tmp_path, paths)

    return load


def test_the_nearest_sidecar_wins(load):
    far = {"path": "news/a.html", "source": "far", "url": "https://far.example/"}
    sidecars = load(root=[far, {"path": "news/b.html", "source": "far"}], news=[{"path": "a.html", "source": "near"}])
    assert sidecars.of("news/a.html") == Facts(source="near")
    assert sidecars.of("news/b.html") == Facts(source="far")
    assert sidecars.of("news/c.html") == Facts()


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("{", "no JSON"),
        ("[]", "path"),
        ({"url": "https://norrby.example/"}, "path"),
        ({"path": "../a.html"}, "'../a.html'"),
        ({"path": "/etc/a.html"}, "'/etc/a.html'"),
        ({"path": "a.html", "url": 7}, "url is 7"),
        ({"path": "a.html", "captured_at": "yesterday"}, "'yesterday'"),
        ("x" * 200_000, "longer than"),
    ],
)
def test_a_line_that_cannot_be_used_is_a_rejection_and_the_others_count(load, line, named):
    sidecars = load(news=[{"path": "b.html", "source": "norrby"}, "", line, {"path": "./c.html", "source": "norrby"}])
    (rejection,) = sidecars.rejections
    assert (rejection.uri.partition("#")[0], rejection.reason) == ("news/captures.jsonl", "bad_record")
    assert rejection.uri.endswith("#line=3")
    assert named in rejection.detail
    assert set(sidecars.facts) == {"news/b.html", "news/c.html"}


def test_a_file_described_twice_in_two_ways_keeps_the_first_and_says_so(load):
    first, other = {"path": "a.html", "source": "one"}, {"path": "a.html", "source": "two"}
    sidecars = load(root=[first, first, other])
    assert sidecars.of("a.html").source == "one"
    assert [rejection.uri for rejection in sidecars.rejections] == ["captures.jsonl#line=3"]


def test_half_a_character_in_a_fact_becomes_a_replacement_character(load):
    """JSON can name what UTF-8 cannot write: the key of the capture is a hash of its UTF-8."""
    line = '{"path": "a.html", "url": "https://norrby.example/\\ud83d", "source": "desk \\udc00"}'
    facts = load(root=[line]).of("a.html")
    assert (facts.url, facts.source) == ("https://norrby.example/\ufffd", "desk \ufffd")


def test_a_sidecar_that_vanished_is_a_rejection(tmp_path):
    (rejection,) = sidecar.load(tmp_path, ["captures.jsonl"]).rejections
    assert rejection.reason == "unreadable"
