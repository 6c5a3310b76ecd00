"""How tests run the pipeline and look at what it wrote."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data/raw"

FIRST, DAYS = date(2026, 3, 2), 14
LAST = FIRST + timedelta(days=DAYS - 1)
"""The days of the fixture `fortnight`."""


def installed(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """The installed command line, as a user types it: some seconds until Prefect is loaded."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("storywire")), *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def tables(data: Path) -> dict[str, str]:
    """Every published file but the run log and the history of retired ids, with the digest of its bytes."""
    processed = data / "processed"
    return {
        str(path.relative_to(processed)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(processed.rglob("*"))
        if path.is_file()
        and path.parts[len(processed.parts)] not in {"runs", "story_aliases.parquet", "_manifest.parquet"}
    }


def articles(data: Path) -> pd.DataFrame:
    """All articles, as plain pandas reads them, with `None` for every null."""
    frame = pd.read_parquet(data / "processed/articles").astype(object)
    return frame.where(frame.notna(), None)


def with_pages_read(data: Path, done: Path) -> Path:
    """A data folder in which every page was read before: what one page says does not depend on others."""
    for stage in (done / "interim").glob("*-*"):
        shutil.copytree(stage, data / "interim" / stage.name)
    return data
