"""What fetching looks like: a web of invented outlets on this machine, asked as the real one would be.

    make demo-web

Some outlets are slow, some answer with errors, some redirect, all of them ask for a pause. The settings of an
operator are all that is different from the real web: the names `*.test` are known to be here, and that one
address of a private network may be connected to.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.fetching import serving

FOLDER = Path("data/web")
HOSTS, PAGES, DELAY = 8, 240, "0.05"


def main() -> None:
    """Fetch, look how the sources do, and take in what came."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    operator = {
        "STORYWIRE_SOURCES": str(FOLDER / "web/sources.toml"),
        "STORYWIRE_RAW": str(FOLDER / "raw"),
        "STORYWIRE_DATA": str(FOLDER),
        "STORYWIRE_CONTACT": "desk@storywire.test",
        "STORYWIRE_ALLOWED_NETWORKS": json.dumps(["127.0.0.0/8"]),
        "STORYWIRE_KNOWN_HOSTS": json.dumps({"*.test": "127.0.0.1"}),
    }
    storywire = [sys.executable, "-m", "flows.cli"]
    with serving(FOLDER / "web", HOSTS, PAGES, "--delay", DELAY):
        for command in ("fetch", "run", "status"):
            print(f"$ storywire {command}", flush=True)
            subprocess.run([*storywire, command], env=os.environ | operator, check=True)  # noqa: S603 - our own command


if __name__ == "__main__":
    main()
