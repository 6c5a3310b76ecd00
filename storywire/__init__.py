"""Storywire: raw news pages to tables one can trust.

What an analyst needs is here: `read_articles`, `resolve`, `explain`. None imports Prefect, and nothing
is loaded before it is used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storywire.store.lookup import explain
    from storywire.store.reading import read_articles, resolve

__all__ = ["explain", "read_articles", "resolve"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from storywire.store import lookup, reading

        return getattr(lookup if name == "explain" else reading, name)
    raise AttributeError(f"module 'storywire' has no attribute {name!r}")
