from __future__ import annotations

import gzip
import itertools
import json
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from benchmarks import archives
from storywire.capture import Capture
from storywire.notice import Notice
from storywire.settings import Settings
from storywire.sources import folder
from storywire.sources.source import Source
from storywire.store import archive, visits
from storywire.store.health import health
from storywire.store.visits import Visits
from storywire.store.workspace import Workspace
from storywire.web import fetching, inventories
from storywire.web.exchange import FetchError
from storywire.web.guard import Guard
from storywire.web.remote import Remote
from storywire.web.streaming import stream
from tests.storywire.web.fileservers import FileServer, serving

AGENT = "storywire/0 (+desk@storywire.test)"
N_PAGES = 60
PART = 20_000


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Visits]:
    with visits.opened(tmp_path / "visits.sqlite") as opened:
        yield opened


def records(pages: int = N_PAGES, paragraphs: int = 8) -> list[bytes]:
    """The records of an archive, not packed; one page in ten is none."""
    lot = random.Random(1)  # noqa: S311 - no secret
    info = archives.record("warcinfo", "", archives.BEGUN, b"software: invented\r\n")
    return [info, *itertools.chain.from_iterable(archives.exchange(lot, n, paragraphs) for n in range(pages))]


def packed(parts: list[bytes]) -> bytes:
    return b"".join(map(archives.packed, parts))


def run(raw: Path, memory: Visits, *, part_bytes: int = PART, stop: float = float("inf"), **given: Any) -> Counter[str]:
    """One run over a source."""
    source = Source(name="agency", kind="warc", delay=0.0, **given)
    guard = Guard([ip_network("127.0.0.0/8")], {"*.test": "127.0.0.1"})
    with Remote(guard, AGENT, sleep=lambda seconds: None) as remote:
        return stream(raw, source, memory, remote, page_bytes=1_000_000, part_bytes=part_bytes, until=stop)


def captures(raw: Path) -> list[Capture]:
    """What the reader of the raw folder makes of it; nothing may be wrong with any of it."""
    found = [one for path in folder.find(raw).inputs for one in folder.read(raw, path)]
    assert all(isinstance(one, Capture) for one in found), found
    return [one for one in found if isinstance(one, Capture)]


def urls(raw: Path) -> list[str]:
    return sorted(one.url or "" for one in captures(raw))


def contents(raw: Path) -> dict[str, bytes]:
    return {path.relative_to(raw).as_posix(): path.read_bytes() for path in raw.rglob("*") if path.is_file()}


def expected(wanted: range = range(N_PAGES), hosts: tuple[str, ...] = archives.HOSTS) -> list[str]:
    named = ((n, archives.HOSTS[n % len(archives.HOSTS)]) for n in wanted)
    return sorted(f"https://{host}/reports/{n}" for n, host in named if n % 10 != 9 and host in hosts)


def test_the_pages_of_an_archive_become_captures_each_once(tmp_path: Path, memory: Visits) -> None:
    given = tmp_path / "in.warc.gz"
    given.write_bytes(packed(records()))
    tally = run(tmp_path / "raw", memory, path=given)
    assert urls(tmp_path / "raw") == expected()
    assert tally == {"had": 54, "new": 54, "left_out:not_a_page": 6}
    assert len(contents(tmp_path / "raw")) == -(-given.stat().st_size // PART)
    assert run(tmp_path / "raw", memory, path=given) == {}


@pytest.mark.parametrize("layout", ["a member each", "one member", "plain", "a member for every three"])
def test_every_way_to_pack_an_archive_gives_the_same_captures(tmp_path: Path, memory: Visits, layout: str) -> None:
    parts = records()
    data = {
        "a member each": packed(parts),
        "one member": gzip.compress(b"".join(parts)),
        "plain": b"".join(parts),
        "a member for every three": packed([b"".join(parts[n : n + 3]) for n in range(0, len(parts), 3)]),
    }[layout]
    given = tmp_path / ("in.warc" if layout == "plain" else "in.warc.gz")
    given.write_bytes(data)
    assert run(tmp_path / "raw", memory, path=given)["had"] == 54
    assert urls(tmp_path / "raw") == expected()
    directly = [one for one in folder.read(tmp_path, given.name) if isinstance(one, Capture)]
    assert {one.source for one in captures(tmp_path / "raw")} == {"agency"}
    assert sorted(one.id for one in captures(tmp_path / "raw")) == sorted(one.id for one in directly)
    for path in (tmp_path / "raw").glob("*/*.warc.gz"):
        with path.open("rb") as file:
            kinds = [record.rec_type for record in ArchiveIterator(file, check_digests="raise")]
        with path.open("rb") as file:
            assert [record.headers["WARC-Type"] for record in FastIterator(file)] == kinds
        assert kinds == ["warcinfo", *["metadata", "response"] * ((len(kinds) - 1) // 2)]


def test_a_record_with_a_gzip_member_of_its_own_is_copied_byte_for_byte(tmp_path: Path, memory: Visits) -> None:
    parts = records(5)
    (tmp_path / "in.warc.gz").write_bytes(packed(parts))
    run(tmp_path / "raw", memory, path=tmp_path / "in.warc.gz")
    (data,) = contents(tmp_path / "raw").values()
    responses = [archives.packed(part) for part in parts if b"WARC-Type: response" in part]
    assert len(responses) == 5
    assert all(data.count(response) == 1 for response in responses)


def test_before_each_page_stands_what_the_operator_wrote_of_the_source(tmp_path: Path, memory: Visits) -> None:
    (tmp_path / "in.warc.gz").write_bytes(packed(records(3)))
    run(tmp_path / "raw", memory, path=tmp_path / "in.warc.gz", outlet="Norrby Post", language="sv")
    (path,) = (tmp_path / "raw").glob("*/*.warc.gz")
    with path.open("rb") as file:
        found = [(one.rec_type, one.rec_headers, one.content_stream().read()) for one in ArchiveIterator(file)][1:]
    for (kind, about, said), (last, page, _) in zip(found[::2], found[1::2], strict=True):
        assert (kind, last) == ("metadata", "response")
        assert about.get_header("WARC-Concurrent-To") == page.get_header("WARC-Record-ID")
        facts = json.loads(said)
        assert facts["source"] == "agency"
        assert facts.items() >= Notice(site_name="Norrby Post", language="sv").facts().items()
    (capture, *_) = captures(tmp_path / "raw")
    assert (capture.source, capture.notice) == ("agency", Notice(site_name="Norrby Post", language="sv"))
    assert list(archive.scan(tmp_path / "raw", path)) == []  # they are not ours: nobody takes them for fetched pages


def test_pages_of_other_hosts_days_and_languages_are_counted_and_left(tmp_path: Path, memory: Visits) -> None:
    (tmp_path / "in.warc.gz").write_bytes(packed(records()))
    tally = run(
        tmp_path / "raw", memory, path=tmp_path / "in.warc.gz", hosts=["sund.example", "hamn.example"], languages=["sv"]
    )
    of_the_hosts = [n for n in range(N_PAGES) if n % 4 in (1, 2) and n % 10 != 9]
    wanted = [n for n in of_the_hosts if n % 3]
    assert urls(tmp_path / "raw") == sorted(f"https://{archives.HOSTS[n % 4]}/reports/{n}" for n in wanted)
    assert tally["had"] == len(wanted)
    assert tally["left_out:host"] == 30
    assert tally["left_out:language"] == len(of_the_hosts) - len(wanted)
    assert sum(tally.values()) - tally["new"] == N_PAGES


def test_days_are_those_of_the_capture(tmp_path: Path, memory: Visits) -> None:
    first = archives.record("response", "https://norrby.example/1", archives.BEGUN, b"HTTP/1.1 200 OK\r\n\r\n<p>One")
    late = archives.BEGUN.replace(day=4)
    second = archives.record("response", "https://norrby.example/2", late, b"HTTP/1.1 200 OK\r\n\r\n<p>Two")
    (tmp_path / "in.warc.gz").write_bytes(packed([first, second]))
    run(tmp_path / "raw", memory, path=tmp_path / "in.warc.gz")
    assert sorted(path.partition("/")[0] for path in contents(tmp_path / "raw")) == ["2031-03-03", "2031-03-04"]
    assert [str(one.day) for one in captures(tmp_path / "raw")] == ["2031-03-03", "2031-03-04"]
    (tmp_path / "again.warc.gz").write_bytes(packed([first, second]))
    tally = run(tmp_path / "other", memory, path=tmp_path / "again.warc.gz", since=date(2031, 3, 4))
    assert tally == {"had": 1, "new": 1, "left_out:date": 1}


@pytest.mark.parametrize("layout", ["a member each", "plain", "one member"])
def test_what_is_whole_of_a_file_that_ends_early_is_taken_and_the_rest_later(
    tmp_path: Path, memory: Visits, layout: str
) -> None:
    parts, given = records(), tmp_path / ("in.warc" if layout == "plain" else "in.warc.gz")
    data = b"".join(parts) if layout == "plain" else packed(parts)
    data = gzip.compress(b"".join(parts)) if layout == "one member" else data
    for cut in (len(data) // 3, len(data) // 2, len(data) - 10):
        given.write_bytes(data[:cut])
        assert run(tmp_path / "raw", memory, path=given)["failed:truncated"] == 1
        assert set(urls(tmp_path / "raw")) <= set(expected())
        (told,) = health(memory, datetime.now(UTC))
        assert told.error is not None
        assert "in.warc" in told.error
    assert len(urls(tmp_path / "raw")) > 10
    given.write_bytes(data)
    run(tmp_path / "raw", memory, path=given)
    assert sorted(set(urls(tmp_path / "raw"))) == expected()
    if layout != "one member":  # inside one, nothing can be found again: parts are written over
        assert urls(tmp_path / "raw") == expected()
    (told,) = health(memory, datetime.now(UTC))
    assert told.error is None


def test_behind_damaged_gzip_data_nothing_is_made_up(tmp_path: Path, memory: Visits) -> None:
    data = bytearray(packed(records()))
    half = len(data) // 2
    data[half : half + 200] = bytes(200)
    (tmp_path / "in.warc.gz").write_bytes(data)
    assert run(tmp_path / "raw", memory, path=tmp_path / "in.warc.gz")["failed:undecodable"] == 1
    found = urls(tmp_path / "raw")
    assert found
    assert set(found) < set(expected())
    place, is_whole = next(iter(memory.connection.execute("SELECT place, whole FROM places")))
    assert 0 < place <= half
    assert not is_whole


def test_a_record_that_is_none_costs_no_other(tmp_path: Path, memory: Visits) -> None:
    parts = records(9)
    broken = [b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", b"WARC/1.0\r\nContent-Length: 99999\r\n\r\nshort"]
    large = archives.record("response", "https://norrby.example/large", archives.BEGUN, bytes(3_000_000))
    (tmp_path / "in.warc.gz").write_bytes(packed([*parts[:5], *broken, large, *parts[5:]]))
    tally = run(tmp_path / "raw", memory, path=tmp_path / "in.warc.gz")
    assert urls(tmp_path / "raw") == expected(range(9))
    assert (tally["failed:bad_record"], tally["failed:too_large"]) == (2, 1)


def test_no_name_in_an_address_leads_out_of_the_raw_folder(tmp_path: Path, memory: Visits) -> None:
    data = packed(records(3))
    with serving(FileServer({"/..%2F..%2Fevil%00.warc.gz": data})) as server:
        run(tmp_path / "raw", memory, url=server.url("/..%2F..%2Fevil%00.warc.gz"))
    (name,) = contents(tmp_path / "raw")
    assert name.startswith("2031-03-03/agency-")
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./")
    assert not list(tmp_path.parent.glob("*evil*"))


def test_archives_of_a_list_are_streamed_over_the_network_and_taken_up_where_they_broke_off(
    tmp_path: Path, memory: Visits
) -> None:
    parts = records()
    one, two = packed(parts[:60]), packed(parts[60:])
    names = (
        b"# a month\nnews/a-20310303000000.warc.gz\n\nnews/b-20310303230000.warc.gz\nnews/c-20310401000000.warc.gz\n"
    )
    files = {"/l/warc.paths.gz": gzip.compress(names), "/news/a-20310303000000.warc.gz": one}
    with serving(FileServer(files)) as server:
        given = {"list": server.url("/l/warc.paths.gz"), "base": server.url("/"), "until": date(2031, 3, 4)}
        first = run(tmp_path / "raw", memory, **given)
        assert (first["left_out:file"], first["failed:status"]) == (1, 1)
        server.files["/news/b-20310303230000.warc.gz"] = two
        second = run(tmp_path / "raw", memory, **given)
    assert urls(tmp_path / "raw") == expected()
    assert first["had"] + second["had"] == len(expected())
    assert not any("c-2031" in path for _, path, _ in server.asked)


def test_a_list_from_the_web_names_no_local_file(tmp_path: Path, memory: Visits) -> None:
    (tmp_path / "in.warc.gz").write_bytes(packed(records(3)))
    for line in (tmp_path / "in.warc.gz", f"file://{tmp_path}/in.warc.gz"):
        with serving(FileServer({"/list": str(line).encode()})) as server:
            tally = run(tmp_path / "raw", memory, list=server.url("/list"))
        assert tally["had"] == 0
        assert tally["feeds_failed:url"] + tally["failed:url"] == 1


def test_a_local_list_names_files_beside_it(tmp_path: Path, memory: Visits) -> None:
    (tmp_path / "in.warc.gz").write_bytes(packed(records(3)))
    (tmp_path / "list.txt").write_text("in.warc.gz\n")
    assert run(tmp_path / "raw", memory, list=str(tmp_path / "list.txt"))["had"] == 3


def test_of_a_folder_all_archives_are_streamed(tmp_path: Path, memory: Visits) -> None:
    (tmp_path / "in/deeper").mkdir(parents=True)
    (tmp_path / "in/a.warc.gz").write_bytes(packed(records()[:20]))
    (tmp_path / "in/deeper/a.warc").write_bytes(b"".join(records()[20:]))
    (tmp_path / "in/readme.txt").write_text("no archive")
    run(tmp_path / "raw", memory, path=tmp_path / "in")
    assert urls(tmp_path / "raw") == expected()


@pytest.mark.slow
def test_a_run_of_the_fetcher_streams_the_archives_of_its_sources(tmp_path: Path) -> None:
    held = tmp_path / "in.warc.gz"
    held.write_bytes(packed(records(10)))
    listed = [Source(name="held", kind="warc", path=held), Source(name="off", kind="warc", path=held, paused=True)]
    listed.append(Source(name="far", kind="warc", url="http://files.test:1/a.warc.gz", delay=0.0))
    set_up = Settings(raw=tmp_path / "raw", data=tmp_path / "data", contact=None)
    space = Workspace(set_up.data).prepare()
    found = fetching.fetch(space, set_up, listed)
    assert found["held"]["had"] == 9
    assert found["far"] == {"failed:url": 1}  # nobody is named who asks
    assert {one.source for one in captures(tmp_path / "raw")} == {"held"}
    assert fetching.fetch(space, set_up, listed[:1]) == {"held": {}}


def test_a_list_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventories, "LIST_BYTES", 10_000)
    (tmp_path / "list.gz").write_bytes(gzip.compress(b"a.warc.gz\n" * 100_000))
    source = Source(name="agency", kind="warc", list=str(tmp_path / "list.gz"))
    with Remote(Guard(), AGENT) as remote, pytest.raises(FetchError) as failed:
        inventories.listed(source, remote)
    assert failed.value.kind == "too_large"


def test_a_run_whose_time_is_up_ends_with_a_part_and_the_next_goes_on(tmp_path: Path, memory: Visits) -> None:
    (tmp_path / "in.warc.gz").write_bytes(packed(records()))
    assert run(tmp_path / "raw", memory, path=tmp_path / "in.warc.gz", stop=0) == {}
    run(tmp_path / "whole", memory, paths=[tmp_path / "in.warc.gz"])
    memory.connection.execute("DELETE FROM places")
    source = Source(name="agency", kind="warc", path=tmp_path / "in.warc.gz", delay=0.0)
    had = []
    while not had or had[-1]:
        clock = itertools.chain([0.0], itertools.repeat(9.0))  # up as soon as the first part is done
        with Remote(Guard(), None) as remote:
            tally = stream(
                tmp_path / "raw", source, memory, remote, page_bytes=1_000_000, part_bytes=PART, until=5.0,
                now=lambda clock=clock: next(clock),
            )  # fmt: skip
        had.append(tally["had"])
    assert len(had) > 3
    assert contents(tmp_path / "raw") == contents(tmp_path / "whole")


def n_whole(folder: Path) -> int:
    """Parts that are whole, told by their names alone: what grows may be gone before it can be opened."""
    return len(list((folder / "raw").rglob("[!.]*.warc.gz")))


@pytest.mark.slow
def test_killed_at_any_moment_it_goes_on_within_the_file_to_the_very_same_bytes(tmp_path: Path) -> None:
    given, lot = tmp_path / "in.warc.gz", random.Random(3)  # noqa: S311 - moments, not secrets
    archives.generate(given, 5_000_000)
    part = 200_000
    whole = archives.copy(tmp_path / "whole", part, paths=[given])
    a_part = whole["seconds"] / n_whole(tmp_path / "whole")
    kills, places = 0, [0]
    for _ in range(60):
        with archives.started(tmp_path / "killed", part, paths=[given]) as victim:
            due = n_whole(tmp_path / "killed") + lot.randint(1, 2)  # parts, not seconds: machines differ
            while victim.poll() is None and n_whole(tmp_path / "killed") < due:
                time.sleep(0.001)
            time.sleep(lot.uniform(0.0, a_part))
            victim.send_signal(signal.SIGKILL)
        kills += victim.returncode == -signal.SIGKILL
        with visits.opened(tmp_path / "killed/visits.sqlite", to_read=True) as memory:
            places += [place for (place,) in memory.connection.execute("SELECT place FROM places")]
        if victim.returncode == 0:
            break
    archives.copy(tmp_path / "killed", part, paths=[given])
    assert kills >= 5
    assert places == sorted(places)
    assert len(set(places)) >= 5  # it went on, and did not begin anew
    assert archives.written(tmp_path / "killed") == archives.written(tmp_path / "whole")
    with visits.opened(tmp_path / "killed/visits.sqlite") as memory:
        counted = Counter[str]()
        for _, _, what, count in memory.tallies(date.min):
            counted[what] += count
    assert counted == whole["tally"]


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for size in (2_000_000, 40_000_000):
        given = tmp_path / f"{size}.warc.gz"
        archives.generate(given, size)
        said, _ = archives.started(tmp_path / str(size), 2_000_000, paths=[given]).communicate()
        peaks.append(json.loads(said)["peak_bytes"])
        assert json.loads(said)["tally"]["had"] > 20
    assert peaks[1] - peaks[0] < 12_000_000
    assert peaks[1] < 300_000_000
