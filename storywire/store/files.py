"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

from storywire.hashes import Hashes

INTERIM, PROCESSED = "interim", "processed"
"""The parts of a data folder, which is made when a run begins, and by nothing the run writes later: where it is
missing then, it was taken away, and to go on in its place would publish tables of nothing."""


class StoreError(Exception):
    """The data folder cannot be used as it is; the message says why and what to do."""


class BrokenPromiseError(Exception):
    """Promises of the tables that are not kept, and that only an operator can mend; the message names each."""


UNREADABLE = (OSError, ValueError, pa.ArrowException)
"""What reading a damaged file may raise: a footer can name any type, with names that are no UTF-8."""

_CHECKED = {"compression": "zstd", "write_page_checksum": True}
"""Without checksums one flipped bit in eight gives other values and no error."""

_ENCODING = {**_CHECKED, "row_group_size": 64_000, "write_statistics": True}


def table_bytes(table: pa.Table) -> bytes:
    """The table as one Parquet file, the same bytes for the same rows.

    Written into memory so that its digest is known before anything on disk changes.
    """
    sink = io.BytesIO()
    pq.write_table(table, sink, **_ENCODING)
    return sink.getvalue()


def rows_digest(table: pa.Table) -> str:
    """Content digest of what `table_bytes` is a function of, at a tenth of its cost or less."""
    told = xxhash.xxh3_128(f"{pa.__version__} {_ENCODING}".encode())
    told.update(table.schema.serialize())
    # Taken out, as a slice is told with some of what lies behind it.
    for batch in table.take(pa.array(range(table.num_rows), pa.int64())).combine_chunks().to_batches():
        told.update(batch.serialize())
    found: str = told.hexdigest()
    return found


def hashes_digest(rows: Hashes, facts: Mapping[bytes, bytes] | None) -> str:
    """The same for rows that are told by a hash each, and by facts that hold for all of them."""
    told = xxhash.xxh3_128(f"{pa.__version__} {_ENCODING} {sorted((facts or {}).items())}".encode())
    told.update(rows.tobytes())
    found: str = told.hexdigest()
    return found


def digest(data: bytes) -> str:
    """Short content digest of a file."""
    return hashlib.sha256(data).hexdigest()[:32]


def write_whole(path: Path, data: bytes) -> Path:
    """Write a file so that a reader, or a start after a crash, sees all of it or none.

    The name it grows under starts with a dot, which Arrow ignores, and is used by nobody else:
    two runs may write the same result at the same time.

    Raises:
        StoreError: The folder is not writable or the disk is full; what had grown is taken away.
    """
    with whole(path) as handle:
        handle.write(data)
    return path


@contextlib.contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A handle to write a file with, which is there when the block ends well and never in part; see `write_whole`."""
    growing = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    with refused(f"{path} cannot be written"):
        make_folder(path.parent)
        try:
            with growing.open("wb") as handle:
                yield handle
                handle.flush()
                os.fsync(handle.fileno())
            growing.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                growing.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def write_table(table: pa.Table, path: Path, schema: pa.Schema) -> Path:
    """Write one table as one file, after holding it to its declared schema."""
    return write_whole(path, table_bytes(conform(table, schema)))


def write_tables(tables: Iterable[pa.Table], path: Path, schema: pa.Schema) -> Path:
    """Write tables one after the other as one file, so that only one of them need be in memory."""
    with whole(path) as handle, pq.ParquetWriter(handle, schema, **_CHECKED) as file:
        for table in tables:
            file.write_table(conform(table, schema))
    return path


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The table with exactly the declared columns, types and sentences.

    Raises:
        ValueError: A column is missing, too many, or holds a null where none may stand.
    """
    if set(table.column_names) != set(schema.names):
        odd = sorted(set(table.column_names) ^ set(schema.names))
        raise ValueError(f"columns differ from the declared ones: {', '.join(odd)}")
    table = table.select(schema.names).cast(schema).combine_chunks()
    for field in schema:
        if not field.nullable and table.column(field.name).null_count:
            raise ValueError(f"column {field.name} must not hold nulls")
    return table


def read_table(path: Path, columns: list[str] | None = None, **options: Any) -> pa.Table:
    """Read one file as it was written, with no partition columns added.

    Raises:
        StoreError: The file is missing or is no Parquet.
    """
    try:
        # Opened once: given a path, Arrow opens it twice, and a publish may come in between.
        with pa.OSFile(str(path)) as file:
            return pq.read_table(file, columns=columns, partitioning=None, page_checksum_verification=True, **options)
    except UNREADABLE as error:
        raise _no_parquet(path, error) from error


def _no_parquet(path: Path, error: Exception) -> StoreError:
    return StoreError(f"{path} cannot be read as Parquet ({error}); `storywire verify` says what can be mended")


def read_as(path: Path, schema: pa.Schema, columns: list[str] | None = None) -> pa.Table:
    """Read one file of a table that has gained columns since; see `completed`.

    Raises:
        StoreError: The file is missing, is no Parquet, or lacks a column that must not be null.
    """
    names = columns or schema.names
    try:
        with (
            pa.OSFile(str(path)) as file,
            pq.ParquetFile(file, page_checksum_verification=True) as opened,
        ):
            there = set(opened.schema_arrow.names)
            rows = opened.read([name for name in names if name in there])
    except UNREADABLE as error:
        raise _no_parquet(path, error) from error
    rows = completed(rows, pa.schema([schema.field(name) for name in names]))
    if missing := set(names).difference(rows.column_names):
        raise StoreError(f"{path} has no column {', '.join(sorted(missing))}")
    return rows.select(names)


def completed(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The table with nulls for every column it lacks, since older code wrote it, and that may be null."""
    for field in schema:
        if field.name not in table.column_names and field.nullable:
            table = table.append_column(field, pa.nulls(table.num_rows, field.type))
    return table


def make_folder(folder: Path) -> None:
    """Make a folder, with those above it, so that it survives a power cut.

    Raises:
        FileNotFoundError: It lies in a data folder that is gone.
    """
    if not folder.is_dir():
        if folder.name == INTERIM or (folder.name == PROCESSED and not folder.parent.is_dir()):
            raise FileNotFoundError(errno.ENOENT, "the data folder is gone", str(folder))
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sweep(folder: Path) -> None:
    """Take away files that a crash stopped from growing, where the caller alone may write."""
    with refused(f"what a crash left in {folder} cannot be taken away; make it writable and run again"):
        for path in folder.rglob(".*.tmp"):
            path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def refused(what: str) -> Iterator[None]:
    """Turn the system's refusal into one sentence that says what was tried."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{what}: {error.strerror or error}") from error
