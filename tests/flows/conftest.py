"""Runs of the real flow, and a real Prefect server: everything here is slow."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.runs import ROOT, SAMPLE


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
