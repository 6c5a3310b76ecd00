"""Which code made a row: what a stored result is valid for."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata, resources

PACKAGE = "0.1.0"
"""Version of the package; a test holds it to `pyproject.toml`."""

LIBRARIES = {
    "articles": (
        *("babel", "charset-normalizer", "justext", "langdetect", "lxml", "numpy"),
        *("py3langid", "trafilatura", "w3lib"),
    ),
    "changes": ("numpy",),
    "columns": ("numpy",),
    "components": ("numpy", "scipy", "xxhash"),
    "duplicates": ("numpy", "xxhash"),
    "hashes": ("numpy",),
    "sources/http_body": ("brotli", "warcio", "zstandard"),
    "sources/warc": ("warcio",),
    "stories": ("babel", "numpy", "scipy", "wordfreq"),
    "store/files": ("pyarrow", "xxhash"),
}
"""Libraries whose release can change what a part computes; that of Arrow counts where files are written."""

_READERS = (
    *("folder", "http_body", "jsonl", "kinds", "limits", "lines", "loose", "members", "moments", "optout"),
    *("places", "record", "sidecar", "warc"),
)

READ = ("capture", "notice", *(f"sources/{name}" for name in _READERS))
"""What decides how a raw file becomes captures."""

CLEAN = ("articles", "pages", "capture", "notice", "schema", "sources/optout")
"""What decides the result of the clean stage."""

NORMALISE = (*CLEAN, "columns", "duplicates", "hashes", "names", "stories")
"""What decides the result of the normalise stage; most of it decides groups and clusters too."""

STORED = tuple(
    f"store/{name}" for name in ("captures", "current", "database", "files", "layout", "ledger", "outlines", "stages")
)
"""What of the store decides what the tables hold; the rest of it moves files, watches and tells."""

RELATE = (*NORMALISE, "components")
"""What decides groups and clusters, and what is kept of them from run to run."""

ALL = (*RELATE, *READ, "assembly", "changes", "figures", "originators", *STORED)
"""What decides the tables."""


@cache
def of(*parts: str) -> str:
    """Digest over the source of parts of `storywire` and the releases of the libraries they rest on.

    A stored stage is reused exactly as long as this value stands, so nobody has to remember to
    raise a number by hand. A part is a folder or a module.

    >>> len(of("duplicates"))
    12
    """
    digest = hashlib.sha256()
    for part in sorted(set(parts)):
        for name in LIBRARIES.get(part, ()):
            digest.update(f"{name}=={metadata.version(name)}\n".encode())
        folder = resources.files("storywire") / part
        files = list(folder.iterdir()) if folder.is_dir() else [resources.files("storywire") / f"{part}.py"]
        for file in sorted(files, key=lambda entry: entry.name):
            if file.name.endswith((".py", ".toml", ".tsv", ".txt")):
                digest.update(f"{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


@cache
def pipeline() -> str:
    """What `pipeline_version` says: the package's version and the digest of all that decides."""
    return f"{PACKAGE}+{of(*ALL)}"
