"""Runs of the real flow, and a real Prefect server: everything here is slow."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from benchmarks import corpus
from tests.flows.commands import command
from tests.flows.runs import DAYS, FIRST, LAST, ROOT, SAMPLE
from tests.flows.serving import Server, serving

MadeOnce = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session", autouse=True)
def offline() -> Iterator[None]:
    """Prefect as a test needs it: no analytics, no prompts, no profile of the person at the keyboard."""
    patch = pytest.MonkeyPatch()
    for name, value in {
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    }.items():
        patch.setenv(name, value)
    for name in [name for name in os.environ if name.startswith("STORYWIRE_")]:
        patch.delenv(name)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """A folder that the first process of a session to need it fills, for all others; who changes it takes a copy."""
    base = tmp_path_factory.getbasetemp()
    common = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make(name: str, fill: Callable[[Path], object]) -> Path:
        folder = common / "once" / name
        folder.parent.mkdir(exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            if not folder.exists():
                growing = folder.with_suffix(".part")
                shutil.rmtree(growing, ignore_errors=True)
                fill(growing)
                growing.rename(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory, made_once: MadeOnce, offline: None) -> Path:
    """The data folder after one undisturbed run over the sample pages."""

    def fill(data: Path) -> None:
        from flows.daily import daily

        daily.fn(raw=SAMPLE, data=data)

    made = made_once("sample", fill)
    return Path(shutil.copytree(made, tmp_path_factory.mktemp("sample"), dirs_exist_ok=True))


@pytest.fixture(scope="session")
def expected() -> dict[str, dict[str, Any]]:
    """What must come out of every sample page."""
    captures: dict[str, dict[str, Any]] = json.loads((ROOT / "tests/sample/expected.json").read_text())["captures"]
    return captures


@pytest.fixture(scope="session")
def fortnight(made_once: MadeOnce) -> Path:
    """A raw folder with pages of fourteen days."""
    return made_once("fortnight", lambda raw: corpus.write(raw, corpus.pages(FIRST, DAYS, 4)))


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory, made_once: MadeOnce, fortnight: Path, offline: None) -> Path:
    """The data folder after an undisturbed backfill of the fourteen days."""

    def fill(data: Path) -> None:
        done = command("backfill", str(FIRST), str(LAST), "--raw", str(fortnight), "--data", str(data))
        assert done.returncode == 0, done.stderr

    return Path(shutil.copytree(made_once("calm", fill), tmp_path_factory.mktemp("calm"), dirs_exist_ok=True))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all tests of a module."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="session")
def deployed_home(made_once: MadeOnce, offline: None) -> Path:
    """The home of a server with the deployments made, whose schedules are paused; `deployments.json` has them as made.

    A server that starts with its tables made is there in half the time.
    """

    def fill(home: Path) -> None:
        with serving(home) as server:
            server.deploy()
            (home / "deployments.json").write_text(json.dumps(server.ask("deployments/filter")))
            server.pause()

    return made_once("deployed", fill)


@pytest.fixture(scope="module")
def server(folder: Path, deployed_home: Path) -> Iterator[Server]:
    """A server with the deployments made, whose schedules do not fire."""
    with serving(Path(shutil.copytree(deployed_home, folder / "home"))) as server:
        yield server
