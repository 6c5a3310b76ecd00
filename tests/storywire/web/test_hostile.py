"""What a hostile answer cannot do: its size, its form, its time."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import time
import tracemalloc

import brotli
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storywire.web import loop
from storywire.web.client import FetchError, Limits
from storywire.web.guard import Guard


async def _endless(writer: asyncio.StreamWriter, start: bytes, piece: bytes, pause: float = 0.0) -> None:
    writer.write(start)
    while True:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause)


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-Name: " + b"v" * 900 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Name: ", b"v" * 1000),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"400\r\n" + b"v" * 1024 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;" + b"x" * 900 + b"\r\nv\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"v" * 1000),
    ],
    ids=["headers", "one header", "hints", "chunks", "chunk extensions", "no length"],
)
def test_what_never_ends_is_cut_off_by_size(client_of, start: bytes, piece: bytes, failure_at) -> None:
    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        await _endless(writer, start, piece)

    tracemalloc.start()
    error, _ = failure_at(client_of(header_bytes=20_000), talk)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert error.kind == "too_large"
    assert peak < 5_000_000


def test_large_headers_are_refused_even_where_they_come_at_once(client_of, answer, failure_at) -> None:
    error, _ = failure_at(client_of(header_bytes=10_000), answer(X_Name="v" * 11_000))
    assert error.kind == "too_large"


def test_a_body_past_the_limit_is_refused_by_its_promise_or_by_what_comes(client_of, answer, failure_at) -> None:
    for said in (
        answer(bytes(150_000)),
        answer(b"", Content_Length="999999999999"),
        answer(bytes(150_000), Content_Length=""),
    ):
        error, _ = failure_at(client_of(), said)
        assert error.kind == "too_large"
        assert "STORYWIRE_MAX_PAGE_BYTES" in error.detail


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("gzip", gzip.compress(bytes(40_000_000), mtime=0)),
        ("br", brotli.compress(bytes(40_000_000), quality=5)),
        ("zstd", zstandard.compress(bytes(40_000_000))),
        ("gzip, gzip", gzip.compress(gzip.compress(bytes(40_000_000), mtime=0), mtime=0)),
    ],
    ids=["gzip", "br", "zstd", "gzip twice"],
)
def test_a_bomb_is_not_unpacked_past_the_limit(client_of, answer, coding: str, bomb: bytes, failure_at) -> None:
    tracemalloc.start()
    error, _ = failure_at(client_of(), answer(bomb, Content_Encoding=coding))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert error.kind == "too_large"
    assert peak < 20_000_000


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf a page",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nhalf a chunk",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ],
)
@pytest.mark.parametrize("reset", [False, True])
def test_a_page_that_ends_early_is_no_page(client_of, said: bytes, reset: bool, failure_at) -> None:
    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        await asyncio.sleep(0.02)
        if reset:  # closing with linger 0 sends a reset
            writer.get_extra_info("socket").setsockopt(*_LINGER)
            writer.transport.abort()
        else:
            writer.close()

    error, n_asked = failure_at(client_of(), talk)
    assert (error.kind, error.retry, n_asked) == ("truncated", True, 1)


_LINGER = (1, 13, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # SOL_SOCKET, SO_LINGER, on, 0 s


@pytest.mark.parametrize("reset", [False, True])
def test_a_connection_lost_before_the_answer_is_a_failure_to_try_again(client_of, reset: bool, failure_at) -> None:
    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        if reset:
            writer.get_extra_info("socket").setsockopt(*_LINGER)
        writer.transport.abort()

    error, n_asked = failure_at(client_of(), talk)
    assert (error.kind, error.retry, n_asked) == ("connect", True, 1)


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nrain\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nrain",
        b"HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\nrain",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"<html>no HTTP at all</html>\r\n\r\n",
        b"\x00\xff\xfe" * 50 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
    ],
)
def test_what_is_no_http_is_a_failure_of_its_own(client_of, said: bytes, failure_at) -> None:
    error, n_asked = failure_at(client_of(), said)
    assert (error.kind, n_asked) == ("protocol", 1)
    assert len(error.detail) < 400


@pytest.mark.parametrize("packed", [gzip.compress(b"<p>Rain</p>" * 90, mtime=0)[:-9], b"\x1f\x8b\x00\x01broken"])
def test_a_body_that_cannot_be_unpacked_is_a_failure_of_its_own(client_of, answer, packed: bytes, failure_at) -> None:
    error, _ = failure_at(client_of(), answer(packed, Content_Encoding="gzip"))
    assert error.kind == "undecodable"


_HEADS = [
    b"",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: br, zstd\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n",
]


@given(said=st.lists(st.tuples(st.sampled_from(_HEADS), st.binary(max_size=60)), min_size=1, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_bytes_come_there_is_an_answer_or_a_failure_and_then_the_next(serve, client_of, answer, said) -> None:
    left = [head + tail for head, tail in said]

    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        if left:
            writer.write(left.pop())
            writer.close()
        else:
            writer.write(answer())

    async def fetch() -> None:
        async with serve(talk) as server, client_of(read_seconds=1.0) as client:
            while left:
                with contextlib.suppress(FetchError):
                    await client.get(server.url())
            try:
                got = await client.get(server.url())
            except FetchError as error:  # on a connection that was left in a bad state, once
                assert error.is_stale  # noqa: PT017 (what is fine here is a failure of one kind)
                got = await client.get(server.url())
            assert (got.status, got.body) == (200, b"<p>Rain</p>")

    loop.run(fetch())


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Name: "], ids=["body", "header"])
def test_a_slow_drip_ends_at_the_deadline(client_of, start: bytes, failure_at) -> None:
    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        await _endless(writer, start, b"v", pause=0.01)

    began = time.monotonic()
    error, _ = failure_at(client_of(read_seconds=1.0, total_seconds=0.2), talk)
    assert (error.kind, error.retry) == ("timeout", True)
    assert "0.2 s in all" in error.detail
    assert time.monotonic() - began < 2.0


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"], ids=["header", "body"])
def test_silence_ends_before_the_deadline(client_of, start: bytes, failure_at) -> None:
    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(start)

    error, _ = failure_at(client_of(read_seconds=0.1), talk)
    assert (error.kind, error.retry) == ("timeout", True)
    assert "silent for 0.1 s" in error.detail


def test_a_name_server_that_hangs_does_not_hang_us(client_of, failure) -> None:
    async def hanging(host: str) -> list[str]:
        await asyncio.sleep(60)
        return []

    error = failure(client_of(guard=Guard(resolve=hanging), connect_seconds=0.1), "http://norrby.example/")
    assert (error.kind, error.retry) == ("timeout", True)


def test_a_host_that_never_agrees_on_encryption_does_not_hang_us(client_of) -> None:
    async def fetch() -> None:
        silent = await asyncio.start_server(lambda _, writer: held.append(writer), "127.0.0.1", 0)
        port = silent.sockets[0].getsockname()[1]
        async with client_of(connect_seconds=0.1) as client:
            with pytest.raises(FetchError, match="encryption") as error:
                await client.get(f"https://norrby.test:{port}/")
            assert error.value.kind == "timeout"
        silent.close()
        held[0].transport.abort()
        await asyncio.sleep(0.01)

    held: list[asyncio.StreamWriter] = []
    loop.run(fetch())


def test_after_a_failure_the_host_is_asked_on_a_fresh_connection(serve, client_of, answer) -> None:
    answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", answer()]

    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answers.pop(0))

    async def fetch() -> None:
        async with serve(talk) as server, client_of(read_seconds=0.1) as client:
            with pytest.raises(FetchError, match="silent"):
                await client.get(server.url())
            assert (await client.get(server.url())).body == b"<p>Rain</p>"
            assert server.n_connections == 2

    loop.run(fetch())


@pytest.mark.parametrize(
    "framed",
    [b"Content-Length: 5\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n5\r\n"],
    ids=["length", "chunks"],
)
def test_what_comes_behind_an_answer_is_not_taken_for_the_next(serve, client_of, framed: bytes) -> None:
    """One page must never be stored under the address of another."""
    end = b"\r\n0\r\n\r\n" if b"chunked" in framed else b""

    async def talk(head: bytes, writer: asyncio.StreamWriter) -> None:
        path = head.split(b" ")[1]
        said = b"HTTP/1.1 200 OK\r\n" + framed + b"ab%s" % path + end
        writer.write(said + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")

    async def ask() -> list[bytes]:
        async with serve(talk) as server, client_of() as client:
            return [(await client.get(server.url(f"/{number}x"))).body for number in range(4)]

    assert loop.run(ask()) == [b"ab/%dx" % number for number in range(4)]


def test_defaults_are_bounded() -> None:
    assert min(getattr(Limits(), name) for name in Limits.__slots__) > 0
    assert Limits().total_seconds <= 60
