from __future__ import annotations

import asyncio
import gzip
import logging
import ssl
import zlib
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import brotli
import pytest
import trustme
import zstandard
from hypercorn.asyncio import serve as hypercorn
from hypercorn.config import Config
from pydantic import SecretStr

from storywire.web import loop
from storywire.web.client import Client, FetchError, Limits
from storywire.web.guard import Guard

PAGE = "<html><p>Der Föhn hält an, and the ferry stays in port.</p></html>".encode()


def test_an_exchange_says_what_was_sent_what_came_and_from_where(serve, client_of, answer) -> None:
    async def fetch() -> None:
        before = datetime.now(UTC)
        async with serve(answer(PAGE, ETag='"a1"')) as server, client_of() as client:
            got = await client.get(server.url("/ferry?day=1"), headers={"If-None-Match": '"a0"'})
        assert got.url == server.url("/ferry?day=1")
        assert (got.status, got.reason, got.http_version, got.ip) == (200, "OK", "HTTP/1.1", "127.0.0.1")
        assert got.body == got.payload == PAGE
        assert got.header("etag") == '"a1"'
        assert ("ETag", '"a1"') in got.headers
        assert before <= got.at <= datetime.now(UTC)
        assert dict(got.sent)["If-None-Match"] == '"a0"'
        assert dict(got.sent)["User-Agent"].startswith("storywire/0 (+mailto:")
        assert got.is_tls_verified
        lines = server.heads[0].decode().split("\r\n")
        assert lines[0] == "GET /ferry?day=1 HTTP/1.1"
        assert [tuple(line.split(": ", 1)) for line in lines[1:-2]] == list(got.sent)

    loop.run(fetch())


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(PAGE, mtime=0)),
        ("deflate", zlib.compress(PAGE)),
        ("br", brotli.compress(PAGE)),
        ("zstd", zstandard.compress(PAGE)),
        ("", PAGE),
    ],
    ids=["gzip", "deflate", "br", "zstd", "plain"],
)
def test_the_payload_is_as_it_was_sent_and_the_body_unpacked(serve, client_of, answer, coding, packed) -> None:
    async def fetch() -> None:
        async with serve(answer(packed, Content_Encoding=coding)) as server, client_of() as client:
            got = await client.get(server.url())
        assert (got.payload, got.body) == (packed, PAGE)
        offered = dict(got.sent)["Accept-Encoding"].split(", ")
        assert not coding or coding in offered

    loop.run(fetch())


def test_chunks_are_put_together(serve, client_of) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<p>Ra\r\n6;x=y\r\nin</p>\r\n0\r\nA: b\r\n\r\n"

    async def fetch() -> None:
        async with serve(chunked) as server, client_of() as client:
            for _ in range(2):
                assert (await client.get(server.url())).payload == b"<p>Rain</p>"
            assert server.n_connections == 1

    loop.run(fetch())


def test_a_body_may_end_with_the_connection(serve, client_of) -> None:
    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 200 Fine\r\n\r\n" + PAGE)
        writer.close()

    async def fetch() -> None:
        async with serve(talk) as server, client_of() as client:
            for _ in range(2):
                got = await client.get(server.url())
                assert (got.body, got.http_version, got.reason) == (PAGE, "HTTP/1.0", "Fine")
            assert server.n_connections == 2

    loop.run(fetch())


def test_one_connection_serves_many_pages_and_every_status_is_an_answer(serve, client_of, answer) -> None:
    answers = [answer(), answer(b"gone", "404 Not Found"), b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", answer()]

    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answers.pop(0))

    async def fetch() -> None:
        async with serve(talk) as server, client_of() as client:
            statuses = [(await client.get(server.url())).status for _ in range(4)]
            assert statuses == [200, 404, 304, 200]
            assert server.n_connections == 1

    loop.run(fetch())


def test_two_askers_of_one_host_take_turns(serve, client_of, answer) -> None:
    at_once = most = 0

    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.005)
        at_once -= 1
        writer.write(answer())

    async def fetch() -> None:
        async with serve(talk) as server, client_of() as client:
            await asyncio.gather(*(client.get(server.url(f"/{number}")) for number in range(8)))
            assert (most, server.n_connections, len(server.heads)) == (1, 1, 8)

    loop.run(fetch())


@pytest.mark.parametrize("farewell", [b"", b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"])
def test_a_connection_that_the_host_closed_meanwhile_is_made_anew(serve, client_of, answer, farewell) -> None:
    async def fetch() -> None:
        async with serve(answer()) as server, client_of() as client:
            await client.get(server.url("/1"))
            server.writers[0].write(farewell)
            server.writers[0].close()
            await asyncio.sleep(0.02)
            assert (await client.get(server.url("/2"))).status == 200
            assert server.n_connections == 2

    loop.run(fetch())


def test_a_connection_closed_as_it_is_used_fails_as_stale_and_is_made_anew(serve, client_of, answer) -> None:
    async def talk(head: bytes, writer: asyncio.StreamWriter) -> None:
        if b"/2" in head:
            writer.close()
        else:
            writer.write(answer())

    async def fetch() -> None:
        async with serve(talk) as server, client_of() as client:
            for path, is_stale in (("/1", None), ("/2", True), ("/2", False), ("/3", None)):
                if is_stale is None:
                    assert (await client.get(server.url(path))).status == 200
                    continue
                with pytest.raises(FetchError) as error:
                    await client.get(server.url(path))
                assert (error.value.kind, error.value.retry, error.value.is_stale) == ("connect", True, is_stale)
            assert (server.n_connections, len(server.heads)) == (3, 4)

    loop.run(fetch())


def test_a_body_longer_than_promised_is_never_taken_for_another_page(serve, client_of, answer) -> None:
    async def fetch() -> None:
        async with serve(answer(Content_Length="4") + b"and more") as server, client_of() as client:
            assert [(await client.get(server.url())).body for _ in range(3)] == [b"<p>R"] * 3
            assert server.n_connections == 3, "each on a fresh one, for what lies in the old one is no answer"

    loop.run(fetch())


def test_few_idle_connections_are_kept(serve, client_of, answer) -> None:
    async def fetch() -> None:
        async with serve(answer()) as server, client_of(idle_hosts=2) as client:
            for host in ("a", "b", "c", "a", "a"):
                await client.get(server.url(host=f"{host}.test"))
            assert server.n_connections == 4

    loop.run(fetch())


def test_a_connection_in_use_is_not_taken_for_an_idle_one(serve, client_of, answer) -> None:
    async def fetch() -> None:
        async with serve(answer()) as server, client_of(idle_hosts=1) as client:
            urls = [server.url(f"/{number}", host=f"{host}.test") for number in range(4) for host in "abc"]
            got = await asyncio.gather(*(client.get(url) for url in urls))
            assert [one.url for one in got] == urls
            assert server.n_connections == 3

    loop.run(fetch())


class Secure:
    """A server that speaks HTTP/2 over TLS, by hypercorn."""

    def __init__(self, folder: Path, authority: trustme.CA, name: str) -> None:
        self.config = Config()
        certificate = authority.issue_cert(name)
        certificate.private_key_pem.write_to_path(folder / "key.pem")
        certificate.cert_chain_pems[0].write_to_path(folder / "cert.pem")
        self.config.keyfile, self.config.certfile = str(folder / "key.pem"), str(folder / "cert.pem")
        self.config.bind = ["127.0.0.1:0"]
        self.config.errorlog = None
        listener = self.config.create_sockets().secure_sockets[0]
        listener.listen()  # so that who comes before hypercorn is ready waits
        self.port = listener.getsockname()[1]
        self.config.bind = [f"fd://{listener.detach()}"]
        self.seen: list[dict[str, Any]] = []
        self.body = PAGE
        self.fields: list[tuple[bytes, bytes]] = []

    async def __aenter__(self) -> Secure:
        self.end = asyncio.Event()
        self.task = asyncio.create_task(hypercorn(self.app, self.config, shutdown_trigger=self.end.wait))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.end.set()
        await self.task

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise NotImplementedError
        self.seen.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": self.fields})
        await send({"type": "http.response.body", "body": self.body})


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


GUARD = Guard([ip_network("127.0.0.0/8")], {"*.test": "127.0.0.1"})


def test_a_host_that_offers_http_2_is_asked_by_it(tmp_path: Path, authority: trustme.CA) -> None:
    async def fetch() -> None:
        client = Client("storywire/0", guard=GUARD, tls=trusting(authority), limits=Limits(body_bytes=300_000))
        async with Secure(tmp_path, authority, "norrby.test") as server, client:
            server.body, server.fields = b"x" * 250_000, [(b"content-type", b"text/plain")]
            for path in ("/a", "/b"):
                got = await client.get(f"https://norrby.test:{server.port}{path}")
                assert (got.status, got.http_version, got.reason) == (200, "HTTP/2", "")
                assert got.body == server.body
                assert got.is_tls_verified
        assert [(one["path"], one["http_version"]) for one in server.seen] == [("/a", "2"), ("/b", "2")]
        assert len({tuple(one["client"]) for one in server.seen}) == 1

    loop.run(fetch())


def test_http_2_knows_the_same_bounds(tmp_path: Path, authority: trustme.CA) -> None:
    async def fetch() -> None:
        client = Client("storywire/0", guard=GUARD, tls=trusting(authority), limits=Limits(body_bytes=200_000))
        async with Secure(tmp_path, authority, "norrby.test") as server, client:
            url = f"https://norrby.test:{server.port}/"
            server.body = bytes(250_000)
            with pytest.raises(FetchError) as error:
                await client.get(url)
            assert error.value.kind == "too_large"
            server.body, server.fields = b"", [(b"x-%d" % n, b"y" * 1000) for n in range(70)]
            with pytest.raises(FetchError) as error:
                await client.get(url)
            assert error.value.kind in ("too_large", "protocol")
            server.body, server.fields = PAGE, []
            assert (await client.get(url)).body == PAGE

    loop.run(fetch())


def test_secrets_are_sent_over_http_2_and_told_to_nobody(
    tmp_path: Path, authority: trustme.CA, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def fetch() -> None:
        client = Client("storywire/0", guard=GUARD, tls=trusting(authority))
        async with Secure(tmp_path, authority, "norrby.test") as server, client:
            got = await client.get(f"https://norrby.test:{server.port}/", secret={"X-Api-Key": SecretStr("f5a4-opaq")})
        assert (b"x-api-key", b"f5a4-opaq") in list(server.seen[0]["headers"])
        assert "f5a4-opaq" not in repr(got) + caplog.text
        assert "x-api-key" not in {name.lower() for name, _ in got.sent}

    loop.run(fetch())
