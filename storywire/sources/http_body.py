"""The body of an HTTP response as the page's author wrote it: transfer and content coding undone."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable

import brotli
import zstandard
from warcio.bufferedreaders import ChunkedDataReader

_STEP_BYTES = 1 << 18
"""Bytes a decoder gives at a time; brotli may pass it by a block."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]+)", re.IGNORECASE)

_SNIFFED_BYTES = 1024
"""Bytes looked at to tell text from compressed data, where one byte in eight is a control character."""

_MEMBERS = 64
"""Gzip members of one body. Servers send one; thousands of empty ones would cost a copy of the body each."""

_ZSTD_WINDOW = 1 << 23
_ZSTD_STEP = 256
_ZSTD_STARTS = (b"\x28\xb5\x2f\xfd", *(bytes((low,)) + b"\x2a\x4d\x18" for low in range(0x50, 0x60)))
"""What a frame begins with: one of data, or one that a reader skips."""

_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b")) + b"\x7f"


class TooLargeError(Exception):
    """The body is past the limit once it is unpacked."""


class UndecodableError(Exception):
    """The body could not be unpacked; the message says why."""


def decode(raw: bytes, *, chunked: bool, coding: str, limit: int) -> bytes:
    """Undo chunking and `Content-Encoding`, holding no more than about `limit` unpacked bytes.

    Crawlers often store the unpacked body under the headers of the packed one: a body that is text
    already is taken as it is. Raises TooLargeError and UndecodableError.

    >>> decode(zlib.compress(b"<p>Rain</p>"), chunked=False, coding="deflate", limit=100)
    b'<p>Rain</p>'
    """
    body: bytes = ChunkedDataReader(io.BytesIO(raw)).read() if chunked else raw
    for name in reversed([part.strip().lower() for part in coding.split(",")]):
        if name in ("", "identity"):
            continue
        decoder = _DECODERS.get(name.removeprefix("x-"))
        try:
            if decoder is None:
                raise UndecodableError(f"Content-Encoding {name!r} is not known")
            body = decoder(body, limit)
        except UndecodableError:
            if not _is_text(body):
                raise
    if len(body) > limit:
        raise TooLargeError
    return body


def media_type(content_type: str) -> str:
    """The type without its parameters.

    >>> media_type("Text/HTML; charset=utf-8")
    'text/html'
    """
    return content_type.partition(";")[0].strip().lower()


def charset(content_type: str) -> str | None:
    """The encoding a `Content-Type` declares.

    >>> charset('text/html; Charset="Windows-1251"')
    'windows-1251'
    """
    found = _CHARSET.search(content_type)
    return found.group(1).lower() if found else None


def _is_text(body: bytes) -> bool:
    head = body[:_SNIFFED_BYTES]
    return len(head.translate(None, _CONTROLS)) == len(head)


def _gunzip(body: bytes, limit: int) -> bytes:
    """Gzip data of one or more members; what follows them is ignored, as browsers do."""
    unpacked = b""
    for _ in range(_MEMBERS):
        if not body.startswith(b"\x1f\x8b"):
            break
        unpack = zlib.decompressobj(31)
        unpacked += _unzip(unpack, body, limit - len(unpacked))
        body = unpack.unused_data
    if not unpacked and body:
        raise UndecodableError("the body is no gzip data")
    return unpacked


def _inflate(body: bytes, limit: int) -> bytes:
    """Deflate data in a zlib wrapper, as the standard says, or bare, as some servers send them."""
    try:
        return _unzip(zlib.decompressobj(), body, limit)
    except UndecodableError:
        return _unzip(zlib.decompressobj(-zlib.MAX_WBITS), body, limit)


def _unzip(unpack: zlib._Decompress, body: bytes, limit: int) -> bytes:
    try:
        unpacked = unpack.decompress(body, limit + 1)
    except zlib.error as error:
        raise UndecodableError(str(error)) from None
    if len(unpacked) > limit:
        raise TooLargeError
    if not unpack.eof:
        raise UndecodableError("the compressed data end early")
    return unpacked


def _unbrotli(body: bytes, limit: int) -> bytes:
    unpack = brotli.Decompressor()
    unpacked = bytearray()
    try:
        unpacked += unpack.process(body, output_buffer_limit=_STEP_BYTES)
        while not unpack.can_accept_more_data() and not unpack.is_finished():
            unpacked += unpack.process(b"", output_buffer_limit=_STEP_BYTES)
            if len(unpacked) > limit:
                raise TooLargeError
    except brotli.error as error:
        raise UndecodableError(str(error)) from None
    if len(unpacked) > limit:
        raise TooLargeError
    if not unpack.is_finished():
        raise UndecodableError("the compressed data end early")
    return bytes(unpacked)


def _unzstd(body: bytes, limit: int) -> bytes:
    """Zstandard data of one or more frames, in the window that RFC 9659 allows; what follows them is ignored.

    The library cannot be told to stop at a size, so it is fed a little at a time: a step unpacks to eight
    megabytes at most (a block of 128 kB takes four bytes).
    """
    unpacked = bytearray()
    for _ in range(_MEMBERS):
        if not body.startswith(_ZSTD_STARTS):
            break
        unpack = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
        start = 0
        try:
            while start < len(body) and not unpack.eof:
                unpacked += unpack.decompress(body[start : start + _ZSTD_STEP])
                start += _ZSTD_STEP
                if len(unpacked) > limit:
                    raise TooLargeError
        except zstandard.ZstdError as error:
            raise UndecodableError(str(error)) from None
        if not unpack.eof:
            raise UndecodableError("the compressed data end early")
        body = unpack.unused_data + body[start:]
    if not unpacked and body:
        raise UndecodableError("the body is no Zstandard data")
    return bytes(unpacked)


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
