"""What every kind of input refuses alike: pages that are empty or past the size limit."""

from __future__ import annotations

MEGABYTE = 1_000_000
"""Bytes; sizes are told in decimal units, as file managers do."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def in_words(size: int) -> str:
    """A size the way a person reads it.

    >>> in_words(12_400_000)
    '12.4 MB'
    >>> in_words(900)
    '900 bytes'
    """
    if size >= MEGABYTE:
        return f"{size / MEGABYTE:.4g} MB"
    return f"{size / 1000:.4g} kB" if size >= 1000 else f"{size} bytes"


def too_large(what: str, size: int | None, limit: int) -> str:
    """The sentence for a page past the limit; `size` is None where reading stopped at the limit.

    >>> too_large("page.html", 12_400_000, 10_000_000)
    'page.html: 12.4 MB is past the limit of 10 MB; raise STORYWIRE_MAX_PAGE_BYTES to take it.'
    """
    found = "more than the limit" if size is None else f"{in_words(size)} is past the limit"
    return f"{what}: {found} of {in_words(limit)}; raise STORYWIRE_MAX_PAGE_BYTES to take it."


def is_empty(body: bytes) -> bool:
    """Whether there are no bytes, or nothing but white space (a byte order mark aside)."""
    return not body.removeprefix(_BYTE_ORDER_MARK).strip()
