"""Runs of the real flow, and a real Prefect server: everything here is slow."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import corpus
from tests.flows.commands import command
from tests.flows.runs import DAYS, FIRST, LAST, ROOT, SAMPLE
from tests.flows.serving import Server, serving


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
def sample_run(tmp_path_factory: pytest.TempPathFactory, offline: None) -> Path:
    """The data folder after one undisturbed run over the sample pages."""
    data = tmp_path_factory.mktemp("sample")
    from flows.daily import daily

    daily.fn(raw=SAMPLE, data=data)
    return data


@pytest.fixture(scope="session")
def expected() -> dict[str, dict[str, Any]]:
    """What must come out of every sample page."""
    captures: dict[str, dict[str, Any]] = json.loads((ROOT / "tests/sample/expected.json").read_text())["captures"]
    return captures


@pytest.fixture(scope="session")
def fortnight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A raw folder with pages of fourteen days."""
    raw = tmp_path_factory.mktemp("fortnight") / "raw"
    corpus.write(raw, corpus.pages(FIRST, DAYS, 4))
    return raw


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory, fortnight: Path, offline: None) -> Path:
    """The data folder after an undisturbed backfill of the fourteen days."""
    data = tmp_path_factory.mktemp("calm")
    done = command("backfill", str(FIRST), str(LAST), "--raw", str(fortnight), "--data", str(data))
    assert done.returncode == 0, done.stderr
    return data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all tests of a module."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def server(folder: Path, offline: None) -> Iterator[Server]:
    """A server with the deployments made."""
    with serving(folder / "home") as server:
        server.deploy()
        yield server
