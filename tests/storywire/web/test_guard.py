from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storywire.web.guard import Guard, RefusedError, UnknownHostError

NOT_PUBLIC = [
    str(IPv4Address(0)),
    *("0.0.0.1", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.0.9", "169.254.169.254", "172.16.0.1", "192.0.0.9"),
    *("192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1"),
    *("239.255.255.250", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:169.254.169.254"),
    *("::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::808:808", "100::1"),
    *("2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "3fff::1"),
    *("fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "5f00::1", "4000::1"),
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]


def answering(*addresses: str) -> Guard:
    async def resolve(host: str) -> list[str]:
        return list(addresses)

    return Guard(resolve=resolve)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_public_is_refused_as_a_literal_and_as_an_answer(address: str) -> None:
    assert not Guard().permits(address)
    with pytest.raises(RefusedError):
        asyncio.run(Guard().addresses(address))
    with pytest.raises(RefusedError, match="not public"):
        asyncio.run(answering(address).addresses("norrby.example"))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_connected_to(address: str) -> None:
    assert asyncio.run(answering(address).addresses("norrby.example")) == (address,)


@pytest.mark.parametrize(
    "written", ["2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "017700000001", "1.2.3"]
)
def test_an_address_in_disguise_is_refused_even_where_the_plain_one_is_allowed(written: str) -> None:
    guard = Guard([ip_network("0.0.0.0/0")])
    assert asyncio.run(guard.addresses("127.0.0.1")) == ("127.0.0.1",)
    with pytest.raises(RefusedError, match="usual form"):
        asyncio.run(guard.addresses(written))


@pytest.mark.parametrize("answers", [("8.8.8.8", "127.0.0.1"), ("10.0.0.1", "8.8.8.8"), ("8.8.8.8", "::ffff:10.0.0.1")])
def test_one_private_address_among_public_ones_refuses_the_host(answers: tuple[str, ...]) -> None:
    with pytest.raises(RefusedError):
        asyncio.run(answering(*answers).addresses("norrby.example"))


def test_what_the_resolver_says_beside_addresses_is_refused() -> None:
    for answer in ("fe80::1%eth0", "localhost", "", "127.0.0.1 "):
        with pytest.raises(RefusedError):
            asyncio.run(answering(answer).addresses("norrby.example"))


def test_networks_are_allowed_one_by_one_however_their_addresses_are_written() -> None:
    guard = Guard([ip_network("127.0.0.0/8"), ip_network("fd00::/8")])
    assert guard.permits("127.0.0.1")
    assert guard.permits("::ffff:127.0.0.1")
    assert guard.permits("fd00::7")
    assert guard.permits("8.8.8.8")
    assert not guard.permits("10.0.0.1")
    assert not guard.permits("::1")


def test_a_name_may_have_a_fixed_address_which_is_judged_all_the_same() -> None:
    known = {"*.test": "127.0.0.1", "old.test": "8.8.8.8"}
    guard = Guard([ip_network("127.0.0.0/8")], known)
    assert asyncio.run(guard.addresses("a.b.test")) == ("127.0.0.1",)
    assert asyncio.run(guard.addresses("old.test")) == ("8.8.8.8",)
    with pytest.raises(RefusedError):
        asyncio.run(Guard(known=known).addresses("a.test"))


def test_a_name_that_cannot_be_looked_up_says_whether_to_ask_again() -> None:
    async def failing(host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN if host == "later.example" else socket.EAI_NONAME, "no answer")

    for host, later in (("later.example", True), ("never.example", False)):
        with pytest.raises(UnknownHostError, match="no answer") as error:
            asyncio.run(Guard(resolve=failing).addresses(host))
        assert error.value.later is later
    with pytest.raises(UnknownHostError, match="no address"):
        asyncio.run(answering().addresses("norrby.example"))


def test_this_machine_is_not_public_under_its_own_name() -> None:
    with pytest.raises(RefusedError):
        asyncio.run(Guard().addresses("localhost"))


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_judged_the_same_in_every_dress(number: int) -> None:
    plain = IPv4Address(number)
    dresses = [0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80]
    assert {Guard().permits(str(IPv6Address(dress))) for dress in dresses} == {Guard().permits(str(plain))}


@given(
    st.sampled_from(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4"]),
    st.data(),
)
def test_no_address_of_a_private_network_passes(network: str, data: st.DataObject) -> None:
    net = ip_network(network)
    place = data.draw(st.integers(0, net.num_addresses - 1))
    assert not Guard().permits(str(net[place]))
