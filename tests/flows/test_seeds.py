"""Five real pages with all the traps, where the folder that holds them lies beside the project."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.runs import ROOT, installed

pytestmark = pytest.mark.slow
SEEDS = ROOT.parent / "shared/seeds"


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the folder of real seed pages is not beside the project")
def test_every_expectation_on_the_real_pages_holds(tmp_path: Path) -> None:
    run = installed("run", "--raw", str(SEEDS), "--data", str(tmp_path))
    assert run.returncode == 0, run.stderr
    check = subprocess.run(
        [sys.executable, str(SEEDS / "check.py"), str(tmp_path / "processed")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode == 0, check.stdout + check.stderr
