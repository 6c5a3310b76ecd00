"""Which code made a row: what a stored result is valid for."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata, resources

PACKAGE = "0.1.0"
"""Version of the package; a test holds it to `pyproject.toml`."""

LIBRARIES = {
    "articles": ("babel", "charset-normalizer", "langdetect", "lxml", "trafilatura", "w3lib", "wordfreq"),
    "duplicates": ("numpy", "xxhash"),
    "stories": ("numpy", "scipy", "wordfreq"),
}
"""Libraries whose release can change what a part computes."""


@cache
def of(*parts: str) -> str:
    """Digest over the source of parts of `storywire` and the releases of the libraries they rest on.

    A stored stage is reused exactly as long as this value stands, so nobody has to remember to
    raise a number by hand.

    >>> len(of("duplicates"))
    12
    """
    digest = hashlib.sha256()
    for part in sorted(parts):
        for name in LIBRARIES[part]:
            digest.update(f"{name}=={metadata.version(name)}\n".encode())
        folder = resources.files("storywire") / part
        for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if file.name.endswith((".py", ".toml")):
                digest.update(f"{file.name}\n".encode() + file.read_bytes())
    digest.update((resources.files("storywire") / "schema.py").read_bytes())
    return digest.hexdigest()[:12]


@cache
def pipeline() -> str:
    """What `pipeline_version` says: the package's version and the digest of all that decides."""
    return f"{PACKAGE}+{of('articles', 'duplicates', 'stories')}"
