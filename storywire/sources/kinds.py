"""Which files below the raw folder are inputs, and how each is read."""

from __future__ import annotations

from typing import Literal

FileKind = Literal["html", "dump", "jsonl", "warc", "sidecar"]

SIDECAR = "captures.jsonl"
"""Name of the file that gives address, time and origin of the loose files beside and below it."""

_ENDINGS: dict[str, FileKind] = {
    ".html": "html",
    ".htm": "html",
    ".txt": "dump",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".warc": "warc",
    ".warc.gz": "warc",
}

_ABOUT_THE_FOLDER = frozenset({"readme", "expected"})
"""Names, up to the first dot, of files that describe a folder of samples; they are no pages."""


def of(name: str) -> FileKind | None:
    """How the file is read, from its name alone; None for a file that is no input.

    >>> of("Bridge.HTM"), of("crawl.warc.gz"), of("captures.jsonl"), of("photo.jpg"), of("README.txt")
    ('html', 'warc', 'sidecar', None, None)
    """
    if name == SIDECAR:
        return "sidecar"
    lower = name.lower()
    if lower.partition(".")[0] in _ABOUT_THE_FOLDER:
        return None
    return next((kind for ending, kind in _ENDINGS.items() if lower.endswith(ending)), None)


def is_hidden(name: str) -> bool:
    """Whether a file or folder is set aside by its name.

    >>> is_hidden(".cache"), is_hidden("_partial.html"), is_hidden("bridge.html")
    (True, True, False)
    """
    return name.startswith((".", "_"))
