"""Columns of Arrow tables as what computes on them takes them."""

from __future__ import annotations

import pyarrow as pa


def in_one(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A column in one piece; `combine_chunks` copies it even where it is.

    >>> import pyarrow as pa
    >>> in_one(pa.chunked_array([["ferry"], ["pier"]])).to_pylist()
    ['ferry', 'pier']
    """
    if isinstance(column, pa.Array):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
