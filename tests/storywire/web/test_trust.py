"""Who is believed, and what is told to nobody."""

from __future__ import annotations

import asyncio
import logging
import ssl
from ipaddress import ip_network

import pytest
from pydantic import SecretStr

from storywire.settings import Settings
from storywire.sources import listing
from storywire.web import fetching, loop
from storywire.web.client import Client, FetchError
from storywire.web.guard import Guard

LOOPBACK = ip_network("127.0.0.0/8")
SECRET = SecretStr("Bearer f5a4-opaque")


def test_a_certificate_nobody_vouches_for_is_refused_and_an_exception_recorded(serve, answer, secured) -> None:
    async def fetch() -> None:
        guard = Guard([LOOPBACK], {"*.test": "127.0.0.1"})
        async with serve(answer(), tls=secured) as server:
            url = server.url(scheme="https")
            async with Client("storywire/0", guard=guard) as client:
                with pytest.raises(FetchError, match="verify_tls = false") as error:
                    await client.get(url, secret={"Authorization": SECRET})
                assert (error.value.kind, error.value.retry) == ("tls", False)
            async with Client("storywire/0", guard=guard, unverified=["other.test"]) as client:
                with pytest.raises(FetchError, match="certificate"):
                    await client.get(url)
            assert server.heads == []
            async with Client("storywire/0", guard=guard, unverified=["norrby.test"]) as client:
                got = await client.get(url)
                assert (got.status, got.is_tls_verified) == (200, False)

    loop.run(fetch())


def test_a_certificate_for_another_name_is_refused_whatever_the_address(serve, answer, authority, secured) -> None:
    async def fetch() -> None:
        trusting = ssl.create_default_context()
        authority.configure_trust(trusting)
        guard = Guard([LOOPBACK], {"*.test": "127.0.0.1"})
        client = Client("storywire/0", guard=guard, tls=trusting)
        async with serve(answer(), tls=secured) as server, client:
            assert (await client.get(server.url(scheme="https"))).is_tls_verified
            with pytest.raises(FetchError, match="mismatch"):
                await client.get(server.url(scheme="https", host="sodra.test"))

    loop.run(fetch())


def test_plain_http_where_encryption_was_asked_for_is_a_failure_of_its_own(client_of, answer) -> None:
    async def hello(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer())
        await writer.drain()
        writer.close()

    async def fetch() -> None:
        plain = await asyncio.start_server(hello, "127.0.0.1", 0)
        async with client_of() as client:
            with pytest.raises(FetchError) as error:
                await client.get(f"https://norrby.test:{plain.sockets[0].getsockname()[1]}/")
            assert error.value.kind == "tls"
        plain.close()

    loop.run(fetch())


def test_a_secret_is_sent_and_told_to_nobody(serve, client_of, answer, caplog) -> None:
    caplog.set_level(logging.DEBUG)

    async def fetch() -> None:
        async with serve(answer()) as server, client_of() as client:
            headers = {"Authorization": "Basic b3BhcXVl", "cookie": "sid=opaque", "Accept": "text/plain"}
            got = await client.get(server.url(), headers=headers, secret={"X-Api-Key": SECRET})
            assert b"X-Api-Key: Bearer f5a4-opaque\r\n" in server.heads[0]
            assert b"Authorization: Basic b3BhcXVl\r\n" in server.heads[0]
            assert not {"authorization", "cookie", "x-api-key"} & {name.lower() for name, _ in got.sent}
            assert ("Accept", "text/plain") in got.sent
            assert "opaque" not in repr(got) + caplog.text
            assert "b3BhcXVl" not in repr(got) + caplog.text
            got = await client.get(server.url(), headers={"X-Api-Key": "plain"}, secret={"x-api-key": SECRET})
            assert server.heads[1].lower().count(b"x-api-key") == 1
            assert "X-Api-Key" not in dict(got.sent)

    loop.run(fetch())


@pytest.mark.parametrize("value", ["opaque\r\nX-More: 1", "opaque\x00", "opåque", "opaque\n"])
def test_a_secret_that_cannot_be_sent_is_not_told_either(serve, client_of, answer, value: str) -> None:
    async def fetch() -> None:
        async with serve(answer()) as server, client_of() as client:
            with pytest.raises(FetchError, match="'X-Api-Key'") as error:
                await client.get(server.url(), secret={"X-Api-Key": SecretStr(value)})
            assert (error.value.kind, server.n_connections) == ("protocol", 0)
            assert "op" not in str(error.value)
            assert error.value.__cause__ is None

    loop.run(fetch())


def test_a_password_in_an_address_is_refused_and_not_repeated(client_of, failure) -> None:
    error = failure(client_of(), "https://reader:opaque@norrby.test/a")
    assert error.kind == "url"
    assert "https://norrby.test/a" in error.detail
    assert "opaque" not in error.detail


def test_a_failure_tells_no_secret(serve, client_of) -> None:
    for said in (
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nBad\r\n\r\n",
    ):

        async def fetch(said: bytes = said) -> None:
            async with serve(said) as server, client_of(read_seconds=0.1) as client:
                with pytest.raises(FetchError) as error:
                    await client.get(server.url(), secret={"Authorization": SECRET})
                assert b"f5a4-opaque" in server.heads[0]
                assert "opaque" not in repr(error.value) + error.value.detail
                assert error.value.__cause__ is None
                assert error.value.__suppress_context__

        loop.run(fetch())


def test_what_one_source_excepts_the_credentials_of_another_do_not_go_without(
    serve, answer, secured, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("NORRBY_TOKEN", SECRET.get_secret_value())
    loose = '[[source]]\nname = "loose"\nkind = "feed"\nurl = "https://norrby.test/a"\nverify_tls = false\n'
    strict = (
        '[[source]]\nname = "strict"\nkind = "feed"\nurl = "https://norrby.test/b"\n'
        'headers = { Authorization = "env:NORRBY_TOKEN" }\n'
    )
    settings = Settings(allowed_networks=(LOOPBACK,), known_hosts={"*.test": "127.0.0.1"}, contact="desk@norrby.test")

    async def fetch(listed: str) -> bool:
        sources = listing.parse(listed, tmp_path / "sources.toml").sources
        async with serve(answer(), tls=secured) as server, fetching.client(settings, sources, "storywire/0") as client:
            return (await client.get(server.url(scheme="https"))).is_tls_verified

    assert loop.run(fetch(loose)) is False
    for listed in (loose + strict, loose + "paused = true\n"):
        with pytest.raises(FetchError, match="certificate"):
            loop.run(fetch(listed))
