"""What was fetched, kept as web archives (WARC 1.1) in the raw folder.

`Archive` writes them, one file per run, source and capture day; `recover` brings to an end what a crash
left half written, and `scan` tells what a finished file holds. Any tool for web archives reads them, and
`sources.warc` does as it reads anybody's.
"""

from storywire.store.archive.facts import Exchange, Held, Kept, Missed
from storywire.store.archive.recovery import recover, scan
from storywire.store.archive.writer import Archive

__all__ = ["Archive", "Exchange", "Held", "Kept", "Missed", "recover", "scan"]
