import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from storywire.work.pool import GRACE_SECONDS, PATIENCE, Pool, run_each

pytestmark = pytest.mark.slow  # real processes that really die
HERE = Path(__file__).parent


@pytest.fixture
def misbehaving(monkeypatch):
    monkeypatch.syspath_prepend(HERE)
    import misbehaving

    return misbehaving


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def test_a_bad_page_costs_only_its_own_outcome(misbehaving):
    """Every way to go wrong at once, each between good pages, in order, whatever the number of workers."""
    pages = ["a", "hangs", "b", "killed", "c", "exits 7", "d", "fails badly", "e", "oddly", "quits", "returns", "f"]
    pages += ["aborts", "computes", "faults", "g"]
    outcomes = list(run_each(misbehaving.read_page, pages, workers=2, deadline_seconds=0.5))
    assert outcomes == list(run_each(misbehaving.read_page, pages, workers=4, deadline_seconds=0.5))
    assert [outcome.item for outcome in outcomes] == pages
    assert {outcome.item: outcome.failure for outcome in outcomes if outcome.failure} == {
        "hangs": "timeout",
        "computes": "timeout",
        "killed": "crashed",
        "aborts": "crashed",
        "faults": "crashed",
        "exits 7": "crashed",
        "fails badly": "error",
        "oddly": "error",
        "quits": "error",
        "returns": "error",
    }
    assert {outcome.item: outcome.value for outcome in outcomes if not outcome.failure} == {
        p: p.upper() for p in "abcdefg"
    }
    details = {outcome.item: outcome.detail for outcome in outcomes}
    assert details["hangs"].startswith("Not done within 0.5 s")
    assert "SIGKILL" in details["killed"]
    assert "SIGABRT" in details["aborts"]
    assert "SIGSEGV" in details["faults"]
    assert "exit code 7" in details["exits 7"]
    assert details["fails badly"].startswith("ValueError: badly (misbehaving.py:")


def test_the_deadline_counts_what_a_page_computes_not_how_busy_the_machine_is(misbehaving):
    """A page that has to wait for a processor is read all the same."""
    waiting, computing = run_each(misbehaving.read_page, ["waits 0.7", "computes"], workers=1, deadline_seconds=0.5)
    assert (waiting.value, computing.failure) == ("WAITS 0.7", "timeout")


@pytest.mark.parametrize("page", ["hangs", "computes"])
def test_a_page_without_end_is_ended_soon_after_its_deadline(misbehaving, page):
    with Pool(workers=1, deadline_seconds=0.5) as pool:
        next(pool.run_each(misbehaving.read_page, ["a"]))
        begun = time.monotonic()
        (outcome,) = pool.run_each(misbehaving.read_page, [page])
        assert outcome.failure == "timeout"
        assert 0.5 <= time.monotonic() - begun < 0.5 * PATIENCE + GRACE_SECONDS


@pytest.mark.parametrize("page", ["hoards", "crumbles"])
def test_a_page_that_asks_for_all_memory_meets_the_cap(misbehaving, page):
    """In large pieces or in small ones."""
    hoard, good = run_each(misbehaving.read_page, [page, "a"], workers=1, deadline_seconds=20, memory_bytes=300_000_000)
    assert (hoard.failure, good.value) == ("crashed", "A")
    assert "300 MB" in hoard.detail


def test_memory_that_earlier_pages_left_behind_is_not_held_against_a_page(misbehaving):
    """The worker meets its cap every few pages, and a fresh one reads the page again."""
    pages = list(range(30))
    outcomes = list(run_each(misbehaving.leaks, pages, workers=1, deadline_seconds=20, memory_bytes=800_000_000))
    assert [outcome.value for outcome in outcomes] == pages


def test_a_message_is_kept_short_and_on_one_line(misbehaving):
    (outcome,) = run_each(misbehaving.read_page, ["fails " + "so\n" * 5000], workers=1, deadline_seconds=20)
    assert len(outcome.detail) < 250
    assert "\n" not in outcome.detail


@pytest.mark.parametrize("workers", [1, 3])
def test_outcomes_come_in_the_order_of_the_pages(misbehaving, workers):
    pages = [f"waits {number % 5 / 100}" for number in range(40)]
    outcomes = list(run_each(misbehaving.read_page, pages, workers=workers, deadline_seconds=20))
    assert [outcome.item for outcome in outcomes] == pages
    assert [outcome.value for outcome in outcomes] == [page.upper() for page in pages]


def test_a_worker_is_replaced_after_its_count_of_pages(misbehaving):
    outcomes = list(run_each(misbehaving.worker, range(9), workers=1, deadline_seconds=20, recycle_after=3))
    pids = [outcome.value for outcome in outcomes]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 3]


def test_a_page_is_not_blamed_for_a_worker_that_dies_once(misbehaving, tmp_path):
    """The second, fresh worker reads it: what earlier pages did to the first is not the page's fault."""
    (outcome,) = run_each(misbehaving.dies_once, [str(tmp_path / "died")], workers=1, deadline_seconds=20)
    assert (outcome.value, outcome.failure) == ("read", None)


def test_a_worker_killed_from_outside_is_replaced_and_its_page_read(misbehaving, tmp_path):
    """The kernel, out of memory, may take any worker."""
    marker = tmp_path / "reading"
    marker.touch()
    killed = []

    def kill():
        wait_until(lambda: marker.with_suffix(".pid").exists() and marker.with_suffix(".pid").read_text())
        killed.append(int(marker.with_suffix(".pid").read_text()))
        os.kill(killed[0], signal.SIGKILL)
        marker.unlink()

    thread = threading.Thread(target=kill)
    thread.start()
    (outcome,) = run_each(misbehaving.waits_to_be_killed, [str(marker)], workers=1, deadline_seconds=20)
    thread.join()
    assert outcome.failure is None
    assert outcome.value != killed[0]


def test_a_pool_keeps_its_workers_between_calls_and_ends_them_with_the_context(misbehaving):
    with Pool(workers=1, deadline_seconds=20, preload=["misbehaving"]) as pool:
        pids = {outcome.value for _ in range(3) for outcome in pool.run_each(misbehaving.worker, range(4))}
        assert len(pids) == 1
        assert is_alive(*pids)
    assert not any(is_alive(pid) for pid in pids)


def test_no_worker_outlives_an_iteration_that_is_left_early(misbehaving, tmp_path):
    with Pool(workers=2, deadline_seconds=60) as pool:
        outcomes = pool.run_each(misbehaving.worker, range(3))
        first = next(outcomes).value
        outcomes.close()
        hanging = pool.run_each(misbehaving.read_page, ["a", *["hangs"] * 5])
        assert next(hanging).value == "A"
        hanging.close()
        after = [outcome.value for outcome in pool.run_each(misbehaving.read_page, ["b", "c"])]
        assert after == ["B", "C"]
    assert wait_until(lambda: not is_alive(first))


def test_a_pool_works_in_a_thread_that_is_not_the_main_one(misbehaving):
    """Prefect runs tasks in threads."""
    found = []
    thread = threading.Thread(
        target=lambda: found.extend(
            run_each(misbehaving.read_page, ["a", "killed", "b"], workers=2, deadline_seconds=20)
        )
    )
    thread.start()
    thread.join()
    assert [outcome.value for outcome in found] == ["A", None, "B"]


def test_a_function_the_workers_cannot_load_is_no_fault_of_the_pages(misbehaving, monkeypatch):
    def local(page):
        return page

    monkeypatch.setattr(local, "__qualname__", "gone")
    monkeypatch.setattr(local, "__module__", "misbehaving")
    monkeypatch.setattr(misbehaving, "gone", local, raising=False)
    with pytest.raises(RuntimeError, match="cannot load"):
        list(run_each(local, ["a"], workers=1, deadline_seconds=20))


def test_no_pages_need_no_workers():
    assert list(run_each(abs, [], workers=4, deadline_seconds=1)) == []


SCRIPT = textwrap.dedent("""
    import os, sys
    print("main runs as", __name__, flush=True)
    sys.path.insert(0, {here!r})
    import misbehaving
    from storywire.work.pool import run_each

    def main():
        print("worker", next(run_each(misbehaving.worker, [1, 2], workers=1, deadline_seconds=60)).value, flush=True)
        pages = run_each(misbehaving.read_page, ["a", "hangs"], workers=2, deadline_seconds=60)
        print(next(pages).value, flush=True)
        next(pages)

    if __name__ == "__main__":
        main()
""")


def started(tmp_path):
    script = tmp_path / "storywire-script"
    script.write_text(SCRIPT.format(here=str(HERE)))
    return subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        # A shell's background job ignores SIGINT, and so would what it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def session(process):
    """The processes that live in the session of the script: itself, the fork server, its workers."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == process.pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def test_an_interrupted_script_leaves_no_worker_and_its_main_module_runs_once(tmp_path):
    with started(tmp_path) as process:
        lines = [process.stdout.readline() for _ in range(3)]
        assert lines[0] == "main runs as __main__\n"
        assert lines[1].startswith("worker ")  # no second "main runs as" from a worker
        assert lines[2] == "A\n"
        assert len(session(process)) > 1
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(timeout=60) != 0
        assert process.stdout.read() == ""
    assert wait_until(lambda: not session(process))
