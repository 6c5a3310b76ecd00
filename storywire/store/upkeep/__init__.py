"""Keeping a data folder small: many small files become few, and what nobody uses goes.

What the tables and stages say stays the same. The caller holds the writer's lock and the intake's.
"""

from storywire.store.upkeep.expiry import Expired, expire, superseded
from storywire.store.upkeep.merging import Compacted, compact

__all__ = ["Compacted", "Expired", "compact", "expire", "superseded"]
