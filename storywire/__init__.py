"""Storywire: raw news pages to tables one can trust.

What an analyst needs is here: `read_articles`, `resolve`. Neither imports Prefect, and nothing
is loaded before it is used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storywire.store.reading import read_articles, resolve

__all__ = ["read_articles", "resolve"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from storywire.store import reading

        return getattr(reading, name)
    raise AttributeError(f"module 'storywire' has no attribute {name!r}")
