"""Whom a hostile address, name server or redirect cannot make us ask."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, ip_network

import pytest

from storywire.web import loop, redirects
from storywire.web.client import Client, FetchError
from storywire.web.guard import Guard

LOOPBACK = ip_network("127.0.0.0/8")


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "2130706433",
            "0x7f000001",
            "0x7F.1",
            "0177.0.0.1",
            "127.1",
            "localhost",
            str(IPv4Address(0)),
            "①②⑦.⓪.⓪.①",
        ),
        *("[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "[64:ff9b::7f00:1]", "127。0。0。1"),
    ],
)
def test_no_spelling_of_this_machine_reaches_it(serve, answer, host: str) -> None:
    async def fetch() -> None:
        async with serve(answer()) as server, Client("storywire/0") as client:
            with pytest.raises(FetchError) as error:
                await client.get(f"http://{host}:{server.port}/")
            assert error.value.kind == "refused_address"
            assert not error.value.retry
            assert server.n_connections == 0

    loop.run(fetch())


@pytest.mark.parametrize("host", ["169.254.169.254", "10.0.0.1", "[fd00:ec2::254]", "0xa9fea9fe", "[::ffff:a9fe:a9fe]"])
def test_a_redirect_into_the_house_is_refused_at_its_hop(serve, client_of, answer, host: str) -> None:
    async def fetch() -> None:
        moved = answer(status="302 Found", Location=f"http://{host}/latest/meta-data/")
        async with serve(moved) as server, client_of() as client:
            got = await client.get(server.url())
            further = redirects.target(got)
            assert further == f"http://{host}/latest/meta-data/"
            with pytest.raises(FetchError, match="refused") as error:
                await client.get(further)
            assert error.value.kind == "refused_address"

    loop.run(fetch())


def test_a_name_that_resolves_to_public_first_and_private_then_reaches_nothing_private(serve, answer) -> None:
    """The connection goes to the address that was judged: there is no second look-up to lie to."""
    asked: list[str] = []

    async def rebinding(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.9"] if len(asked) == 1 else ["127.0.0.1"]

    async def fetch() -> None:
        # 127.0.0.9 plays the public address, and nobody listens there; 127.0.0.1 is the house.
        guard = Guard([ip_network("127.0.0.9/32")], resolve=rebinding)
        async with serve(answer()) as server, Client("storywire/0", guard=guard) as client:
            with pytest.raises(FetchError) as error:
                await client.get(server.url(host="rebind.example"))
            assert (error.value.kind, len(asked)) == ("connect", 1)
            assert "127.0.0.9" in error.value.detail
            with pytest.raises(FetchError) as error:
                await client.get(server.url(host="rebind.example"))
            assert (error.value.kind, len(asked)) == ("refused_address", 2)
            assert server.n_connections == 0

    loop.run(fetch())


def test_a_name_is_judged_anew_for_each_connection(serve, client_of, answer) -> None:
    addresses = ["127.0.0.1", "10.0.0.1"]

    async def changing(host: str) -> list[str]:
        return [addresses.pop(0)]

    async def fetch() -> None:
        guard = Guard([LOOPBACK], resolve=changing)
        async with serve(answer(Connection="close")) as server, client_of(guard=guard) as client:
            assert (await client.get(server.url())).status == 200
            with pytest.raises(FetchError, match=re.escape("10.0.0.1")):
                await client.get(server.url())

    loop.run(fetch())


@pytest.mark.parametrize(
    "url",
    [
        *(
            "file:///etc/passwd",
            "ftp://norrby.test/a",
            "data:text/html,x",
            "gopher://norrby.test/",
            "//norrby.test/",
            "",
        ),
        *(
            "http://",
            "http:///etc/passwd",
            "http://[::1",
            "http://norrby.test:99999/",
            "http://a b@norrby.test/",
            "C:/a",
        ),
        *("http://norrby.test%2f@evil.test/", "http://nor%72by.test/", "http://norrby..test/", "javascript:alert(1)"),
        *("http://norrby.test/" + "a" * 8_000, "http://norrby.test/" + "é" * 2_000, "http://norrby.test\\@evil.test/"),
    ],
)
def test_what_is_no_address_of_the_web_is_not_asked_for(client_of, url: str, failure) -> None:
    error = failure(client_of(), url)
    assert (error.kind, error.retry) == ("url", False)
    assert len(error.detail) < 400


def test_no_proxy_cookie_or_password_file_is_taken_from_the_surroundings(
    serve, client_of, answer, tmp_path, monkeypatch
) -> None:
    (tmp_path / ".netrc").write_text("machine norrby.test login reader password hidden")
    monkeypatch.setenv("HOME", str(tmp_path))

    async def fetch() -> None:
        async with serve(answer(Set_Cookie="id=7")) as server, serve(answer()) as proxy, client_of() as client:
            for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            for _ in range(2):
                await client.get(server.url())
            assert proxy.n_connections == 0
            sent = b"".join(server.heads).lower()
            assert b"cookie" not in sent
            assert b"authorization" not in sent

    loop.run(fetch())
