"""The fetcher against a web that misbehaves; what is asserted stands in the server's own log."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from storywire.store import visits
from storywire.store.archive import Kept, Missed
from storywire.store.visits import State
from storywire.store.workspace import Workspace
from storywire.web import fetching, loop
from tests.storywire.web import webs
from tests.storywire.web.small import BUSY, Small

DELAY = 0.005
KILLS = 10


@pytest.mark.slow
def test_every_page_that_can_be_had_is_had_once_and_no_host_is_pressed(tmp_path: Path) -> None:
    with webs.serving(tmp_path / "web", "--hosts", "50", "--pages", "3000", "--delay", str(DELAY)) as web:
        runs = 1
        tallies = webs.fetch(web, tmp_path)
        while _waiting(tmp_path) and runs < 6:  # hosts that were put aside are asked again by the next run
            webs.fetch(web, tmp_path)
            runs += 1
        log, expected = web.log(), web.expected
    kept = [one for one in webs.held(tmp_path / "raw") if isinstance(one, Kept)]
    assert sorted(webs.asked(one) for one in kept) == expected["had"]
    served = Counter((one.host, one.path) for one in web.pages() if one.status == 200 and one.whole)
    assert len(served) == len(expected["had"])
    assert set(served.values()) == {1}
    assert sum(counts.get("had", 0) for counts in tallies.values()) > 0.9 * len(expected["had"])
    webs.in_turn(log, DELAY)
    asked_for = webs.addresses(web, log)
    assert not asked_for & set(expected["forbidden"])
    assert asked_for >= set(expected["lost"])
    missed = {one.url: one.kind for one in webs.held(tmp_path / "raw") if isinstance(one, Missed)}
    for_good = {"gone": "status", "endless": "too_large", "loop": "redirects", "inside": "refused_address"}
    wanted = {url: for_good[manner] for url, manner in expected["lost"].items() if manner in for_good}
    assert missed == wanted | dict.fromkeys(expected["forbidden"], "robots")
    with visits.opened(tmp_path / "data/interim/visits.sqlite") as memory:
        for url, manner in expected["lost"].items():
            page = memory.page(url.replace("http://", "https://"))
            assert page is not None
            assert page.state is (
                State.WAITING if manner in ("cut", "reset") else State.REFUSED if manner == "inside" else State.GONE
            )


def test_what_a_host_asks_for_holds_for_the_next_run_too(tmp_path: Path) -> None:
    web = Small(tmp_path / "web")
    web.answers["/feed.xml"] = BUSY.replace(b"Content", b"Retry-After: 7200\r\nContent")
    space = Workspace(tmp_path / "data").prepare()
    listed = '[[source]]\nname = "norrby"\nkind = "feed"\nurl = "http://norrby.test:{port}/feed.xml"\n'

    async def go() -> None:
        async with web.serving():
            for _ in range(2):
                sources = web.sources(listed)
                found = await asyncio.to_thread(fetching.fetch, space, webs.settings(tmp_path), sources, force=True)
                assert +found["norrby"] == {"asked": 1, "feeds_failed:put_aside": 1}

    loop.run(go())
    assert web.pages() == ["norrby.test/feed.xml"]


@pytest.mark.slow
def test_what_was_fetched_is_not_asked_for_again(tmp_path: Path) -> None:
    with webs.serving(tmp_path / "web", "--hosts", "5", "--pages", "100", "--calm") as web:
        webs.fetch(web, tmp_path)
        before = len(web.log())
        assert webs.fetch(web, tmp_path) == {source.name: {} for source in web.sources}
        assert len(web.log()) == before
        again = webs.fetch(web, tmp_path, force=True)
        new = web.log()[before:]
    assert {one.status for one in new} == {304}
    assert {one.path for one in new} == webs.FEEDS - {"/robots.txt"}
    assert sum(counts["feeds_unchanged"] for counts in again.values()) == len(new)


@pytest.mark.slow
def test_a_lost_memory_is_made_anew_from_the_archives(tmp_path: Path) -> None:
    with webs.serving(tmp_path / "web", "--hosts", "5", "--pages", "100") as web:
        webs.fetch(web, tmp_path)
        had = {webs.asked(one) for one in webs.held(tmp_path / "raw") if isinstance(one, Kept)}
        before = len(web.log())
        (tmp_path / "data/interim/visits.sqlite").unlink()
        webs.fetch(web, tmp_path)
        new = [one for one in web.log()[before:] if one.path not in webs.FEEDS]
    assert webs.addresses(web, new).isdisjoint(had)


@pytest.mark.slow
def test_killed_ten_times_it_loses_nothing_and_keeps_nothing_twice(tmp_path: Path) -> None:
    lot = random.Random(7)  # noqa: S311 - moments, not secrets
    with webs.serving(tmp_path / "web", "--hosts", "20", "--pages", "3000", "--calm") as web:
        code = (
            "import sys; from pathlib import Path; from tests.storywire.web import webs; "
            "webs.fetch(webs.LocalWeb(Path(sys.argv[1])), Path(sys.argv[2]), force=True)"
        )
        command = [sys.executable, "-c", code, str(tmp_path / "web"), str(tmp_path)]
        kills = 0
        while kills < KILLS:
            due = web.n_answers() + lot.randint(1, 150)  # answers, not seconds: machines differ
            with subprocess.Popen(command, cwd=webs.ROOT) as run:
                while run.poll() is None and web.n_answers() < due:
                    time.sleep(0.01)
                time.sleep(lot.uniform(0.0, 0.03))
                assert run.poll() is None, "it ended before it was killed: too few pages for so many kills"
                run.kill()
            kills += 1
        webs.fetch(web, tmp_path, force=True)
        expected = web.expected["had"]
        log = web.pages()
    raw = tmp_path / "raw"
    kept = [one for one in webs.held(raw) if isinstance(one, Kept)]
    assert sorted(webs.asked(one) for one in kept) == expected
    assert not list(raw.glob("*/.*"))
    responses = _responses(raw, expected)
    assert set(responses.values()) == {1}
    # What was sent whole a second time is what a kill caught between the server's last byte and the archive.
    served = Counter(one.path for one in log if one.whole)
    assert sum(count - 1 for count in served.values()) <= KILLS * 20


def _responses(raw: Path, expected: list[str]) -> Counter[str]:
    """Responses by address, read with two tools that are not ours."""
    slow: Counter[str] = Counter()
    fast: Counter[str] = Counter()
    for path in sorted(raw.glob("*/*.warc.gz")):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests="raise"):
                record.content_stream().read()
                if record.rec_type == "response":
                    slow[record.rec_headers.get_header("WARC-Target-URI")] += 1
        with path.open("rb") as stream:
            for found in FastIterator(stream, parse_http=False):  # or the digest is of the rest alone
                if found.headers["WARC-Type"] == "response":
                    assert found.verify_block_digest()
                    fast[found.headers["WARC-Target-URI"]] += 1
    assert slow == fast
    assert sorted(slow) == expected
    return slow


def _waiting(folder: Path) -> bool:
    """Whether pages are due now."""
    with visits.opened(folder / "data/interim/visits.sqlite") as memory:
        row = memory.connection.execute("SELECT count(*) FROM pages WHERE due <= ?", (time.time(),)).fetchone()
    return bool(row[0])
