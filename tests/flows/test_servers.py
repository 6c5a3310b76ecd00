"""Servers as one meets them: on PostgreSQL, as docs/operations.md sets it up, and two for one data folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from benchmarks import corpus
from tests.flows.commands import command
from tests.flows.runs import tables
from tests.flows.serving import free_port, serving

pytestmark = pytest.mark.slow

NEEDED = ("initdb", "pg_ctl", "psql")


def programs() -> Path | None:
    """Where PostgreSQL's own programs are; Debian keeps them off the path."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for home in [*homes, *(Path(found).parent for found in [shutil.which("initdb")] if found)]:
        if all((home / name).exists() for name in NEEDED):
            return home
    return None


@contextlib.contextmanager
def database(programs: Path) -> Iterator[str]:
    """A database of its own on a free port; gone with the test.

    PostgreSQL refuses to run as root, and another user does not get into the folders of pytest.
    """
    folder = Path(tempfile.mkdtemp(prefix="storywire-"))
    user: dict[str, object] = {}
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        user = {"user": "postgres", "group": "postgres", "extra_groups": []}

    def call(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, timeout=120, cwd="/", **user)  # type: ignore[call-overload]  # who it runs as

    data, port = folder / "postgres", free_port()
    call(str(programs / "initdb"), "-D", str(data), "-U", "storywire", "-A", "trust", "-E", "UTF8")
    options = f"-p {port} -h 127.0.0.1 -k ''"
    call(str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "postgres.log"), "-o", options, "start")
    try:
        where = ("-h", "127.0.0.1", "-p", str(port), "-U", "storywire")
        call(str(programs / "psql"), *where, "-d", "postgres", "-c", "CREATE DATABASE prefect")
        call(str(programs / "psql"), *where, "-d", "prefect", "-c", "CREATE EXTENSION IF NOT EXISTS pg_trgm")
        yield f"postgresql+asyncpg://storywire@127.0.0.1:{port}/prefect"
    finally:
        call(str(programs / "pg_ctl"), "-D", str(data), "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def test_two_servers_for_one_data_folder_share_the_work(deployed_home: Path, tmp_path: Path) -> None:
    """Neither knows of the other, what holds them apart lies in the data folder; one is on PostgreSQL."""
    raw, data = tmp_path / "raw", tmp_path / "data"
    corpus.write(raw, corpus.pages(date(2026, 3, 2), 3, 4))
    found = programs()
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(database(found)) if found else None
        production = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": url} if url else {}
        one = stack.enter_context(serving(tmp_path / "one", **production))
        other = stack.enter_context(serving(Path(shutil.copytree(deployed_home, tmp_path / "other"))))
        order = ("backfill", "2026-03-02", "2026-03-04", "--max-active", "1", "--raw", str(raw), "--data", str(data))
        with ThreadPoolExecutor() as both:
            runs = [both.submit(server.command, "storywire", *order) for server in (one, other)]
            for run in runs:
                assert run.result().returncode == 0, run.result().stderr
        names = [[run["name"] for run in server.flow_runs()] for server in (one, other)]
        assert names == [["backfill-2026-03-02-2026-03-04"]] * 2
        assert list((tmp_path / "other").glob("*.db"))
        assert not found or not list((tmp_path / "one").glob("*.db")), "this server keeps its runs in PostgreSQL"
    calm = command("run", "--raw", str(raw), "--data", str(tmp_path / "calm"))
    assert calm.returncode == 0, calm.stderr
    assert tables(data) == tables(tmp_path / "calm")
    if found is None:
        pytest.skip("PostgreSQL's server is not installed here (Debian: `postgresql`); both servers were on SQLite")
