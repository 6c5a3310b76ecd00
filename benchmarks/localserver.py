"""The server of the local web: one port for all hosts, and a dozen ways to answer, most of them bad."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import socket
import struct
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
import zstandard

SLOW_SECONDS = 0.15
ENDLESS_BYTES = 12_000_000
"""More than the largest page taken."""


@dataclass(slots=True)
class Place:
    """One path of one host: what lies there, and how it is answered."""

    body: bytes
    media_type: str
    manner: str = "plain"
    asked: int = 0
    tag: str = ""
    target: str = ""


class Outgoing:
    """A connection that knows when bytes were last given to the kernel: nobody can have the whole answer sooner."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(0)  # `drain` then waits until the kernel has all of it
        self._writer = writer
        self.last = 0.0

    async def send(self, data: bytes) -> None:
        """Hand bytes to the kernel."""
        self.last = time.time()
        self._writer.write(data)
        await self._writer.drain()

    def reset(self) -> None:
        """End the connection the hard way: the peer gets a reset."""
        connection = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


class Server:
    """Answers for all hosts and writes down what it saw."""

    def __init__(self, log: Path) -> None:
        self.places: Mapping[str, Mapping[str, Place]] = {}
        self.log = log.open("a", buffering=1, encoding="utf-8")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        out = Outgoing(writer)
        try:
            while await self._answer(reader, out):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, out: Outgoing) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        came = time.time()
        line, *rest = head.split("\r\n")
        path = line.split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in rest if one)}
        name = headers.get("host", "").partition(":")[0]
        place = self.places.get(name, {}).get(path)
        status, whole, stays = 0, False, False
        out.last = came
        try:
            if place is None:
                await _send(out, 404, {"Content-Type": "text/html"}, b"<p>Nothing here.</p>")
                status, whole, stays = 404, True, True
            else:
                place.asked += 1
                status, whole, stays = await MANNERS[place.manner](out, place, headers)
        finally:
            seen = {"came": came, "out": out.last, "host": name, "path": path, "status": status, "whole": whole}
            self.log.write(json.dumps(seen) + "\n")
        return stays


Sent = tuple[int, bool, bool]
"""Status, whether all of the page went out, and whether the connection stays."""

Manner = Callable[[Outgoing, Place, dict[str, str]], Coroutine[Any, Any, Sent]]


async def _send(out: Outgoing, status: int, headers: dict[str, str], body: bytes, *, length: int | None = None) -> None:
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in headers.items())]
    await out.send("\r\n".join([*lines, f"Content-Length: {size}", "", ""]).encode() + body)


async def _plain(out: Outgoing, place: Place, headers: dict[str, str]) -> Sent:
    said = {"Content-Type": place.media_type} | ({"ETag": place.tag} if place.tag else {})
    if place.tag and headers.get("if-none-match") == place.tag:
        await out.send(f"HTTP/1.1 304 -\r\nETag: {place.tag}\r\n\r\n".encode())
        return 304, True, True
    await _send(out, 200, said, place.body)
    return 200, True, True


def _packed(coding: str, pack: Callable[[bytes], bytes]) -> Manner:
    async def answer(out: Outgoing, place: Place, _headers: dict[str, str]) -> Sent:
        said = {"Content-Type": place.media_type, "Content-Encoding": coding}
        await _send(out, 200, said, pack(place.body))
        return 200, True, True

    return answer


async def _chunked(out: Outgoing, place: Place, _headers: dict[str, str]) -> Sent:
    pieces = [place.body[start : start + 700] for start in range(0, len(place.body), 700)]
    head = f"HTTP/1.1 200 -\r\nContent-Type: {place.media_type}\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*pieces, b""])
    await out.send(head.encode() + body)
    return 200, True, True


async def _slow(out: Outgoing, place: Place, headers: dict[str, str]) -> Sent:
    await asyncio.sleep(SLOW_SECONDS)
    return await _plain(out, place, headers)


async def _moved(out: Outgoing, place: Place, _headers: dict[str, str]) -> Sent:
    await _send(out, 301, {"Location": place.target}, b"")
    return 301, True, True


async def _reset_once(out: Outgoing, place: Place, headers: dict[str, str]) -> Sent:
    return await (_reset if place.asked == 1 else _plain)(out, place, headers)


async def _busy_once(out: Outgoing, place: Place, headers: dict[str, str]) -> Sent:
    if place.asked > 1:
        return await _plain(out, place, headers)
    await _send(out, 429, {"Retry-After": "1"}, b"")
    return 429, True, True


async def _storm(out: Outgoing, place: Place, headers: dict[str, str]) -> Sent:
    if place.asked > 2:
        return await _plain(out, place, headers)
    await _send(out, 503, {}, b"<p>Busy.</p>")
    return 503, True, True


async def _gone(out: Outgoing, _place: Place, _headers: dict[str, str]) -> Sent:
    await _send(out, 410, {"Content-Type": "text/html"}, b"<p>Gone.</p>")
    return 410, True, True


async def _cut(out: Outgoing, place: Place, _headers: dict[str, str]) -> Sent:
    said = {"Content-Type": place.media_type}
    await _send(out, 200, said, place.body[: len(place.body) // 2], length=len(place.body))
    return 200, False, False


async def _reset(out: Outgoing, place: Place, _headers: dict[str, str]) -> Sent:
    await out.send(f"HTTP/1.1 200 -\r\nContent-Length: {len(place.body)}\r\n\r\n".encode() + place.body[:100])
    out.reset()
    return 200, False, False


async def _endless(out: Outgoing, place: Place, _headers: dict[str, str]) -> Sent:
    await out.send(f"HTTP/1.1 200 -\r\nContent-Type: {place.media_type}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    piece = b"<p>more</p>" * 10_000
    for _ in range(ENDLESS_BYTES // len(piece)):
        await out.send(b"%x\r\n%b\r\n" % (len(piece), piece))
    return 200, False, False


MANNERS: dict[str, Manner] = {
    "plain": _plain,
    "gzip": _packed("gzip", gzip.compress),
    "br": _packed("br", lambda body: brotli.compress(body, quality=4)),
    "zstd": _packed("zstd", zstandard.ZstdCompressor().compress),
    "chunked": _chunked,
    "slow": _slow,
    "moved": _moved,
    "elsewhere": _moved,
    "loop": _moved,
    "inside": _moved,
    "reset_once": _reset_once,
    "busy_once": _busy_once,
    "storm": _storm,
    "gone": _gone,
    "cut": _cut,
    "reset": _reset,
    "endless": _endless,
}
