"""A process that stores pages until it is killed, and says of each when it may be relied on."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from storywire.notice import Notice
from storywire.store.archive import Archive
from tests.storywire.store.archive.exchanges import MOMENT, Made


def main(raw: Path, seed: int) -> None:
    """Pages of 100 bytes to 400 kB, some of them found unchanged, some missed."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    archive = Archive(raw, MOMENT, "storywire/0.1")
    number = 0
    while True:
        number += 1
        source, url = chance.choice(["norrby", "soedra"]), f"https://norrby.example/{seed}/{number}"
        if chance.random() < 0.1:
            archive.failed(url, "timeout", "no answer in 20 s", Notice(origin="feed"), source)
        else:
            body = b"<p>" + chance.randbytes(chance.choice([100, 5_000, 400_000]))
            kept = archive.keep(Made(url=url, body=body, payload=body), Notice(origin="feed"), source)
            if chance.random() < 0.2:
                sys.stdout.write(f"{url}\n")
                url += "/again"
                archive.keep(Made(url=url, body=body, payload=body), Notice(), source, unchanged_since=kept.held)
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
