"""What was acknowledged outlives the process that stored it, wherever it is killed."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storywire.notice import NOTHING
from storywire.store.archive import Archive, recover, scan
from tests.storywire.store.archive.exchanges import MOMENT, PAGE, URL, Made
from tests.storywire.store.archive.test_archive import by_fastwarc, by_warcio

ROOT = Path(__file__).parents[4]


def killed(raw: Path, seed: int) -> set[str]:
    """The addresses a process had acknowledged when it was killed, some time after its first page."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.storywire.store.archive.fetching", str(raw), str(seed)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        first = process.stdout.readline()
        time.sleep(random.Random(seed).uniform(0, 0.4))  # noqa: S311 - no secret
        process.kill()
        rest = process.stdout.read()
    assert process.returncode == -9
    return {line.strip() for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_killed_run_loses_nothing_that_it_acknowledged(tmp_path, seed):
    acknowledged = killed(tmp_path, seed) | killed(tmp_path, seed + 100)
    assert list(tmp_path.glob("*/[!.]*")) == []
    recovered = recover(tmp_path)
    urls = [one.url for one in recovered]
    assert acknowledged <= set(urls)
    assert len(urls) == len(set(urls))
    assert len(urls) <= len(acknowledged) + 2  # of each process, the page it had stored and not yet told of
    assert list(tmp_path.glob("*/.*")) == []
    files = sorted(tmp_path.glob("*/*.warc.gz"))
    assert recovered == [one for file in files for one in scan(tmp_path, file)]
    for file in files:
        whole = by_warcio(file)
        assert [kind for kind, *_ in whole] == [kind for kind, *_ in by_fastwarc(file)]
        assert all(sound for _, _, sound, _ in by_fastwarc(file))
        assert whole[-1][0] in ("response", "revisit", "metadata")
    assert recover(tmp_path) == []


@pytest.mark.parametrize("cut", [0, 5, 30, 400])
def test_what_a_power_cut_leaves_is_cut_behind_the_last_whole_page(tmp_path, cut):
    """Wherever it ends, or ends in zeros: a page is there with all its records, or not at all."""
    archive = Archive(tmp_path, MOMENT, "storywire/0.1")
    kept = [archive.keep(Made(url=f"{URL}/{number}"), NOTHING, "norrby") for number in range(3)]
    (growing,) = tmp_path.glob("*/.*.warc.gz")
    content = growing.read_bytes()
    for number, ending in enumerate((b"", b"\0" * 4096, b"\x1f\x8b\x08\0garbage")):
        raw = tmp_path / str(number)
        there = raw / growing.parent.name / growing.name
        there.parent.mkdir(parents=True)
        there.write_bytes(content[: len(content) - cut] + ending)
        whole = kept if cut == 0 else kept[:2]
        assert recover(raw) == whole
        (file,) = raw.glob("*/*.warc.gz")
        assert file.name == growing.name[1:]
        assert len(by_warcio(file)) == len(by_fastwarc(file)) == 1 + 3 * len(whole)
        assert by_warcio(file)[-1][3] == PAGE
    archive.close()


def test_an_archive_that_a_crash_left_without_a_page_is_taken_away(tmp_path):
    archive = Archive(tmp_path, MOMENT, "storywire/0.1")
    archive.keep(Made(), NOTHING, "norrby")
    (growing,) = tmp_path.glob("*/.*.warc.gz")
    content = growing.read_bytes()
    archive.close()
    for length in (0, 10, 500):
        growing.write_bytes(content[:length])
        assert recover(tmp_path) == []
        assert not growing.exists()
